/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the two file formats; see pcap.h. */
#include "cli/pcap.h"

#include "base/error.h"
#include "cli/pcap-offload.h"

#include <string.h>

/* What an emulator may say of one frame; QEMU cuts them at 65,536. */
#define FRAME_MAX (256 * 1024)

/* How far a stamp may be from the time at which the frame was seen before it is
 * taken for wrong: a machine that was paused goes on with its own clock. */
#define DRIFT_MAX (1 * G_USEC_PER_SEC)

#define CLASSIC_MAGIC 0xa1b2c3d4
#define LINKTYPE_ETHERNET 1
#define SNAPLEN 65536

typedef struct {
    guint32 magic;
    guint16 major, minor;
    gint32 zone;
    guint32 sigfigs, snaplen, linktype;
} ClassicHead;

typedef struct {
    guint32 seconds, useconds, caplen, length;
} ClassicRecord;

struct Pcap {
    PcapFormat format;
    guint64 max_frames;
    guint64 n_frames;
    gboolean began;    /* the head of the stream has been read */
    gboolean stamped;  /* @offset is set */
    guint header;      /* bytes in front of the last frame, see pcap-offload.h */
    gint64 offset;     /* from the emulator's time to the host's, µs */
    GByteArray *whole; /* what came and is not a whole record yet */
};

/* --- pcapng: blocks, each with its length at both ends --- */

static void
put32 (GByteArray *out, guint32 value)
{
    g_byte_array_append (out, (const guint8 *)&value, sizeof value);
}

static void
put16 (GByteArray *out, guint16 value)
{
    g_byte_array_append (out, (const guint8 *)&value, sizeof value);
}

static guint
begin_block (GByteArray *out, guint32 type)
{
    guint start = out->len;

    put32 (out, type);
    put32 (out, 0);
    return start;
}

static void
put_padded (GByteArray *out, const guint8 *bytes, guint32 length)
{
    static const guint8 zeros[3];

    g_byte_array_append (out, bytes, length);
    g_byte_array_append (out, zeros, -length & 3);
}

static void
end_block (GByteArray *out, guint start)
{
    guint32 length = out->len - start + sizeof length;

    put32 (out, length);
    memcpy (out->data + start + 4, &length, sizeof length);
}

static void
put_ng_head (GByteArray *out, const char *interface)
{
    guint start = begin_block (out, 0x0a0d0d0a);

    put32 (out, 0x1a2b3c4d);
    put16 (out, 1);
    put16 (out, 0);
    put32 (out, G_MAXUINT32); /* the length of the section is not known */
    put32 (out, G_MAXUINT32);
    end_block (out, start);
    start = begin_block (out, 1);
    put16 (out, LINKTYPE_ETHERNET);
    put16 (out, 0);
    put32 (out, SNAPLEN);
    put16 (out, 2); /* if_name */
    put16 (out, strlen (interface));
    put_padded (out, (const guint8 *)interface, strlen (interface));
    put32 (out, 0); /* no more options */
    end_block (out, start);
}

static void
put_ng_frame (GByteArray *out, gint64 stamp, const ClassicRecord *record, const guint8 *frame)
{
    guint start = begin_block (out, 6);

    put32 (out, 0);
    put32 (out, (guint64)stamp >> 32);
    put32 (out, (guint32)stamp);
    put32 (out, record->caplen);
    put32 (out, record->length);
    put_padded (out, frame, record->caplen);
    end_block (out, start);
}

/* --- classic --- */

static void
put_classic_head (GByteArray *out)
{
    ClassicHead head = { .magic = CLASSIC_MAGIC,
                         .major = 2,
                         .minor = 4,
                         .snaplen = SNAPLEN,
                         .linktype = LINKTYPE_ETHERNET };

    g_byte_array_append (out, (const guint8 *)&head, sizeof head);
}

static void
put_classic_frame (GByteArray *out, gint64 stamp, const ClassicRecord *record, const guint8 *frame)
{
    ClassicRecord moved = { .seconds = stamp / G_USEC_PER_SEC,
                            .useconds = stamp % G_USEC_PER_SEC,
                            .caplen = record->caplen,
                            .length = record->length };

    g_byte_array_append (out, (const guint8 *)&moved, sizeof moved);
    g_byte_array_append (out, frame, record->caplen);
}

/* --- the stream --- */

Pcap *
pcap_new (PcapFormat format, const char *interface, guint64 max_frames, GByteArray *out)
{
    Pcap *pcap = g_new0 (Pcap, 1);

    pcap->format = format;
    pcap->max_frames = max_frames;
    pcap->whole = g_byte_array_new ();
    if (format == PCAP_NG)
        put_ng_head (out, interface);
    else
        put_classic_head (out);
    return pcap;
}

void
pcap_free (Pcap *pcap)
{
    if (!pcap)
        return;
    g_byte_array_unref (pcap->whole);
    g_free (pcap);
}

static gint64
host_stamp (Pcap *pcap, const ClassicRecord *record, gint64 now)
{
    gint64 stamp = (gint64)record->seconds * G_USEC_PER_SEC + record->useconds;

    if (!pcap->stamped || stamp + pcap->offset > now || stamp + pcap->offset < now - DRIFT_MAX)
        pcap->offset = now - stamp;
    pcap->stamped = TRUE;
    return stamp + pcap->offset;
}

static gboolean
not_pcap (GError **error)
{
    g_set_error_literal (error, ROOST_ERROR, ROOST_ERROR_FAILED,
                         "what the emulator writes is not in pcap format");
    return FALSE;
}

static gboolean
read_head (Pcap *pcap, gsize *at, GError **error)
{
    ClassicHead head;

    if (pcap->whole->len < sizeof head)
        return TRUE;
    memcpy (&head, pcap->whole->data, sizeof head);
    if (head.magic != CLASSIC_MAGIC)
        return not_pcap (error);
    pcap->began = TRUE;
    *at = sizeof head;
    return TRUE;
}

gboolean
pcap_feed (Pcap *pcap, const guint8 *bytes, gsize length, gint64 now, GByteArray *out,
           GError **error)
{
    GByteArray *whole = pcap->whole;
    gsize at = 0;

    g_byte_array_append (whole, bytes, length);
    if (!pcap->began && !read_head (pcap, &at, error))
        return FALSE;
    while (pcap->began && whole->len - at >= sizeof (ClassicRecord)) {
        ClassicRecord record;
        const guint8 *frame = whole->data + at + sizeof record;

        memcpy (&record, whole->data + at, sizeof record);
        if (record.caplen > FRAME_MAX)
            return not_pcap (error);
        if (whole->len - at - sizeof record < record.caplen)
            break;
        at += sizeof record + record.caplen;
        if (pcap->max_frames && pcap->n_frames == pcap->max_frames)
            continue;
        pcap->n_frames++;
        pcap->header = pcap_offload_length (frame, record.caplen, pcap->header);
        frame += pcap->header;
        record.caplen -= pcap->header;
        record.length -= MIN (pcap->header, record.length);
        (pcap->format == PCAP_NG ? put_ng_frame : put_classic_frame) (
            out, host_stamp (pcap, &record, now), &record, frame);
    }
    g_byte_array_remove_range (whole, 0, at);
    return TRUE;
}

guint64
pcap_n_frames (const Pcap *pcap)
{
    return pcap->n_frames;
}
