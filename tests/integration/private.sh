# SPDX-License-Identifier: GPL-3.0-or-later
# private.sh: what the tests of private labs share: becoming a user without any
# privilege. Source it from bash, first; then lab.sh.
#
# Run as root, the test begins anew in namespaces where its host is as a
# desktop's: /dev/net/tun is open to all, as udev sees to elsewhere. What it
# needs of the tree lies below /mnt there, as the tree may be in a folder that
# others may not enter; and the network is one of its own, so that nobody else
# changes what is looked at. That is all that root does for it.

PRIVATE_USER=65534

private_skip() {
    echo "1..0 # SKIP $*"
    exit 0
}

# in the new namespaces, as root: arranges them, and runs the test as the user
private_begin() {
    mount -t tmpfs -o mode=755 tmpfs /mnt && mkdir /mnt/src /mnt/build /mnt/guest /mnt/tmp &&
        mount --bind "$ROOST_SRCDIR" /mnt/src && mount --bind "$ROOST_BUILDDIR" /mnt/build ||
        private_skip "nothing can be mounted here"
    [ ! -d "$ROOST_GUEST" ] || mount --bind "$ROOST_GUEST" /mnt/guest
    mknod -m 666 /mnt/tun c 10 200 && mount --bind /mnt/tun /dev/net/tun ||
        private_skip "there is no tun device here"
    chown "$PRIVATE_USER:$PRIVATE_USER" /mnt/tmp
    ip link set lo up
    ROOST_SRCDIR=/mnt/src ROOST_BUILDDIR=/mnt/build ROOST_GUEST=/mnt/guest TMPDIR=/mnt/tmp \
        ROOST=/mnt/build/src/roost ROOST_PROFILES=/mnt/src/profiles HOME=/mnt/tmp PRIVATE_BEGUN=1 \
        PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
        exec setpriv --reuid "$PRIVATE_USER" --regid "$PRIVATE_USER" --clear-groups \
        --bounding-set -all --inh-caps -all --no-new-privs bash "/mnt/src/${0#"$PRIVATE_TREE"/}"
}

export ROOST_BUILDDIR=${ROOST_BUILDDIR:-$ROOST_SRCDIR}
export ROOST_GUEST=${ROOST_GUEST:-$ROOST_BUILDDIR/tests/guest/build}
case ${PRIVATE_BEGUN:-}$(id -u) in
0)
    command -v setpriv unshare ip >/dev/null || private_skip "setpriv, unshare or ip is not installed"
    unshare --mount --net --propagation private true 2>/dev/null ||
        private_skip "no namespaces may be made here"
    PRIVATE_BEGUN=arrange PRIVATE_TREE=$(cd "$ROOST_SRCDIR" && pwd) exec \
        unshare --mount --net --propagation private bash "$(realpath "$0")"
    ;;
arrange0)
    export PRIVATE_TREE
    private_begin
    ;;
esac
[ -w /dev/net/tun ] || private_skip "/dev/net/tun may not be opened by this user"
