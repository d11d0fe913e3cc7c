/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the way of a line through the shell: it is read, joined with others until
 * a command is whole, remembered, asked about, and run.
 */
#include "base/error.h"
#include "cli/shell/qmp-history.h"
#include "cli/shell/qmp-transcript.h"
#include "cli/shell/shell-private.h"

#include <stdio.h>
#include <string.h>

/* Limits: a file may name itself */
#define LINES_MAX 100000 /* that wait */
#define FILES_MAX 100    /* read for one line of the input */

void
shell_finish (Shell *shell, int status)
{
    shell->finished = TRUE;
    if (shell->status == 0)
        shell->status = status;
}

void
shell_print (const char *text, gpointer user_data)
{
    Shell *shell = user_data;

    if (shell->terminal) {
        terminal_print (shell->terminal, text);
        return;
    }
    fputs (text, stdout);
    fflush (stdout);
}

void
shell_complain (const char *text, gpointer user_data)
{
    Shell *shell = user_data;
    g_autofree char *line = g_strconcat (text, "\n", NULL);

    if (shell->terminal)
        terminal_print (shell->terminal, line);
    else
        fprintf (stderr, "roost: %s", line);
}

void
shell_done (int status, gpointer user_data)
{
    Shell *shell = user_data;

    shell->running = FALSE;
    if (status != 0 && !shell->terminal)
        shell_finish (shell, status);
    shell_step (shell);
}

/* Puts the lines of @path before those that wait. */
static void
push_file (Shell *shell, const char *path)
{
    g_autoptr (GError) error = NULL;
    g_autofree char *text = qmp_runner_read (path, &error);
    g_auto (GStrv) lines = text ? g_strsplit (text, "\n", LINES_MAX) : NULL;

    if (!text || shell->lines.length > LINES_MAX || ++shell->n_files > FILES_MAX) {
        g_queue_clear_full (&shell->lines, g_free);
        shell_complain (text ? "too many lines, or files in files" : error->message, shell);
        if (!shell->terminal)
            shell_finish (shell, ROOST_ERROR_USAGE);
        return;
    }
    for (guint i = g_strv_length (lines); i > 0; i--)
        g_queue_push_head (&shell->lines, g_strdup (lines[i - 1]));
}

static void
run (Shell *shell, const char *text)
{
    shell->running = TRUE;
    qmp_live_forget (shell->live);
    qmp_runner_run (shell->runner, text);
}

/* A whole command has been read. */
static void
take_command (Shell *shell, char *text)
{
    char *start = text + strspn (text, " \t\n");
    g_autofree char *warning = NULL;

    if (!*start)
        return;
    if (shell->terminal && qmp_history_add (shell->target->key, text))
        terminal_remember (shell->terminal, text);
    if (strcmp (g_strchomp (start), "exit") == 0) {
        shell_finish (shell, 0);
        return;
    }
    if (*start == '@') {
        push_file (shell, start + 1);
        return;
    }
    warning = shell->terminal ? qmp_runner_warn (start) : NULL;
    if (warning) {
        g_autofree char *line = g_strconcat (warning, "\n", NULL);

        shell->question = g_strdup (start);
        shell_print (line, shell);
        return;
    }
    run (shell, start);
}

static void
take_answer (Shell *shell, const char *text)
{
    g_autofree char *command = g_steal_pointer (&shell->question);
    g_autofree char *answer = g_strstrip (g_strdup (text));

    if (g_ascii_strcasecmp (answer, "y") == 0 || g_ascii_strcasecmp (answer, "yes") == 0)
        run (shell, command);
    else
        shell_complain ("not done", shell);
}

/* A line of a transcript is the command in it. */
static void
take_record (Shell *shell, const char *text)
{
    g_autoptr (GError) error = NULL;
    g_autofree char *command = qmp_transcript_command (text, &error);

    if (command && *command) {
        run (shell, command);
    } else if (!command) {
        shell_complain (error->message, shell);
        if (!shell->terminal)
            shell_finish (shell, ROOST_ERROR_USAGE);
    }
}

static void
take_line (Shell *shell, const char *text)
{
    g_autofree char *whole = NULL;

    if (shell->question) {
        take_answer (shell, text);
        return;
    }
    if (shell->pending->len == 0 && qmp_transcript_is_line (text)) {
        take_record (shell, text);
        return;
    }
    if (shell->pending->len > 0)
        g_string_append_c (shell->pending, '\n');
    g_string_append (shell->pending, text);
    if (qmp_runner_is_open (shell->pending->str) && !shell->ended)
        return;
    whole = g_strdup (shell->pending->str);
    g_string_truncate (shell->pending, 0);
    take_command (shell, whole);
}

static void
on_input (GObject *source, GAsyncResult *result, gpointer user_data)
{
    Shell *shell = user_data;
    g_autoptr (GError) error = NULL;
    g_autofree char *line =
        g_data_input_stream_read_line_finish (shell->input, result, NULL, &error);

    shell->reading = FALSE;
    if (line)
        g_queue_push_tail (&shell->lines, g_steal_pointer (&line));
    else
        shell->ended = TRUE;
    shell_step (shell);
}

void
shell_ask (Shell *shell)
{
    g_autofree char *prompt =
        shell->question ? g_strdup ("do it? (y/n) ")
        : shell->pending->len > 0
            ? g_strdup ("… ")
            : g_strdup_printf ("%s%s> ", shell->target->title,
                               qmp_link_is_ready (shell->link) ? "" : " (not connected)");

    terminal_ask (shell->terminal, prompt);
}

/* Goes on as far as possible: runs the lines that are there, then asks for more. */
void
shell_step (Shell *shell)
{
    if (shell->stepping)
        return;
    shell->stepping = TRUE;
    while (!shell->finished && !shell->running && shell->connected &&
           !g_queue_is_empty (&shell->lines)) {
        g_autofree char *line = g_queue_pop_head (&shell->lines);

        take_line (shell, line);
    }
    shell->stepping = FALSE;
    if (g_queue_is_empty (&shell->lines))
        shell->n_files = 0;
    if (shell->finished || shell->running || !shell->connected)
        return;
    if (shell->ended && shell->pending->len > 0)
        take_line (shell, "");
    else if (shell->ended)
        shell_finish (shell, 0);
    else if (shell->terminal)
        shell_ask (shell);
    else if (!shell->reading) {
        shell->reading = TRUE;
        g_data_input_stream_read_line_async (shell->input, G_PRIORITY_DEFAULT, NULL, on_input,
                                             shell);
    }
}
