#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# What keeps a lab from coming up: the exit status, one sentence, and nothing
# left behind.
. "${ROOST_SRCDIR:?}/tests/integration/lab.sh"

need "$ROOST_QEMU" qemu-img
plan 141

# profile LAB [LINE...]: two machines; the second has the lines. The first one
# and its disk are what must be undone.
profile() {
    local lab=$1
    shift
    cat >"$lab.yaml" <<END
lab: $lab
switches:
  lan: { type: internal }
machines:
  good:
    memory: 32M
    accel: tcg
    nics: { lan: { switch: lan } }
    disks: { data: { bus: ahci, size: 8M } }
  bad:
    memory: 32M
    accel: tcg
$(printf '    %s\n' "$@")
END
}

# fails LAB STATUS REGEX [ARG...]: `up` ends with that status and one sentence
# (or one complaint with its place), and leaves nothing.
fails() {
    local lab=$1 wanted=$2 regex=$3
    shift 3
    exits "$lab: up fails" "$wanted" up -f "$lab.yaml" "$@"
    says "$lab: one sentence" "$regex"
    is "$lab: nothing on standard output" "$out" ""
    ok "$lab: no process and no socket is left" nothing_left "$lab"
    ok "$lab: no disk is left" no_disk "$lab"
}

# --- QEMU dies during its start -------------------------------------------------------
for moment in at-once greeting capabilities cont; do
    profile "die-$moment" "emulator: $FAKE" "args: [-fake, die-$moment]"
    fails "die-$moment" 5 '^roost: machine bad: starting QEMU: was killed by signal 9 \(Killed\) and said nothing \(log: .*/bad\.stderr\.log\)$'
done
profile exit "emulator: $FAKE" "args: [-fake, exit]"
fails exit 5 '^roost: machine bad: starting QEMU: exited with status 1: "fake-qemu: I give up, "as told"" \(log: '
profile argument "args: [-no-such-option]"
fails argument 5 '^roost: machine bad: starting QEMU: exited with status 1: ".*-no-such-option: invalid option" \(log: '

# it waits for ever: the user gives up
profile hang "emulator: $FAKE" "args: [-fake, hang]"
interrupted() {
    local pid
    "$ROOST" up -f hang.yaml </dev/null >"$TMP/out" 2>"$TMP/err" &
    pid=$!
    started "$pid"
    wait_for 20 test -S "$TMP/r/hang/bad.monitor" || return 1
    wait_for 20 test -e "$TMP/s/hang/disks/good.data.qcow2" || return 1
    kill -INT "$pid"
    wait_for_exit "$pid" 60 && wait "$pid"
    is_status=$?
    [ "$is_status" = 1 ] && [ "$(wc -l <"$TMP/err")" = 1 ] && grep -q 'cancelled' "$TMP/err"
}
ok "hang: cancelled by Ctrl-C" interrupted
ok "hang: no process and no socket is left" nothing_left hang
ok "hang: no disk is left" no_disk hang

# --- what the profile asks for is not there ----------------------------------------------
profile no-image "disks: { boot: { bus: ahci, image: nosuch.qcow2, clone: none } }"
fails no-image 3 'no-image\.yaml:[0-9:]+ .*nosuch\.qcow2: No such file or directory'
profile no-base "disks: { boot: { bus: ahci, image: nosuch.qcow2, clone: overlay } }"
fails no-base 3 'no-base\.yaml:[0-9:]+ .*nosuch\.qcow2: No such file or directory'
profile no-kernel "kernel: nosuch"
fails no-kernel 3 'no-kernel\.yaml:[0-9:]+ .*nosuch: No such file or directory'
profile machine-type "machine: pc-q35-99.9"
fails machine-type 3 'machine-type\.yaml:[0-9]+:[0-9]+: machines\.bad\.machine: .*pc-q35-99\.9'
profile nic-model "nics: { nat: { switch: user, model: e10000 } }"
fails nic-model 3 'nic-model\.yaml:[0-9]+:[0-9]+: machines\.bad\.nics\.nat\.model: .*e10000.*e1000'
profile emulator "emulator: qemu-system-nosuch"
fails emulator 3 'emulator\.yaml:[0-9]+:[0-9]+: .*qemu-system-nosuch'

