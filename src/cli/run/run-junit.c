/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the JUnit report of `roost run`. */
#include "cli/run/run.h"

#include "base/file.h"

#include <string.h>

typedef struct {
    GString *xml;
    guint cases, failures, errors, skipped;
} Report;

/* XML 1.0 has no way to write most control characters. */
static char *
escape (const char *text)
{
    g_autofree char *valid = g_utf8_make_valid (text, -1);

    for (char *at = valid; *at; at++)
        if ((guchar)*at < 0x20 && !strchr ("\t\n\r", *at))
            *at = '?';
    return g_markup_escape_text (valid, -1);
}

static double
seconds (const RunSpan *span)
{
    return span->begun && span->ended ? (span->ended - span->begun) / 1e6 : 0;
}

static void
add_case (Report *report, const char *suite, const char *machine, const char *name,
          const RunSpan *span, gboolean is_test)
{
    g_autofree char *problem = span->problem ? escape (span->problem) : NULL;

    /* names are letters, digits, - and _ */
    g_string_append_printf (report->xml,
                            "  <testcase classname=\"%s%s%s\" name=\"%s\" time=\"%.3f\"", suite,
                            machine ? "." : "", machine ? machine : "", name, seconds (span));
    report->cases++;
    if (problem) {
        const char *element = is_test ? "failure" : "error";

        *(is_test ? &report->failures : &report->errors) += 1;
        g_string_append_printf (report->xml, ">\n    <%s message=\"%s\"/>\n  </testcase>\n",
                                element, problem);
    } else if (!span->ended) {
        report->skipped++;
        g_string_append (report->xml, ">\n    <skipped/>\n  </testcase>\n");
    } else {
        g_string_append (report->xml, "/>\n");
    }
}

gboolean
run_write_junit (const Run *run, const char *path, GError **error)
{
    const char *suite = run->plan ? run->plan->lab : "roost";
    g_autoptr (GString) xml = g_string_new (NULL);
    g_autoptr (GString) whole = g_string_new (NULL);
    g_autoptr (GDateTime) time = g_date_time_new_from_unix_utc (run->started / G_USEC_PER_SEC);
    g_autofree char *stamp = g_date_time_format (time, "%Y-%m-%dT%H:%M:%S");
    Report report = { .xml = xml };
    gint64 end = 0;

    for (guint phase = 0; phase < N_PHASES; phase++) {
        /* a command that ended by itself has told of the test, all else is of the lab */
        gboolean is_test = phase == PHASE_COMMAND && !run->failure;

        add_case (&report, suite, NULL, run_phase_names[phase], &run->spans[phase], is_test);
        end = MAX (end, run->spans[phase].ended);
    }
    for (guint i = 0; run->machines && i < run->machines->len; i++) {
        const RunMachine *machine = g_ptr_array_index (run->machines, i);

        add_case (&report, suite, machine->record->name, "start", &machine->start, FALSE);
        add_case (&report, suite, machine->record->name, "ready", &machine->ready, FALSE);
    }
    g_string_append_printf (
        whole,
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
        "<testsuites>\n<testsuite name=\"%s\" tests=\"%u\" failures=\"%u\" errors=\"%u\" "
        "skipped=\"%u\" time=\"%.3f\" timestamp=\"%s\">\n%s</testsuite>\n</testsuites>\n",
        suite, report.cases, report.failures, report.errors, report.skipped,
        (end - run->spans[PHASE_PLAN].begun) / 1e6, stamp, xml->str);
    return file_write_whole (path, whole->str, whole->len, 0644, error);
}
