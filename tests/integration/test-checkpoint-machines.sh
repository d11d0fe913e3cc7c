#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Checkpoints of machines of many kinds, in a private lab of a user without privilege:
# taps on a bridge and on Open vSwitch, vmxnet3, e1000 and virtio, q35 and i440fx, a
# USB disk, UEFI with its variables, a machine that is paused, a capture that runs; and
# a copy of them beside, in a network of its own with the same addresses. What does not
# fit the checkpoint is refused.
. "${ROOST_SRCDIR:?}/tests/integration/private.sh"
. "${ROOST_SRCDIR:?}/tests/integration/checkpoint.sh"

need mformat ovs-vswitchd
"$ROOST_SRCDIR/tests/guest/mkefi.sh" efi efi.raw || skip_all "an EFI application cannot be made here"
cat >zoo.yaml <<YAML
lab: zoo
isolation: private
vars: { memory: 32M, model: vmxnet3, cpu: qemu64, type: q35 }
switches:
  lan: { type: bridge, address: 10.9.0.1/24 }
  dmz: { type: ovs, datapath: netdev, address: 10.8.0.1/24 }
  inner: { type: internal }
machines:
  usb:
    memory: \${memory}
    accel: tcg
    cpu: \${cpu}
    machine: \${type}
    disks: { boot: { bus: usb, image: $TMP/count.raw, bootindex: 1 } }
    nics: { lan: { switch: lan, model: "\${model}" }, inner: { switch: inner, model: e1000 } }
  pc:
    memory: 32M
    accel: tcg
    machine: i440fx
    disks: { boot: { bus: ide, image: $TMP/count.raw, bootindex: 1 } }
    nics: { lan: { switch: lan, model: virtio-net-pci }, dmz: { switch: dmz, model: e1000 } }
  idle:
    memory: 32M
    accel: tcg
    disks: { boot: { bus: virtio, image: $TMP/count.raw, bootindex: 1 } }
    nics: { dmz: { switch: dmz, model: virtio-net-pci } }
  efi:
    memory: 128M
    accel: tcg
    firmware: uefi
    disks: { boot: { bus: virtio, image: $TMP/efi.raw, bootindex: 1 } }
YAML
r check zoo.yaml
case $err in *"this host has no uefi firmware"*) skip_all "no UEFI firmware is installed" ;; esac

boots() { grep -ac '@EFIBOOTED' "$ROOST_STATE_DIR/$1/logs/efi.serial0.log"; }
# reset LAB: the EFI guest runs once more: which time it is, by the firmware's variables
reset() {
    local n
    n=$(boots "$1")
    timeout 60 "$ROOST" reset efi -l "$1" </dev/null >/dev/null 2>&1
    wait_for_line "$ROOST_STATE_DIR/$1/logs/efi.serial0.log" '@EFIBOOTED' 240 $((n + 1)) | grep -o 'n=.'
}

plan 43
exits "up" 0 up -f zoo.yaml || exit 1
ok "the firmware boots" wait_for_line "$ROOST_STATE_DIR/zoo/logs/efi.serial0.log" '@EFIBOOTED efi n=1' 240
for m in usb pc idle; do ok "$m counts" wait_for 60 beyond_count zoo $m 3; done
exits "one is paused" 0 pause idle -l zoo
"$ROOST" capture usb lan -l zoo -w usb.pcap </dev/null >capture.out 2>&1 &
capture=$!
started $capture
ok "frames are captured" wait_for 60 test -s usb.pcap
usb=$(count zoo usb) pc=$(count zoo pc) idle=$(count zoo idle)
exits "save" 0 checkpoint save one
for m in usb pc; do ok "$m goes on" wait_for 60 beyond_count zoo $m "$(count zoo $m)"; done
ok "the paused one is paused" has_state zoo idle paused
exits "save again" 0 checkpoint save two
exits "without use" 0 checkpoint rm two zoo
ok "the capture goes on" kill -0 $capture
is "the firmware's variables change" "$(reset zoo)" n=2
exits "restore" 0 checkpoint restore one zoo
for m in usb pc; do ok "$m counts from there" counts_from zoo $m "${!m}"; done
ok "the paused one is paused" has_state zoo idle paused
exits "until it goes on" 0 resume idle -l zoo
ok "from there" counts_from zoo idle "$idle"
is "the firmware's variables are as they were" "$(reset zoo)" n=2
wait_for_exit $capture 60 >/dev/null
ok "the capture has ended with its machine" test ! -d /proc/$capture

exits "a copy beside it" 0 up -f zoo.yaml --from one --name zoo2
for m in usb pc; do ok "$m counts from there" counts_from zoo2 $m "${!m}"; done
is "with the variables of then" "$(reset zoo2)" n=2
exits "it goes" 0 down zoo2 --force --delete-disks --yes
exits "down" 0 down zoo --force

# --- what does not fit -----------------------------------------------------------------------------
exits "another size of memory" 1 up -f zoo.yaml --from one --set memory=48M
says "is told" 'machine usb was `-m size=32M` and would be `-m size=48M`'
exits "another NIC" 1 up -f zoo.yaml --from one --set model=e1000e
says "is told" 'was `-device vmxnet3,.*` and would be `-device e1000e,'
exits "another CPU" 121 run -f zoo.yaml --from one --unique --set cpu=Nehalem -- true
like "is told" "$err" 'was `-cpu qemu64` and would be `-cpu Nehalem`'
exits "another machine type" 1 up -f zoo.yaml --from one --set type=i440fx
like "is told" "$err" 'machine usb was `.*q35.*` and would be `.*'
sed 's/^  pc:/  more: { memory: 32M, accel: tcg }\n&/' zoo.yaml >more.yaml
exits "a machine more" 1 up -f more.yaml --from one
says "is told" 'the profile has a machine more more'
file=$ROOST_STATE_DIR/zoo/checkpoints/one/checkpoint.json
sed -i 's/"fingerprint":"[^"]*"/"fingerprint":"of another build"/' "$file"
exits "another emulator" 1 checkpoint restore one zoo
says "is told" 'is another program than it was \(of another build, now '
exits "rm" 0 checkpoint rm one zoo
ok "the supervisors have nothing to say" logs_are_clean
