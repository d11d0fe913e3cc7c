#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# roost run by a user without any privilege and without a terminal (R24), in a lab with
# a network of its own: as a batch job of someone who may not touch the host's network.
. "${ROOST_SRCDIR:?}/tests/integration/private.sh"
. "${ROOST_SRCDIR:?}/tests/integration/lab.sh"

need "$ROOST_QEMU" curl ip setsid
need_guest
plan 8
cat >job.yaml <<END
lab: job
isolation: private
switches:
  lan: { type: bridge, address: 10.9.0.1/24 }
machines:
  m[1-2]:
    memory: 160M
    accel: tcg
    kernel: $ROOST_GUEST/vmlinux
    initrd: $ROOST_GUEST/initrd.gz
    append: console=ttyS0 quiet g.name=\${machine} g.ip0=10.9.0.1\${n}/24
    nics: { lan: { switch: lan, model: virtio-net-pci } }
    ready: { serial: "^@READY", timeout: 5m }
END
cat >look.sh <<'END'
for n in 1 2; do
    "$ROOST" exec "$ROOST_LAB" -- curl -sS --fail --noproxy '*' --retry 20 --retry-all-errors "http://10.9.0.1$n/" || exit 1
done
tty
exit 3
END
LAB_SECONDS=400
before=$(ip -o link)
like "the user is none who may" "$(grep CapBnd /proc/self/status) $(id -u)" '0000000000000000 [1-9]'
# a session of its own has no terminal
timeout -k 5 "$LAB_SECONDS" setsid --wait "$ROOST" run -f job.yaml --unique -a failed --junit job.xml -- \
    bash look.sh </dev/null >"$TMP/out" 2>"$TMP/err"
is "the command's status" $? 3 || note "$(cat "$TMP/err")"
like "both machines have answered on the bridge" "$(cat "$TMP/out")" '^m1.*m2'
like "there was no terminal" "$(cat "$TMP/out")" 'not a tty'
like "JUnit" "$(cat job.xml)" 'failures="1" errors="0"'
ok "the artifacts" test -s failed/index.txt -a -s failed/state/logs/m1.serial0.log
is "the host's network is as it was" "$(ip -o link)" "$before"
is "nothing is left" "$(ls "$ROOST_RUN_DIR"; ls -d "$ROOST_STATE_DIR"/job-* 2>/dev/null)" ""
