#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# roost import: descriptions of other tools to profiles (R18 among them), and
# roost's own command lines there and back again. TEST_REGENERATE=1 rewrites the
# expected profiles.
. "${ROOST_SRCDIR:?}/tests/integration/lib.sh"

ROOST=${ROOST:-$ROOST_BUILDDIR/src/roost}
export ROOST_RUN_DIR=$TMP/run ROOST_STATE_DIR=$TMP/state ROOST_CACHE_DIR=$TMP/cache
golden=$ROOST_SRCDIR/tests/golden
need "$ROOST_QEMU"

# as_expected FILE: its profile is the one beside it.
as_expected() {
    local wanted=${1%.*}.yaml
    "$ROOST" import "$1" 2>"$TMP/notes" >"$TMP/profile" || return
    [ -z "${TEST_REGENERATE:-}" ] || cp "$TMP/profile" "$wanted"
    diff "$wanted" "$TMP/profile"
}

# notes_are_told: what the profile's first lines say is said to the caller too.
notes_are_told() {
    diff <(sed -n 's/^#   //p' "$TMP/profile") <(sed -n 's/^note: //p' "$TMP/notes")
}

# devices FILE: what a command line gives the machine. Which port of the host
# a socket is on, and the pair of options for the other end of it, are not that.
devices() {
    grep -E '^ +-(device|blockdev|machine|accel|cpu|smp|m|rtc|global|uuid|kernel|initrd|append|netdev|display) ' "$1" |
        sed -E 's/ \\$//; s/vnc=unix:[^ ]*/vnc=unix:/'
}

# there_and_back PROFILE: the command line of each machine, imported, gives the
# same devices again.
there_and_back() {
    local machine machines status=0
    machines=$("$ROOST" argv -f "$1" --force --json 2>/dev/null | grep -o '"machine":"[^"]*"' | cut -d'"' -f4)
    [ -n "$machines" ] || return 1
    for machine in $machines; do
        "$ROOST" argv -f "$1" --force "$machine" >"$TMP/first" 2>/dev/null
        # which machine is at the other end does not stand in a command line
        ! grep -q 'netdev dgram' "$TMP/first" || continue
        "$ROOST" import "$TMP/first" >"$TMP/back.yaml" 2>/dev/null &&
            "$ROOST" argv -f "$TMP/back.yaml" --force >"$TMP/second" 2>"$TMP/err" &&
            diff <(devices "$TMP/first") <(devices "$TMP/second") || {
            echo "machine $machine: $(cat "$TMP/err")"
            status=1
        }
    done
    return $status
}

refuses() {
    "$ROOST" import "$1" >"$TMP/out" 2>"$TMP/err" && return 1
    [ ! -s "$TMP/out" ] && [ "$(wc -l <"$TMP/err")" = 1 ] && grep -q "$2" "$TMP/err" || {
        cat "$TMP/err"
        return 1
    }
}

# by_virt_install ARG...: what it writes today, as QEMU would be meant; the
# profile must be a right one.
by_virt_install() {
    virt-install --connect test:///default --name v --memory 1024 --osinfo generic --print-xml \
        --import "$@" >"$TMP/v.xml" 2>"$TMP/err" || {
        cat "$TMP/err"
        return 1
    }
    sed -i 's/<domain type="test">/<domain type="kvm">/; s/arch="i686"/arch="x86_64" machine="q35"/
        s|/usr/bin/test-hv|/usr/bin/qemu-system-x86_64|' "$TMP/v.xml"
    "$ROOST" import "$TMP/v.xml" >"$TMP/v.yaml" && "$ROOST" check --force "$TMP/v.yaml"
}

plan 26
for file in "$golden"/import/*.xml "$golden"/import/*.txt; do
    ok "$(basename "$file"): the profile" as_expected "$file"
    ok "$(basename "$file"): and what it could not carry over" notes_are_told
done
printf 'qemu-system-x86_64 -name web -m 64 -cdrom a\377b.iso\n' >"$TMP/bytes.txt"
ok "a command line that is no UTF-8" sh -c '"$1" import "$2" >"$3" && "$1" check --force "$3"' - \
    "$ROOST" "$TMP/bytes.txt" "$TMP/bytes.yaml"
printf 'qemu-system-x86_64 -name web -m 64 -soundhw "x\rvars: { y: z }"\n' >"$TMP/line.txt"
ok "what could not be carried over stays a comment" sh -c '"$1" import "$2" | tr "\r" "\n" >"$3"; ! grep "^vars" "$3"' - \
    "$ROOST" "$TMP/line.txt" "$TMP/line.yaml"
for name in buses-i440fx buses-q35 clock controllers machine-types screens; do
    ok "$name: a command line there and back" there_and_back "$golden/good/$name.yaml"
done

echo '<network><name>x</name></network>' >"$TMP/network.xml"
echo '<domain><name>x' >"$TMP/cut.xml"
ok "another XML is refused" refuses "$TMP/network.xml" 'it is a <network>'
ok "half of one is refused" refuses "$TMP/cut.xml" 'reading it as XML'

if command -v virt-install >/dev/null; then
    touch "$TMP/d.qcow2"
    ok "virt-install: sata, e1000 on a bridge, VNC" by_virt_install \
        --disk "path=$TMP/d.qcow2,format=qcow2,bus=sata" --network bridge=br0,model=e1000 --graphics vnc
    ok "virt-install: virtio, default network, spice" by_virt_install \
        --disk "path=$TMP/d.qcow2,bus=virtio" --disk device=cdrom --network default --graphics spice
    uefi=loader=/usr/share/OVMF/OVMF_CODE_4M.fd,loader.readonly=yes,loader.type=pflash
    ok "virt-install: Windows with UEFI, spice, TPM, a folder of the host" by_virt_install \
        --osinfo win10 --boot "$uefi" --tpm model=tpm-crb,backend.type=emulator --rng /dev/urandom \
        --memorybacking source.type=memfd,access.mode=shared --filesystem "$TMP,shared,driver.type=virtiofs" \
        --disk "path=$TMP/d.qcow2,bus=scsi" --controller type=scsi,model=virtio-scsi --graphics spice --panic isa
    like "virt-install: what is not carried over is listed" "$(cat "$TMP/v.yaml")" \
        '#   .*devices/tpm.*#   .*devices/filesystem|#   .*devices/filesystem.*#   .*devices/tpm'
    like "virt-install: what is, is" "$(cat "$TMP/v.yaml")" 'firmware: uefi.*display: spice'
    ok "virt-install: with <panic> the guest can tell" bash -c "! grep -q pvpanic '$TMP/v.yaml'"
else
    skip "virt-install: sata, e1000 on a bridge, VNC" "virt-install is not installed"
    skip "virt-install: virtio, default network, spice" "virt-install is not installed"
    for text in "Windows" "what is not carried over" "what is" "panic"; do
        skip "virt-install: $text" "virt-install is not installed"
    done
fi
