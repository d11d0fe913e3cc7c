#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Labs with a network of their own, brought up by a user without any privilege:
# bridges and taps, two Linux machines, NAT, and what is left when things end.
. "${ROOST_SRCDIR:?}/tests/integration/private.sh"
. "${ROOST_SRCDIR:?}/tests/integration/lab.sh"

need "$ROOST_QEMU" qemu-img curl ping ip
need_guest
plan 37

# the host as it is seen without a lab
snapshot() {
    ip -o link
    ip -o addr
    ip route show table all
    ls /sys/class/net
}

# holder LAB: pid of the process that holds its network
holder() {
    local dir
    for dir in /proc/[0-9]*; do
        case $(tr '\0' ' ' 2>/dev/null <"$dir/cmdline") in
        "roost-net --name $1 "*"$ROOST_RUN_DIR/$1/"*) echo "${dir#/proc/}" ;;
        esac
    done
}

# lab NAME GUESTS: the profile NAME.yaml; all labs have the same addresses
lab() {
    cat <<END
lab: $1
isolation: private
switches:
  lan: { type: bridge, address: 10.9.0.1/24, uplink: user, subnet: 10.9.0.0/24 }
  inner: { type: internal, uplink: user, subnet: 10.8.0.0/24 }
templates:
  linux:
    memory: 160M
    accel: tcg
    kernel: $ROOST_GUEST/vmlinux
    initrd: $ROOST_GUEST/initrd.gz
    ready: { serial: "^@READY", timeout: 4m }
    nics:
      nat: { switch: user }
      lan: { switch: lan, model: virtio-net-pci }
      inner: { switch: inner }
machines:
  a:
    template: linux
    append: console=ttyS0 quiet no_timer_check g.name=$1-a g.ip0=dhcp g.ip1=10.9.0.11/24 g.ip2=dhcp
      g.ping=10.9.0.12,10.9.0.2,10.8.0.2 g.http=10.9.0.12
    forwards: ["tcp:127.0.0.1:0-:80 as web"]
  b:
    template: linux
    append: console=ttyS0 quiet no_timer_check g.name=$1-b g.ip0=dhcp g.ip1=10.9.0.12/24
END
}

# inside LAB COMMAND…
inside() {
    local lab=$1
    shift
    timeout "$LAB_SECONDS" "$ROOST" exec "$lab" -- "$@"
}

# fetch LAB URL: tries until it answers
fetch() {
    local end=$(($(now_ms) + 60000))
    until inside "$1" curl -sS --fail --max-time 10 --noproxy '*' "$2" 2>"$TMP/curl.err"; do
        [ "$(now_ms)" -lt "$end" ] || {
            cat "$TMP/curl.err"
            return 1
        }
        sleep 0.1
    done
}

like "the user is none who may" "$(grep CapBnd /proc/self/status) $(id -u)" '0000000000000000 [1-9]|[1-9][0-9]*$'
snapshot >before
LAB_SECONDS=300
lab p1 >p1.yaml
lab p2 >p2.yaml

# --- up ---------------------------------------------------------------------------
exits "plan" 0 plan -f p1.yaml
like "plan: a network of its own" "$out" "network of the lab's own"
exits "up" 0 up -f p1.yaml
exits "up of a lab with the same addresses" 0 up -f p2.yaml --paused
ok "the host shows nothing of them" diff before <(snapshot)

# --- guest to guest, host to guest, out and in -----------------------------------------
log=$ROOST_STATE_DIR/p1/logs/a.serial0.log
ok "a pings b" wait_for_line "$log" '^@PING dst=10\.9\.0\.12 ok' 120
ok "a pings the NAT" wait_for_line "$log" '^@PING dst=10\.9\.0\.2 ok' 120
ok "a has an address of the NAT of the internal switch" wait_for_line "$log" '^@ADDR name=[^ ]* 10\.8\.0\.' 120
ok "and pings it" wait_for_line "$log" '^@PING dst=10\.8\.0\.2 ok' 120
ok "a reads from b" wait_for_line "$log" '^@HTTP dst=10\.9\.0\.12 ok p1-b' 120
ok "exec: ping" inside p1 ping -c 1 -W 30 10.9.0.11
is "exec: TCP" "$(fetch p1 http://10.9.0.12/)" p1-b
port=$(field p1 a bound_port)
is "a forward leads in, as ever" "$(http_get "http://127.0.0.1:$port/" 60)" p1-a
is "the NAT leads out: a port of the host's loopback" "$(fetch p1 "http://10.9.0.2:$port/")" p1-a
not_reached() {
    ! inside p2 ping -c 1 -W 1 10.9.0.11
}
ok "the other lab has a bridge with the same address" inside p2 ping -c 1 -W 30 10.9.0.1
ok "and sees nothing of this one" not_reached
is "exec: the exit status is passed on" "$(
    inside p1 bash -c 'exit 42'
    echo $?
)" 42
like "exec: /sys shows what is inside" "$(inside p1 ls /sys/class/net)" '(^|[[:space:]])lo([[:space:]]|$)'
is "exec: as many interfaces in /sys as there are" "$(inside p1 ls /sys/class/net | wc -l)" \
    "$(inside p1 ip -o link | wc -l)"
exits "exec: no such command" 127 exec p1 -- no-such-command
exits "exec: no such lab" 1 exec nosuch -- true
if command -v tcpdump >/dev/null; then
    r capture p1/a lan -w lan.pcap --duration 100ms
    is "capture" "$status" 0
else
    skip "capture" "tcpdump is not installed"
fi

# --- another supervisor ------------------------------------------------------------------
old=$(supervisor_pid p1)
kill -KILL "$old"
ok "the supervisor is gone" wait_for_exit "$old" 10
ok "the network stays" inside p1 ping -c 1 -W 30 10.9.0.11
exits "the lab is taken over" 0 status p1
is "the machines run" "$(field p1 a state) $(field p1 b state)" "running running"
exits "a machine is plugged in anew" 0 restart --force --no-wait p1/b
is "and can be reached" "$(fetch p1 http://10.9.0.12/)" p1-b

# --- the end of the network ----------------------------------------------------------------
kill -KILL "$(holder p2)"
lost() {
    r status p2
    [[ $out == *"netns:lab: its process"*"has ended"* ]]
}
ok "a network that is lost is told" wait_for 30 lost
exits "exec into it" 1 exec p2 -- true
says "exec into it: says so" '^roost: lab p2: its network is gone'
exits "its lab goes down" 0 down --force p2
ok "nothing is left of it" nothing_left p2
exits "down" 0 down --force p1
ok "down: nothing is left" nothing_left p1
ok "the host is as it was" diff before <(snapshot)
