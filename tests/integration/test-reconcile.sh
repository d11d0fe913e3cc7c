#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# `up` on a lab that is up: what differs changes and nothing else does.
. "${ROOST_SRCDIR:?}/tests/integration/lab.sh"

need "$ROOST_QEMU" qemu-img curl
plan 51

# lab [MACHINE [LINE...]]...: the profile; `--` separates machines
lab() {
    local arg at=name
    {
        printf 'lab: l\nswitches: { lan: { type: internal } }\nmachines:\n'
        for arg in "$@"; do
            if [ "$arg" = -- ]; then
                at=name
            elif [ "$at" = name ]; then
                at=lines
                printf '  %s:\n    accel: tcg\n' "$arg"
                memory=0
            else
                printf '    %s\n' "$arg"
            fi
        done
    } >l.yaml
}
m32='memory: 32M' nics='nics: { nat: { switch: user }, lan: { switch: lan } }'
fwd="forwards: ['tcp:127.0.0.1:0-:22 as ssh']"

up() { # TEXT STATUS [ARG...]
    local text=$1 wanted=$2
    shift 2
    exits "$text" "$wanted" up --paused -f l.yaml "$@"
}
pid() { field l "$1" pid; }

lab a "$m32" "$nics" "$fwd"
up "up" 0
first=$(pid a)
up "again: nothing differs" 0
is "again: nothing is told" "$err" ""
is "again: the machine is the same" "$(pid a)" "$first"
r plan -f l.yaml
like "plan: says so" "$out" "^# lab l is up; nothing differs"

# --- a machine and a disk come ----------------------------------------------------------
lab a "$m32" "$nics" "$fwd" -- b "$m32" "nics: { lan: { switch: lan } }" "disks: { d: { bus: virtio, size: 1M } }"
r plan -f l.yaml
like "plan: a machine more" "$out" "\+ machine b: "
r plan -f l.yaml --json
like "plan: the same in JSON" "$out" '"changes":\[\{"kind":"add","step":"image:b/d"'
up "one more: up" 0
ok "one more: it runs" has_state l b paused
is "one more: the other is the same" "$(pid a)" "$first"
r net l
like "one more: the switch has both" "$out" "a/lan.*b/lan"

# --- forwards and policies change while it runs --------------------------------------------
lab a "$m32" "$nics" "forwards: ['tcp:127.0.0.1:0-:80 as web', 'tcp:127.0.0.1:0-:22 as ssh']" "on_crash: preserve" "on_reboot: destroy" \
    -- b "$m32" "nics: { lan: { switch: lan } }" "disks: { d: { bus: virtio, size: 1M } }"
ssh=$(machine_json l a | grep -o '"bound_port":[0-9]*' | head -n 1)
up "forwards: up" 0
like "policies: told" "$err" "~ machine a: on_poweroff destroy, on_reboot destroy, on_crash preserve"
is "forwards: the machine is the same" "$(pid a)" "$first"
like "forwards: the old one stays, the new one is open" "$(machine_json l a)" "$ssh,.*\"name\":\"web\""
r hmp l/a info usernet
is "forwards: the emulator has two" "$(grep -c HOST_FORWARD <<<"$out")" 2
up "forwards: nothing differs any more" 0
is "forwards: nothing is told" "$err" ""
r restart --force a --no-wait -l l
is "forwards: restart" "$status" 0
r hmp l/a info usernet
is "forwards: a restart opens the same" "$(grep -c HOST_FORWARD <<<"$out")" 2
r stop --force a -l l
lab a "$m32" "$nics" "$fwd" -- b "$m32" "nics: { lan: { switch: lan } }" "disks: { d: { bus: virtio, size: 1M } }"
up "off: up" 0
like "off: the next start has it" "$err" "~ machine a: .*\(from its next start on\)"
ok "off: a machine that was stopped stays off" has_state l a stopped
r start --paused a -l l
r hmp l/a info usernet
is "off: one forward" "$(grep -c HOST_FORWARD <<<"$out")" 1
first=$(pid a)

# --- what needs a restart ----------------------------------------------------------------------
lab a "memory: 48M" "nics: { nat: { switch: user } }" "$fwd" -- b "$m32" "nics: { lan: { switch: lan } }" "disks: { d: { bus: virtio, size: 1M } }"
up "restart: listed" 0
like "restart: with what differs" "$err" "! machine a: memory size=32M → size=48M; nic lan goes \(it is on q35's root bus, .*\) \(needs a restart: roost up --restart\)"
is "restart: not done" "$(pid a)" "$first"
r net l
like "restart: its link stays until then" "$out" "a/lan"
second=$(pid b)
up "restart: done when asked for" 0 --restart
ok "restart: another process" test "$(pid a)" != "$first"
is "restart: the other is the same" "$(pid b)" "$second"
r hmp l/a info memory_size_summary
like "restart: with the memory" "$out" "base memory: 50331648"
r net l
is "restart: the link is gone" "$(grep -c a/lan <<<"$out")" 0
up "restart: nothing differs any more" 0
is "restart: nothing is told" "$err" ""
first=$(pid a)

# --- a failure undoes what was done ----------------------------------------------------------------
before=$(machine_json l a | sed 's/"since":[0-9]*//')
lab a "memory: 64M" "nics: { nat: { switch: user }, lan: { switch: lan } }" "forwards: ['tcp:127.0.0.1:0-:443 as https']" \
    -- b "$m32" "nics: { lan: { switch: lan } }" "disks: { d: { bus: virtio, size: 1M } }" \
    -- c "$m32" "disks: { e: { bus: virtio, size: 1M } }" -- d "$m32" "args: [-no-such-option]" "after: [c]"
up "failure: status" 5 --restart
like "failure: says why" "$err" "machine d: starting QEMU: .*no-such-option"
like "failure: a keeps its process and forwards" "$(machine_json l a | sed 's/"since":[0-9]*//')" "\"pid\":$first.*\"name\":\"ssh\""
is "failure: the machine that had come is gone" "$(machine_json l c)" ""
ok "failure: so is its disk" test ! -e "$TMP/s/l/disks/c.e.qcow2"
ok "failure: and its sockets" test -z "$(ls "$TMP/r/l" | grep -E '^[cd]\.')"
r hmp l/a info usernet
is "failure: the forward is open again" "$(grep -c HOST_FORWARD <<<"$out")" 1

# --- machines go, also when the supervisor has died ------------------------------------------------
supervisor=$(supervisor_pid l)
kill -KILL "$supervisor"
wait_for_exit "$supervisor" 10 >/dev/null
lab a "memory: 48M" "nics: { nat: { switch: user } }" "$fwd"
up "removal: up takes the lab over" 0
is "removal: the machine that stays is the same" "$(pid a)" "$first"
is "removal: the other is gone" "$(machine_json l b)" ""
ok "removal: nothing of it is left but the disk" test -z "$(ls "$TMP/r/l" | grep -E '(^|\.)b\.')"

# --- two at once of the same lab -------------------------------------------------------------------
exits "down" 0 down --force l
ok "down: nothing is left" nothing_left l
timeout -k 5 "$LAB_SECONDS" "$ROOST" up --paused -f l.yaml </dev/null >out.1 2>err.1 &
one=$!
started "$one"
r up --paused -f l.yaml
two=$status
wait "$one"
is "both succeed" "$? $two" "0 0"
exits "down" 0 down --force l
ok "logs are clean" logs_are_clean
