/* SPDX-License-Identifier: GPL-3.0-or-later */
/* QMP messages: what a peer sent, what is sent to it, and its errors. */
#include "qmp/qmp-message.h"

#include <json-glib/json-glib.h>
#include <string.h>

#include "qmp/qmp-error.h"
#include "tests/unit/tap.h"

static gboolean
is (const char *slice, gsize length, const char *text)
{
    return slice && length == strlen (text) && memcmp (slice, text, length) == 0;
}

static gboolean
read_text (const char *text, QmpMessage *message)
{
    return qmp_message_read (text, strlen (text), message, NULL);
}

START_TEST (greeting)
{
    QmpMessage message;

    ck_assert (read_text ("{\"QMP\": {\"version\": {\"qemu\": {\"micro\": 22, \"minor\": 2, "
                          "\"major\": 7}, \"package\": \"x\"}, \"capabilities\": [\"oob\"]}}",
                          &message));
    ck_assert_int_eq (message.kind, QMP_MESSAGE_GREETING);
    ck_assert (qmp_message_offers (&message, "oob"));
    ck_assert (!qmp_message_offers (&message, "foo"));
    ck_assert_ptr_null (message.id);
    ck_assert (read_text ("{\"QMP\": 1}", &message));
    ck_assert (!qmp_message_offers (&message, "oob"));
    ck_assert (read_text ("{\"QMP\": {\"capabilities\": \"oob\"}}", &message));
    ck_assert (!qmp_message_offers (&message, "oob"));
}
END_TEST

START_TEST (replies)
{
    QmpMessage message;

    ck_assert (read_text ("{\"return\": {\"a\": 1}, \"id\": 123456}", &message));
    ck_assert_int_eq (message.kind, QMP_MESSAGE_RETURN);
    ck_assert (is (message.body, message.body_length, "{\"a\": 1}"));
    ck_assert_uint_eq (qmp_message_get_id (&message), 123456);
    ck_assert (read_text ("{\"unknown\":[],\"id\":7,\"error\":{\"class\":\"X\",\"desc\":\"\"}}",
                          &message));
    ck_assert_int_eq (message.kind, QMP_MESSAGE_ERROR);
    ck_assert (is (message.body, message.body_length, "{\"class\":\"X\",\"desc\":\"\"}"));
    ck_assert (read_text ("{\"return\": inf}", &message));
    ck_assert_ptr_null (message.id);
}
END_TEST

START_TEST (foreign_ids_are_no_numbers)
{
    static const char *const ids[] = { "\"123456\"", "null", "-5",  "1.5",
                                       "[1]",        "{}",   "1e5", "99999999999999999999" };
    QmpMessage message;

    for (guint i = 0; i < G_N_ELEMENTS (ids); i++) {
        g_autofree char *text = g_strdup_printf ("{\"return\":{},\"id\":%s}", ids[i]);

        ck_assert (read_text (text, &message));
        ck_assert (is (message.id, message.id_length, ids[i]));
        ck_assert_uint_eq (qmp_message_get_id (&message), 0);
    }
}
END_TEST

START_TEST (events)
{
    QmpMessage message;

    ck_assert (read_text ("{\"timestamp\": {\"seconds\": 12, \"microseconds\": 34}, \"event\": "
                          "\"RESET\", \"data\": {\"guest\": false}}",
                          &message));
    ck_assert_int_eq (message.kind, QMP_MESSAGE_EVENT);
    ck_assert (is (message.body, message.body_length, "\"RESET\""));
    ck_assert (is (message.data, message.data_length, "{\"guest\": false}"));
    ck_assert_int_eq (message.seconds, 12);
    ck_assert_int_eq (message.microseconds, 34);
    ck_assert (read_text ("{\"event\":\"STOP\",\"timestamp\":{\"seconds\":-1,\"microseconds\":-1}}",
                          &message));
    ck_assert_ptr_null (message.data);
    ck_assert_int_eq (message.seconds, -1);
    ck_assert (read_text ("{\"event\":\"STOP\",\"timestamp\":5}", &message));
    ck_assert_int_eq (message.seconds, -1);
    ck_assert (read_text ("{\"event\":\"STOP\"}", &message));
    ck_assert_int_eq (message.microseconds, -1);
}
END_TEST

START_TEST (what_is_no_message)
{
    static const char *const texts[] = {
        "{}",
        "{\"id\":1}",
        "{\"return\":{},\"error\":{}}",
        "{\"event\":\"X\",\"return\":{}}",
        "{\"return\":{},\"id\":1,\"id\":2}",
        "{\"return\":{},\"return\":{}}",
        "{\"return\":01}",
        "{]",
        "[]",
        "",
    };
    QmpMessage message;

    for (guint i = 0; i < G_N_ELEMENTS (texts); i++) {
        g_autoptr (GError) error = NULL;

        ck_assert (!qmp_message_read (texts[i], strlen (texts[i]), &message, &error));
        ck_assert (g_error_matches (error, QMP_ERROR, QMP_ERROR_PROTOCOL));
        ck_assert (g_str_has_prefix (error->message, "the peer sent "));
    }
}
END_TEST

