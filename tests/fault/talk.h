/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A client of a QMP server that sends and reads plain bytes, in the test's own main loop. */
#pragma once

#include <glib.h>

#define TALK_CAPS "{\"execute\":\"qmp_capabilities\",\"id\":\"caps\"}"
#define TALK_CAPS_OOB                                                                              \
    "{\"execute\":\"qmp_capabilities\",\"arguments\":{\"enable\":[\"oob\"]},\"id\":\"caps\"}"

/* A client. */
typedef struct {
    int fd;
    guint watch; /* 0 when it does not read */
    GString *got;
    gsize at; /* what is before has been looked at */
    gboolean ended;
} Talk;

Talk *talk_new (const char *path);
/* The same, with the greeting read and the negotiation done. */
Talk *talk_ready (const char *path, const char *negotiation);
void talk_free (Talk *talk);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Talk, talk_free)

/* Sends @length bytes (-1: a string), with descriptors on the first. */
void talk_send (Talk *talk, const char *text, gssize length, const int *fds, guint n_fds);
void talk_say (Talk *talk, const char *text);
/* Returns: (transfer full): the next line without its end; NULL when the connection has ended */
char *talk_line (Talk *talk);
/* The next line is @line. */
void talk_expect (Talk *talk, const char *line);
/* The next line contains @part. */
void talk_expect_part (Talk *talk, const char *part);
/* Nothing has come that was not looked at, also after another command. */
void talk_expect_nothing (Talk *talk);
void talk_expect_end (Talk *talk);