# an image that is no image: qemu-img says so
echo nonsense >broken.qcow2
profile broken "disks: { boot: { bus: ahci, image: broken.qcow2 } }"
fails broken 4 '^roost: disk bad/boot: making .*: qemu-img failed with status 1: .*not in qcow2 format'
profile broken2 "disks: { boot: { bus: ahci, image: broken.qcow2, clone: none } }"
fails broken2 5 '^roost: machine bad: starting QEMU: exited with status 1: ".*not in qcow2 format'

# --- a file that may not be read ------------------------------------------------------------
mkdir directory
profile directory "kernel: directory"
fails directory 3 'directory\.yaml:[0-9]+: machine bad: cannot read .*/directory: Is a directory'

# Open vSwitch is installed and does not run: nothing was made of it, so nothing that
# only it could undo is left either
if [ "$(id -u)" = 0 ] && command -v ovs-vsctl >/dev/null; then
    profile no-ovs "nics: { out: { switch: out } }"
    sed -i 's/^switches:/&\n  out: { type: ovs, datapath: netdev }/' no-ovs.yaml
    OVS_RUNDIR=$TMP/nowhere fails no-ovs 4 'no-ovs\.yaml:[0-9]+: Open vSwitch: it does not answer \(try: systemctl start openvswitch-switch\): ovs-vsctl '
else
    for ((i = 0; i < 5; i++)); do skip "no Open vSwitch" "needs root and ovs-vsctl"; done
fi

echo kernel >kernel
chmod 0 kernel
profile unreadable "kernel: $TMP/kernel"
if [ "$(id -u)" != 0 ]; then
    fails unreadable 4 'unreadable\.yaml:[0-9]+: machine bad: cannot read .*/kernel: Permission denied'
elif ! command -v setpriv >/dev/null; then
    for text in status sentence output process disk; do
        skip "unreadable: $text" "setpriv is not installed"
    done
else
    # as somebody else, with directories of their own
    mkdir -m 700 "$TMP/u" && chown 65534:65534 "$TMP/u" && chmod 711 "$TMP"
    r_root=$ROOST_RUN_DIR s_root=$ROOST_STATE_DIR c_root=$ROOST_CACHE_DIR roost_root=$ROOST
    ROOST_RUN_DIR=$TMP/u/r ROOST_STATE_DIR=$TMP/u/s ROOST_CACHE_DIR=$TMP/u/c
    cp "$ROOST" "$TMP/u/roost"
    chown 65534:65534 "$TMP/u/roost"
    printf '#!/bin/sh\nexec setpriv --reuid 65534 --regid 65534 --clear-groups %s/u/roost "$@"\n' "$TMP" >as-nobody
    chmod +x as-nobody
    ROOST=$TMP/as-nobody
    fails unreadable 4 'unreadable\.yaml:[0-9]+: machine bad: cannot read .*/kernel: Permission denied'
    ROOST_RUN_DIR=$r_root ROOST_STATE_DIR=$s_root ROOST_CACHE_DIR=$c_root ROOST=$roost_root
fi

# --- a port that somebody has ------------------------------------------------------------------
# QEMU is a program that listens and is always there; it holds the port for us.
"$ROOST_QEMU" -nodefaults -no-user-config -display none -machine none \
    -chardev "socket,id=c,host=127.0.0.1,port=0,server=on,wait=off" \
    -chardev "socket,id=q,path=$TMP/holder.sock,server=on,wait=off" -mon chardev=q,mode=control \
    </dev/null >/dev/null 2>&1 &
