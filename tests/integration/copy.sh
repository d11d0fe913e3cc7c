# SPDX-License-Identifier: GPL-3.0-or-later
# copy.sh: what the tests share that need a machine of their own, with daemons of
# its own or without devices that this one has. Source it from bash, first; then
# lab.sh.
#
# Run as root, the test begins anew in a copy of this machine: its own processes,
# mounts, network (lo alone), host name and control groups, over a file system in
# which everything is as here and what is written is forgotten. There are the devices
# that a container has: no /dev/kvm, no /dev/net/tun. When the test ends, so does
# everything that runs in the copy, daemons included, and nothing of it was ever to be
# seen outside.
#
# COPY_INIT=systemd, said before this is sourced, makes systemd its first process, and
# the test a service of it.

COPY_SELF=$(realpath "$0")
export ROOST_SRCDIR ROOST_BUILDDIR=${ROOST_BUILDDIR:-$ROOST_SRCDIR}
export ROOST=${ROOST:-$ROOST_BUILDDIR/src/roost} ROOST_PROFILES=${ROOST_PROFILES:-$ROOST_SRCDIR/profiles}
export ROOST_GUEST=${ROOST_GUEST:-$ROOST_BUILDDIR/tests/guest/build}

copy_skip() {
    echo "1..0 # SKIP $*"
    exit 0
}

# copy_devices DIR: what a container has in /dev
copy_devices() {
    local name
    mount -t tmpfs -o mode=755 tmpfs "$1" && mkdir "$1/pts" "$1/shm" || return
    for name in null zero full random urandom tty; do
        touch "$1/$name" && mount --bind "/dev/$name" "$1/$name" || return
    done
    mount -t devpts -o newinstance,ptmxmode=666,mode=620 devpts "$1/pts" &&
        mount -t tmpfs tmpfs "$1/shm" && ln -s pts/ptmx "$1/ptmx" && ln -s /proc/self/fd "$1/fd"
}

# copy_mounts DIR: the tree of the copy, in its namespaces
copy_mounts() {
    local root=$1/root path
    mount -t tmpfs -o mode=755 tmpfs "$1" && mkdir "$1/up" "$1/work" "$root" || return
    mount -t overlay overlay -o "lowerdir=/,upperdir=$1/up,workdir=$1/work" "$root" || return
    mount -t proc proc "$root/proc" && mount -t sysfs -o ro sysfs "$root/sys" &&
        mount -t cgroup2 cgroup2 "$root/sys/fs/cgroup" && copy_devices "$root/dev" &&
        mount -t tmpfs -o mode=755 tmpfs "$root/run" && mount -t tmpfs -o mode=1777 tmpfs "$root/tmp" || return
    # what may be a mount of its own here, or lie below /tmp
    for path in "$ROOST_SRCDIR" "$ROOST_BUILDDIR" "$ROOST_GUEST"; do
        [ -d "$path" ] || continue
        mkdir -p "$root$path" && mount --bind "$path" "$root$path" || return
    done
    touch "$root/run/tap" && mount --bind "$COPY_TAP" "$root/run/tap" || return
    echo >"$root/etc/machine-id"
    echo "127.0.0.1 localhost copy" >"$root/etc/hosts"
    cd "$root" && pivot_root . mnt && umount -l /mnt && cd /
}

# as root, the first process of the copy
copy_arrange() {
    copy_mounts "$COPY_PLACE" 2>/run/copy.err || copy_skip "no copy of this machine can be made: $(tail -n 1 /run/copy.err)"
    hostname copy
    ip link set lo up
    export TMPDIR=/tmp HOME=/root COPY_BEGUN=inside PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
    unset XDG_RUNTIME_DIR DBUS_SESSION_BUS_ADDRESS
    [ "${COPY_INIT:-}" = systemd ] || exec bash "$COPY_SELF"
    env | grep -E '^(ROOST|COPY|TMPDIR|HOME|PATH)' >/run/test.env
    cat >/run/systemd-test.service <<END
[Unit]
Wants=dbus.service systemd-logind.service
After=dbus.service systemd-logind.service
Requires=sysinit.target
After=sysinit.target
SuccessAction=exit
FailureAction=exit
[Service]
Type=oneshot
EnvironmentFile=/run/test.env
WorkingDirectory=/tmp
ExecStart=bash $COPY_SELF
StandardOutput=append:/run/tap
StandardError=append:/run/tap
END
    mkdir -p /run/systemd/system && mv /run/systemd-test.service /run/systemd/system/test.service
    exec env -i container=roost-test PATH="$PATH" /lib/systemd/systemd systemd.unit=test.service >/dev/null 2>&1 </dev/null
}

# outside: makes the namespaces, waits for their end, tells what the test said
copy_outside() {
    local groups status
    [ "$(id -u)" = 0 ] || copy_skip "only root can make a copy of this machine"
    command -v unshare pivot_root ip hostname >/dev/null || copy_skip "unshare, pivot_root, ip or hostname is not installed"
    [ "${COPY_INIT:-}" != systemd ] || [ -x /lib/systemd/systemd ] || copy_skip "systemd is not installed"
    groups=$(awk '$3 == "cgroup2" { print $2; exit }' /proc/mounts)
    COPY_PLACE=$(mktemp -d "${TMPDIR:-/tmp}/roost-copy.XXXXXX") && COPY_TAP=$(mktemp "$COPY_PLACE.XXXXXX") || exit 99
    COPY_GROUP=$groups/roost-copy-$$
    export COPY_PLACE COPY_TAP
    trap copy_forget EXIT
    trap 'exit 143' TERM
    trap 'exit 130' INT
    [ -n "$groups" ] && mkdir "$COPY_GROUP" 2>/dev/null || copy_skip "no control group can be made here"
    # in the background, as a signal is to be heard while it runs
    (echo "$BASHPID" >"$COPY_GROUP/cgroup.procs" && COPY_BEGUN=arrange exec unshare --mount --pid --fork \
        --kill-child --cgroup --net --uts --ipc --propagation private bash "$COPY_SELF") </dev/null &
    COPY_PID=$!
    wait "$COPY_PID"
    status=$?
    COPY_PID=
    cat "$COPY_TAP"
    exit "$status"
}

copy_forget() {
    [ -z "${COPY_PID:-}" ] || {
        kill -KILL "$COPY_PID"
        wait "$COPY_PID"
    }
    find "$COPY_GROUP" -depth -type d -exec rmdir {} + 2>/dev/null
    rmdir "$COPY_PLACE" && rm -f "$COPY_TAP"
}

case ${COPY_BEGUN:-} in
'') copy_outside ;;
arrange) copy_arrange ;;
esac
