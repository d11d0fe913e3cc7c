/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An emulator that does what a test wants: it speaks QMP on descriptor 3 as
 * QEMU does and runs no guest.  Questions about what the emulator offers
 * (`-machine none`) go to the real one.
 *
 * `-fake MODE` among the arguments of the machine says how it behaves:
 *   run            as an emulator should
 *   exit           complains and exits with status 1 before it says a word
 *   die-MOMENT     kills itself: at-once, greeting, capabilities, cont
 *   hang           accepts nothing but signals
 *   deaf           answers, but neither powers off, quits nor ends by SIGTERM
 *   stop-STATUS    `cont` succeeds and the machine has stopped before the reply,
 *                  with that status
 *
 * The command `fake-event` emits the event `event` with `data`, and with
 * `status` is what query-status says from then on.  `fake-kill` ends the
 * process by that signal.
 */
#include "base/record.h"

#include <fcntl.h>
#include <json-glib/json-glib.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define LISTENER 3
#define MESSAGE_MAX (1024 * 1024)
#define REAL "qemu-system-x86_64"

typedef struct {
    const char *mode;
    char *status; /* as query-status says it */
    int client;   /* -1 = none */
} Fake;

static void say (Fake *fake, const char *format, ...) G_GNUC_PRINTF (2, 3);

static void
say (Fake *fake, const char *format, ...)
{
    g_autofree char *text = NULL;
    va_list args;

    va_start (args, format);
    text = g_strdup_vprintf (format, args);
    va_end (args);
    if (send (fake->client, text, strlen (text), MSG_NOSIGNAL) < 0 ||
        send (fake->client, "\r\n", 2, MSG_NOSIGNAL) < 0)
        fprintf (stderr, "fake-qemu: nobody listens\n");
}

static void
emit (Fake *fake, const char *event, const char *data)
{
    say (fake,
         "{\"timestamp\": {\"seconds\": 1, \"microseconds\": 0}, \"event\": \"%s\", \"data\": %s}",
         event, data);
}

static void
set_status (Fake *fake, const char *status)
{
    g_free (fake->status);
    fake->status = g_strdup (status);
}

static void
die_when (Fake *fake, const char *moment)
{
    if (g_str_has_prefix (fake->mode, "die-") && g_str_equal (fake->mode + 4, moment))
        kill (getpid (), SIGKILL);
}

/* --- commands --- */

static void
run_cont (Fake *fake)
{
    die_when (fake, "cont");
    set_status (fake, "running");
    emit (fake, "RESUME", "{}");
    if (!g_str_has_prefix (fake->mode, "stop-"))
        return;
    set_status (fake, fake->mode + strlen ("stop-"));
    emit (fake, "STOP", "{}");
}

static void
run_fake_event (Fake *fake, JsonObject *arguments)
{
    const char *status = json_object_get_string_member_with_default (arguments, "status", NULL);
    const char *event = json_object_get_string_member_with_default (arguments, "event", NULL);
    JsonNode *data = json_object_get_member (arguments, "data");
    g_autofree char *text = data ? json_to_text (data) : g_strdup ("{}");

    if (status)
        set_status (fake, status);
    if (event)
        emit (fake, event, text);
}

static gboolean
is_deaf (Fake *fake)
{
    return g_str_equal (fake->mode, "deaf");
}

/* Returns: (transfer full): the value to return */
static char *
run (Fake *fake, const char *command, JsonObject *arguments)
{
    if (g_str_equal (command, "query-status"))
        return g_strdup_printf ("{\"status\": \"%s\", \"singlestep\": false, \"running\": %s}",
                                fake->status,
                                g_str_equal (fake->status, "running") ? "true" : "false");
    if (g_str_equal (command, "cont")) {
        run_cont (fake);
    } else if (g_str_equal (command, "stop")) {
        set_status (fake, "paused");
        emit (fake, "STOP", "{}");
    } else if (g_str_equal (command, "system_reset")) {
        emit (fake, "RESET", "{\"guest\": false, \"reason\": \"host-qmp-system-reset\"}");
    } else if (g_str_equal (command, "system_powerdown") && !is_deaf (fake)) {
        set_status (fake, "shutdown");
        emit (fake, "SHUTDOWN", "{\"guest\": true, \"reason\": \"guest-shutdown\"}");
        emit (fake, "STOP", "{}");
    } else if (g_str_equal (command, "fake-event")) {
        run_fake_event (fake, arguments);
    } else if (g_str_equal (command, "fake-kill")) {
        kill (getpid (), json_object_get_int_member_with_default (arguments, "signal", SIGKILL));
    } else if (g_str_equal (command, "human-monitor-command")) {
        return g_strdup ("\"\"");
    }
    return g_strdup ("{}");
}

