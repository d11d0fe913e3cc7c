/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What an emulator before QEMU 8.0 writes in front of frames that pass a tap on which
 * checksums and segments are left to the kernel: a header of virtio's.
 */
#pragma once

#include <glib.h>

/**
 * pcap_offload_length:
 * @was: what it was for the frame before; 0 for the first
 *
 * It can be told by what the frame looks like behind it alone: it is of 10 bytes before a
 * driver of virtio is there, and of 12 after that.
 *
 * Returns: the bytes before the frame: 0, 10 or 12
 */
guint pcap_offload_length (const guint8 *bytes, gsize length, guint was);
