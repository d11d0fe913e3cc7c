#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# The labs of the fault suite have every kind of step, and what is particular about
# some of them: whoever adds a kind adds it to a lab of tests/fault/labs.
. "${ROOST_SRCDIR:?}/tests/integration/lab.sh"

need "$ROOST_QEMU" qemu-img
KINDS=$ROOST_BUILDDIR/tests/fault/step-kinds
LABS=$ROOST_SRCDIR/tests/fault/labs
HOW="give a profile in tests/fault/labs what is planned as such a step, and the .sh beside it what
that needs of the host; each profile there is a lab of tests/integration/test-faults.sh"

# REGEX of a step's JSON, and what it is
particular=(
    'directory":\{"path":"[^"]*","keep":true' 'a directory that stays'
    'image":\{[^}]*"backing":' 'a layer over an image'
    'image":\{[^}]*"clone":"copy"' 'a copy of an image'
    'image":\{[^}]*"label":"cidata"' 'a volume for cloud-init'
    'image":\{[^}]*"clone":"fat"' 'a FAT volume'
    'image":\{[^}]*"path":"[^"]*vars' 'a store of firmware variables'
    'network":\{[^}]*"existing":true' 'a bridge that is there already'
    'network":\{[^}]*"uplink":"' 'an interface of the host in a bridge'
    'network":\{[^}]*"tunnels":\[\{' 'a tunnel of a bridge'
    'network":\{[^}]*"net":"' 'a bridge of a private lab'
    'tap":\{[^}]*"parent":"' 'a macvtap'
    'tap":\{[^}]*"trunk":"' 'a tap with a trunk'
    'ovs":\{[^}]*"flows":"' 'rules of OpenFlow'
    'ovs":\{.*"existing":true' 'a bridge of Open vSwitch that is there already'
    'ovs":\{[^}]*"net":"' 'Open vSwitch of a private lab'
    'directory":\{.*"user":\{' 'a directory that somebody else enters'
    'image":\{.*"user":\{' 'a disk that is given to somebody else'
    'uplink":\{.*"user":\{' 'an uplink that runs as somebody else'
    'hook":\{"owner":"lab ' 'a hook of a lab'
    'hook":\{"owner":"machine ' 'a hook of a machine'
    'hook":\{"owner":"disk ' 'a hook of a disk'
)
cp "$LABS"/* .
qemu-img create -q -f qcow2 base.qcow2 4M
failed=0
for file in *.yaml; do
    r plan "$file" --json
    case $status:$err in
    0:*) sed 's/{"id":"/\n&/g' "$TMP/out" | grep '^{"id":' >>steps ;;
    *"this host has no uefi firmware"*) skip_all "no UEFI firmware is installed" ;;
    *) failed=$((failed + 1)) && note "$file: $err" ;;
    esac
done

plan $((2 + ${#particular[@]} / 2))
is "every fault lab can be planned" "$failed" 0
missing=$("$KINDS" | grep -vxF "$(grep -o '"kind":"[a-z-]*"' steps | cut -d'"' -f4 | sort -u)")
is "they have every kind of step" "$missing" "" || note "$HOW"
for ((i = 0; i < ${#particular[@]}; i += 2)); do
    ok "and ${particular[i + 1]}" grep -qE "\"${particular[i]}" steps || note "$HOW"
done
