/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The smallest useful client of qmp-glib, as its users would write it:
 *   cc example.c $(pkg-config --cflags --libs qmp-glib) && ./a.out SOCKET
 */
#include <qmp-client.h>
#include <stdio.h>

static void
on_status (GObject *source, GAsyncResult *result, gpointer loop)
{
    g_autoptr (GError) error = NULL;
    g_autoptr (JsonNode) value = qmp_client_execute_finish (QMP_CLIENT (source), result, &error);
    g_autofree char *text = value ? json_to_string (value, FALSE) : NULL;

    puts (text ? text : error->message);
    g_main_loop_quit (loop);
}

static void
on_connected (GObject *source, GAsyncResult *result, gpointer loop)
{
    g_autoptr (GError) error = NULL;

    if (qmp_client_connect_finish (QMP_CLIENT (source), result, &error)) {
        qmp_client_execute_async (QMP_CLIENT (source), "query-status", NULL, 5000, NULL, on_status,
                                  loop);
        return;
    }
    puts (error->message);
    g_main_loop_quit (loop);
}

int
main (int argc, char **argv)
{
    g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
    g_autoptr (QmpClient) client = qmp_client_new (QMP_CLIENT_DEFAULT);

    qmp_client_connect_path_async (client, argv[1], 5000, NULL, on_connected, loop);
    g_main_loop_run (loop);
    return 0;
}
