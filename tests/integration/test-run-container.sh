#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# roost run in a container (R24): without terminal, /dev/kvm, /dev/net/tun and any
# network but lo, as its first process, and as podman has it. Labs that need no more
# work; one that does is refused with what mends it.
. "${ROOST_SRCDIR:?}/tests/integration/copy.sh"
. "${ROOST_SRCDIR:?}/tests/integration/lab.sh"

need "$ROOST_QEMU" qemu-img curl as ld ps
need_guest
plan 19
"$ROOST_SRCDIR/tests/guest/mkboot.sh" job boot.raw || exit 99
cat >job.yaml <<END
lab: job
switches: { lan: { type: internal } }
templates:
  linux:
    memory: 160M
    kernel: $ROOST_GUEST/vmlinux
    initrd: $ROOST_GUEST/initrd.gz
    append: console=ttyS0 quiet g.name=\${machine} g.ip0=dhcp g.ip1=10.0.0.\${n}/24
    nics: { nat: { switch: user }, lan: { switch: lan } }
    forwards: ["tcp:127.0.0.1:0-:80 as http"]
    ready: { tcp: http, timeout: 5m }
machines:
  m[1-2]: { template: linux }
END
cat >short.yaml <<END
lab: short
switches: { lan: { type: internal } }
machines:
  m:
    { machine: i440fx, memory: 32M, disks: { boot: { bus: ide, image: boot.raw } },
      nics: { nat: { switch: user }, lan: { switch: lan } }, ready: { serial: "@BOOTED", timeout: 3m } }
END
cat >needs-tun.yaml <<END
include: [short.yaml]
isolation: private
switches: { lan: { type: bridge } }
END
LAB_SECONDS=400
ok "there is neither KVM nor tun" test ! -e /dev/kvm -a ! -e /dev/net/tun
exits "run" 0 run -f job.yaml -- sh -c 'curl -sS --noproxy "*" "http://$ROOST_M1_HTTP/" "http://$ROOST_M2_HTTP/"'
like "both machines have answered" "$out" '^m1.*m2'
ok "nothing is left" nothing_left job
exits "the command's status" 9 run -f short.yaml -a failed -- sh -c 'exit 9'
ok "the artifacts" test -s failed/index.txt -a -s failed/doctor.json
exits "a lab that needs tun" 124 run -f needs-tun.yaml -- true
like "is refused with what mends it" "$err" '/dev/net/tun.*--device'

# --- as the first process -------------------------------------------------------------------
# Nothing may be left to anybody else there, and a signal is lost unless it is caught.
first() { # COMMAND…
    unshare --pid --fork --mount-proc --kill-child "$ROOST" run -f short.yaml -- "$@"
}
ok "as the first process" first sh -c '[ "$PPID" = 1 ]'
ok "nothing is left" nothing_left short
unshare --pid --fork --mount-proc --kill-child "$ROOST" run -f short.yaml -- \
    sh -c 'touch begun; exec sleep 1000' </dev/null >"$TMP/first.out" 2>&1 &
outer=$!
started $outer
ok "it has begun" wait_for 120 test -e begun
kill -TERM "$(ps -o pid= --ppid $outer | tr -d ' ')"
wait $outer
is "SIGTERM ends it" $? 121
ok "nothing is left" nothing_left short

# --- podman ---------------------------------------------------------------------------------
# What an image of this system would be: its own network, few capabilities, podman's
# filter of system calls.
in_podman() { # COMMAND…
    timeout "$LAB_SECONDS" podman --root "$TMP/podman" --runroot /run/podman --storage-driver vfs \
        --cgroup-manager cgroupfs run --rm --name job --network none --cgroups disabled --runtime crun \
        --read-only --read-only-tmpfs=false --tmpfs /tmp:notmpcopyup --tmpfs /run:notmpcopyup \
        --volume "$ROOST_SRCDIR:$ROOST_SRCDIR:ro" --volume "$ROOST_BUILDDIR:$ROOST_BUILDDIR:ro" \
        --volume "$TMP:$TMP" --workdir "$TMP" --env "ROOST=$ROOST" \
        --env "ROOST_STATE_DIR=$ROOST_STATE_DIR" --env "ROOST_CACHE_DIR=$ROOST_CACHE_DIR" \
        --rootfs /run/image "$@"
}
podman_works() {
    command -v podman crun >/dev/null && mkdir -p /run/image && mount --bind / /run/image &&
        in_podman true </dev/null >"$TMP/podman.out" 2>&1
}
if podman_works; then
    in_podman "$ROOST" run -f short.yaml -- sh -c '"$ROOST" ps; exit 5' </dev/null >"$TMP/out" 2>"$TMP/err"
    is "podman: the command's status" $? 5 || note "$(cat "$TMP/err")"
    like "podman: the lab was up" "$(cat "$TMP/out")" 'short'
    in_podman "$ROOST" run -f needs-tun.yaml -- true </dev/null >"$TMP/out" 2>"$TMP/err"
    is "podman: a lab that needs tun" $? 124
    like "podman: is refused with what mends it" "$(cat "$TMP/err")" '/dev/net/tun|user namespace'
    rm -f begun
    in_podman "$ROOST" run -f short.yaml -a stopped -- sh -c 'touch begun; exec sleep 1000' \
        </dev/null >"$TMP/out" 2>&1 &
    runner=$!
    started $runner
    wait_for 120 test -e begun >/dev/null
    podman --root "$TMP/podman" --runroot /run/podman --storage-driver vfs stop --time 60 job >/dev/null 2>&1
    wait $runner
    is "podman stop: takes the lab down first" $? 121
    like "podman stop: the artifacts say so" "$(cat stopped/index.txt)" 'interrupted by SIGTERM'
else
    for text in "status" "up" "tun" "tun: mended" "stop" "stop: artifacts"; do
        skip "podman: $text" "podman and crun do not work here: $(tail -n 1 "$TMP/podman.out" 2>/dev/null)"
    done
fi
