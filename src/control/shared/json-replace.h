/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Puts other values into a JSON text without taking it apart: what is not
 * replaced keeps its bytes, numbers and order.
 */
#pragma once

#include <glib.h>

/* Where a value stands. */
typedef struct JsonPlace JsonPlace;
struct JsonPlace {
    const JsonPlace *outer; /* of the object; NULL at the top */
    const char *object;     /* the object that has the member, as text */
    gsize object_length;
    const char *key; /* of the member, plain; for the elements of an array that of the array */
};

/* Returns: (transfer full) (nullable): what to write in place of @value; NULL to
 * keep it and go on with what is in it */
typedef char *(*JsonReplaceFunc) (const JsonPlace *place, const char *value, gsize length,
                                  gpointer user_data);

/**
 * json_replace:
 * @text: an object, valid and minified
 * @complete: (out) (optional): %FALSE when parts are nested too deep to be looked at
 *
 * Asks @func about every value that is a member, or an element below one.
 *
 * Returns: (transfer full) (nullable): the new text; %NULL when nothing was replaced
 */
char *json_replace (const char *text, gsize length, JsonReplaceFunc func, gpointer user_data,
                    gboolean *complete);
