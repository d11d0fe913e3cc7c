/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From the pcap stream that an emulator writes to a file for people.  Pure: the
 * caller brings bytes and the time.
 *
 * The emulator stamps frames with the date at which the capture began plus the
 * time that the machine has been running: too late by all that the machine had
 * run before.  So the stamps are moved to the time of the host, and what the
 * emulator says counts for the distances between frames alone.
 */
#pragma once

#include <glib.h>

typedef enum { PCAP_CLASSIC, PCAP_NG } PcapFormat;

typedef struct Pcap Pcap;

/**
 * pcap_new:
 * @interface: what pcapng calls the interface: MACHINE/NIC
 * @max_frames: what is behind that many is dropped; 0 = no limit
 * @out: gets the head of the file
 */
Pcap *pcap_new (PcapFormat format, const char *interface, guint64 max_frames, GByteArray *out);
void pcap_free (Pcap *pcap);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Pcap, pcap_free)

/**
 * pcap_feed:
 * @bytes: the next part of the stream, of any length
 * @now: real time in µs
 * @out: gets the frames that became whole
 *
 * Returns: %FALSE when the stream is no pcap of this machine's byte order
 */
gboolean pcap_feed (Pcap *pcap, const guint8 *bytes, gsize length, gint64 now, GByteArray *out,
                    GError **error);

/**
 * pcap_n_frames:
 *
 * Returns: how many frames were written
 */
guint64 pcap_n_frames (const Pcap *pcap);