static void
answer (Fake *fake, const char *message)
{
    g_autoptr (JsonNode) node = json_from_string (message, NULL);
    JsonObject *object = node && JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
    g_autofree char *id = NULL, *value = NULL;
    g_autoptr (JsonObject) arguments = NULL;
    const char *command =
        object ? json_object_get_string_member_with_default (object, "execute", NULL) : NULL;

    if (!command)
        return;
    arguments = json_object_has_member (object, "arguments")
                    ? json_object_ref (json_object_get_object_member (object, "arguments"))
                    : json_object_new ();
    id = json_object_has_member (object, "id")
             ? json_to_text (json_object_get_member (object, "id"))
             : g_strdup ("null");
    value = run (fake, command, arguments);
    say (fake, "{\"return\": %s, \"id\": %s}", value, id);
    if (g_str_equal (command, "qmp_capabilities"))
        die_when (fake, "capabilities");
    if (g_str_equal (command, "quit") && !is_deaf (fake)) {
        emit (fake, "SHUTDOWN", "{\"guest\": false, \"reason\": \"host-qmp-quit\"}");
        _exit (0);
    }
}

/* --- the connection --- */

/* Messages end where their braces do; no line end need follow. */
static gboolean
read_message (FILE *stream, GString *message)
{
    gboolean quoted = FALSE, escaped = FALSE;
    int depth = 0, c;

    g_string_truncate (message, 0);
    while (message->len < MESSAGE_MAX && (c = fgetc (stream)) != EOF) {
        if (depth == 0 && c != '{')
            continue;
        g_string_append_c (message, c);
        if (quoted) {
            quoted = escaped || c != '"';
            escaped = !escaped && c == '\\';
        } else if (c == '"') {
            quoted = TRUE;
        } else if (c == '{') {
            depth++;
        } else if (c == '}' && --depth == 0) {
            return TRUE;
        }
    }
    return FALSE;
}

static void
serve (Fake *fake)
{
    FILE *stream = fdopen (dup (fake->client), "r");
    g_autoptr (GString) message = g_string_new (NULL);

    say (fake, "{\"QMP\": {\"version\": {\"qemu\": {\"micro\": 0, \"minor\": 2, \"major\": 7}, "
               "\"package\": \"fake\"}, \"capabilities\": []}}");
    die_when (fake, "greeting");
    while (stream && read_message (stream, message))
        answer (fake, message->str);
    if (stream)
        fclose (stream);
}

static gboolean
is_probe (int argc, char **argv)
{
    for (int i = 1; i + 1 < argc; i++)
        if (g_str_equal (argv[i], "-machine") && g_str_equal (argv[i + 1], "none"))
            return TRUE;
    return FALSE;
}

static const char *
find_mode (int argc, char **argv)
{
    for (int i = 1; i + 1 < argc; i++)
        if (g_str_equal (argv[i], "-fake"))
            return argv[i + 1];
    return "run";
}

int
main (int argc, char **argv)
{
    Fake fake = { find_mode (argc, argv), g_strdup ("prelaunch"), -1 };
    const char *real = g_getenv ("ROOST_QEMU");

    if (is_probe (argc, argv)) {
        execvp (real ? real : REAL, argv);
        perror (REAL);
        return 127;
    }
    if (g_str_equal (fake.mode, "exit")) {
        g_free (fake.status);
        fprintf (stderr, "fake-qemu: a first line\nfake-qemu: I give up, \"as told\"\n");
        return 1;
    }
    if (is_deaf (&fake))
        signal (SIGTERM, SIG_IGN);
    die_when (&fake, "at-once");
    while (g_str_equal (fake.mode, "hang"))
        pause ();
    fcntl (LISTENER, F_SETFL, 0); /* it comes to us as one that does not block */
    while ((fake.client = accept (LISTENER, NULL, NULL)) >= 0) {
        serve (&fake);
        close (fake.client);
    }
    return 1;
}