static void
assert_command (GBytes *bytes, const char *text)
{
    ck_assert (is (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), text));
    g_bytes_unref (bytes);
}

START_TEST (commands_are_minified)
{
    assert_command (qmp_command_build ("stop", NULL, 0, FALSE, 123456),
                    "{\"execute\":\"stop\",\"id\":123456}");
    assert_command (qmp_command_build ("eject", "{\"id\":\"a\"}xxx", 10, FALSE, 7),
                    "{\"execute\":\"eject\",\"arguments\":{\"id\":\"a\"},\"id\":7}");
    assert_command (qmp_command_build ("yank", NULL, 0, TRUE, 0), "{\"exec-oob\":\"yank\"}");
    assert_command (qmp_command_build ("a\"b\n", NULL, 0, FALSE, 0), "{\"execute\":\"a\\\"b\\n\"}");
}
END_TEST

START_TEST (strings_are_escaped)
{
    g_autoptr (GString) out = g_string_new (NULL);

    qmp_json_append_string (out, "q\" b\\ /\b\f\n\r\t \x01\x1f \xc3\xa9 \xff", -1);
    ck_assert_str_eq (out->str, "\"q\\\" b\\\\ /\\b\\f\\n\\r\\t \\u0001\\u001f \xc3\xa9 "
                                "\xef\xbf\xbd\"");
    g_string_truncate (out, 0);
    qmp_json_append_string (out, "abc", 2);
    ck_assert_str_eq (out->str, "\"ab\"");
}
END_TEST

START_TEST (errors_keep_class_and_description)
{
    static const char json[] =
        "{\"desc\": \"Device 'x' not found\", \"class\": \"DeviceNotFound\"}";
    g_autoptr (GError) error = qmp_error_new_from_json (json, strlen (json));
    g_autoptr (GError) copy = g_error_copy (error);

    ck_assert (g_error_matches (error, QMP_ERROR, QMP_ERROR_DEVICE_NOT_FOUND));
    ck_assert_str_eq (error->message, "Device 'x' not found");
    g_prefix_error (&copy, "machine a: ");
    g_clear_error (&error);
    ck_assert_str_eq (qmp_error_get_class (copy), "DeviceNotFound");
    ck_assert_str_eq (qmp_error_get_description (copy), "Device 'x' not found");
    ck_assert_str_eq (copy->message, "machine a: Device 'x' not found");
}
END_TEST

START_TEST (error_classes)
{
    static const struct {
        const char *name;
        QmpErrorCode code;
    } classes[] = {
        { "GenericError", QMP_ERROR_GENERIC },
        { "CommandNotFound", QMP_ERROR_COMMAND_NOT_FOUND },
        { "DeviceNotActive", QMP_ERROR_DEVICE_NOT_ACTIVE },
        { "DeviceNotFound", QMP_ERROR_DEVICE_NOT_FOUND },
        { "KVMMissingCap", QMP_ERROR_KVM_MISSING_CAP },
        { "NotInventedYet", QMP_ERROR_GENERIC },
    };

    for (guint i = 0; i < G_N_ELEMENTS (classes); i++) {
        g_autoptr (GError) error = qmp_error_new_reply (classes[i].name, "why");

        ck_assert_int_eq (error->code, classes[i].code);
        ck_assert_str_eq (qmp_error_get_class (error), classes[i].name);
    }
}
END_TEST

START_TEST (errors_of_others)
{
    static const char *const odd[] = { "{}", "1", "{\"class\":1,\"desc\":2}", "{\"class\":\"X\"}",
                                       "{" };
    g_autoptr (GError) local = g_error_new_literal (QMP_ERROR, QMP_ERROR_CLOSED, "gone");

    ck_assert_ptr_null (qmp_error_get_class (local));
    ck_assert_str_eq (qmp_error_get_description (local), "gone");
    for (guint i = 0; i < G_N_ELEMENTS (odd); i++) {
        g_autoptr (GError) error = qmp_error_new_from_json (odd[i], strlen (odd[i]));

        ck_assert (g_error_matches (error, QMP_ERROR, QMP_ERROR_PROTOCOL));
    }
}
END_TEST

int
main (void)
{
    Suite *suite = suite_create ("qmp-message");
    TCase *tcase = tcase_create ("message");

    tcase_add_test (tcase, greeting);
    tcase_add_test (tcase, replies);
    tcase_add_test (tcase, foreign_ids_are_no_numbers);
    tcase_add_test (tcase, events);
    tcase_add_test (tcase, what_is_no_message);
    tcase_add_test (tcase, commands_are_minified);
    tcase_add_test (tcase, strings_are_escaped);
    tcase_add_test (tcase, errors_keep_class_and_description);
    tcase_add_test (tcase, error_classes);
    tcase_add_test (tcase, errors_of_others);
    suite_add_tcase (suite, tcase);
    return run_tap (suite);
}
