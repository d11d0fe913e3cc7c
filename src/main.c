#include "switch/switch.h"

#include <glib.h>
#include <string.h>

int
main (int argc, char **argv)
{
    const char *slash = argc > 0 ? strrchr (argv[0], '/') : NULL;

    if (argc > 0 && g_str_equal (slash ? slash + 1 : argv[0], "roost-switch"))
        return switch_main (argc, argv);
    return 0;
}
