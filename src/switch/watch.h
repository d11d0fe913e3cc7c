/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the process waits for: one epoll set, each entry told apart by a kind
 * and an index. */
#pragma once

#include <glib.h>
#include <sys/epoll.h>

typedef enum {
    WATCH_SIGNAL,
    WATCH_CONTROL,
    WATCH_CLIENT,   /* index of a client slot: room to write */
    WATCH_PORT_IN,  /* index of a port: frames have come */
    WATCH_PORT_OUT, /* index of a port: its machine has room again */
} WatchKind;

/**
 * watch_add:
 * @events: EPOLLIN, EPOLLOUT, EPOLLET
 *
 * Returns: %FALSE with errno set when the kernel refuses
 */
static inline gboolean
watch_add (int epoll, int fd, guint32 events, WatchKind kind, guint index)
{
    struct epoll_event event = { .events = events, .data.u64 = (guint64)kind << 32 | index };

    return epoll_ctl (epoll, EPOLL_CTL_ADD, fd, &event) == 0;
}

static inline void
watch_remove (int epoll, int fd)
{
    epoll_ctl (epoll, EPOLL_CTL_DEL, fd, NULL);
}

static inline WatchKind
watch_kind (const struct epoll_event *event)
{
    return (WatchKind)(event->data.u64 >> 32);
}

static inline guint
watch_index (const struct epoll_event *event)
{
    return (guint32)event->data.u64;
}
