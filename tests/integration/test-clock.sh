#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# The clock of the host is set while a lab runs: no deadline is missed by that and
# none comes early. What the programs take for the clock is a library's, preloaded,
# which adds what a file says to CLOCK_REALTIME and leaves the other clocks alone.
. "${ROOST_SRCDIR:?}/tests/integration/lab.sh"

need "$ROOST_QEMU" "${CC:-cc}"
cat >clock.c <<'END'
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static long
shift (void)
{
    const char *name = getenv ("CLOCK_FILE");
    FILE *file = name ? fopen (name, "re") : NULL;
    long seconds = 0;

    if (!file)
        return 0;
    if (fscanf (file, "%ld", &seconds) != 1)
        seconds = 0;
    fclose (file);
    return seconds;
}

int
clock_gettime (clockid_t clock, struct timespec *time)
{
    int result = (int)syscall (SYS_clock_gettime, clock, time);

    if (result == 0 && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE))
        time->tv_sec += shift ();
    return result;
}

int
gettimeofday (struct timeval *restrict time, void *restrict zone)
{
    struct timespec now;

    clock_gettime (CLOCK_REALTIME, &now);
    time->tv_sec = now.tv_sec;
    time->tv_usec = now.tv_nsec / 1000;
    return 0;
}

time_t
time (time_t *ret)
{
    struct timespec now;

    clock_gettime (CLOCK_REALTIME, &now);
    if (ret)
        *ret = now.tv_sec;
    return now.tv_sec;
}
END
"${CC:-cc}" -shared -fPIC -o clock.so clock.c 2>cc.log || skip_all "no library can be built: $(tail -n 1 cc.log)"
grep -q Sanitizer <(ldd "$ROOST" 2>&1; nm -D "$ROOST" 2>/dev/null | grep -i asan) && skip_all "a sanitizer has to be loaded first"
plan 15
export CLOCK_FILE=$TMP/shift
echo 0 >"$CLOCK_FILE"
day=86400
set_clock() { echo "$1" >"$CLOCK_FILE.new" && mv "$CLOCK_FILE.new" "$CLOCK_FILE"; }
cat >clock.yaml <<'END'
lab: clock
machines:
  never: { memory: 32M, accel: tcg, ready: { serial: "not said by anybody", timeout: 1h } }
  late: { memory: 32M, accel: tcg, ready: { serial: "not said by anybody", timeout: 10s } }
END
export LD_PRELOAD=$TMP/clock.so
exits "up" 0 up -f clock.yaml --no-wait
is "one waits to be ready" "$(field clock never ready)" waiting

# --- a day forward -----------------------------------------------------------------------
now=$(date +%s)
set_clock $day
ok "the clock is set a day forward" test "$(date +%s)" -ge $((now + day))
exits "the supervisor goes on" 0 pause clock/never
changed=$(field clock never since)
like "and sees the same clock" "$changed" '^[0-9]+'
ok "a deadline of an hour is not over" has_state clock never paused
exits "the machine goes on" 0 resume clock/never
is "and waits to be ready" "$(field clock never ready)" waiting
is_late() { [ "$(field clock late ready)" = timed-out ]; }
ok "one of ten seconds is, in its time" wait_for 60 is_late

# --- two days back -----------------------------------------------------------------------
set_clock -$day
r wait clock/never --serial 'nor this' --timeout 2s
is "a wait of two seconds ends" "$status" 6
is "the other waits on" "$(field clock never ready)" waiting
kill_supervisor clock
exits "after the supervisor's death" 0 status clock
is "the machines are found by their start in the kernel's time" \
    "$(field clock never state) $(field clock late state)" "running running"
exits "down asks the guest and does not wait for ever" 0 down clock --grace 3s
ok "nothing is left" nothing_left clock
