/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns the grammar of QMP input: where an input ends, which of its faults is told, and its strict
 * form.  QEMU collects the tokens of an input and then parses them; here they are parsed as they
 * come, the first fault is kept, and the rest of the input is counted until it ends where QEMU's
 * would.  What a command must look like is qmp-request's business. */
#include "qmp/qmp-parser.h"

#include <string.h>

#include "qmp/qmp-lexer.h"
#include "qmp/qmp-text.h"

/* Limits on what the peer controls, as in QEMU where not said otherwise */
#define INPUT_MAX (64u << 20) /* bytes of an input's tokens */
#define TOKENS_MAX (2u << 20) /* tokens of an input */
#define NESTING_MAX 1024      /* open objects and arrays */
#define FAULT_MAX 1023        /* bytes of a fault's text */
#define STRAY_MAX 4096        /* bytes of a stray token that are quoted back (QEMU: all) */
#define TEXT_KEEP (16u << 10) /* memory kept between inputs */

typedef enum {
    WANT_KEY_OR_END,
    WANT_KEY,
    WANT_COLON,
    WANT_MEMBER,
    WANT_COMMA_OR_OBJECT_END,
    WANT_ELEMENT_OR_END,
    WANT_ELEMENT,
    WANT_COMMA_OR_ARRAY_END,
} Want;

typedef struct {
    Want want;
    char *key;   /* of the member that is being read */
    GTree *keys; /* owned keys so far; NULL before the first.  No hash table: clients can know
                  * which keys collide */
} Frame;

struct QmpParser {
    QmpLexer lexer;
    GArray *frames;      /* Frame: what is open, outermost first */
    GString *text;       /* the input so far, strict and minified */
    char *fault;         /* the first one */
    QmpInput *input;     /* being put together */
    gsize start;         /* where the value of the outermost object's member starts in @text */
    int objects, arrays; /* open ones, counted as QEMU counts them */
    gsize size;          /* of the tokens so far */
    guint n_tokens;
};

static void
frame_clear (gpointer data)
{
    Frame *frame = data;

    g_free (frame->key);
    g_clear_pointer (&frame->keys, g_tree_unref);
}

QmpParser *
qmp_parser_new (void)
{
    QmpParser *self = g_new0 (QmpParser, 1);

    qmp_lexer_init (&self->lexer);
    self->frames = g_array_new (FALSE, TRUE, sizeof (Frame));
    g_array_set_clear_func (self->frames, frame_clear);
    self->text = g_string_new (NULL);
    return self;
}

void
qmp_parser_free (QmpParser *self)
{
    if (!self)
        return;
    qmp_lexer_clear (&self->lexer);
    g_array_unref (self->frames);
    g_string_free (self->text, TRUE);
    g_free (self->fault);
    qmp_input_free (self->input);
    g_free (self);
}

static void G_GNUC_PRINTF (2, 3) set_fault (QmpParser *self, const char *format, ...)
{
    g_autofree char *text = NULL;
    va_list values;

    if (self->fault)
        return;
    va_start (values, format);
    text = g_strdup_vprintf (format, values);
    va_end (values);
    self->fault = g_strdup_printf ("JSON parse error, %.*s", FAULT_MAX, text);
}

static Frame *
top (QmpParser *self)
{
    guint n = self->frames->len;

    return n ? &g_array_index (self->frames, Frame, n - 1) : NULL;
}

/* --- the grammar ------------------------------------------------------------------------- */

static int
compare_keys (gconstpointer a, gconstpointer b, gpointer data)
{
    return strcmp (a, b);
}

static void
member_done (QmpParser *self, Frame *frame, QmpKind kind)
{
    if (!frame->keys)
        frame->keys = g_tree_new_full (compare_keys, NULL, g_free, NULL);
    if (g_tree_lookup (frame->keys, frame->key)) {
        set_fault (self, "duplicate key");
        return;
    }
    if (self->frames->len == 1)
        qmp_input_add (self->input, frame->key, kind, self->text->str + self->start,
                       self->text->len - self->start);
    g_tree_insert (frame->keys, frame->key, frame->key);
    frame->key = NULL; /* is the tree's */
    frame->want = WANT_COMMA_OR_OBJECT_END;
}

