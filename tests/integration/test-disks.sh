#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# The disks of labs on real QEMU: what they are made from, what is kept, what
# grows, what is refused, and that nothing but roost's own files ever goes.
# Requirements: R11.
. "${ROOST_SRCDIR:?}/tests/integration/lab.sh"

need qemu-img cmp sha256sum
D=$ROOST_STATE_DIR/disks/disks
mkdir images
head -c 3000000 /dev/urandom >images/base.raw # not a multiple of anything
truncate -s 8M images/base.raw
qemu-img convert -O qcow2 images/base.raw images/base.qcow2
sums() { (cd "$TMP/images" && sha256sum base.*); }
before=$(sums)
plan 43

lab() {
    cat >lab.yaml <<END
lab: disks
vars: { size: 8M }
machines:
  m:
    memory: 32M
    accel: tcg
    disks:
$(printf '      %s\n' "$@")
END
}
# same FORMAT FILE: the machine would see what is in the base.
same() { qemu-img compare -f raw -F "$1" images/base.raw "$2"; }
size() { qemu-img info "$1" | sed -n 's/^virtual size.*(\([0-9]*\) bytes)/\1/p'; }
up() { r up -f lab.yaml --paused "$@"; }
down() { r down --force disks; }

# --- what a disk is made from ---

lab 'over: { image: images/base.qcow2 }' \
    'copy: { image: images/base.qcow2, clone: copy }' \
    'raw: { image: images/base.raw, clone: copy, size: "${size}" }' \
    'vmdk: { image: images/base.raw, clone: copy, format: vmdk, nocow: false }' \
    'link: { image: images/base.raw, clone: reflink }' \
    'vdi: { size: 8M, format: vdi, iops: 100, bps: 1M }' \
    'vhdx: { bus: virtio, size: 8M, format: vhdx, discard: unmap, detect_zeroes: unmap }'
exits "a lab with disks of every making comes up" 0 up -f lab.yaml --paused
ok "limits are the emulator's" grep -q '"iops": *100' <(timeout 60 "$ROOST" qmp m qom-get path=/objects/limits-vdi property=x-iops-total |
    sed 's/^\(.*\)$/"iops": \1/')
down
ok "an overlay shows the image" same qcow2 "$D/m.over.qcow2"
ok "it stands on the image" grep -q base.qcow2 <(qemu-img info "$D/m.over.qcow2")
ok "a copy of a qcow2 is a qcow2" grep -q "file format: qcow2" <(qemu-img info "$D/m.copy.qcow2")
ok "with the same content" same qcow2 "$D/m.copy.qcow2"
ok "that stands on nothing" test -z "$(qemu-img info "$D/m.copy.qcow2" | grep backing)"
ok "a copy of a raw image is equal" cmp images/base.raw "$D/m.raw.raw"
is "and as sparse" $(($(stat -c %b "$D/m.raw.raw") * 512 < 4000000)) 1
ok "a copy in another format shows the same" same vmdk "$D/m.vmdk.vmdk"
ok "a reflink, or what stands for it, is equal" cmp images/base.raw "$D/m.link.raw"
is "nothing half made is left" "$(ls "$D" | grep -c part)" 0

# --- what is kept and grows ---

echo mine | dd of="$D/m.raw.raw" bs=1 seek=7000000 conv=notrunc status=none
exits "a disk grows when the profile asks for more" 0 up -f lab.yaml --paused --set size=12M
down
is "to that size" "$(stat -c %s "$D/m.raw.raw")" $((12 << 20))
is "and keeps what is on it" "$(dd if="$D/m.raw.raw" bs=1 skip=7000000 count=4 status=none)" mine
exits "none is made smaller" 4 up -f lab.yaml --paused --set size=8M
says "and the error says so" 'm\.raw\.raw has 12M and 8M are asked for: no disk is made smaller'
lab 'over: { image: images/base.qcow2, size: 4M }'
mv "$D/m.over.json" "$D/m.over.qcow2" .
exits "no overlay is smaller than its image" 4 up -f lab.yaml --paused
says "and the error says so" 'base\.qcow2 has 8M and 4M are asked for'
is "nothing is left of it" "$(ls "$D" | grep -c over)" 0
mv m.over.json m.over.qcow2 "$D"

# --- an image that changes below an overlay ---

lab 'over: { image: images/base.qcow2 }'
touch -d 2001-01-01 images/base.qcow2
exits "a changed image is refused" 4 up -f lab.yaml --paused
says "with what has changed" 'lab.yaml:[0-9]+: disk m/over: .*base\.qcow2, on which it stands, has changed since'
exits "--force takes it as it is" 0 up -f lab.yaml --paused --force
down
exits "for good" 0 up -f lab.yaml --paused
down
mv images/base.qcow2 away.qcow2
exits "a missing one is refused" 3 up -f lab.yaml --paused
mv away.qcow2 images/base.qcow2
sed -i 's/base.qcow2/other.qcow2/' lab.yaml
cp -p images/base.qcow2 images/other.qcow2
exits "and so is another than it was made from" 4 up -f lab.yaml --paused
says "with both names" 'was made from .*/base\.qcow2, but the profile says .*/other\.qcow2'

# --- one that another process writes to ---

vm_start writer -m 32 -drive "if=none,id=x,format=raw,file=$TMP/images/base.raw" -device ide-hd,drive=x -S
vm_qmp writer ready query-status >/dev/null
for clone in copy reflink; do
    lab "c-$clone: { image: images/base.raw, clone: $clone }"
    exits "a $clone of an image that is being written is refused" 4 up -f lab.yaml --paused
    says "with who does it" "base\.raw is written to by process ${vm_pids[writer]} \(.*qemu-system"
    exits "nor is one made by hand" 4 image clone images/base.raw by-hand.raw --mode "$clone"
    says "with who does it" "base\.raw is being written by process ${vm_pids[writer]} \(.*qemu-system"
done
ok "and nothing is left of it" test ! -e by-hand.raw -a ! -e by-hand.raw.part
vm_stop writer
is "nothing is left of them" "$(ls "$D" | grep -c m.c-)" 0

# --- a copy that is given up ---

mkdir bin
cat >bin/qemu-img <<'END'
#!/bin/bash
# a copy that never ends
[ "$1" = convert ] || exec /usr/bin/env PATH="${PATH#*:}" qemu-img "$@"
printf '    (1.00/100%%)\r'
head -c 100000 /dev/zero >"${!#}"
touch "$STARTED"
exec sleep 600
END
chmod +x bin/qemu-img
lab 'slow: { image: images/base.raw, clone: copy }' 'fast: { size: 1M }'
STARTED=$TMP/started PATH=$TMP/bin:$PATH timeout "$LAB_SECONDS" "$ROOST" up -f lab.yaml --paused </dev/null >out 2>err &
roost=$!
started $roost
ok "a copy begins" wait_for 60 test -e started
ls "$D" >during
kill -INT "$(pgrep -P $roost)"
wait $roost
is "Ctrl-C gives it up" $? 1
ok "its file had another name" grep -q 'm.slow.raw.part' during
is "nothing of that up is left" "$(ls "$D" | grep -cE 'slow|fast')" 0

# --- the end ---

is "the user's images are as they were" "$(sums)" "$before"
ok "no process and no socket is left" nothing_left disks
