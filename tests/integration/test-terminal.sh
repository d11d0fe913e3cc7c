#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# What a guest writes does not steer the terminal of who looks at it.
. "${ROOST_SRCDIR:?}/tests/integration/lib.sh"

need python3
ROOST=${ROOST:-$ROOST_BUILDDIR/src/roost}
export ROOST_RUN_DIR=$TMP/run ROOST_STATE_DIR=$TMP/state ROOST_CACHE_DIR=$TMP/cache
mkdir -p "$TMP/state/net/logs"
log=$TMP/state/net/logs/web.serial0.log
printf '\033[2J\033]0;mine\007\033[32mgreen\033[m \033[6n\302\2332Jend\r\n' >"$log"

# on_terminal COMMAND...: what a terminal gets of it. What guards its streams is there as
# long as they are, which a sanitizer takes for a leak.
on_terminal() {
    local ASAN_OPTIONS=${ASAN_OPTIONS:+$ASAN_OPTIONS:}detect_leaks=0
    export ASAN_OPTIONS
    python3 -c 'import os, pty, sys; sys.exit(os.waitstatus_to_exitcode(pty.spawn(sys.argv[1:])))' "$@" \
        </dev/null | tr -d '\r'
}
evil=$(printf '/tmp/\033]0;title\007\033[8m')

plan 5
is "a log on a terminal has text and colours" "$(on_terminal "$ROOST" log net/web)" \
    "$(printf '^[]0;mine^G\033[32mgreen\033[m \\x9b2Jend')"
ok "a log in a file is what was said" cmp "$log" <("$ROOST" log net/web)
like "an error on a terminal is text" "$(on_terminal "$ROOST" image info "$evil" 2>&1 | cat -v)" \
    '/tmp/\^\[\]0;title\^G'
ok "and standard error alone is guarded as well" \
    test -z "$(on_terminal sh -c '"$1" image info "$2" >/dev/null' - "$ROOST" "$evil" | tr -cd '\007')"
like "an error in a file is as it is" "$("$ROOST" image info "$evil" 2>&1 | cat -v)" '\^\[\]0;title\^G'
