/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any bytes as frames at ports of every kind: each is decided on without a look past its end,
 * and what would leave an access port has no tag. */
#include "switch/forward.h"

#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

#define N_PORTS 5
#define FRAME_LENGTHS 64

static void
make_ports (PortVlans *ports)
{
    memset (ports, 0, N_PORTS * sizeof *ports);
    ports[1] = (PortVlans){ .mode = VLAN_ACCESS, .vlan = 10 };
    ports[2] = (PortVlans){ .mode = VLAN_TRUNK };
    ports[3] = (PortVlans){ .mode = VLAN_TRUNK, .vlan = 10 };
    ports[4] = (PortVlans){ .mode = VLAN_ACCESS, .vlan = 20 };
    g_assert_true (vlan_set_parse ("10,20-29", &ports[2].trunk));
    g_assert_true (vlan_set_parse ("20", &ports[3].trunk));
}

static void
pass (const PortVlans *ports, guint ingress, const guint8 *bytes, gsize length, Fdb *fdb)
{
    g_autofree guint8 *frame = g_memdup2 (bytes, length); /* its end is the end of the memory */
    Forward forward;

    forward_decide (&ports[ingress], ingress, frame, length, fdb, 0, &forward);
    if (forward.verdict != FORWARD_OK)
        return;
    g_assert_true (forward.port >= -1 && forward.port < N_PORTS && length >= FRAME_MIN);
    for (guint i = 0; i < N_PORTS; i++) {
        ForwardForm form = forward_form (&forward, &ports[i]);

        if (ports[i].mode == VLAN_ACCESS && form == FORM_AS_IS)
            g_assert_false (forward.tagged);
        g_assert_true (ports[i].mode != VLAN_ACCESS || form != FORM_PUSH);
        if (form == FORM_POP || form == FORM_RETAG)
            g_assert_cmpuint (length, >=, FRAME_MIN + VLAN_TAG_LENGTH);
    }
}

/* A byte says which port and how long, and the frame follows. */
int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
    g_autoptr (Fdb) fdb = fdb_new (1000, 1);
    PortVlans ports[N_PORTS];

    make_ports (ports);
    while (size > 0) {
        gsize length = MIN (size - 1, *data % FRAME_LENGTHS);

        pass (ports, *data / FRAME_LENGTHS, data + 1, length, fdb);
        data += 1 + length;
        size -= 1 + length;
    }
    return 0;
}
