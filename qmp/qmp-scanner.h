/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What qmp-scan.c (objects and arrays) and qmp-scalar.c (strings, numbers, words) share. */
#pragma once

#include "qmp/qmp-error.h"
#include "qmp/qmp-scan.h"

G_BEGIN_DECLS

typedef struct {
    const guint8 *start;
    const guint8 *at;
    const guint8 *end;
    QmpScanFlags flags;
    const char *problem; /* static; set once */
    QmpErrorCode code;
} QmpScanner;

/* Each returns FALSE with @problem set, or TRUE with @at behind what it stepped over. */
gboolean qmp_scanner_fail (QmpScanner *self, const char *problem);
void qmp_scanner_skip_space (QmpScanner *self);
/* @at is at the opening quote. */
gboolean qmp_scanner_skip_string (QmpScanner *self);
/* @at is not at the end. */
gboolean qmp_scanner_skip_scalar (QmpScanner *self);

G_END_DECLS
