/* SPDX-License-Identifier: GPL-3.0-or-later */
/* QEMU with two monitors, a shared socket in front of one of them in a process of its own, and
 * connections in plain bytes. */
#pragma once

#include <glib.h>
#include <sys/types.h>

typedef struct {
    char *dir, *raw, *upstream, *shared, *observers, *transcript;
    pid_t qemu, mux;
    int hold; /* the mux ends when it is closed */
} Bench;

typedef struct {
    int fd;
    gsize lines; /* that came */
} Conn;

/* Starts both processes, and ends them. */
void bench_start (Bench *bench);
void bench_wait_for_mux (Bench *bench);
void bench_stop (Bench *bench);

/* Connects and negotiates with @caps. */
Conn bench_dial (const char *path, const char *caps);
void bench_put (int fd, const char *text, gsize length);
/* Reads once. Returns: how many lines ended in it */
gsize bench_get (Conn *conn);
