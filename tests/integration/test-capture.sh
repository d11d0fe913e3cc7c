#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Captures of a NIC. The frames are those of the network boot that every PC
# tries, so that no guest is needed; a machine that is paused sends none.
. "${ROOST_SRCDIR:?}/tests/integration/lab.sh"

need "$ROOST_QEMU" qemu-img
plan 26

cat >c.yaml <<END
lab: c
switches:
  lan: { type: internal }
machines:
  m:
    memory: 64M
    accel: tcg
    nics:
      nat: { switch: user, bootindex: 1 }
      lan: { switch: lan }
END

captures() {
    timeout "$LAB_SECONDS" "$ROOST" qmp c/m qom-list path=/objects | grep -c roost-capture
}
captures_are() {
    [ "$(captures)" = "$1" ]
}
# capture NAME ARG...: in the background; its pid is in $pid
capture() {
    local name=$1
    shift
    "$ROOST" capture "$@" </dev/null >"$name.out" 2>"$name.err" &
    pid=$!
    started "$pid"
}
size_over() {
    [ "$(stat -c %s "$1" 2>/dev/null || echo 0)" -gt "$2" ]
}

exits "up" 0 up -f c.yaml --paused

# --- mistakes -----------------------------------------------------------------------
exits "no file" 2 capture c/m nat
exits "a count that is none" 2 capture c/m nat -w x.pcap --count 0
exits "a duration that is none" 2 capture c/m nat -w x.pcap --duration soon
echo precious >kept.pcap
exits "no such nic" 1 capture c/m nosuch -w kept.pcap
says "no such nic: those that it has" '^roost: machine m has no nic nosuch; it has nat, lan$'
is "no such nic: the file is not touched" "$(<kept.pcap)" precious
exits "a file that cannot be written" 4 capture c/m nat -w /nonexistent/x.pcap
ok "a file that cannot be written: no capture stays" wait_for 10 captures_are 0

# --- nothing to capture -----------------------------------------------------------------
exits "a capture that ends by time" 0 capture c/m lan -w empty.pcap --duration 200ms
is "an empty file is a head alone" "$(stat -c %s empty.pcap)" 24
is "no capture stays" "$(captures)" 0

# --- several at once -----------------------------------------------------------------------
capture count c/m nat -w count.pcap --count 2
count_pid=$pid
capture all c/m nat -w all.pcapng
all_pid=$pid
capture killed c/m nat -w killed.pcap
killed_pid=$pid
ok "three captures of one nic" wait_for 30 captures_are 3
kill -KILL "$killed_pid"
ok "one whose client is killed ends" wait_for 30 captures_are 2
r resume c/m
ok "a capture ends by count" wait_for_exit "$count_pid" 120
wait "$count_pid"
is "a capture that ends by count: status" "$?" 0
ok "the other one has frames" wait_for 60 size_over all.pcapng 400
kill -INT "$all_pid"
wait "$all_pid"
is "a capture ends by Ctrl-C: status" "$?" 0
is "no capture stays" "$(captures)" 0
is "nor does a spool" "$(find "$ROOST_STATE_DIR" -name '.capture*')" ""
if command -v tcpdump >/dev/null; then
    is "pcap: as many frames as were wanted" "$(tcpdump -nr count.pcap 2>tcpdump.err | wc -l)" 2
    like "pcapng: the frames of the machine" "$(tcpdump -enr all.pcapng 2>>tcpdump.err)" \
        "$(field c m mac) > ff:ff:ff:ff:ff:ff.*BOOTP/DHCP"
else
    skip "pcap" "tcpdump is not installed"
    skip "pcapng" "tcpdump is not installed"
fi

# --- a supervisor that dies --------------------------------------------------------------------
capture left c/m lan -w left.pcap
left_pid=$pid
ok "a capture runs" wait_for 30 captures_are 1
kill -KILL "$(supervisor_pid c)"
wait "$left_pid"
is "its client says that the supervisor is gone" "$?" 1
ok "the next supervisor ends what was left" wait_for 30 captures_are 0
exits "down" 0 down --force c
