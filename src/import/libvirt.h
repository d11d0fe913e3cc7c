/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Domains of libvirt. */
#pragma once

#include "import/draft.h"
#include "import/xml.h"

/**
 * libvirt_import:
 * @text: a <domain>
 *
 * Returns: %FALSE when it is none
 */
gboolean libvirt_import (const char *text, Draft *draft, GError **error);

/* libvirt-devices.c: everything in <devices>; @os has the boot order of old */
void libvirt_import_devices (XmlNode *devices, XmlNode *os, Draft *draft);
