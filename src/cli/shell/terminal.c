/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns what is done with readline.  Its callbacks carry no data of ours, so the one terminal that
 * a process has is found through a static pointer.
 */
#include "cli/shell/terminal.h"

#include "cli/common/guard.h"
#include "cli/shell/qmp-complete.h"

#include <fcntl.h>
#include <glib-unix.h>
#include <stdio.h>
#include <readline/history.h>
#include <readline/readline.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* What is shown of very many candidates */
#define DESCRIBED_MAX 50
#define SHOWN_MAX 600

struct Terminal {
    TerminalHandlers handlers;
    gpointer user_data;
    char *prompt;     /* NULL: nothing is asked */
    guint source;     /* of standard input while something is asked */
    GPtrArray *found; /* candidates of the completion that is going on */
    gsize found_start;
    FILE *editor;     /* what readline draws with: past the guard of standard output */
    char *unfinished; /* the line when Tab could not be answered yet */
    int unfinished_point;
};

static Terminal *the_terminal; /* see above */

static void
stop_asking (Terminal *terminal)
{
    if (terminal->source)
        g_source_remove (terminal->source);
    terminal->source = 0;
    if (terminal->prompt)
        rl_callback_handler_remove ();
    g_clear_pointer (&terminal->prompt, g_free);
    g_clear_pointer (&terminal->unfinished, g_free);
}

static void
on_line (char *line)
{
    Terminal *terminal = the_terminal;

    stop_asking (terminal);
    terminal->handlers.line (line, terminal->user_data);
    free (line);
}

static gboolean
on_input (gint fd, GIOCondition condition, gpointer user_data)
{
    rl_callback_read_char ();
    return G_SOURCE_CONTINUE;
}

/* What all candidates have in common, as readline wants it: first the common
 * beginning, then each of them.  @head stands before all of them in the line. */
static char **
make_matches (const char *head, GPtrArray *found)
{
    char **matches = calloc (found->len + 2, sizeof (char *));
    const char *first = ((QmpCandidate *)g_ptr_array_index (found, 0))->text;
    gsize common = strlen (first);
    g_autofree char *start = NULL;

    for (guint i = 0; i < found->len; i++) {
        const char *text = ((QmpCandidate *)g_ptr_array_index (found, i))->text;
        g_autofree char *whole = g_strconcat (head, text, NULL);
        gsize same = 0;

        while (same < common && text[same] == first[same])
            same++;
        common = same;
        matches[i + 1] = strdup (whole);
    }
    start = g_strdup_printf ("%s%.*s", head, (int)common, first);
    matches[0] = strdup (start);
    if (found->len == 1)
        g_clear_pointer (&matches[1], free);
    return matches;
}

static char **
attempt (const char *text, int start, int end)
{
    Terminal *terminal = the_terminal;
    g_autofree char *head = NULL;

    rl_attempted_completion_over = 1;
    if (!terminal->found || terminal->found->len == 0 || terminal->found_start < (gsize)start)
        return NULL;
    head = g_strndup (rl_line_buffer + start, terminal->found_start - start);
    rl_completion_append_character =
        ((QmpCandidate *)g_ptr_array_index (terminal->found, 0))->partial ? '\0' : ' ';
    return make_matches (head, terminal->found);
}

static void
show_columns (GPtrArray *found, int width)
{
    int rows, columns, screen = 80, lines;
    guint n = MIN (found->len, SHOWN_MAX);

    rl_get_screen_size (&lines, &screen);
    columns = MAX (1, screen / (width + 2));
    rows = (n + columns - 1) / columns;
    for (int row = 0; row < rows; row++) {
        for (guint i = row; i < n; i += rows) {
            const QmpCandidate *candidate = g_ptr_array_index (found, i);
            g_autofree char *text = guard_text (candidate->text);

            fprintf (rl_outstream, "%-*s%s", i + rows < n ? width : 0, text,
                     i + rows < n ? "  " : "");
        }
        fputc ('\n', rl_outstream);
    }
    if (n < found->len)
        fprintf (rl_outstream, "… and %u more\n", found->len - n);
}

static void
show_matches (char **matches, int count, int longest)
{
    GPtrArray *found = the_terminal->found;
    int width = 0;

    for (guint i = 0; i < found->len; i++)
        width = MAX (width, (int)strlen (((QmpCandidate *)g_ptr_array_index (found, i))->text));
    fputc ('\n', rl_outstream);
    if (found->len > DESCRIBED_MAX)
        show_columns (found, width);
    for (guint i = 0; i < found->len && found->len <= DESCRIBED_MAX; i++) {
        const QmpCandidate *candidate = g_ptr_array_index (found, i);
        const char *told = candidate->description;
        g_autofree char *text = guard_text (candidate->text);
        g_autofree char *description = guard_text (told ? told : "");

        fprintf (rl_outstream, "  %-*s%s%s\n", told ? width : 0, text, told ? "  " : "",
                 description);
    }
    rl_forced_update_display ();
}

