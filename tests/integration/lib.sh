# SPDX-License-Identifier: GPL-3.0-or-later
# lib.sh: what the shell tests share. Source it from bash:
#
#   . "${ROOST_SRCDIR:?}/tests/integration/lib.sh"
#   plan 3
#   ok "the file is there" test -e file
#
# It owns the TAP output, the private directory ($TMP), waiting for events
# with a deadline, and plain QEMU processes. It knows nothing of roost.
#
# Everything that a test starts is ended by pid when the test ends, however
# it ends, and $TMP is removed (kept and named with ROOST_TEST_KEEP=1).

set -u

ROOST_BUILDDIR=${ROOST_BUILDDIR:-$ROOST_SRCDIR}
ROOST_GUEST=${ROOST_GUEST:-$ROOST_BUILDDIR/tests/guest/build}
ROOST_QEMU=${ROOST_QEMU:-qemu-system-x86_64}
TMP=$(mktemp -d "${TMPDIR:-/tmp}/roost-test.XXXXXX") || exit 99

tap_count=0
tap_failed=
exit_commands=()
child_pids=()
declare -A vm_pids=() vm_inputs=()

# --- TAP ---------------------------------------------------------------------

# plan N: how many test points follow.
plan() {
    echo "1..$1"
}

# pass TEXT / fail TEXT [DETAIL...]: one test point.
pass() {
    echo "ok $((++tap_count)) - $1"
}

fail() {
    tap_failed=1
    echo "not ok $((++tap_count)) - $1"
    shift
    [ $# -eq 0 ] || note "$@"
}

# skip TEXT REASON: one test point that cannot be had here.
skip() {
    echo "ok $((++tap_count)) - $1 # SKIP $2"
}

# skip_all REASON: before plan; ends the test.
skip_all() {
    echo "1..0 # SKIP $*"
    exit 0
}

# note TEXT...: a line that people read and the harness does not.
note() {
    printf '%s\n' "$*" | sed 's/^/# /'
}

# ok TEXT COMMAND [ARG...]: passes when the command's status is 0; what it
# printed is shown when it is not.
ok() {
    local text=$1 output
    shift
    if output=$("$@" 2>&1); then
        pass "$text"
    else
        fail "$text" "failed: $*${output:+
$output}"
        return 1
    fi
}

# is TEXT GOT WANTED: passes when both strings are equal.
is() {
    if [ "$2" = "$3" ]; then
        pass "$1"
    else
        fail "$1" "got:    $2
wanted: $3"
        return 1
    fi
}

# like TEXT GOT REGEX: passes when the extended regex matches.
like() {
    if [[ $2 =~ $3 ]]; then
        pass "$1"
    else
        fail "$1" "got:    $2
wanted: /$3/"
        return 1
    fi
}

# --- what the test needs -------------------------------------------------------

# need PROGRAM...: skips the whole test when one is missing.
need() {
    local program
    for program in "$@"; do
        command -v "$program" >/dev/null || skip_all "$program is not installed"
    done
}

# need_guest: skips the whole test when the Linux guest could not be built.
need_guest() {
    [ -e "$ROOST_GUEST/stamp" ] && return
    skip_all "no Linux guest: $(head -n 1 "$ROOST_GUEST.why" 2>/dev/null ||
        echo "run 'make guest' first")"
}

# --- waiting: always for an event, always with a deadline ------------------------

now_ms() {
    local now=${EPOCHREALTIME/[.,]/}
    echo $((now / 1000))
}

# wait_for_line FILE REGEX SECONDS [COUNT]: prints the COUNT-th line (default:
# the first) of a growing file that matches, from the file's start; the file
# need not exist yet. Fails at the deadline and shows the file's last lines.
wait_for_line() {
    local file=$1 regex=$2 count=${4:-1} fd tail_pid line left end status=1
    end=$(($(now_ms) + $3 * 1000))
    exec {fd}< <(exec tail -n +1 -s 0.05 -F -- "$file" 2>/dev/null)
    tail_pid=$!
    while left=$((end - $(now_ms))) && [ "$left" -gt 0 ]; do
        IFS= read -r -t "$((left / 1000)).$(printf %03d $((left % 1000)))" -u "$fd" line || break
        if [[ ${line%$'\r'} =~ $regex ]] && [ $((--count)) -eq 0 ]; then
            status=0
            break
        fi
    done
    exec {fd}<&-
    kill "$tail_pid" 2>/dev/null
    wait "$tail_pid" 2>/dev/null
    if [ "$status" -eq 0 ]; then
        printf '%s\n' "${line%$'\r'}"
    else
        echo "no line matched /$regex/ within $3 s; $file ends with:"
        tail -n 15 -- "$file" 2>&1 | tr -d '\r'
    fi
    return "$status"
}

# wait_for_exit PID SECONDS: until the process (ours or not) is gone.
wait_for_exit() {
    timeout "$2" tail --pid="$1" -s 0.02 -f /dev/null || {
        echo "process $1 was still there after $2 s"
        return 1
    }
}

