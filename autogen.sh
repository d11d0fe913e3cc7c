#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# autogen.sh: from a clean clone to a configured tree. See --help.
set -eu

usage() {
    cat <<END
usage: autogen.sh [--install-deps] [CONFIGURE-OPTION...]

Makes configure with autoreconf and runs it in the current directory.

  --install-deps  first installs what is missing for building, running and
                  testing: with apt-get on Debian and Ubuntu, with dnf on
                  Fedora (through sudo when not root); elsewhere it lists
                  what is missing and stops
  --help          this text; configure --help tells the configure options

With NOCONFIGURE=1 in the environment configure is made but not run.
END
}

# One row for each thing that is needed: how it is recognised, its Debian
# package, its Fedora package, what for.
#   cmd:NAME  a program       pc:NAME  a pkg-config module
#   file:A:B  one of files    dnf:NAME a dnf command (Fedora only)
needs() {
    cat <<END
cmd:gcc                  gcc                 gcc                    build
file:/usr/include/stdio.h libc6-dev          glibc-devel            build
cmd:make                 make                make                   build
cmd:awk                  mawk                gawk                   build
cmd:autoreconf           autoconf            autoconf               build
cmd:automake             automake            automake               build
cmd:libtoolize           libtool             libtool                build
cmd:pkg-config           pkgconf             pkgconf-pkg-config     build
pc:gio-unix-2.0          libglib2.0-dev      glib2-devel            build
pc:json-glib-1.0         libjson-glib-dev    json-glib-devel        build
pc:uuid                  uuid-dev            libuuid-devel          build
pc:yaml-0.1              libyaml-dev         libyaml-devel          build
pc:libnl-route-3.0       libnl-route-3-dev   libnl3-devel           build
pc:readline              libreadline-dev     readline-devel         build
pc:check                 check               check-devel            test
cmd:qemu-system-x86_64   qemu-system-x86     qemu-system-x86        run
cmd:qemu-img             qemu-utils          qemu-img               run
cmd:qemu-storage-daemon  qemu-system-common  qemu-img               test
cmd:cpio                 cpio                cpio                   guest
cmd:mkfs.btrfs           btrfs-progs         btrfs-progs            test
cmd:qemu-ga              qemu-guest-agent    qemu-guest-agent       test
cmd:socat                socat               socat                  test
cmd:python3              python3             python3                test
cmd:curl                 curl                curl                   test
cmd:ip                   iproute2            iproute                test
cmd:ping                 iputils-ping        iputils                test
cmd:ovs-vswitchd         openvswitch-switch  openvswitch            test
cmd:tcpdump              tcpdump             tcpdump                test
cmd:depmod               kmod                kmod                   guest
cmd:mcopy                mtools              mtools                 guest
cmd:syslinux             syslinux            syslinux               guest
file:/usr/lib/syslinux/mbr/mbr.bin:/usr/share/syslinux/mbr.bin syslinux-common syslinux-nonlinux guest
cmd:xorriso              xorriso             xorriso                test
cmd:xz                   xz-utils            xz                     guest
cmd:zstd                 zstd                zstd                   guest
dnf:download             -                   dnf-command(download)  guest
END
}

say() {
    echo "autogen.sh: $*"
}

die() {
    echo "autogen.sh: $*" >&2
    exit 1
}

# is_here ROW-KEY: whether the thing is present.
is_here() {
    case $1 in
    cmd:*) PATH=$PATH:/usr/sbin:/sbin command -v "${1#cmd:}" >/dev/null ;;
    pc:*) pkg-config --exists "${1#pc:}" 2>/dev/null ;;
    dnf:*) ! command -v dnf >/dev/null || dnf "${1#dnf:}" --help >/dev/null 2>&1 ;;
    file:*)
        for file in $(echo "${1#file:}" | tr : ' '); do
            [ ! -e "$file" ] || return 0
        done
        return 1
        ;;
    esac
}

# missing FIELD: that field (1: what, 2: Debian, 3: Fedora) of each row whose
# thing is not here.
missing() {
    needs | while read -r key debian fedora use; do
        is_here "$key" && continue
        case $1 in
        1) echo "${key#*:} ($use)" ;;
        2) echo "$debian" ;;
        3) echo "$fedora" ;;
        esac
    done | sort -u | grep -vx -- - || true
}

# as_root COMMAND...
as_root() {
    if [ "$(id -u)" -eq 0 ]; then
        "$@"
    elif command -v sudo >/dev/null; then
        sudo "$@"
    else
        die "installing needs root and there is no sudo; as root, run: $*"
    fi
}

apt_get() {
    as_root env DEBIAN_FRONTEND=noninteractive apt-get -q -y -o DPkg::Lock::Timeout=300 "$@"
}

# The guest for the tests is made from packages that apt must know of.
apt_knows_kernel() {
    apt-cache show linux-image-amd64 >/dev/null 2>&1 || apt-cache show linux-image-generic >/dev/null 2>&1
}

# shellcheck disable=SC2086 # package lists are split on purpose
install_deps() {
    if command -v apt-get >/dev/null; then
        packages=$(missing 2)
        if [ -n "$packages" ] || ! apt_knows_kernel; then
            apt_get update || die "apt-get update failed: see above"
        fi
        if [ -n "$packages" ]; then
            say "installing" $packages
            apt_get install --no-install-recommends $packages ||
                die "apt-get could not install all of:" $packages
        fi
    elif command -v dnf >/dev/null; then
        packages=$(missing 3)
        if [ -n "$packages" ]; then
            say "installing" $packages
            as_root dnf -y --setopt=install_weak_deps=False install $packages ||
                die "dnf could not install all of:" $packages
        fi
    else
        packages=
    fi
    absent=$(missing 1)
    if [ -z "$absent" ]; then
        [ -n "$packages" ] || say "nothing is missing"
    elif command -v apt-get >/dev/null || command -v dnf >/dev/null; then
        say "still not found after installing:" && echo "$absent" | sed 's/^/  /'
    else
        say "neither apt-get nor dnf is here; please install:" && echo "$absent" | sed 's/^/  /'
        exit 1
    fi
}

want_deps=no
for option; do
    shift
    case $option in
    --install-deps) want_deps=yes ;;
    -h | --help)
        usage
        exit 0
        ;;
    *) set -- "$@" "$option" ;;
    esac
done

[ $want_deps = no ] || install_deps
source=$(dirname "$0")
for program in autoreconf automake libtoolize pkg-config; do
    command -v $program >/dev/null ||
        die "$program is missing; ./autogen.sh --install-deps installs everything that is"
done
mkdir -p "$source/m4" # aclocal warns when it is not there
autoreconf -fi "$source"
[ -z "${NOCONFIGURE:-}" ] || exit 0
"$source/configure" "$@"
echo
say "done; now run: make"