static void
complete (Terminal *terminal)
{
    gboolean waiting = FALSE;

    g_clear_pointer (&terminal->unfinished, g_free);
    g_clear_pointer (&terminal->found, g_ptr_array_unref);
    terminal->found = terminal->handlers.complete (rl_line_buffer, rl_point, &terminal->found_start,
                                                   &waiting, terminal->user_data);
    if (waiting) {
        terminal->unfinished = g_strdup (rl_line_buffer);
        terminal->unfinished_point = rl_point;
        return;
    }
    rl_complete_internal ('!');
}

static int
on_tab (int count, int key)
{
    complete (the_terminal);
    return 0;
}

/* Between two lines the terminal stays as the editor wants it: what is typed
 * ahead waits, unseen, for the next prompt. */
static void
keep_mode (void)
{
}

Terminal *
terminal_new (const TerminalHandlers *handlers, gpointer user_data)
{
    Terminal *terminal = g_new0 (Terminal, 1);

    g_assert (!the_terminal);
    the_terminal = terminal;
    terminal->handlers = *handlers;
    terminal->user_data = user_data;
    rl_readline_name = "roost";
    rl_catch_signals = 0; /* the main loop has them */
    rl_catch_sigwinch = 0;
    rl_completer_word_break_characters = " \t\n";
    rl_completer_quote_characters = "";
    rl_sort_completion_matches = 0;
    rl_completion_query_items = 0;
    rl_attempted_completion_function = attempt;
    rl_completion_display_matches_hook = show_matches;
    rl_deprep_term_function = keep_mode;
    terminal->editor = fdopen (fcntl (STDOUT_FILENO, F_DUPFD_CLOEXEC, 3), "w");
    rl_outstream = terminal->editor;
    rl_initialize ();
    rl_bind_key ('\t', on_tab);
    using_history ();
    return terminal;
}

void
terminal_free (Terminal *terminal)
{
    if (!terminal)
        return;
    stop_asking (terminal);
    rl_deprep_terminal ();
    clear_history ();
    rl_outstream = NULL;
    if (terminal->editor)
        fclose (terminal->editor);
    g_clear_pointer (&terminal->found, g_ptr_array_unref);
    the_terminal = NULL;
    g_free (terminal);
}

void
terminal_ask (Terminal *terminal, const char *prompt)
{
    if (terminal->prompt) {
        g_free (terminal->prompt);
        terminal->prompt = g_strdup (prompt);
        rl_clear_visible_line ();
        rl_set_prompt (prompt);
        rl_on_new_line ();
        rl_redisplay ();
        return;
    }
    terminal->prompt = g_strdup (prompt);
    rl_callback_handler_install (prompt, on_line);
    terminal->source = g_unix_fd_add (STDIN_FILENO, G_IO_IN | G_IO_HUP | G_IO_ERR, on_input, NULL);
}

void
terminal_print (Terminal *terminal, const char *text)
{
    if (terminal->prompt)
        rl_clear_visible_line ();
    fflush (terminal->editor);
    fputs (text, stdout);
    fflush (stdout);
    if (terminal->prompt) {
        rl_on_new_line ();
        rl_redisplay ();
    }
}

void
terminal_cancel (Terminal *terminal)
{
    g_autofree char *prompt = g_strdup (terminal->prompt);

    if (!prompt)
        return;
    rl_free_line_state ();
    rl_callback_sigcleanup ();
    rl_replace_line ("", 1);
    fputs ("^C\n", rl_outstream);
    stop_asking (terminal);
    terminal_ask (terminal, prompt);
}

void
terminal_resize (Terminal *terminal)
{
    if (terminal->prompt)
        rl_resize_terminal ();
}

void
terminal_retry (Terminal *terminal)
{
    if (!terminal->prompt || !terminal->unfinished || rl_point != terminal->unfinished_point ||
        strcmp (terminal->unfinished, rl_line_buffer) != 0)
        return;
    complete (terminal);
    rl_redisplay ();
}

void
terminal_remember (Terminal *terminal, const char *text)
{
    HIST_ENTRY *last = history_length > 0 ? history_get (history_base + history_length - 1) : NULL;

    if (!last || strcmp (last->line, text) != 0)
        add_history (text);
}
