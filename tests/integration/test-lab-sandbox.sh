#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# What an emulator may do to its host, as the kernel sees it: no system calls that
# it does not need, no other rights, and little of our environment.
. "${ROOST_SRCDIR:?}/tests/integration/lab.sh"

need "$ROOST_QEMU" qemu-img
"$ROOST_QEMU" -sandbox help 2>&1 | grep -qE 'not enabled|no option group' && skip_all "$ROOST_QEMU was built without a sandbox"
plan 11

cat >box.yaml <<END
lab: box
machines:
  held: { memory: 32M, accel: tcg }
  free: { memory: 32M, accel: tcg, sandbox: false }
  spawns: { memory: 32M, accel: tcg, args: [-netdev, "user,id=x,guestfwd=tcp:10.0.2.100:1-cmd:true"] }
END
export ROOST_TEST_SECRET=secret
exits "up" 0 up --paused -f box.yaml

of_kernel() { # MACHINE FIELD: what /proc says of its process
    awk -v field="$2:" '$1 == field { print $2 }' "/proc/$(field box "$1" pid)/status"
}
names() { # MACHINE: of the variables in its environment
    tr '\0' '\n' <"/proc/$(field box "$1" pid)/environ" | cut -d= -f1 | sort -u
}
is "held: its system calls are filtered" "$(of_kernel held Seccomp)" 2
is "held: it gets no rights by starting programs" "$(of_kernel held NoNewPrivs)" 1
is "free: sandbox: false: nothing is filtered" "$(of_kernel free Seccomp)" 0
is "spawns: who is to start a program is filtered as well" "$(of_kernel spawns Seccomp)" 2
for machine in held free; do
    is "$machine: its environment is short" \
        "$(names "$machine" | grep -vxE 'PATH|HOME|LANG|TMPDIR|USER|XDG_RUNTIME_DIR|ASAN_OPTIONS|ROOST_STEP')" ""
    ok "$machine: and has the marker" grep -qx ROOST_STEP <(names "$machine")
done
exits "down" 0 down --force box
ok "nothing is left" nothing_left box
