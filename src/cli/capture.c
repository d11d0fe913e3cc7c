/* SPDX-License-Identifier: GPL-3.0-or-later */
/* roost capture: the frames of a NIC in a file.
 *
 * The emulator writes to a spool that is deleted as soon as it has it open, so
 * nothing stays however this program ends; what comes is copied on to the file
 * of the user's.  A slow reader (`-w -` and a pipe) so never holds up the
 * machine.  The supervisor ends the capture when we ask, or when we are gone.
 */
#include "base/error.h"
#include "base/file.h"
#include "base/quantity.h"
#include "cli/common/client.h"
#include "cli/common/machines.h"
#include "cli/common/output.h"
#include "cli/pcap.h"
#include "lab/registry.h"

#include <errno.h>
#include <fcntl.h>
#include <glib-unix.h>
#include <signal.h>
#include <stdio.h>
#include <sys/inotify.h>

#define TIMEOUT_MS (60 * 1000)
#define BLOCK_SIZE (64 * 1024)

typedef struct {
    const char *lab;
    const char *machine;
    const char *nic;
    const char *file;
    char *id; /* of the capture, once it runs */
    LabClient *client;
    Pcap *pcap;
    GByteArray *ready; /* what is to be written */
    guint64 max_frames;
    gint64 consumed; /* of the spool, bytes */
    int spool, output, changes;
    gboolean done;    /* asked for, counted, or the machine is off */
    gboolean hung_up; /* nobody reads on */
    GError *error;
} Capture;

static void
fail (Capture *capture, GError *error)
{
    if (capture->error)
        g_error_free (error);
    else
        capture->error = error;
    capture->done = TRUE;
}

static void
write_ready (Capture *capture)
{
    const guint8 *at = capture->ready->data;
    gsize left = capture->ready->len;

    while (left > 0) {
        gssize n = write (capture->output, at, left);

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0 && errno == EPIPE) {
            capture->hung_up = capture->done = TRUE;
            break;
        }
        if (n < 0) {
            fail (capture, g_error_new (ROOST_ERROR, ROOST_ERROR_HOST, "writing %s: %s",
                                        capture->file, g_strerror (errno)));
            break;
        }
        at += n;
        left -= n;
    }
    g_byte_array_set_size (capture->ready, 0);
}

/* What has been copied need not lie there twice; where the file system cannot
 * do that it does, until the end. */
static void
shrink_spool (Capture *capture)
{
    int result = fallocate (capture->spool, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0,
                            capture->consumed);

    (void)result;
}

/* Copies what has come, to the end of the spool as it is now. */
static void
copy (Capture *capture)
{
    g_autofree guint8 *block = g_malloc (BLOCK_SIZE);
    GError *error = NULL;
    gssize n;

    while (!capture->error && !capture->hung_up &&
           (n = pread (capture->spool, block, BLOCK_SIZE, capture->consumed)) > 0) {
        capture->consumed += n;
        if (!pcap_feed (capture->pcap, block, n, g_get_real_time (), capture->ready, &error))
            fail (capture, error);
        write_ready (capture);
        if (n == BLOCK_SIZE)
            shrink_spool (capture);
    }
    if (capture->max_frames && pcap_n_frames (capture->pcap) == capture->max_frames)
        capture->done = TRUE;
}

static gboolean
on_change (gint fd, GIOCondition condition, gpointer user_data)
{
    char events[4096];

    while (read (fd, events, sizeof events) > 0)
        ; /* that there was one is all they say */
    copy (user_data);
    return G_SOURCE_CONTINUE;
}

static gboolean
on_end (gpointer user_data)
{
    ((Capture *)user_data)->done = TRUE;
    return G_SOURCE_CONTINUE;
}

static void
on_closed (QmpClient *qmp, const GError *reason, gpointer user_data)
{
    Capture *capture = user_data;

    fail (capture, g_error_new (ROOST_ERROR, ROOST_ERROR_FAILED,
                                "lab %s: its supervisor has gone, which ends the capture: %s",
                                capture->lab, reason ? reason->message : ""));
}

/* A machine that is off says nothing more. */
static void
on_event (QmpClient *qmp, QmpEvent *event, gpointer user_data)
{
    Capture *capture = user_data;
    g_autoptr (JsonNode) data = qmp_event_get_data (event);
    const char *state;

    if (!g_str_equal (event->name, "MACHINE_STATE") || !data ||
        g_strcmp0 (member_string (json_node_get_object (data), "name", NULL), capture->machine) !=
            0)
        return;
    state = member_string (json_node_get_object (data), "state", "");
    if (g_str_equal (state, "stopped") || g_str_equal (state, "starting"))
        capture->done = TRUE;
}

static gboolean
open_spool (Capture *capture, char **ret_path, GError **error)
{
    g_autofree char *state = registry_state_dir (capture->lab);
    g_autofree char *path = g_build_filename (state, "logs", ".capture-XXXXXX", NULL);

    capture->spool = g_mkstemp_full (path, O_RDWR | O_CLOEXEC, 0600);
    capture->changes = inotify_init1 (IN_CLOEXEC | IN_NONBLOCK);
    if (capture->spool < 0 || capture->changes < 0 ||
        inotify_add_watch (capture->changes, path, IN_MODIFY) < 0) {
        g_set_error (error, ROOST_ERROR, ROOST_ERROR_HOST, "making and watching %s: %s", path,
                     g_strerror (errno));
        if (capture->spool >= 0)
            unlink (path);
        return FALSE;
    }
    *ret_path = g_steal_pointer (&path);
    return TRUE;
}

