/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The library readline, as far as a terminal needs it.  It is loaded when there is one:
 * linked, its symbols would be a third of what is looked up whenever roost starts, and
 * nearly no verb has a line to edit.
 */
#pragma once

#include <glib.h>
#include <stdio.h>
#include <readline/history.h>
#include <readline/readline.h>

#define READLINE_SYMBOLS(SYMBOL)                                                                   \
    SYMBOL (add_history)                                                                           \
    SYMBOL (clear_history)                                                                         \
    SYMBOL (history_base)                                                                          \
    SYMBOL (history_get)                                                                           \
    SYMBOL (history_length)                                                                        \
    SYMBOL (using_history)                                                                         \
    SYMBOL (rl_attempted_completion_function)                                                      \
    SYMBOL (rl_attempted_completion_over)                                                          \
    SYMBOL (rl_bind_key)                                                                           \
    SYMBOL (rl_callback_handler_install)                                                           \
    SYMBOL (rl_callback_handler_remove)                                                            \
    SYMBOL (rl_callback_read_char)                                                                 \
    SYMBOL (rl_callback_sigcleanup)                                                                \
    SYMBOL (rl_catch_signals)                                                                      \
    SYMBOL (rl_catch_sigwinch)                                                                     \
    SYMBOL (rl_clear_visible_line)                                                                 \
    SYMBOL (rl_complete_internal)                                                                  \
    SYMBOL (rl_completer_quote_characters)                                                         \
    SYMBOL (rl_completer_word_break_characters)                                                    \
    SYMBOL (rl_completion_append_character)                                                        \
    SYMBOL (rl_completion_display_matches_hook)                                                    \
    SYMBOL (rl_completion_query_items)                                                             \
    SYMBOL (rl_deprep_term_function)                                                               \
    SYMBOL (rl_deprep_terminal)                                                                    \
    SYMBOL (rl_forced_update_display)                                                              \
    SYMBOL (rl_free_line_state)                                                                    \
    SYMBOL (rl_get_screen_size)                                                                    \
    SYMBOL (rl_initialize)                                                                         \
    SYMBOL (rl_line_buffer)                                                                        \
    SYMBOL (rl_on_new_line)                                                                        \
    SYMBOL (rl_outstream)                                                                          \
    SYMBOL (rl_point)                                                                              \
    SYMBOL (rl_readline_name)                                                                      \
    SYMBOL (rl_redisplay)                                                                          \
    SYMBOL (rl_replace_line)                                                                       \
    SYMBOL (rl_resize_terminal)                                                                    \
    SYMBOL (rl_set_prompt)                                                                         \
    SYMBOL (rl_sort_completion_matches)

/* A member for each symbol, of its name: where the function or the variable is */
#define READLINE_MEMBER(name) __typeof__ (&name) name;
typedef struct {
    READLINE_SYMBOLS (READLINE_MEMBER)
} Readline;
#undef READLINE_MEMBER

/**
 * readline_load:
 *
 * The library stays loaded until the process ends, as it keeps what it knows of the
 * terminal.
 *
 * Returns: FALSE when there is none, with an error that says how to have one
 */
gboolean readline_load (Readline *ret_readline, GError **error);
