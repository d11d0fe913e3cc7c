#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Images that the user of a lab has rewritten, as its emulator could: they name files of
# root's as what they stand on, or as their content. Whatever root does with them then,
# nothing of those files is read or written.
. "${ROOST_SRCDIR:?}/tests/integration/lab.sh"

need "$ROOST_QEMU" qemu-img qemu-io setpriv getent
[ "$(id -u)" = 0 ] || skip_all "only root can run a lab as another user"
id nobody >/dev/null 2>&1 || skip_all "there is no user nobody"
uid=$(id -u nobody) gid=$(id -g nobody)
as_nobody() { setpriv --reuid "$uid" --regid "$gid" --clear-groups "$@"; }
chmod 755 "$TMP"
as_nobody test -r "$TMP" || skip_all "nobody cannot reach $TMP: set TMPDIR to a directory that is open"
mkdir -m 755 img
chown nobody img
mkdir -m 711 "$ROOST_RUN_DIR" "$ROOST_STATE_DIR"
D=$ROOST_STATE_DIR/u/disks
cat >u.yaml <<END
lab: u
user: nobody
machines:
  m: { memory: 32M, accel: tcg, disks: { d: { bus: virtio, size: 8M } } }
END
sed '/^user:/d' u.yaml >root.yaml

# --- what is to stay secret, and images that lead to it -----------------------------------------
mkdir -m 700 secret
plant() { # the content that nobody must see
    yes "the secret of root" | head -c 65536 >secret/key
    chmod 600 secret/key
}
# evil_over BASE: an image over BASE, of which a cluster is in the secret file
evil_over() {
    rm -f secret/key evil.qcow2
    qemu-img create -q -f qcow2 -b "$1" -F qcow2 -o "data_file=$TMP/secret/key" evil.qcow2 8M &&
        qemu-io -f qcow2 -c 'write 0 64k' evil.qcow2 >/dev/null && plant
}
become_evil() { # FILE: nobody writes the evil image into it
    as_nobody dd if=/dev/stdin of="$1" conv=notrunc status=none <evil.qcow2
}
leaked() { # FILE...: whether somebody else can read it there
    grep -l "secret of root" "$@" 2>/dev/null
}
untouched() { [ "$(md5sum <secret/key)" = "$(yes "the secret of root" | head -c 65536 | md5sum)" ]; }

plan 48
exits "up" 0 up -f u.yaml --paused
exits "a checkpoint" 0 checkpoint save one u
exits "down" 0 down u --force
is "there are two layers, of the user's" "$(stat -c %U "$D"/m.d*.qcow2 | uniq -c | tr -s ' ')" " 2 nobody"
cp -p "$D"/m.d.qcow2 "$D"/m.d.1.qcow2 "$TMP/"
back() { for file in m.d.qcow2 m.d.1.qcow2; do cat "$TMP/$file" >"$D/$file" && truncate -s "$(stat -c %s "$TMP/$file")" "$D/$file"; done; }

# --- the newest layer has its content elsewhere --------------------------------------------------
evil_over "$D/m.d.qcow2"
become_evil "$D/m.d.1.qcow2"
cp evil.qcow2 img/mine.qcow2
chown nobody img/mine.qcow2
exits "its size is not changed" 4 image resize "$D/m.d.1.qcow2" 64M
says "and why is told" 'm.d.1.qcow2 says that its content is in another file'
exits "it is not committed" 4 image commit "$D/m.d.1.qcow2" --force
exits "nor copied" 4 image convert "$D/m.d.1.qcow2" out.qcow2
exits "nor checked" 4 image check "$D/m.d.1.qcow2"
exits "nor looked into" 4 image info "$D/m.d.1.qcow2"
exits "no machine is started over it" 4 up -f u.yaml --paused
like "the disk is named" "$err" 'disk m/d: .*m.d.1.qcow2 says that its content is in another file'
exits "by root neither" 4 up -f root.yaml --paused
exits "the checkpoint goes all the same" 0 checkpoint rm one u
like "but the layers stay two" "$err" 'content is in another file'
ok "nothing has come out" bash -c "! grep -l 'secret of root' '$D'/* out.qcow2 2>/dev/null"
ok "nothing has gone in" untouched
exits "an image of nobody's, which no lab has" 1 image convert img/mine.qcow2 out.qcow2
exits "is not resized" 1 image resize img/mine.qcow2 64M
exits "nor committed" 1 image commit img/mine.qcow2 --force
ok "there is no copy" test ! -e out.qcow2
ok "and nothing has gone in" untouched
back

# --- the oldest one has --------------------------------------------------------------------------
exits "a checkpoint again: up" 0 up -f u.yaml --paused
exits "save" 0 checkpoint save one u
exits "down" 0 down u --force
cp -p "$D"/m.d*.qcow2 "$TMP/"
rm -f evil.qcow2 secret/key
qemu-img create -q -f qcow2 -o "data_file=$TMP/secret/key" evil.qcow2 8M && plant
become_evil "$D/m.d.qcow2"
exits "the checkpoint goes" 0 checkpoint rm one u
ok "and nothing was written to root's file" untouched
cat "$TMP/m.d.qcow2" >"$D/m.d.qcow2"

# --- they stand on something else ----------------------------------------------------------------
exits "as it was: up" 0 up -f u.yaml --paused
exits "save" 0 checkpoint save one u
exits "down" 0 down u --force
base=$D/$(grep -o '"name" *: *"[^"]*"' "$D/m.d.json" | head -n 1 | cut -d\" -f4)
cp -p "$base" whole.qcow2
as_nobody qemu-img rebase -u -F raw -b "$TMP/secret/key" "$base"
exits "a copy of it" 4 up -f u.yaml --from one --name u2
like "is refused, and what it would stand on told" "$err" "says that it stands on $TMP/secret/key, which is nothing that the disk was made of"
exits "and so is going back" 4 up -f u.yaml --from one
cat whole.qcow2 >"$base"
exits "as it was, it can" 0 up -f u.yaml --from one --paused
exits "down" 0 down u --force
as_nobody qemu-img create -q -f qcow2 -u -F raw -b "$TMP/secret/key" img/over.qcow2 64k
chmod 644 img/over.qcow2
exits "an image of nobody's that stands on it" 4 image convert img/over.qcow2 out.qcow2
like "is read with no more rights than nobody has" "$err" "Permission denied"
ok "nothing has come out" test ! -e out.qcow2

# --- what is right goes on as before ---------------------------------------------------------------
as_nobody qemu-img create -q -f qcow2 img/good.qcow2 4M
as_nobody qemu-io -f qcow2 -c 'write -P 7 1M 64k' img/good.qcow2 >/dev/null
mkdir -m 700 closed
exits "a whole image of nobody's is converted" 0 image convert img/good.qcow2 closed/out.qcow2
ok "to the same" qemu-img compare -q img/good.qcow2 closed/out.qcow2
is "which is root's" "$(stat -c %U:%a closed/out.qcow2)" "root:$(printf %o $((0666 & ~$(umask))))"
exits "and grown" 0 image resize img/good.qcow2 8M
exits "the checkpoint goes" 0 checkpoint rm one u
is "without a word" "$err" ""
exits "and the lab may be root's" 0 up -f root.yaml --paused
is "with its disks" "$(stat -c %U "$D"/m.d*.qcow2 | sort -u)" root
exits "down" 0 down u --force
ok "the supervisors complained of nothing" logs_are_clean