holder=$!
started "$holder"
listening_port() { # PID: the TCP port on which it listens
    local inode
    for inode in $(ls -l "/proc/$1/fd" 2>/dev/null | sed -n 's/.*socket:\[\([0-9]*\)\].*/\1/p'); do
        awk -v inode="$inode" '$10 == inode && $4 == "0A" { sub(/.*:/, "", $2); print $2 }' /proc/net/tcp
    done | head -n 1
}
holder_listens() { [ -n "$(listening_port "$holder")" ]; }
wait_for 10 holder_listens
port=$((16#$(listening_port "$holder")))
profile port "nics: { nat: { switch: user } }" "forwards: ['tcp:127.0.0.1:$port-:22']"
fails port 4 "port\.yaml:[0-9]+: machine bad: host port tcp:127\.0\.0\.1:$port is taken by process $holder \(.*$(basename "$ROOST_QEMU") -nodefaults"
stop_pid "$holder"
exits "port: free again, up works" 0 up -f port.yaml
sed 's/^lab: port/lab: port2/' port.yaml >port2.yaml
fails port2 4 "port2\.yaml:[0-9]+: machine bad: host port tcp:127\.0\.0\.1:$port is taken by machine bad of lab port \(port\.yaml:[0-9]+\): "
ok "port: the holder runs on" has_state port bad running
exits "port: down" 0 down --force port
profile address "nics: { nat: { switch: user } }" "forwards: ['tcp:192.0.2.1:2222-:22']"
fails address 4 'address\.yaml:[0-9]+: machine bad: host address 192\.0\.2\.1 is not one of this host'

# --- no room ---------------------------------------------------------------------------------------
# full TEXT SIZE: an `up` whose state is on a file system of that size
small_fs() {
    mkdir "$TMP/$1" && mount -t tmpfs -o "size=$2,mode=700" roost-test "$TMP/$1" 2>/dev/null
}
if small_fs full 256k; then
    at_exit "umount '$TMP/full'"
    s_root=$ROOST_STATE_DIR ROOST_STATE_DIR=$TMP/full
    profile disk-full "disks: { more: { bus: ahci, size: 8M } }"
    fails disk-full 4 '^roost: disk (good/data|bad/more): making .*: No space left on device'
    ROOST_STATE_DIR=$s_root
    fill() { head -c 1M /dev/zero >"$TMP/full/fill" 2>/dev/null || true; }
    fill
    ROOST_STATE_DIR=$TMP/full
    profile no-room "vmport: off"
    fails no-room 4 '^roost: .*No space left on device'
    ROOST_STATE_DIR=$s_root
else
    for text in status sentence output process disk; do
        skip "disk-full: $text" "a small file system cannot be mounted here"
        skip "no-room: $text" "a small file system cannot be mounted here"
    done
fi
echo file >file
s_root=$ROOST_STATE_DIR ROOST_STATE_DIR=$TMP/file/s
profile no-state "vmport: off"
fails no-state 4 '^roost: .*making directory .*/file/s.*: Not a directory'
ROOST_STATE_DIR=$s_root
r_root=$ROOST_RUN_DIR ROOST_RUN_DIR=$TMP/file/r
profile no-run "vmport: off"
fails no-run 4 '^roost: .*making directory .*/file/r.*: Not a directory'
ROOST_RUN_DIR=$r_root

# --- more memory than there is ------------------------------------------------------------------------
profile memory
sed -i 's/memory: 32M/memory: 64T/' memory.yaml
fails memory 4 '^roost: the lab needs [0-9]+ MiB of memory \(good 64T, bad 64T\), but [0-9]+ MiB are free'

# --- not ready in time ----------------------------------------------------------------------------------
profile ready "ready: { serial: nothing-says-this, timeout: 300ms }"
exits "ready: its own timeout" 6 up -f ready.yaml
says "ready: one sentence" '^roost: machine bad: not ready after .* \(see: roost log bad\)'
ok "ready: the lab stays to be looked at" has_state ready good running
is "ready: and says which is not" "$(field ready bad ready)" timed-out
exits "ready: down" 0 down --force ready
ok "ready: nothing is left" nothing_left ready
sed -i 's/300ms/5m/' ready.yaml
exits "ready: the timeout of the command" 6 up -f ready.yaml --timeout 300ms
says "ready: one sentence" '^roost: lab ready: .* took longer than'
exits "ready: down" 0 down --force ready

ok "nobody complained" logs_are_clean