/* Only when frames are to come: a mistake must not empty a file. */
static gboolean
open_output (Capture *capture, GError **error)
{
    if (g_str_equal (capture->file, "-"))
        capture->output = fcntl (STDOUT_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
    else
        capture->output = open (capture->file, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (capture->output >= 0)
        return TRUE;
    g_set_error (error, ROOST_ERROR, ROOST_ERROR_HOST, "writing %s: %s", capture->file,
                 g_strerror (errno));
    return FALSE;
}

static gboolean
begin (Capture *capture, GError **error)
{
    JsonObject *arguments;
    g_autofree char *spool = NULL;
    g_autoptr (JsonNode) value = NULL;

    if (!open_spool (capture, &spool, error))
        return FALSE;
    arguments = json_object_new ();
    json_object_set_string_member (arguments, "machine", capture->machine);
    json_object_set_string_member (arguments, "nic", capture->nic);
    json_object_set_string_member (arguments, "file", spool);
    value = lab_client_call (capture->client, "capture-start", arguments, TIMEOUT_MS, error);
    unlink (spool);
    if (!value)
        return FALSE;
    capture->id = g_strdup (member_string (json_node_get_object (value), "id", ""));
    return open_output (capture, error);
}

static gboolean
end (Capture *capture, GError **error)
{
    JsonObject *arguments = json_object_new ();
    g_autoptr (JsonNode) value = NULL;

    json_object_set_string_member (arguments, "machine", capture->machine);
    json_object_set_string_member (arguments, "id", capture->id);
    value = lab_client_call (capture->client, "capture-stop", arguments, TIMEOUT_MS, error);
    copy (capture);
    return value != NULL;
}

static gboolean
run (Capture *capture, guint duration_ms, GError **error)
{
    guint sources[] = { g_unix_signal_add (SIGINT, on_end, capture),
                        g_unix_signal_add (SIGTERM, on_end, capture),
                        g_unix_fd_add (capture->changes, G_IO_IN, on_change, capture),
                        duration_ms ? g_timeout_add (duration_ms, on_end, capture) : 0 };
    gboolean good;

    write_ready (capture); /* the head, so that whoever reads the pipe can begin */
    copy (capture);
    while (!capture->done)
        g_main_context_iteration (NULL, TRUE);
    g_signal_handlers_disconnect_by_data (capture->client->qmp, capture);
    good = capture->error ? FALSE : end (capture, error);
    for (gsize i = 0; i < G_N_ELEMENTS (sources); i++)
        if (sources[i])
            g_source_remove (sources[i]);
    if (!capture->error)
        return good;
    if (error)
        g_clear_error (error);
    g_propagate_error (error, g_steal_pointer (&capture->error));
    return FALSE;
}

static gboolean
read_count (const Options *options, guint64 *ret, GError **error)
{
    gint64 count = 0;

    if (options->count && !quantity_parse_int (options->count, 1, G_MAXINT64, &count)) {
        g_set_error (error, ROOST_ERROR, ROOST_ERROR_USAGE, "--count %s: wants a number above 0",
                     options->count);
        return FALSE;
    }
    *ret = count;
    return TRUE;
}

static void
capture_clear (Capture *capture)
{
    auto_fd_close (capture->spool);
    auto_fd_close (capture->output);
    auto_fd_close (capture->changes);
    lab_client_free (capture->client);
    pcap_free (capture->pcap);
    g_byte_array_unref (capture->ready);
    g_clear_error (&capture->error);
    g_free (capture->id);
}

static gboolean
capture_nic (Capture *capture, guint duration_ms, GError **error)
{
    g_autofree char *interface = g_strdup_printf ("%s/%s", capture->machine, capture->nic);
    PcapFormat format = g_str_has_suffix (capture->file, ".pcapng") ? PCAP_NG : PCAP_CLASSIC;

    capture->client = lab_client_open (capture->lab, error);
    if (!capture->client)
        return FALSE;
    capture->pcap = pcap_new (format, interface, capture->max_frames, capture->ready);
    g_signal_connect (capture->client->qmp, "event", G_CALLBACK (on_event), capture);
    g_signal_connect (capture->client->qmp, "closed", G_CALLBACK (on_closed), capture);
    if (!begin (capture, error) || !run (capture, duration_ms, error))
        return FALSE;
    fprintf (stderr, "%" G_GUINT64_FORMAT " frames\n", pcap_n_frames (capture->pcap));
    return TRUE;
}

gboolean
verb_capture (Options *options, GError **error)
{
    Capture capture = {
        .nic = options->argv[1], .file = options->write, .spool = -1, .output = -1, .changes = -1
    };
    guint duration_ms = 0;
    g_autofree char *lab = NULL;
    gboolean good;

    if (!options->write || (g_str_equal (options->write, "-") && isatty (STDOUT_FILENO))) {
        g_set_error_literal (error, ROOST_ERROR, ROOST_ERROR_USAGE,
                             options->write ? "capture does not write to a terminal: say -w FILE"
                                            : "capture needs -w FILE (`-` is standard output)");
        return FALSE;
    }
    if (!machines_duration ("duration", options->duration, &duration_ms, error) ||
        !read_count (options, &capture.max_frames, error))
        return FALSE;
    capture.lab = lab =
        lab_client_split_machine (options, options->argv[0], &capture.machine, error);
    if (!lab)
        return FALSE;
    signal (SIGPIPE, SIG_IGN);
    capture.ready = g_byte_array_new ();
    good = capture_nic (&capture, duration_ms, error);
    capture_clear (&capture);
    return good;
}
