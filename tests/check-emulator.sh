#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# What knows QEMU (R25): its command line is written, and read again, in src/plan/qemu,
# it is started from machine, and its monitor is spoken to from there up. Another
# emulator would be other files there, and nothing below them or beside them.
# HACKING says the same.
set -u
. "$(dirname "$0")/report.sh"
cd "${ROOST_SRCDIR:?}" || exit 99

options='-(netdev|device|chardev|drive|blockdev|machine|accel|smp|cpu|display|mon|object|boot|kernel|initrd|append|serial|no-shutdown|nodefaults|sandbox|add-fd)'
commands='query-[a-z-]+|system_(reset|powerdown)|screendump|send-key|human-monitor-command|cont|qmp_capabilities|(block|net|chr)dev[-_](add|del|remove)|set_link|(device|object)[-_](add|del)|qom-[a-z-]+|migrate[a-z-]*'

# offenders REGEX FOLDER...: the lines in which a string of the source is one of them
offenders() {
    local regex=$1
    shift
    grep -rnE --include='*.c' "\"($regex)\"" "$@"
}

echo 1..5
report "options of QEMU in plan: only where its command line is written and compared" \
    "$(offenders "$options" --exclude-dir=qemu src/plan)"
report "no option of QEMU above lab" "$(offenders "$options" src/control src/cli)"
report "no option of QEMU below plan, nor in host and switch" \
    "$(offenders "$options" src/base src/profile src/host src/switch)"
report "no command of the monitor below machine" \
    "$(offenders "$commands" src/base src/profile src/plan src/host src/switch)"
# the check itself finds what it looks for
missing=
offenders "$options" src/plan >/dev/null || missing="no option is found in src/plan"
offenders "$commands" src/machine >/dev/null || missing+=" no command is found in src/machine"
report "they are found where they belong" "$missing"
