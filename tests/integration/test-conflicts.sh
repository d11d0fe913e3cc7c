#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# What two labs cannot both have: told before anything starts, with the holder;
# and of several that come up at once exactly one gets it.
# Requirements: R12.
. "${ROOST_SRCDIR:?}/tests/integration/lab.sh"

need "$ROOST_QEMU" qemu-img
plan 27

# lab NAME MACHINE [LINE...]: a lab of one paused machine.
lab() {
    local name=$1 machine=$2
    shift 2
    {
        printf 'lab: %s\nmachines:\n  %s:\n    memory: 32M\n    accel: tcg\n' "$name" "$machine"
        [ $# -eq 0 ] || printf '    %s\n' "$@"
    } >"$name.yaml"
}

# --- four at once ---------------------------------------------------------------------
qemu-img create -q -f raw shared.raw 1M
for n in 1 2 3 4; do
    lab "race$n" "m$n" "disks: { data: { bus: virtio, image: shared.raw, clone: none } }"
done
pids=()
for n in 1 2 3 4; do
    timeout -k 5 "$LAB_SECONDS" "$ROOST" up --paused -f "race$n.yaml" </dev/null \
        >"out.$n" 2>"err.$n" &
    pids[n]=$!
    started $!
done
won=0 winner=0
for n in 1 2 3 4; do
    wait "${pids[n]}"
    statuses[n]=$?
    [ "${statuses[n]}" = 0 ] && won=$((won + 1)) winner=$n
done
is "race: exactly one comes up" "$won" 1
for n in 1 2 3 4; do
    [ "$n" = "$winner" ] && continue
    is "race: status of a loser" "${statuses[n]}" 4
    like "race: a loser names the winner and its line" "$(<"err.$n")" \
        "^roost: race$n\.yaml:6: machine m$n: .*/shared\.raw is written to by machine m$winner of lab race$winner \(race$winner\.yaml:6\): "
    ok "race: nothing is left of a loser" nothing_left "race$n"
done
ok "race: the winner runs" has_state "race$winner" "m$winner" paused
exits "race: down" 0 down --force "race$winner"
n=$((winner % 4 + 1))
exits "race: another comes up afterwards" 0 up --paused -f "race$n.yaml"

# --- all of it in one run ---------------------------------------------------------------
lab port a "nics: { nat: { switch: user } }" "forwards: ['tcp:127.0.0.1:0-:22 as ssh']"
exits "port: the holder comes up" 0 up --paused -f port.yaml
port=$(machine_json port a | grep -o '"bound_port":[0-9]*' | cut -d: -f2)
lab many b "nics: { nat: { switch: user } }" "forwards: ['tcp::$port-:22']" \
    "disks: { data: { bus: virtio, image: shared.raw, clone: none }, top: { bus: virtio, image: shared.raw } }"
sed -i 's/image: shared.raw }/image: shared.raw, clone: overlay }/' many.yaml
ln -s shared.raw link.raw
sed -i 's/image: shared.raw, clone: none/image: link.raw, clone: none/' many.yaml
exits "many: refused" 4 up --paused -f many.yaml
like "many: the port of another lab" "$err" \
    "many\.yaml:7: machine b: host port tcp::$port is taken by machine a of lab port \(port\.yaml:7\)"
like "many: the image of another lab, by another name" "$err" \
    "many\.yaml:8: machine b: [^ ]*/link\.raw is written to by machine m$n of lab race$n"
like "many: the same image below a disk" "$err" \
    "machine b: [^ ]*/shared\.raw is written to by machine m$n of lab race$n"
exits "many: still refused by force" 4 up --paused --force -f many.yaml

# --- within one lab -----------------------------------------------------------------------
exits "port: down" 0 down --force port
exits "race: all down" 0 down --force "race$n"
exits "many: refused for what it does to itself" 4 up --paused -f many.yaml
like "many: one disk is written to, another stands on it" "$err" \
    "machine b: [^ ]*/shared\.raw is written to by machine b of the same lab \(many\.yaml:8\)"

# --- an emulator that is nobody's lab --------------------------------------------------------
vm_start plain -drive file=shared.raw,format=raw,if=ide
vm_qmp plain 1 query-status >/dev/null
lab plain c "disks: { data: { bus: virtio, image: shared.raw, clone: none } }"
exits "plain: refused" 4 up --paused -f plain.yaml
like "plain: the process that writes to the image is named" "$err" \
    "plain\.yaml:6: machine c: [^ ]*/shared\.raw is written to by process ${vm_pids[plain]} \("
stop_pid "${vm_pids[plain]}"
exits "plain: comes up when that has ended" 0 up --paused -f plain.yaml
ok "logs are clean" logs_are_clean
