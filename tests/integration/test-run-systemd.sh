#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Under systemd (R24): roost run as a transient unit, ended by itself and by systemctl
# stop; and roost@LAB.service of a user's own, which minds a lab through the death of
# its supervisors. The systemd is a real one, of a copy of this machine.
COPY_INIT=systemd
. "${ROOST_SRCDIR:?}/tests/integration/copy.sh"
. "${ROOST_SRCDIR:?}/tests/integration/lab.sh"

need "$ROOST_QEMU" qemu-img as ld systemd-run systemctl setpriv
plan 29
"$ROOST_SRCDIR/tests/guest/mkboot.sh" job boot.raw && chmod 644 boot.raw || exit 99
cat >short.yaml <<END
lab: short
machines:
  m:
    { machine: i440fx, memory: 32M, accel: tcg, disks: { boot: { bus: ide, image: boot.raw } },
      ready: { serial: "@BOOTED", timeout: 3m } }
END

# --- roost run as a unit ----------------------------------------------------------------------
as_unit=(systemd-run --quiet --service-type=exec "--working-directory=$TMP" "--setenv=ROOST=$ROOST"
    "--setenv=ROOST_RUN_DIR=$ROOST_RUN_DIR" "--setenv=ROOST_STATE_DIR=$ROOST_STATE_DIR"
    "--setenv=ROOST_CACHE_DIR=$ROOST_CACHE_DIR")
"${as_unit[@]}" --wait --collect --pipe "$ROOST" run -f short.yaml --junit unit.xml -- \
    sh -c '"$ROOST" ps; cat /proc/self/cgroup; exit 7' </dev/null >out 2>"$TMP/err"
is "a transient unit: the command's status" $? 7
like "its lab was up, in the unit" "$(cat out)" 'short.*run-.*\.service'
like "JUnit" "$(cat unit.xml)" 'failures="1" errors="0"'
ok "nothing is left" nothing_left short

# systemctl stop tells every process of the unit at once, emulators and all.
"${as_unit[@]}" --unit=job "$ROOST" run -f short.yaml -a stopped -- sh -c 'touch begun; exec sleep 1000' ||
    note "systemd-run: $?"
ok "another has begun" wait_for 120 test -e begun
ok "systemctl stop" systemctl stop job
is "its status is that of an interrupted run" "$(systemctl show -P ExecMainStatus job)" 121
ok "it was told to end, and was not killed" test "$(systemctl show -P Result job)" != timeout
like "the artifacts say so" "$(cat stopped/index.txt)" 'interrupted by SIGTERM'
ok "nothing is left" nothing_left short
systemctl reset-failed job

# --- roost@LAB.service of a user ----------------------------------------------------------------
# The user has no privilege and never logged in; lingering is what starts his systemd.
echo 'lab:x:4711:4711:lab:/home/lab:/bin/bash' >>/etc/passwd
echo 'lab:x:4711:' >>/etc/group
echo 'lab:*:19000:0:99999:7:::' >>/etc/shadow
mkdir -p /home/lab && cp boot.raw short.yaml /home/lab && chown -R lab:lab /home/lab || exit 99
install -m 755 "$ROOST" /usr/local/bin/roost &&
    sed 's|@bindir@|/usr/local/bin|' "$ROOST_SRCDIR/src/units/roost@.service.in" >/etc/systemd/user/roost@.service || exit 99
systemctl start user@4711.service || exit 99
cd /home/lab || exit 99
user() {
    timeout -k 5 "$LAB_SECONDS" setpriv --reuid lab --regid lab --init-groups env -i HOME=/home/lab \
        PATH=/usr/local/bin:/usr/bin:/bin XDG_RUNTIME_DIR=/run/user/4711 "$@" </dev/null
}
machine_pid() {
    user roost status short --json | grep -o '"pid":[0-9]*' | head -n 1 | cut -d: -f2
}
property() { # NAME
    user systemctl --user show -P "$1" roost@short
}
supervisor() {
    user roost ps --json | grep -o '"supervisor_pid":[0-9]*' | cut -d: -f2
}
has_main() { # PID-IT-IS-NOT
    local pid
    pid=$(property MainPID)
    [ "$(property ActiveState)" = active ] && [ "$pid" != 0 ] && [ "$pid" != "$1" ] &&
        [ "$(supervisor)" = "$pid" ]
}
runs() {
    [ "$(machine_pid)" = "$machine" ] && user roost qmp short/m query-status | grep -q '"running" : true\|"running": true'
}
ok "a user's lab is up" user roost up -f short.yaml
machine=$(machine_pid)
ok "roost@LAB is started" user systemctl --user start roost@short
is "it has told that it minds the lab" "$(property ActiveState)" active
first=$(supervisor)
ok "the supervisor that up left is killed" kill -KILL "$first"
ok "the unit is the lab's supervisor now" wait_for 60 has_main "$first"
ok "its machine is the same, and runs" runs
second=$(property MainPID)
ok "the unit is killed" kill -KILL "$second"
ok "systemd starts another" wait_for 60 has_main "$second"
is "once" "$(property NRestarts)" 1
ok "its machine is the same, and runs" runs
ok "the machine begins again" user roost restart short/m --force
machine=$(machine_pid)
ok "and belongs to the unit" grep -q 'roost@short' "/proc/$machine/cgroup"
ok "systemctl stop" user systemctl --user stop roost@short
is "ends the unit" "$(property ActiveState)" inactive
ok "and no machine" runs
ok "the unit again" user systemctl --user start roost@short
ok "down" user roost down short --force
ended() {
    [ "$(property ActiveState)" = inactive ] && [ "$(property Result)" = success ]
}
ok "a lab that is down ends its unit" wait_for 60 ended
ok "nothing is left" test ! -e /run/user/4711/roost/short -a ! -e "/proc/$machine"
