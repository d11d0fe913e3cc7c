/* The rig of the shared socket: QEMU alone, or QEMU with a shared socket in front of it, and
 * clients in plain bytes; all but QEMU in one main loop. */
#pragma once

#include "base/file.h"
#include "control/shared.h"
#include "integration/qmp-process.h"
#include "unit/wait.h"

#define RIG_QEMU "qemu-system-x86_64"
#define RIG_CAPS "{\"execute\":\"qmp_capabilities\",\"id\":\"caps\"}"
#define RIG_CAPS_OOB                                                                               \
    "{\"execute\":\"qmp_capabilities\",\"arguments\":{\"enable\":[\"oob\"]},\"id\":\"caps\"}"

typedef enum { RIG_QEMU_ITSELF, RIG_SHARED, RIG_N_SERVERS } RigServer;

typedef struct {
    RigServer server;
    Process *qemu;
    QmpClient *upstream;  /* NULL when it is QEMU itself */
    SharedSocket *shared; /* the same */
    char *path;           /* where clients connect */
    char *observer_path;
    char *transcript_path;
    int held; /* what QEMU waits for, between rig_hold() and rig_release() */
} Rig;

Rig *rig_new (RigServer server);
void rig_free (Rig *rig);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Rig, rig_free)

/* A client. */
typedef struct {
    int fd;
    guint watch; /* 0 when it does not read */
    GString *got;
    gsize at; /* what is before has been looked at */
    gboolean ended;
} Talk;

/* @path: (nullable): NULL = the rig's */
Talk *talk_new (Rig *rig, const char *path);
/* The same, with the greeting read and the negotiation done. */
Talk *talk_ready (Rig *rig, const char *negotiation);
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

/* Holds QEMU in a command of @talk's whose id is "held", until rig_release(); once. */
void rig_hold (Rig *rig, Talk *talk);
void rig_release (Rig *rig);
