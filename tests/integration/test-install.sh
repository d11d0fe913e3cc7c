#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# An installed tree: the program finds its profiles, the library can be used.
#
# make check installs below a private folder; make installcheck runs this on
# what was installed, with ROOST_PREFIX.
# Requirements: R27.
. "${ROOST_SRCDIR:?}/tests/integration/lib.sh"

need pkg-config cc

if [ -n "${ROOST_PREFIX:-}" ]; then
    root=''
    prefix=$ROOST_PREFIX
else
    root=$TMP/root
    # Not a part of the make that runs this: it has jobs of its own.
    env -u MAKEFLAGS -u MAKELEVEL -u MFLAGS make -C "$ROOST_BUILDDIR" install DESTDIR="$root" \
        >"$TMP/install.log" 2>&1 || {
        tail -n 20 "$TMP/install.log"
        exit 99
    }
    prefix=$(sed -n 's/^prefix = //p' "$ROOST_BUILDDIR/Makefile")
fi
tree=$root$prefix
pc=$(find "$tree" -name qmp-glib.pc)
export ROOST_RUN_DIR=$TMP/run ROOST_STATE_DIR=$TMP/state ROOST_CACHE_DIR=$TMP/cache

# The prefix that is written in the file is the place it will be at; until then
# it is below the private folder.
mkdir "$TMP/pc"
sed "s,^prefix=.*,prefix=$tree," "$pc" >"$TMP/pc/qmp-glib.pc"
export PKG_CONFIG_PATH=$TMP/pc
read -ra flags <<<"$(pkg-config --cflags --libs qmp-glib)"
lib=$(pkg-config --variable=libdir qmp-glib)
# A library with sanitizers wants a program with them.
! grep -q __asan_init "$lib/libqmp-glib.so" || flags+=('-fsanitize=address,undefined')

# Every installed header alone, as the first and only one.
compile_headers() {
    local header
    for header in "$tree"/include/qmp-glib/*.h; do
        echo "#include <${header##*/}>" |
            cc -std=gnu11 -Wall -Wextra -Werror -fsyntax-only -x c - "${flags[@]}" || return 1
    done
}

compile_example() {
    cc -std=gnu11 -Wall -Werror "$ROOST_SRCDIR/tests/integration/qmp-example.c" -o "$TMP/example" \
        "${flags[@]}" -Wl,-rpath,"$lib"
}

# The program must not need anything of the folder that it was built in.
needs_no_build_tree() {
    ! grep -F -e "$(cd "$ROOST_BUILDDIR" && pwd)/qmp" "$tree/bin/roost"
}

# roost_installed ARG...: as the user of an installed tree has it.
roost_installed() {
    if [ -n "$root" ]; then
        ROOST_PROFILES=$(find "$tree" -type d -path '*/roost/profiles') "$tree/bin/roost" "$@"
    else
        env -u ROOST_PROFILES "$tree/bin/roost" "$@"
    fi
}

include_by_name() {
    mkdir "$TMP/lab" && cd "$TMP/lab" || return 1
    printf '%s\n' 'lab: by-name' 'include: [esxi.yaml]' 'machines: { a: { template: esxi-6.5 } }' >lab.yaml
    roost_installed check
}

plan 9
is "the program runs" "$("$tree/bin/roost" version)" "$("$ROOST_BUILDDIR/src/roost" version)"
ok "and needs nothing of the build folder" needs_no_build_tree
if command -v qemu-system-x86_64 >/dev/null; then
    like "shipped profiles are found by name" "$(include_by_name 2>&1)" 'by-name: 1 machine, nothing wrong'
else
    skip "shipped profiles are found by name" "there is no qemu-system-x86_64"
fi
ok "roost(1) is there" test -s "$tree/share/man/man1/roost.1"
ok "roost.yaml(5) is there" test -s "$tree/share/man/man5/roost.yaml.5"
ok "the completion is there" test -s "$tree/share/bash-completion/completions/roost"
ok "installed headers need only installed headers" compile_headers
ok "a program of 40 lines builds with what pkg-config says" compile_example
like "and runs" "$("$TMP/example" "$TMP/nobody" 2>&1)" 'nobody'
