#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Machines without agents: keys, pictures of the screen, and waiting for what
# they show, with the reason when it is in vain.
# Requirements: R15.
. "${ROOST_SRCDIR:?}/tests/integration/lab.sh"

need "$ROOST_QEMU" qemu-img as ld
plan 41

"$ROOST_SRCDIR/tests/guest/mkboot.sh" keys boot.raw || exit 99
cat >auto.yaml <<END
lab: auto
templates:
  boot:
    machine: i440fx
    memory: 32M
    accel: tcg
    disks: { boot: { bus: ide, image: boot.raw } }
machines:
  echo:
    template: boot
    display: vnc
    ready: { serial: ["@BOOTED keys", "dl=80"], screen_stable: 1s, timeout: 5m }
  blind:
    template: boot
    nics: { nat: { switch: user } }
    forwards: ["tcp:127.0.0.1:0-:443 as https"]
END
exits "up: every word of ready holds" 0 up -f auto.yaml

# --- keys ---------------------------------------------------------------------
printable=' !"#$%&'"'"'()*+,-./0123456789:;<=>?@ABCXYZ[\]^_`abcxyz{|}~'
exits "type" 0 type auto/echo "$printable" --enter
serial=$ROOST_STATE_DIR/auto/logs/echo.serial0.log
ok "type: the guest reads the very text" wait_for 60 grep -qF "$printable" "$serial"
exits "type: several texts" 0 type auto/echo one 'two
three' --delay 60ms
exits "type: the guest has read both lines" 0 wait auto/echo --serial '^one two\r$' --serial '^three$' --timeout 2m
exits "send-key" 0 send-key auto/echo enter k e y shift-s spc minus
exits "send-key: the guest reads it" 0 wait auto/echo --serial '^keyS -$' --timeout 2m
exits "type: no key for it" 2 type auto/echo 'naïve'
says "type: it is said which" '"ïve" on a US keyboard'
exits "send-key: no such key" 1 send-key auto/echo ctrl-nokey
says "send-key: the emulator's words" "machine echo: pressing key 1 of 1 \(ctrl\): .*nokey"
exits "send-key: no chord" 2 send-key auto/echo ctrl--alt
exits "type: a delay that is none" 2 type auto/echo x --delay soon
exits "type: no such machine" 1 type auto/nobody x
like "keys are not in the transcript" "$(grep -c qcode "$ROOST_STATE_DIR/auto/logs/echo.qmp.log")" '^0$'

# --- pictures -----------------------------------------------------------------------
is_png() { # FILE
    [ "$(head -c 8 "$1" | od -An -tx1)" = ' 89 50 4e 47 0d 0a 1a 0a' ]
}
(umask 027 && timeout 60 "$ROOST" screenshot auto/echo) >"$TMP/err" 2>&1
ok "screenshot: a PNG" is_png echo.png
is "screenshot: the file is the user's, by his umask" "$(stat -c '%U %a' echo.png)" "$(id -un) 640"
exits "screenshot to a file" 0 screenshot auto/echo -w other.png
ok "screenshot: what stands still gives a picture again" is_png other.png
timeout 60 "$ROOST" screenshot auto/echo -w - >piped.png
ok "screenshot to standard output" is_png piped.png
exits "screenshot: nothing there to see" 1 screenshot auto/blind
says "screenshot: why" 'machine blind: taking a picture of the screen: '
[ ! -e blind.png ]
is "screenshot: then no file is made" $? 0
exits "screenshot: no such folder" 1 screenshot auto/echo -w no/such.png
says "screenshot: it is said" 'writing the picture to no/such.png: No such file'

# --- waiting ----------------------------------------------------------------------------
exits "wait: serial, in vain" 6 wait auto/echo --serial nonsense --timeout 100ms
says "wait: serial: what it said last" 'machine echo: after 100 ms: the serial port has not said /nonsense/; its last line is "keyS -"'
exits "wait: what was said before does not count with --new" 6 wait auto/echo --serial BOOTED --new --timeout 100ms
exits "wait: the screen" 0 wait auto/echo --screen-stable 1s
exits "wait: the screen, in vain" 6 wait auto/echo --screen-stable 1h --timeout 100ms
like "wait: the screen: why" "$err" 'the screen changed last|no picture of the screen could be taken'
exits "wait: the screen, where there is none" 1 wait auto/blind --screen-stable 1s
exits "wait: tcp, in vain" 6 wait auto/blind --tcp https --timeout 100ms
says "wait: tcp: why" 'forward https \(127.0.0.1:[0-9]+\): the guest (refuses connections|does not answer)'
exits "wait: https, in vain" 6 wait auto/blind --https 443 --timeout 100ms
says "wait: https: why" 'forward 443 \(127.0.0.1:[0-9]+\): (no TLS server answers|connections are refused or closed)'
exits "wait: no such forward" 1 wait auto/echo --tcp https

"$ROOST" wait auto/blind --qmp-event RES* --timeout 5m </dev/null >"$TMP/event.out" 2>&1 &
waiter=$!
started $waiter
resets() {
    timeout 60 "$ROOST" reset auto/blind && ! kill -0 $waiter 2>/dev/null
}
ok "wait: an event" wait_for 60 resets
wait $waiter
is "wait: an event: status" $? 0

"$ROOST" wait auto/echo --serial never --timeout 5m </dev/null >"$TMP/gone.out" 2>&1 &
waiter=$!
started $waiter
stopped_it() {
    timeout 60 "$ROOST" start auto/echo >/dev/null 2>&1
    timeout 60 "$ROOST" stop --force auto/echo >/dev/null 2>&1
    ! kill -0 $waiter 2>/dev/null
}
ok "wait: a machine that stops ends it" wait_for 60 stopped_it
like "wait: and it is said" "$(cat "$TMP/gone.out")" 'machine echo: it is (stopped|stopping)'