static void
value_done (QmpParser *self, QmpKind kind)
{
    Frame *frame = top (self);

    if (!frame) {
        self->input->is_object = kind == QMP_KIND_OBJECT;
        return;
    }
    switch (frame->want) {
    case WANT_KEY_OR_END:
    case WANT_KEY:
        if (kind == QMP_KIND_STRING)
            frame->want = WANT_COLON;
        else
            set_fault (self, "key is not a string in object");
        break;
    case WANT_MEMBER:
        member_done (self, frame, kind);
        break;
    case WANT_ELEMENT_OR_END:
    case WANT_ELEMENT:
        frame->want = WANT_COMMA_OR_ARRAY_END;
        break;
    case WANT_COLON:
    case WANT_COMMA_OR_OBJECT_END:
    case WANT_COMMA_OR_ARRAY_END:
        g_assert_not_reached ();
    }
}

static void
take_string (QmpParser *self)
{
    Frame *frame = top (self);
    gboolean is_key = frame && (frame->want == WANT_KEY || frame->want == WANT_KEY_OR_END);
    g_autoptr (GString) value = is_key ? g_string_new (NULL) : NULL;
    g_autofree char *wrong = qmp_text_string (self->lexer.text->str, self->text, value);

    if (wrong) {
        set_fault (self, "%s", wrong);
        return;
    }
    if (is_key)
        frame->key = g_strndup (value->str, value->len);
    value_done (self, QMP_KIND_STRING);
}

static void
take_word (QmpParser *self, QmpToken token)
{
    const char *word = self->lexer.text->str;

    if (token == QMP_TOKEN_KEYWORD && strcmp (word, "true") && strcmp (word, "false") &&
        strcmp (word, "null")) {
        set_fault (self, "invalid keyword '%s'", word);
        return;
    }
    g_string_append_len (self->text, word, self->lexer.text->len);
    value_done (self, QMP_KIND_OTHER);
}

static void
take_value (QmpParser *self, QmpToken token)
{
    Frame frame = { .want =
                        token == QMP_TOKEN_OPEN_OBJECT ? WANT_KEY_OR_END : WANT_ELEMENT_OR_END };

    switch (token) {
    case QMP_TOKEN_OPEN_OBJECT:
    case QMP_TOKEN_OPEN_ARRAY:
        g_string_append_c (self->text, *self->lexer.text->str);
        g_array_append_val (self->frames, frame);
        break;
    case QMP_TOKEN_STRING:
        take_string (self);
        break;
    case QMP_TOKEN_NUMBER:
    case QMP_TOKEN_KEYWORD:
        take_word (self, token);
        break;
    case QMP_TOKEN_CLOSE_OBJECT:
    case QMP_TOKEN_CLOSE_ARRAY:
    case QMP_TOKEN_COLON:
    case QMP_TOKEN_COMMA:
        set_fault (self, "expecting value");
        break;
    case QMP_TOKEN_NONE:
    case QMP_TOKEN_STRAY:
    case QMP_TOKEN_TOO_LONG:
        g_assert_not_reached ();
    }
}

static void
take_end (QmpParser *self, QmpKind kind)
{
    g_string_append_c (self->text, *self->lexer.text->str);
    g_array_set_size (self->frames, self->frames->len - 1);
    value_done (self, kind);
}

static void
take_separator (QmpParser *self, Frame *frame, QmpToken token)
{
    gboolean in_object = frame->want == WANT_COMMA_OR_OBJECT_END;

    if (token == (in_object ? QMP_TOKEN_CLOSE_OBJECT : QMP_TOKEN_CLOSE_ARRAY)) {
        take_end (self, in_object ? QMP_KIND_OBJECT : QMP_KIND_OTHER);
    } else if (token == QMP_TOKEN_COMMA) {
        g_string_append_c (self->text, ',');
        frame->want = in_object ? WANT_KEY : WANT_ELEMENT;
    } else {
        set_fault (self, "expected separator in %s", in_object ? "dict" : "list");
    }
}

