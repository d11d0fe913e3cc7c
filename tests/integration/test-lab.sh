#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# The verbs on a running lab: real QEMU, machines without an operating system.
# Requirements: R5.
. "${ROOST_SRCDIR:?}/tests/integration/lab.sh"

need "$ROOST_QEMU" qemu-img
plan 107

cat >t1.yaml <<END
lab: t1
switches:
  lan: { type: internal }
machines:
  m[1-2]:
    memory: 32M
    accel: tcg
    nics:
      nat: { switch: user }
      lan: { switch: lan, vlan: 7 }
    disks:
      data: { bus: ahci, size: 8M }
    forwards: ["tcp:127.0.0.1:0-:22 as ssh"]
END

# --- up ----------------------------------------------------------------------------
exits "up" 0 up -f t1.yaml
like "up: shows the machines" "$out" $'m1 +running +ready +[0-9]+ +tcg'
is "up: says nothing on standard error" "$err" ""
like "up: tells the port that was chosen" "$out" 'm1 ssh: ssh -p [0-9]+ 127\.0\.0\.1'
exits "up of a lab that is up" 0 up -f t1.yaml
is "up of a lab that is up: nothing differs" "$err" ""
ok "m1 runs still" has_state t1 m1 running
is "disks are private" "$(stat -c %a "$TMP/s/t1/disks/m1.data.qcow2")" 600
is "the run directory is private" "$(stat -c %a "$TMP/r/t1")" 700
is "sockets for people are private" "$(stat -c %a "$TMP/r/t1/lab.sock" "$TMP/r/t1/m1.qmp" | sort -u)" 600

# --- looking -------------------------------------------------------------------------
exits "ps" 0 ps
like "ps: counts the machines" "$out" $'t1 +2/2 +[0-9]+ +/.*t1\.yaml'
exits "ps --json" 0 ps --json
like "ps --json: one object a line" "$out" '^\{"lab":"t1","machines":2,"running":2,"supervised":true,"supervisor_pid":[0-9]+,'
exits "status, the only lab" 0 status
like "status: both machines" "$out" $'m1 +running.*\nm2 +running'
exits "status --json" 0 status t1 --json
like "status --json: the lab" "$out" '^\{"state":"up","lab":"t1"'
port=$(field t1 m1 bound_port)
like "status --json: the port that was chosen" "$port" '^[1-9][0-9]+$'
ok "that port is open" bash -c "exec 3<>/dev/tcp/127.0.0.1/$port"
exits "net" 0 net t1
like "net: both ports and their VLAN" "$out" $'lan +m1/lan +7 .*\nlan +m2/lan +7 '
exits "net --json" 0 net t1 --json
like "net --json: the switch" "$out" '"name": ?"lan"'
exits "log of the serial port" 0 log t1/m1
exits "log --stderr" 0 log t1/m1 --stderr
exits "log --supervisor" 0 log --supervisor t1
exits "log of no machine" 1 log t1/nosuch
says "log of no machine: says so" '^roost: there is no log .*nosuch'

# --- QMP ------------------------------------------------------------------------------
exits "qmp" 0 qmp t1/m1 query-status
like "qmp: the answer" "$out" '"status": "running"'
exits "qmp with arguments" 0 qmp t1/m1 qom-get path=/machine property=type
like "qmp with arguments: the answer" "$out" 'q35'
exits "qmp --hmp" 0 qmp t1/m1 --hmp info status
like "qmp --hmp: the answer as text" "$out" '^VM status: running'
exits "qmp of an unknown command" 10 qmp t1/m1 no-such-command
like "qmp of an unknown command: says so" "$err" '^roost: there is no command no-such-command'
exits "qmp to no machine" 1 qmp t1/nosuch query-status
says "qmp to no machine: says so" '^roost: lab t1 has no .*machine nosuch'

