#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# The way that the README shows, from the shipped profile to two Linux machines
# that answer and see each other, and back down to nothing. Then VLANs of the
# internal switch between three real guests.
. "${ROOST_SRCDIR:?}/tests/integration/lib.sh"

ROOST=${ROOST:-$ROOST_BUILDDIR/src/roost}
need "$ROOST_QEMU" qemu-img curl pgrep
need_guest
plan 22

export ROOST_RUN_DIR=$TMP/run ROOST_STATE_DIR=$TMP/state ROOST_CACHE_DIR=$TMP/cache
unset ROOST_PROFILES

# serial LAB MACHINE: its log
serial() {
    echo "$ROOST_STATE_DIR/$1/logs/$2.serial0.log"
}

# nothing_runs: no process has the private directory in its command line
nothing_runs() {
    ! pgrep -a -f "^[^ ]*(qemu-system|roost)[^ ]* .*$TMP"
}

# --- the quickstart --------------------------------------------------------------
profile=$ROOST_SRCDIR/profiles/quickstart.yaml
at_exit "'$ROOST' down --force quickstart >/dev/null 2>&1"
ok "quickstart: up" timeout 200 "$ROOST" up -f "$profile" --set "guest=$ROOST_GUEST"
status=$("$ROOST" status quickstart)
for name in web1 web2; do
    url=$(sed -n "s,^ *$name http: \\(http://[^ ]*\\)$,\\1,p" <<<"$status")
    like "quickstart: status tells where $name answers" "$url" '^http://127\.0\.0\.1:[0-9]+/$'
    is "quickstart: $name answers there" "$(http_get "$url" 30)" $name
done
ok "quickstart: web1 reached web2 over the segment" \
    wait_for_line "$(serial quickstart web1)" '^@PING dst=10\.9\.0\.2 ok$' 90
ok "quickstart: web2 reached web1" \
    wait_for_line "$(serial quickstart web2)" '^@PING dst=10\.9\.0\.1 ok$' 90
# Its kernel was on the USB disk: the empty one could not have booted it.
ok "quickstart: web1 has the AHCI disk beside the one it booted from" \
    grep -q '^@DISK name=sd. sectors=2097152 .*/ata[0-9]*/' "$(serial quickstart web1)"

# The address that status gives a NIC is the one that the switch has learned.
learned() {
    local name=$1 mac
    mac=$(sed -n "s/^$name .*[ ]lan=\\([0-9a-f:]*\\).*/\\1/p" <<<"$status")
    [ -n "$mac" ] && "$ROOST" net quickstart | grep -E "^lan +$name/lan .* $mac *$"
}
ok "quickstart: the switch has learned web1's address" learned web1
ok "quickstart: and web2's" learned web2

ok "quickstart: down" timeout 120 "$ROOST" down quickstart
for name in web1 web2; do
    ok "quickstart: $name was switched off by its power button" \
        grep -q '^@POWEROFF' "$(serial quickstart "$name")"
done
is "quickstart: no file is left to run" "$(ls "$ROOST_RUN_DIR")" ""
ok "quickstart: no process is left" nothing_runs

# --- VLANs -----------------------------------------------------------------------
cat >"$TMP/vlans.yaml" <<EOT
lab: vlans
switches: { lan: { type: internal } }
templates:
  guest:
    accel: [tcg]
    memory: 128M
    kernel: $ROOST_GUEST/vmlinux
    initrd: $ROOST_GUEST/initrd.gz
    append: "console=ttyS0 quiet g.name=\${machine} g.ip0=mac:10.9.0/24"
    ready: { serial: "@READY", timeout: 3m }
machines:
  a: { template: guest, nics: { lan: { switch: lan, mac: "52:54:00:00:00:01", vlan: 10 } } }
  b: { template: guest, nics: { lan: { switch: lan, mac: "52:54:00:00:00:02", vlan: 10 } } }
  c: { template: guest, nics: { lan: { switch: lan, mac: "52:54:00:00:00:03", vlan: 20 } } }
EOT
at_exit "'$ROOST' down --force vlans >/dev/null 2>&1"
ok "vlans: up" timeout 200 "$ROOST" up -f "$TMP/vlans.yaml"

# console_open MACHINE: sets the descriptor that types on its serial port
console_open() {
    mkfifo "$TMP/$1.in"
    exec {typing}<>"$TMP/$1.in"
    "$ROOST" console "vlans/$1" <"$TMP/$1.in" >/dev/null 2>&1 &
    started $!
}

# reaches MACHINE ADDRESS: sends three pings; yes or no
reaches() {
    local mark="reach-$1-${2##*.}"
    echo "ping -c 3 -W 1 $2 >/dev/null && echo $mark yes || echo $mark no" >&"$typing"
    wait_for_line "$(serial vlans "$1")" "^$mark (yes|no)" 30 | sed 's/.* //'
}
console_open a
is "vlans: a reaches b in the same VLAN" "$(reaches a 10.9.0.2)" yes
is "vlans: a does not reach c in another" "$(reaches a 10.9.0.3)" no
exec {typing}>&-
console_open c
is "vlans: c does not reach a" "$(reaches c 10.9.0.1)" no
is "vlans: c reaches itself" "$(reaches c 10.9.0.3)" yes
ok "vlans: down" timeout 120 "$ROOST" down --force vlans
ok "vlans: nothing is left" nothing_runs