static void
take_colon (QmpParser *self, Frame *frame, QmpToken token)
{
    if (token != QMP_TOKEN_COLON) {
        set_fault (self, "missing : in object pair");
        return;
    }
    g_string_append_c (self->text, ':');
    frame->want = WANT_MEMBER;
    if (self->frames->len == 1)
        self->start = self->text->len;
}

static void
take_token (QmpParser *self, QmpToken token)
{
    Frame *frame = top (self);

    if (!frame) {
        take_value (self, token);
        return;
    }
    switch (frame->want) {
    case WANT_KEY_OR_END:
        if (token == QMP_TOKEN_CLOSE_OBJECT)
            take_end (self, QMP_KIND_OBJECT);
        else
            take_value (self, token);
        break;
    case WANT_ELEMENT_OR_END:
        if (token == QMP_TOKEN_CLOSE_ARRAY)
            take_end (self, QMP_KIND_OTHER);
        else
            take_value (self, token);
        break;
    case WANT_KEY:
    case WANT_MEMBER:
    case WANT_ELEMENT:
        take_value (self, token);
        break;
    case WANT_COLON:
        take_colon (self, frame, token);
        break;
    case WANT_COMMA_OR_OBJECT_END:
    case WANT_COMMA_OR_ARRAY_END:
        take_separator (self, frame, token);
        break;
    }
}

/* --- where an input ends ------------------------------------------------------------------ */

/* The input ends here, for @error or for what the grammar found. */
static QmpInput *
end_input (QmpParser *self, char *error)
{
    QmpInput *input = g_steal_pointer (&self->input);

    if (!input)
        input = g_new0 (QmpInput, 1);
    if (!error && !self->fault && self->frames->len > 0)
        set_fault (self, "premature EOI");
    input->error = error ? error : g_steal_pointer (&self->fault);
    g_clear_pointer (&self->fault, g_free);
    g_array_set_size (self->frames, 0);
    if (self->text->allocated_len > TEXT_KEEP) {
        g_string_free (self->text, TRUE);
        self->text = g_string_new (NULL);
    }
    g_string_truncate (self->text, 0);
    self->objects = self->arrays = 0;
    self->size = 0;
    self->n_tokens = 0;
    return input;
}

static char *
check_limits (QmpParser *self, QmpToken token)
{
    if (token == QMP_TOKEN_STRAY)
        return g_strdup_printf ("JSON parse error, stray '%.*s'", STRAY_MAX, self->lexer.text->str);
    if (self->size + self->lexer.text->len + 1 > INPUT_MAX)
        return g_strdup ("JSON token size limit exceeded");
    if (self->n_tokens + 1 > TOKENS_MAX)
        return g_strdup ("JSON token count limit exceeded");
    if (self->objects + self->arrays > NESTING_MAX)
        return g_strdup ("JSON nesting depth limit exceeded");
    return NULL;
}

/* Returns: the input that ends with @token, NULL when none does */
static QmpInput *
process (QmpParser *self, QmpToken token)
{
    char *error;

    self->objects += (token == QMP_TOKEN_OPEN_OBJECT) - (token == QMP_TOKEN_CLOSE_OBJECT);
    self->arrays += (token == QMP_TOKEN_OPEN_ARRAY) - (token == QMP_TOKEN_CLOSE_ARRAY);
    error = check_limits (self, token);
    if (error)
        return end_input (self, error);
    self->size += self->lexer.text->len;
    self->n_tokens++;
    if (!self->input)
        self->input = g_new0 (QmpInput, 1);
    if (!self->fault)
        take_token (self, token);
    if ((self->objects > 0 || self->arrays > 0) && self->objects >= 0 && self->arrays >= 0)
        return NULL;
    return end_input (self, NULL);
}

gsize
qmp_parser_feed (QmpParser *self, const char *bytes, gsize length, QmpInput **input)
{
    gsize used = 0;

    *input = NULL;
    while (!*input) {
        QmpToken token;

        used += qmp_lexer_next (&self->lexer, bytes + used, length - used, &token);
        if (token == QMP_TOKEN_NONE)
            break;
        *input = process (self, token);
    }
    return used;
}