# --- the machines' states ---------------------------------------------------------------
exits "pause" 0 pause t1/m1
ok "paused" wait_for 5 has_state t1 m1 paused
exits "pause again" 0 pause t1/m1
exits "resume" 0 resume t1/m1
ok "running again" wait_for 5 has_state t1 m1 running
exits "reset" 0 reset t1/m1
pid=$(field t1 m1 pid)
exits "stop --force" 0 stop --force t1/m1
is "stopped" "$(field t1 m1 state)" stopped
ok "its process has gone" test ! -e "/proc/$pid"
ok "the other one runs" has_state t1 m2 running
exits "stop of a machine that is stopped" 0 stop t1/m1
exits "pause of a machine that is stopped" 1 pause t1/m1
says "pause of a machine that is stopped: says so" '^roost: machine m1: it is stopped'
exits "qmp to a machine that is stopped" 14 qmp t1/m1 query-status
exits "start" 0 start t1/m1
is "runs again" "$(field t1 m1 state)" running
exits "start of a machine that runs" 1 start t1/m1
says "start of a machine that runs: says so" '^roost: machine m1: cannot start: it is running'
pid=$(field t1 m1 pid)
exits "restart, two machines" 0 restart --force t1/m1 t1/m2
ok "restart: another process" test "$(field t1 m1 pid)" != "$pid"
ok "restart: the log of the start before is kept" test -e "$TMP/s/t1/logs/m1.stderr.log.1"
exits "start of no machine" 1 start t1/nosuch
says "start of no machine: says so" '^roost: the lab has no machine nosuch'
exits "stop with a grace that guests let pass" 0 stop --grace 100ms t1/m1
exits "start --paused" 0 start --paused t1/m1
is "start --paused: paused" "$(field t1 m1 state)" paused

# --- forwards -----------------------------------------------------------------------------
exits "forward add" 0 forward add t1/m2 "tcp:127.0.0.1:0-:80 as web"
like "forward add: tells the address" "$out" '^http://127\.0\.0\.1:[0-9]+/$'
port=${out##*:} port=${port%/}
ok "forward add: the port is open" bash -c "exec 3<>/dev/tcp/127.0.0.1/$port"
exits "forward list" 0 forward -l t1 list m2
like "forward list: both" "$out" $'m2 +ssh .*\nm2 +web +tcp +127\.0\.0\.1:'"$port"' +:80'
exits "forward add: a port that another machine has" 4 forward add t1/m1 "tcp:127.0.0.1:$port-:81"
says "forward add: the holder is named" "^roost: machine m1: host port tcp:127\.0\.0\.1:$port is taken by machine m2 of lab t1:"
exits "forward remove" 0 forward remove t1/m2 web
ok "forward remove: the port is closed" bash -c "! exec 3<>/dev/tcp/127.0.0.1/$port" 2>/dev/null
exits "forward remove again" 1 forward remove t1/m2 web
exits "forward add: not a rule" 2 forward add t1/m2 nonsense
forwards_end_with_the_machine() {
    r forward add t1/m2 "tcp:127.0.0.1:0-:80 as web" && r restart --force t1/m2 &&
        r forward -l t1 list m2 && [[ $out != *web* && $out == *ssh* ]]
}
ok "a forward that was added ends with the machine" forwards_end_with_the_machine

# --- two labs --------------------------------------------------------------------------------
sed 's/^lab: t1/lab: t2/' t1.yaml >t2.yaml
exits "up of a second lab" 0 up -f t2.yaml --paused
exits "status: which one?" 2 status
exits "status of the second" 0 status t2
like "status of the second: paused" "$out" 'm1 +paused'
exits "down of the second" 0 down --force t2
ok "down: nothing of the second is left" nothing_left t2
ok "the first one runs" has_state t1 m2 running

# --- down ---------------------------------------------------------------------------------------
exits "down" 0 down --grace 200ms t1
ok "down: nothing is left" nothing_left t1
ok "down: disks stay" test -e "$TMP/s/t1/disks/m1.data.qcow2"
exits "down again" 1 down t1
says "down again: says so" '^roost: lab t1 is not up'
exits "status of a lab that is down" 1 status t1
exits "ps without labs" 0 ps
exits "up on the disks of before" 0 up -f t1.yaml --no-wait
exits "down --force" 0 down --force t1
ok "down --force: nothing is left" nothing_left t1
ok "nobody complained" logs_are_clean

# --- the command line ----------------------------------------------------------------------------
exits "no verb" 2
exits "an unknown verb" 2 upp
says "an unknown verb: the one that was meant" 'did you mean up\?'
exits "an unknown option" 2 up --nonsense
exits "an option without its value" 2 up -f
exits "too many arguments" 2 up this that
exits "too few arguments" 2 start
exits "a timeout that is none" 2 up -f t1.yaml --timeout soon
exits "a grace that is none" 2 down t1 --grace soon
exits "--help" 0 up --help
exits "help" 0 --help
exits "a profile that is not there" 3 up -f nosuch.yaml
