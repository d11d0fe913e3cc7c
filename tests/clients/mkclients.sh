#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# mkclients.sh OUTDIR: fetches public QMP clients from the distribution's
# packages. Nothing is installed, no root is needed.
#
#   OUTDIR/qemu     QEMU's own: the Python package qemu.qmp and its qmp-shell,
#                   from the source package of QEMU (24 MB to download)
#   OUTDIR/ganeti   that of the cluster manager Ganeti, with what it imports
#
# OUTDIR appears whole or not at all. When something cannot be had the exit
# status is 77, and the last line printed says what.
set -euo pipefail
export LC_ALL=C

GANETI="ganeti-3.0 python3-bitarray python3-openssl python3-cryptography
    python3-cffi-backend python3-simplejson python3-pyparsing"

why() {
    printf '%s\n' "$*"
    exit 77
}

out=$(realpath -m "${1:?usage: mkclients.sh OUTDIR}")
[ -e "$out/stamp" ] && exit 0
command -v apt-get dpkg-deb xz >/dev/null || why "public clients come from Debian's packages, and there is no apt-get"
mkdir -p "$(dirname "$out")"
work=$(mktemp -d "$out.XXXXXX")
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/lists/partial" "$work/get" "$work/new/qemu" "$work/new/ganeti"

# apt ARG...: with source packages known, and without touching what is installed
apt() {
    (cd "$work/get" && timeout 150 apt-get -q -o APT::Sandbox::User=root -o Acquire::Retries=1 \
        -o Acquire::http::Timeout=20 -o Dir::State::lists="$work/lists" \
        -o Dir::Etc::sourceparts=/dev/null -o Dir::Etc::sourcelist="$work/sources" "$@") >"$work/log" 2>&1 </dev/null
}
# failed WHAT: with apt's own reason
failed() {
    why "$1: $(grep -m 1 '^[EW]: ' "$work/log" || tail -n 1 "$work/log")"
}

apt-get indextargets --format '$(REPO_URI) $(RELEASE)' 'Created-By: Packages' 'Component: main' \
    'Origin: Debian' 2>/dev/null | awk '!/security|updates|backports/ && !seen[$0]++ {
        print "deb " $0 " main"; print "deb-src " $0 " main" }' >"$work/sources"
[ -s "$work/sources" ] || why "public clients come from Debian's packages, and apt knows none"
apt update || failed "apt-get update"
ls "$work"/lists/*_Sources* >/dev/null 2>&1 || failed "there are no source packages"
apt --download-only source qemu || failed "the source of QEMU"
tar -xJf "$work"/get/qemu_*.orig.tar.xz -C "$work/new/qemu" --strip-components=2 \
    --wildcards '*/python/qemu/*' || why "QEMU's source has no Python clients"
# shellcheck disable=SC2086 # a list
apt download $GANETI || failed "the packages of Ganeti"
for package in "$work"/get/*.deb; do
    dpkg-deb -x "$package" "$work/new/ganeti"
done
ls "$work/get" >"$work/new/stamp"
mv -T "$work/new" "$out"