# wait_for SECONDS COMMAND [ARG...]: until the command's status is 0. Only for
# what gives no event; looks every 50 ms.
wait_for() {
    local end=$(($(now_ms) + $1 * 1000))
    shift
    until "$@"; do
        [ "$(now_ms)" -lt "$end" ] || {
            echo "still not true at the deadline: $*"
            return 1
        }
        sleep 0.05
    done
}

# http_get URL SECONDS: prints the page; tries until the deadline, because a
# forwarded port accepts before the machine behind it answers.
http_get() {
    local page end=$(($(now_ms) + $2 * 1000))
    until page=$(curl -sS --fail --max-time 5 "$1" 2>&1); do
        [ "$(now_ms)" -lt "$end" ] || {
            echo "$1 did not answer within $2 s: $page"
            return 1
        }
        sleep 0.05
    done
    printf '%s\n' "$page"
}

# --- processes -------------------------------------------------------------------

# at_exit COMMAND: runs when the test ends, last registered first.
at_exit() {
    exit_commands=("$1" "${exit_commands[@]}")
}

# started PID: the process is ended when the test ends.
started() {
    child_pids+=("$1")
}

# stop_pid PID: SIGTERM, and SIGKILL when that is not enough within 5 s.
stop_pid() {
    kill "$1" 2>/dev/null || return 0
    wait_for_exit "$1" 5 >/dev/null && return 0
    kill -KILL "$1" 2>/dev/null
    wait_for_exit "$1" 5 >/dev/null
}

clean_up() {
    local command pid
    trap '' INT TERM
    for command in "${exit_commands[@]}"; do
        eval "$command"
    done
    for pid in "${child_pids[@]}"; do
        stop_pid "$pid"
    done
    if [ -n "${ROOST_TEST_KEEP:-}" ]; then
        note "kept: $TMP"
    else
        rm -rf -- "$TMP"
    fi
}
trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# --- plain QEMU ------------------------------------------------------------------
#
# Each machine has in $TMP: NAME.serial, what its first serial port said;
# NAME.con.in, what is typed there; NAME.qmp.out and NAME.qmp.in, its monitor;
# NAME.err, what QEMU said. The files grow, so wait_for_line works on them.

# vm_start NAME ARG...: starts QEMU (TCG, nothing but what ARG says).
vm_start() {
    local name=$1 base=$TMP/$1 fd
    shift
    mkfifo "$base.con.in" "$base.qmp.in" || return 1
    touch "$base.serial" "$base.qmp.out"
    ln -s "$base.serial" "$base.con.out"
    # Held open for reading too, so that writing never blocks on a dead QEMU.
    exec {fd}<>"$base.qmp.in"
    vm_inputs[$name.qmp]=$fd
    exec {fd}<>"$base.con.in"
    vm_inputs[$name.con]=$fd
    "$ROOST_QEMU" -nodefaults -no-user-config -display none -accel tcg \
        -name "$name" \
        -chardev "pipe,id=qmp,path=$base.qmp" -mon chardev=qmp,mode=control \
        -chardev "pipe,id=con,path=$base.con" -serial chardev:con \
        "$@" </dev/null >"$base.err" 2>&1 &
    vm_pids[$name]=$!
    started $!
    echo '{"execute":"qmp_capabilities"}' >&"${vm_inputs[$name.qmp]}"
}

# vm_qmp NAME ID COMMAND [ARGUMENTS]: sends a command, prints its reply (one
# line of JSON). ID must be new for this machine.
vm_qmp() {
    printf '{"execute":"%s","arguments":%s,"id":"%s"}\n' "$3" "${4:-{\}}" "$2" >&"${vm_inputs[$1.qmp]}"
    wait_for_line "$TMP/$1.qmp.out" "\"id\": \"$2\"" 10
}

# vm_hmp NAME ID LINE: a line for the human monitor (without quotes in it), its
# answer as plain text.
vm_hmp() {
    local reply
    reply=$(vm_qmp "$1" "$2" human-monitor-command "{\"command-line\":\"$3\"}") || {
        printf '%s\n' "$reply"
        return 1
    }
    reply=${reply#*'"return": "'}
    printf '%b' "${reply%'", "id": "'*}" | tr -d '\r'
}

# vm_type NAME LINE: types a line on the machine's first serial port.
vm_type() {
    printf '%s\n' "$2" >&"${vm_inputs[$1.con]}"
}

# vm_line NAME REGEX SECONDS [COUNT]: waits for a line on the serial port.
vm_line() {
    wait_for_line "$TMP/$1.serial" "$2" "$3" "${4:-1}" && return
    tail -n 5 "$TMP/$1.err"
    return 1
}

# vm_port NAME GUESTPORT: the host port that QEMU chose for a user-mode
# forward `hostfwd=tcp:127.0.0.1:0-:GUESTPORT`.
vm_port() {
    vm_hmp "$1" "port-$2-$RANDOM" 'info usernet' |
        awk -v port="$2" '/HOST_FORWARD/ && $6 == port { print $4; exit }'
}

# vm_stop NAME: ends QEMU at once.
vm_stop() {
    stop_pid "${vm_pids[$1]}"
}
