/* SPDX-License-Identifier: GPL-3.0-or-later */
/* roost link: the cable of a running machine. */
#include "base/error.h"
#include "base/quantity.h"
#include "cli/common/client.h"

#include <string.h>

#define TIMEOUT_MS (60 * 1000)

static gboolean
refuse (const char *option, const char *text, const char *example, GError **error)
{
    g_set_error (error, ROOST_ERROR, ROOST_ERROR_USAGE, "--%s: \"%s\" is not such a value (try %s)",
                 option, text, example);
    return FALSE;
}

/* `1%`, `0.5%` */
static gboolean
parse_loss (const char *text, gint64 *ret)
{
    char *end;
    double percent = g_ascii_strtod (text, &end);

    if (end == text || (*end && strcmp (end, "%") != 0) || !(percent >= 0 && percent <= 100))
        return FALSE;
    *ret = (gint64)(percent * 10000 + 0.5);
    return TRUE;
}

/* `100mbit`, bits a second */
static gboolean
parse_rate (const char *text, gint64 *ret)
{
    static const struct {
        const char *unit;
        double factor;
    } units[] = { { "bit", 1 }, { "kbit", 1e3 }, { "mbit", 1e6 }, { "gbit", 1e9 } };
    char *end;
    double number = g_ascii_strtod (text, &end);

    for (gsize i = 0; end != text && i < G_N_ELEMENTS (units); i++) {
        if (g_ascii_strcasecmp (end, units[i].unit) == 0 && number >= 0 && number <= 1e6) {
            *ret = (gint64)(number * units[i].factor);
            return TRUE;
        }
    }
    *ret = 0;
    return strcmp (text, "0") == 0;
}

static gboolean
add_impairment (JsonObject *arguments, const Options *options, GError **error)
{
    gint64 loss = 0, rate = 0;
    guint delay = 0;

    if (!options->delay && !options->loss && !options->rate)
        return TRUE;
    if (options->delay && !quantity_parse_duration (options->delay, &delay))
        return refuse ("delay", options->delay, "10ms", error);
    if (options->loss && !parse_loss (options->loss, &loss))
        return refuse ("loss", options->loss, "1%", error);
    if (options->rate && !parse_rate (options->rate, &rate))
        return refuse ("rate", options->rate, "100mbit", error);
    json_object_set_boolean_member (arguments, "impair", TRUE);
    json_object_set_int_member (arguments, "delay_ms", delay);
    json_object_set_int_member (arguments, "loss_ppm", loss);
    json_object_set_int_member (arguments, "rate", rate);
    return TRUE;
}

gboolean
verb_link (Options *options, GError **error)
{
    g_autoptr (JsonObject) arguments = json_object_new ();
    const char *machine;
    g_autofree char *lab = NULL;
    g_autoptr (LabClient) client = NULL;
    g_autoptr (JsonNode) answer = NULL;
    const char *state = options->argc > 2 ? options->argv[2] : NULL;

    if (state && strcmp (state, "up") != 0 && strcmp (state, "down") != 0) {
        g_set_error (error, ROOST_ERROR, ROOST_ERROR_USAGE, "link: %s is neither up nor down",
                     state);
        return FALSE;
    }
    if (!add_impairment (arguments, options, error))
        return FALSE;
    if (json_object_get_size (arguments) == 0 && !state) {
        g_set_error (error, ROOST_ERROR, ROOST_ERROR_USAGE,
                     "link: say up, down, --delay, --loss or --rate");
        return FALSE;
    }
    lab = lab_client_split_machine (options, options->argv[0], &machine, error);
    client = lab ? lab_client_open (lab, error) : NULL;
    if (!client)
        return FALSE;
    json_object_set_string_member (arguments, "machine", machine);
    json_object_set_string_member (arguments, "nic", options->argv[1]);
    if (state)
        json_object_set_boolean_member (arguments, "up", strcmp (state, "up") == 0);
    answer =
        lab_client_call (client, "machine-link", g_steal_pointer (&arguments), TIMEOUT_MS, error);
    return answer != NULL;
}
