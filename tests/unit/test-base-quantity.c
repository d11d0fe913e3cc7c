/* SPDX-License-Identifier: GPL-3.0-or-later */
/* base/quantity: sizes, durations and integers. */
#include "base/quantity.h"
#include "unit/tap.h"

static const struct {
    const char *text;
    gint64 bytes; /* -1 = not a size */
} sizes[] = {
    { "0", 0 },
    { "1", 1 },
    { "512b", 512 },
    { "1K", 1024 },
    { "1.5k", 1536 },
    { "4G", G_GINT64_CONSTANT (4) << 30 },
    { "512 MiB", 512 << 20 },
    { "1T", G_GINT64_CONSTANT (1) << 40 },
    { "2PB", G_GINT64_CONSTANT (2) << 50 },
    { "9007199254740992", G_GINT64_CONSTANT (9007199254740992) },
    { "8191P", G_GINT64_CONSTANT (8191) << 50 },
    { "8192P", -1 },
    { "0.3", -1 },
    { "0.1K", -1 },
    { "", -1 },
    { "4X", -1 },
    { "-1", -1 },
    { "+1", -1 },
    { " 1", -1 },
    { "0x10", -1 },
    { "1e3", -1 },
    { "1E", -1 },
    { "inf", -1 },
    { "1 2", -1 },
    { "G", -1 },
    { "9223372036854775808", -1 },
    { "99999999999999999999999P", -1 },
};

START_TEST (sizes_are_read)
{
    guint64 bytes = 77;
    gboolean good = quantity_parse_size (sizes[_i].text, &bytes);

    ck_assert_msg (good == (sizes[_i].bytes >= 0), "%s", sizes[_i].text);
    ck_assert_msg (bytes == (good ? (guint64)sizes[_i].bytes : 77), "%s: %" G_GUINT64_FORMAT,
                   sizes[_i].text, bytes);
}
END_TEST

START_TEST (sizes_are_written)
{
    static const struct {
        guint64 bytes;
        const char *text;
    } rows[] = { { 0, "0" },
                 { 1023, "1023" },
                 { 1024, "1K" },
                 { 1536 << 20, "1536M" },
                 { G_GUINT64_CONSTANT (4) << 30, "4G" },
                 { G_GUINT64_CONSTANT (1) << 40, "1T" },
                 { G_GUINT64_CONSTANT (1) << 60, "1024P" } };

    for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
        g_autofree char *text = quantity_format_size (rows[i].bytes);
        guint64 back;

        ck_assert_str_eq (text, rows[i].text);
        ck_assert (quantity_parse_size (text, &back) && back == rows[i].bytes);
    }
}
END_TEST

START_TEST (durations)
{
    static const struct {
        const char *text;
        gint64 ms;
    } rows[] = { { "0", 0 },        { "5", 5000 },     { "100ms", 100 },   { "1.5s", 1500 },
                 { "10m", 600000 }, { "2h", 7200000 }, { "1d", 86400000 }, { "24d", 2073600000 },
                 { "25d", -1 },     { "0.5ms", -1 },   { "s", -1 },        { "", -1 },
                 { "soon", -1 },    { "1e3", -1 },     { "-1s", -1 },      { "10 m", 600000 } };
    static const struct {
        guint64 ms;
        const char *text;
    } words[] = { { 0, "0 ms" },
                  { 350, "350 ms" },
                  { 2449, "2.4 s" },
                  { 200000, "3 m 20 s" },
                  { 3600000 * 30 + 60000, "30 h 1 m" } };

    for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
        guint ms = 77;

        ck_assert_msg (quantity_parse_duration (rows[i].text, &ms) == (rows[i].ms >= 0), "%s",
                       rows[i].text);
        ck_assert_uint_eq (ms, rows[i].ms >= 0 ? rows[i].ms : 77);
    }
    for (guint i = 0; i < G_N_ELEMENTS (words); i++) {
        g_autofree char *text = quantity_format_duration (words[i].ms);

        ck_assert_str_eq (text, words[i].text);
    }
}
END_TEST

START_TEST (amounts)
{
    static const struct {
        guint64 bytes;
        const char *text;
    } words[] = { { 0, "0.0 KiB" },
                  { 1536, "1.5 KiB" },
                  { 1024 * 1024 - 1, "1.0 MiB" },
                  { 25060966, "23.9 MiB" },
                  { G_MAXUINT64, "16384.0 PiB" } };

    for (guint i = 0; i < G_N_ELEMENTS (words); i++) {
        g_autofree char *text = quantity_format_amount (words[i].bytes);

        ck_assert_str_eq (text, words[i].text);
    }
}
END_TEST

START_TEST (integers)
{
    gint64 value = 7;

    ck_assert (quantity_parse_int ("-5", -10, 10, &value) && value == -5);
    ck_assert (quantity_parse_int ("+5", -10, 10, &value) && value == 5);
    ck_assert (quantity_parse_int ("0x10", 0, 16, &value) && value == 16);
    ck_assert (quantity_parse_int ("9223372036854775807", 0, G_MAXINT64, &value));
    ck_assert_int_eq (value, G_MAXINT64);
    ck_assert (!quantity_parse_int ("9223372036854775808", 0, G_MAXINT64, &value));
    ck_assert (!quantity_parse_int ("11", -10, 10, &value));
    ck_assert (!quantity_parse_int ("-0x1", -10, 10, &value));
    ck_assert (!quantity_parse_int ("0x", 0, 10, &value));
    ck_assert (!quantity_parse_int ("1 ", 0, 10, &value));
    ck_assert (!quantity_parse_int ("", 0, 10, &value));
    ck_assert (!quantity_parse_int (NULL, 0, 10, &value));
    ck_assert (!quantity_parse_int ("--1", -10, 10, &value));
    ck_assert_int_eq (value, G_MAXINT64);
}
END_TEST

int
main (void)
{
    Suite *suite = suite_create ("base-quantity");
    TCase *tcase = tcase_create ("quantity");

    tcase_add_loop_test (tcase, sizes_are_read, 0, G_N_ELEMENTS (sizes));
    tcase_add_test (tcase, sizes_are_written);
    tcase_add_test (tcase, durations);
    tcase_add_test (tcase, amounts);
    tcase_add_test (tcase, integers);
    suite_add_tcase (suite, tcase);
    return run_tap (suite);
}
