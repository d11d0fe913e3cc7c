#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# As root, the processes of a lab run as the user that it names, as the kernel sees
# them; all that is done to a machine works with one that is somebody else's, and
# files of others are looked at, never changed. The lab is on a bridge of a network
# namespace that stands for the host, and on an internal switch.
. "${ROOST_SRCDIR:?}/tests/integration/net.sh"

need "$ROOST_QEMU" qemu-img qemu-io setpriv getent socat
need_namespaces
[ -e "$ROOST_GUEST/vmlinux" ] || skip_all "there is no Linux guest"
id nobody >/dev/null 2>&1 || skip_all "there is no user nobody"
uid=$(id -u nobody) gid=$(id -g nobody)
as_nobody() { setpriv --reuid "$uid" --regid "$gid" --clear-groups "$@"; }
chmod 755 "$TMP"
as_nobody test -r "$TMP" || skip_all "nobody cannot reach $TMP: set TMPDIR to a directory that is open"
# the switch is this program, started by nobody
cp "$ROOST" "$TMP/roost" && ROOST=$TMP/roost
plan 68
LAB_SECONDS=300
host_new one
mkdir -m 755 img
cp "$ROOST_GUEST/vmlinux" "$ROOST_GUEST/initrd.gz" img/
chmod 644 img/*
qemu-img create -q -f qcow2 img/base.qcow2 16M
truncate -s 1M img/cd.iso img/other.iso
chmod 644 img/*.iso img/base.qcow2
mkdir -m 700 secret
truncate -s 1M secret/closed.iso
cp img/base.qcow2 secret/
chmod 600 secret/*
D=$ROOST_STATE_DIR/u/disks

lab() { # USER
    cat <<END
lab: u
user: $1
switches:
  br: { type: bridge, bridge: ubr, address: 10.42.0.1/24 }
  lan: { type: internal }
machines:
  a:
    memory: 160M
    accel: tcg
    kernel: $TMP/img/vmlinux
    initrd: $TMP/img/initrd.gz
    append: console=ttyS0 quiet g.name=a g.ip0=10.42.0.2/24
    disks:
      boot: { bus: virtio, image: $TMP/img/base.qcow2 }
      data: { bus: virtio, size: 16M }
      cd: { bus: ide, media: cdrom, image: $TMP/img/cd.iso }
    nics:
      br: { switch: br }
      lan: { switch: lan }
    on_crash: restart
    ready: { serial: "@READY", timeout: 5m }
  b:
    memory: 32M
    accel: tcg
    display: vnc
    nics: { lan: { switch: lan }, out: { switch: user } }
END
}
lab nobody >u.yaml
independent() { on one bash "$ROOST_SRCDIR/tests/integration/snapshot.sh" "$ROOST_RUN_DIR" "$ROOST_RUN_DIR"; }
mkdir -m 711 "$ROOST_RUN_DIR"
independent >before

of_kernel() { # PID FIELD
    awk -v field="$2:" '$1 == field { $1 = ""; print substr($0, 2) }' "/proc/$1/status"
}
is_nobody() { # TEXT PID
    is "$1: the user of the process" "$(of_kernel "$2" Uid)" "$uid $uid $uid $uid"
    is "$1: its group" "$(of_kernel "$2" Gid)" "$gid $gid $gid $gid"
    ok "$1: none of our groups" test -z "$(of_kernel "$2" Groups | tr ' ' '\n' | grep -vx "$gid" | grep -vx "$(stat -c %g /dev/kvm 2>/dev/null)")"
}
owner() { stat -c %U:%a "$1"; }
ping_a() { on one ping -c 1 -W 2 10.42.0.2; }

# --- what cannot be --------------------------------------------------------------------
lab nosuchuser >wrong.yaml
exits "a user that there is not" 3 check -f wrong.yaml
says "names the line, and what to do" '^wrong.yaml:2:7: user: there is no user nosuchuser: useradd --system nosuchuser, or take another$'
lab nobody:nosuchgroup >wrong.yaml
exits "a group that there is not" 3 check -f wrong.yaml
says "is told as well" 'there is no group nosuchgroup'
lab root >mine.yaml
exits "root is what root is" 0 plan -f mine.yaml
like "and nothing is special then" "$out" "directory $ROOST_RUN_DIR/u
"
other() { # USER: as nobody, a lab of that user's
    lab "$1" >img/other.yaml
    as_nobody env TMPDIR=/tmp ROOST_RUN_DIR="$TMP/img/r" ROOST_STATE_DIR="$TMP/img/s" ROOST_CACHE_DIR="$TMP/img/c" \
        "$ROOST" check -f img/other.yaml >"$TMP/out" 2>"$TMP/err"
    status=$?
    out=$(<"$TMP/out") err=$(<"$TMP/err")
}
other daemon
is "another user than root cannot choose" "$status" 3
like "and is told how" "$err" "only root can run machines as another user, and this is user $uid: run roost as root, or as daemon, or leave user out"
other nobody
is "its own name is fine" "$status" 0
sed "s|$TMP/img/base|$TMP/secret/base|" u.yaml >closed.yaml
exits "an image that the user cannot reach" 4 up -f closed.yaml
like "machine, user and file are named" "$err" "machine a: user nobody cannot read $TMP/secret/base.qcow2: "
like "with the command that mends it" "$err" "setfacl -m u:$uid:x '$TMP/secret' && setfacl -m u:$uid:r '$TMP/secret/base.qcow2'"
ok "nothing was done" nothing_left u
is "and the image is as it was" "$(owner secret/base.qcow2)" "root:600"
qemu-img create -q -f qcow2 -F qcow2 -b "$TMP/secret/base.qcow2" img/over.qcow2
chmod 644 img/over.qcow2
sed "s|$TMP/img/base|$TMP/img/over|" u.yaml >closed.yaml
exits "nor one below an image" 4 up -f closed.yaml
like "is told as well" "$err" "user nobody cannot read $TMP/secret/base.qcow2: "
sed "s|$TMP/img/base.qcow2 |$TMP/img/base.qcow2, clone: none |" u.yaml >closed.yaml
exits "an image that the user cannot write" 4 up -f closed.yaml
like "where the machine writes to it" "$err" "user nobody cannot write $TMP/img/base.qcow2: setfacl -m u:$uid:rw '$TMP/img/base.qcow2'"

# --- what is ---------------------------------------------------------------------------
exits "up" 0 up -f u.yaml
for machine in a b; do
    is_nobody "$machine" "$(field u "$machine" pid)"
done
is_nobody "the switch" "$(grep -zl '^roost-switch$' $(for pid in $(lab_pids u); do echo "/proc/$pid/cmdline"; done) | head -n 1 | grep -o '[0-9]*')"
ok "the bridge leads to the guest" wait_for 60 ping_a
is "the state is root's" "$(owner "$ROOST_RUN_DIR/u/state.json") $(owner "$ROOST_RUN_DIR/u")" "root:600 root:710"
is "sockets are in a directory of the user's" "$(owner "$ROOST_RUN_DIR/u/sockets")" "nobody:700"
is "disks are the user's, and the book is not" "$(owner "$D/a.data.qcow2") $(owner "$D/a.data.json") $(owner "$D")" \
    "nobody:600 root:600 root:710"
ok "the user can change nothing but its own" test -z "$(as_nobody find "$ROOST_RUN_DIR/u" "$ROOST_STATE_DIR/u" -writable ! -user nobody ! -type l 2>/dev/null)"
is "the image is as it was" "$(owner img/base.qcow2)" "root:644"
exits "a snapshot" 0 image snapshot a data
is "its layer is the user's" "$(owner "$D/a.data.1.qcow2")" "nobody:600"
exits "a checkpoint" 0 checkpoint save one u
exits "a backup" 0 image backup a data "$TMP/img/copy.qcow2"
is "which is whose it is that asked" "$(owner img/copy.qcow2 | cut -d: -f 1)" root
ok "and whole" qemu-img check -q img/copy.qcow2
exits "a backup where the user cannot go" 4 image backup a data "$TMP/secret/copy.qcow2"
like "is told with its remedy" "$err" "user nobody cannot write $TMP/secret/copy.qcow2.part: setfacl -m u:$uid:x '$TMP/secret'"
ok "and leaves nothing" test ! -e secret/copy.qcow2.part
exits "another medium" 0 media insert a cd "$TMP/img/other.iso"
exits "one that is closed" 4 media insert a cd "$TMP/secret/closed.iso"
like "is told with its remedy" "$err" "disk cd: user nobody cannot read $TMP/secret/closed.iso: setfacl -m u:$uid:x '$TMP/secret' && setfacl"
exits "a capture" 0 capture a br -w "$TMP/secret/a.pcap" --duration 200ms
exits "a screenshot" 0 screenshot u/b -w "$TMP/secret/b.png"
exits "another user while it is up" 1 up -f mine.yaml
says "is refused" 'lab u runs as nobody, and the profile says root: take it down first'

# --- ends and beginnings ----------------------------------------------------------------
kill_supervisor u
exits "after the supervisor's death" 0 status u
is "the machine is the same" "$(field u a state) $(of_kernel "$(field u a pid)" Uid)" "running $uid $uid $uid $uid"
pid=$(field u a pid)
kill -KILL "$pid"
ready_again() { [ "$(field u a ready)" = ready ] && [ "$(field u a pid)" != "$pid" ]; }
ok "a machine that was killed begins again" wait_for 120 ready_again
is "as that user" "$(of_kernel "$(field u a pid)" Uid)" "$uid $uid $uid $uid"
exits "down" 0 down u --force
ok "nothing is left" nothing_left u
independent >after
ok "as an independent look finds" diff before after
exits "it goes on from the checkpoint" 0 up --from one -f u.yaml
ok "and the guest answers" wait_for 60 ping_a
kill_supervisor u
mv u.yaml gone.yaml
for machine in a b; do
    kill -KILL "$(grep -o "\"id\":\"machine:$machine\"[^}]*" "$ROOST_RUN_DIR/u/state.json" | grep -o '"pid":[0-9]*' | cut -d: -f2)"
done
exits "gc" 0 gc
r down u --force
ok "leaves nothing of it" nothing_left u
independent >after
ok "as an independent look finds" diff before after

# --- disks that were root's, and a private network ---------------------------------------
cat >p.yaml <<END
lab: p
isolation: private
switches: { br: { type: bridge, address: 10.43.0.1/24 } }
machines:
  m: { memory: 32M, accel: tcg, disks: { d: { size: 8M } }, nics: { br: { switch: br } } }
END
exits "a private lab of root's" 0 up -f p.yaml --paused
r down p --force
sed -i 's/^isolation/user: nobody\n&/' p.yaml
exits "the same as nobody" 0 up -f p.yaml --paused
is "with the same disk" "$(of_kernel "$(field p m pid)" Uid) $(owner "$ROOST_STATE_DIR/p/disks/m.d.qcow2")" "$uid $uid $uid $uid nobody:600"
exits "down" 0 down p --force
ok "nothing is left" nothing_left p
ok "the supervisors complained of nothing" logs_are_clean
