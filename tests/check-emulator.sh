#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# What knows QEMU (R25): its command line is written, and read again, in src/plan/qemu,
# it is started from machine, and its monitor is spoken to from there up. Another
# emulator would be other files there, and nothing below them or beside them.
# HACKING says the same.
set -u
cd "${ROOST_SRCDIR:?}" || exit 99

options='-(netdev|device|chardev|drive|blockdev|machine|accel|smp|cpu|display|mon|object|boot|kernel|initrd|append|serial|no-shutdown|nodefaults|sandbox|add-fd)'
commands='query-[a-z-]+|system_(reset|powerdown)|screendump|send-key|human-monitor-command|cont|qmp_capabilities|(block|net|chr)dev[-_](add|del|remove)|set_link|(device|object)[-_](add|del)|qom-[a-z-]+|migrate[a-z-]*'

# offenders REGEX FILE...: the lines in which a string of the source is one of them
offenders() {
    local regex=$1
    shift
    grep -nE "\"($regex)\"" "$@" </dev/null
}

n=0
check() { # TEXT FOUND
    if [ -z "$2" ]; then
        echo "ok $((++n)) - $1"
    else
        echo "not ok $((++n)) - $1"
        printf '%s\n' "$2" | sed 's/^/# /'
    fi
}

echo 1..5
above=(src/control/*.c src/cli/*.c src/cli/shell/*.c)
check "options of QEMU in plan: only where its command line is written and compared" \
    "$(offenders "$options" src/plan/*.c)"
check "no option of QEMU above lab" \
    "$(offenders "$options" "${above[@]}")"
check "no option of QEMU below plan, nor in host and switch" \
    "$(offenders "$options" src/base/*.c src/profile/*.c src/host/*.c src/switch/*.c)"
check "no command of the monitor below machine" \
    "$(offenders "$commands" src/base/*.c src/profile/*.c src/plan/*.c src/plan/qemu/*.c src/host/*.c src/switch/*.c)"
# the check itself finds what it looks for
found=$(offenders "$options" src/plan/qemu/*.c) && found=$(offenders "$commands" src/machine/*.c) && n=$((n + 1)) &&
    echo "ok $n - they are found where they belong" || echo "not ok $((n + 1)) - they are found where they belong"
