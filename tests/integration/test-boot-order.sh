#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# The boot order across buses on real QEMU: for every two kinds of disk, in both
# orders, on both boards, the machine boots from the one with the lower
# bootindex. The boot sectors say which disk they were on.
# Requirements: R8.
. "${ROOST_SRCDIR:?}/tests/integration/lib.sh"

ROOST=${ROOST:-$ROOST_BUILDDIR/src/roost}
need "$ROOST_QEMU" qemu-img as ld xorriso

# kind → its keys; the marker of its image is the kind
declare -A keys=(
    [usb]='bus: usb'
    [ahci]='bus: ahci'
    [ide]='bus: ide'
    [virtio]='bus: virtio'
    [nvme]='bus: nvme'
    [scsi]='bus: scsi'
    [cdrom]='bus: ide, media: cdrom'
    [qemu-xhci]='bus: usb, controller: qemu-xhci'
    [ehci]='bus: usb, controller: usb-ehci'
    [pvscsi]='bus: scsi, controller: pvscsi'
    [lsi]='bus: scsi, controller: lsi'
    [mptsas]='bus: scsi, controller: mptsas'
    [ahci-cd]='bus: ahci, media: cdrom'
    [usb-cd]='bus: usb, media: cdrom'
    [scsi-cd]='bus: scsi, media: cdrom'
)
kinds=(usb ahci ide virtio nvme scsi cdrom)
others=(qemu-xhci ehci pvscsi lsi mptsas ahci-cd usb-cd scsi-cd) # each beside ahci

export ROOST_RUN_DIR=$TMP/run ROOST_STATE_DIR=$TMP/state ROOST_CACHE_DIR=$TMP/cache

# image KIND: the file that is on the disk
image() {
    case $1 in
    *cd*) echo "$TMP/$1.iso" ;;
    *) echo "$TMP/$1.raw" ;;
    esac
}

# list_pairs: sets pairs, two kinds each
list_pairs() {
    local i j
    pairs=()
    for ((i = 0; i < ${#kinds[@]}; i++)); do
        for ((j = i + 1; j < ${#kinds[@]}; j++)); do
            pairs+=("${kinds[i]} ${kinds[j]}")
        done
    done
    for i in "${others[@]}"; do
        pairs+=("ahci $i")
    done
}

# write_lab BOARD ORDER: a profile with a machine for each pair. With `rising`
# the disk that is first in the file has the lower index, with `falling` the
# other; the numbers are neither neighbours nor sorted as text.
write_lab() {
    local board=$1 order=$2 a b first=9 second=10
    [ "$order" = rising ] || first=10 second=9
    cat <<EOT
lab: $board-$order
templates:
  small:
    machine: $board
    accel: [tcg]
    memory: 32M
    ready: { serial: '@BOOTED \S+ dl=..', timeout: 2m }
machines:
EOT
    for pair in "${pairs[@]}"; do
        read -r a b <<<"$pair"
        cat <<EOT
  $a-$b:
    template: small
    disks:
      a: { ${keys[$a]}, image: $(image "$a"), bootindex: $first }
      b: { ${keys[$b]}, image: $(image "$b"), bootindex: $second }
EOT
    done
}

# try_lab BOARD ORDER
try_lab() {
    local lab=$1-$2 pair a b booted
    write_lab "$1" "$2" >"$TMP/$lab.yaml"
    at_exit "'$ROOST' down --force $lab >/dev/null 2>&1"
    ok "$lab: up" timeout 150 "$ROOST" up -f "$TMP/$lab.yaml"
    for pair in "${pairs[@]}"; do
        read -r a b <<<"$pair"
        booted=$("$ROOST" log "$lab/$a-$b" 2>&1 | tr -d '\r' | sed -n 's/^@BOOTED \(.*\) dl=.*/\1/p')
        [ "$2" = rising ] && is "$lab: $a before $b" "$booted" "$a"
        [ "$2" = falling ] && is "$lab: $b before $a" "$booted" "$b"
    done
    ok "$lab: down" timeout 60 "$ROOST" down --force "$lab"
    is "$lab: nothing is left to run" "$(ls "$ROOST_RUN_DIR")" ""
    rm -rf "${ROOST_STATE_DIR:?}/$lab"
}

for kind in "${kinds[@]}" "${others[@]}"; do
    "$ROOST_SRCDIR/tests/guest/mkboot.sh" "$kind" "$(image "$kind")" || skip_all "no boot sectors"
done
list_pairs
plan $((4 * (${#pairs[@]} + 3)))
for board in q35 i440fx; do
    for order in rising falling; do
        try_lab $board $order
    done
done
