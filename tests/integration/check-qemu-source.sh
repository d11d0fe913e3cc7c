#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# `make check-qemu-source`: the distribution's own QEMU source, with all of its
# patches and one more, is built by `roost emulator build`, and a lab is brought up
# with it (R17). Takes from a quarter of an hour to two hours and 24 MB to download,
# so it is no part of `make check`.
#
# The patch is that of R17 in today's words: the port of VMware is there whatever
# `vmport` says. A machine with `vmport: off` shows which emulator it runs on.
#
# What is downloaded and built stays in qemu-source.build, so that a second run goes on
# where the first was cut off, and is quick when all of it is there. QEMU's configure names what it misses; on Debian:
#   apt-get install ninja-build meson libglib2.0-dev libpixman-1-dev libslirp-dev
#                   libfdt-dev libseccomp-dev zlib1g-dev
. "${ROOST_SRCDIR:?}/tests/integration/lab.sh"

need "$ROOST_QEMU" apt-get tar xz patch ninja meson
need_guest
place=$ROOST_BUILDDIR/qemu-source.build
export ROOST_STATE_DIR=$place/state
mkdir -p "$place/lists/partial"

# --- the source ----------------------------------------------------------------------------
# apt ARG...: with source packages known, and without touching what is installed
apt() {
    (cd "$place" && apt-get -q -o APT::Sandbox::User=root -o Acquire::Retries=2 \
        -o Dir::State::lists="$place/lists" -o Dir::Etc::sourceparts=/dev/null \
        -o Dir::Etc::sourcelist="$place/sources" "$@") >"$TMP/apt.log" 2>&1 </dev/null
}
if ! ls "$place"/qemu_*.dsc >/dev/null 2>&1; then
    apt-get indextargets --format '$(REPO_URI) $(RELEASE)' 'Created-By: Packages' \
        'Component: main' 'Origin: Debian' 2>/dev/null |
        awk '!seen[$0]++ { print "deb " $0 " main"; print "deb-src " $0 " main" }' >"$place/sources"
    apt update && apt --download-only source qemu ||
        skip_all "QEMU's source cannot be had: $(grep -m 1 '^[EW]: ' "$TMP/apt.log")"
fi
package=$(basename "$(ls "$place"/qemu_*.dsc)" .dsc)
source=$(ls "$place"/qemu_*.orig.tar.xz)
mkdir "$TMP/debian"
tar -xJf "$place/$package.debian.tar.xz" -C "$TMP/debian" debian/patches || exit 99

# The series is the distribution's, and ours after it; made anew only where it differs,
# since a build goes on only with the same things.
mv "$TMP/debian/debian/patches" "$TMP/patches"
printf '\nvmport-always.patch\n' >>"$TMP/patches/series"
cat >"$TMP/patches/vmport-always.patch" <<'END'
The port of VMware is there on every PC, whatever the machine's property says.
--- a/hw/i386/pc.c
+++ b/hw/i386/pc.c
@@ -1319,7 +1319,7 @@
 
     /* Super I/O */
     pc_superio_init(isa_bus, create_fdctrl, pcms->i8042_enabled,
-                    pcms->vmport != ON_OFF_AUTO_ON);
+                    false);
 }
 
 void pc_nic_init(PCMachineClass *pcmc, ISABus *isa_bus, PCIBus *pci_bus)
END
if ! diff -rq "$TMP/patches" "$place/patches" >/dev/null 2>&1; then
    rm -rf "$place/patches"
    mv "$TMP/patches" "$place/patches"
fi
# lines of the series that name a patch
patches=$(grep -cvE '^(#|$)' "$place/patches/series")

# --- the build -----------------------------------------------------------------------------
plan 14
installed=$(command -v "$ROOST_QEMU")
sum_before=$(sha256sum <"$installed")
begun=$SECONDS
LAB_SECONDS=20000
# What a lab of roost's needs, and no more.
exits "$package, $patches patches and all, is built" 0 emulator build patched \
    --source "$source" --patches "$place/patches" --target x86_64-softmmu -- \
    --without-default-features --enable-tcg --enable-kvm --enable-slirp --enable-seccomp \
    --enable-vnc --enable-fdt=system --audio-drv-list= --disable-docs --disable-tools --disable-user \
    --disable-install-blobs --disable-debug-info --disable-werror \
    --firmwarepath=/usr/share/qemu:/usr/share/seabios:/usr/lib/ipxe/qemu || {
    tail -n 40 "$ROOST_STATE_DIR/.emulators/patched/build.log" | sed 's/^/# /'
    exit 1
}
took=$((SECONDS - begun)) # of this run, which may have gone on where another was
LAB_SECONDS=300
exits "it is listed" 0 emulator list
like "with its patches, ours at the end" "$out" 'patched +x86_64-softmmu .*, vmport-always\.patch +/'
is "nothing of the installed QEMU has changed" "$(sha256sum <"$installed")" "$sum_before"
exits "probe" 0 emulator probe "$ROOST_STATE_DIR/.emulators/patched/prefix/bin/qemu-system-x86_64"
like "it says what it is" "$out" 'version +[0-9]+\.[0-9]+\.[0-9]+'
probed=$out
fingerprint=$(grep -oE '(build-id|sha256) [0-9a-f]+' <<<"$probed")

# --- a lab with it ---------------------------------------------------------------------------
cat >source.yaml <<END
lab: source
templates:
  linux:
    accel: tcg
    memory: 192M
    vmport: off
    kernel: $ROOST_GUEST/vmlinux
    initrd: $ROOST_GUEST/initrd.gz
    append: console=ttyS0 quiet g.name=\${machine} g.ip0=dhcp
    nics: { nat: { switch: user } }
    forwards: ["tcp:127.0.0.1:0-:80 as http"]
    ready: { tcp: http, timeout: 5m }
machines:
  built: { template: linux, emulator: patched }
  installed: { template: linux, emulator: $installed }
END
exits "a lab with it beside the installed one" 0 up -f source.yaml
pid=$(field source built pid)
is "its machine runs on it" "$(readlink "/proc/$pid/exe")" \
    "$ROOST_STATE_DIR/.emulators/patched/prefix/bin/qemu-system-x86_64"
url() {
    timeout 60 "$ROOST" forward -l source list "$1" | grep -oE 'http://[^ ]*'
}
is "and answers" "$(http_get "$(url built)" 60)" built
r log --why source/built
ok "the start is recorded with its fingerprint" grep -qF "$fingerprint" "$TMP/out"
r hmp source/built info qtree
like "the patch is in it: vmport: off has the port" "$out" 'dev: vmport'
r hmp source/installed info qtree
ok "and not in the installed one" test "$(grep -c 'dev: vmport' "$TMP/out")" = 0
exits "down" 0 down source --force
ok "nothing is left" nothing_left source
note "result: $(date -u +%F) $package, $patches patches, built in $took s on $(nproc) processors
$probed"
