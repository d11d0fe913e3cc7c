#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# roost doctor -f: what a profile needs, and is not there, is a problem; the same is
# only missing for a lab that does without.
. "${ROOST_SRCDIR:?}/tests/integration/lab.sh"

need "$ROOST_QEMU" qemu-img
plan 22

# a host with an emulator and nothing else
mkdir "$TMP/bin"
ln -s "$(command -v "$ROOST_QEMU")" "$TMP/bin/qemu-system-x86_64"
ln -s "$(command -v qemu-img)" "$TMP/bin/qemu-img"
ROOST=$(realpath "$ROOST")
doctor() { # PROFILE's text: what is found
    printf '%s\n' "lab: doc" "$@" >doc.yaml
    PATH=$TMP/bin "$ROOST" doctor -f doc.yaml >"$TMP/out" 2>"$TMP/err" </dev/null
    status=$? out=$(<"$TMP/out") err=$(<"$TMP/err")
}
small='memory: 32M, accel: tcg'

doctor "machines: { m: { $small } }"
is "a plain machine: it can run" "$status" 0
like "a plain machine: xorriso is only missing" "$out" '(^|
)missing +xorriso'
like "a plain machine: so is Open vSwitch" "$out" 'missing +openvswitch'
like "a plain machine: filters of bridges are none of its affair" "$out" 'ok +bridge-filter +the profile has no bridge'
doctor "machines: { m: { $small, cloud_init: { keys: [k] } } }"
is "cloud_init: it cannot run" "$status" 4
like "cloud_init: xorriso is a problem" "$out" 'problem +xorriso'
like "cloud_init: and how it is mended" "$out" '\$ [^ ]+ install [^ ]*xorriso'
doctor "machines: { m: { $small, kickstart: { file: ks.cfg } } }"
like "kickstart: so it is" "$out" 'problem +xorriso'
doctor "machines: { m: { $small, kickstart: { file: ks.cfg, volume: usb } } }"
like "kickstart on usb: it is not" "$out" 'missing +xorriso'
ovs="switches: { lan: { type: ovs } }"
nic="machines: { m: { $small, nics: { lan: { switch: lan } } } }"
doctor "$ovs" "$nic"
is "ovs: it cannot run" "$status" 4
like "ovs: Open vSwitch is a problem" "$out" 'problem +openvswitch'
doctor "$ovs" "isolation: private" "$nic"
like "ovs of its own: the host's is not needed" "$out" 'missing +openvswitch'
# needed TEXT FINDING: it is there, or a problem
needed() {
    like "$1: is there or a problem" "$out" "(ok|problem) +$2"
}
doctor "switches: { lan: { type: bridge, tunnels: { t: { remote: 192.0.2.1, key: 1 } } } }" \
    "machines: { m: { $small, nics: { lan: { switch: lan, model: virtio-net-pci, vlan: 5, vhost: true } } } }"
needed "VLANs on a bridge" bridge-vlans
needed "vhost: true" vhost-net
needed "a tunnel" vxlan
doctor "switches: { lan: { type: macvtap, uplink: lo } }" "$nic"
needed "macvtap" macvtap
doctor "user: nobody-of-that-name" "machines: { m: { $small } }"
like "a user that is not there" "$out" 'problem +user +there is no user nobody-of-that-name: useradd'
doctor "user: $(id -un)" "machines: { m: { $small } }"
like "the one who asks" "$out" 'ok +user '
doctor "machines: { m: { $small, firmware: uefi } }"
like "uefi: is there or a problem" "$out" '(ok|problem) +uefi'
doctor "machines: { m: { memory: 64T, accel: tcg } }"
like "memory that no host has" "$out" 'problem +memory'
# a file that says of itself that it is large, on a file system of 8 MB
if [ "$(id -u)" = 0 ] && mkdir "$TMP/small" && mount -t tmpfs -o size=8m tmpfs "$TMP/small" 2>/dev/null; then
    at_exit "umount $TMP/small"
    head -c 20000000 /dev/zero | tr '\0' x >"$TMP/large.raw"
    ROOST_STATE_DIR=$TMP/small doctor "machines: { m: { $small, disks: { d: { image: $TMP/large.raw, clone: copy } } } }"
    like "a copy that does not fit" "$out" 'problem +space .*free in .*needed'
    ROOST_STATE_DIR=$TMP/small doctor "machines: { m: { $small, disks: { d: { image: $TMP/large.raw } } } }"
    ok "a layer over it does" test "$(grep -c 'problem +space' <<<"$out")" = 0
else
    skip "a copy that does not fit" "no file system can be mounted here"
    skip "a layer over it does" "no file system can be mounted here"
fi
