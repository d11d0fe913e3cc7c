# SPDX-License-Identifier: GPL-3.0-or-later
# lab.sh: what the tests of whole labs share. Source it from bash; it sources
# lib.sh. It owns private directories for labs (short, because socket paths
# are), running roost with a deadline, and the look at what a lab has left.

# The whole test has a deadline: nothing in it may hang.
if [ -z "${LAB_DEADLINE:-}" ]; then
    LAB_DEADLINE=1 exec timeout --foreground -k 30 "${ROOST_TEST_DEADLINE:-600}" bash "$0" "$@"
fi

. "${ROOST_SRCDIR:?}/tests/integration/lib.sh"

ROOST=${ROOST:-$ROOST_BUILDDIR/src/roost}
FAKE=$ROOST_BUILDDIR/tests/fake/fake-qemu
export ROOST_RUN_DIR=$TMP/r ROOST_STATE_DIR=$TMP/s ROOST_CACHE_DIR=$TMP/c
unset XDG_RUNTIME_DIR
cd "$TMP" || exit 99

# how long a command may take; only reached when something is wrong
LAB_SECONDS=${LAB_SECONDS:-90}

# r ARG...: runs roost; its status is in $status, its output in $out and $err.
r() {
    timeout -k 5 "$LAB_SECONDS" "$ROOST" "$@" </dev/null >"$TMP/out" 2>"$TMP/err"
    status=$?
    out=$(<"$TMP/out") err=$(<"$TMP/err")
    return 0
}

# exits TEXT STATUS ARG...: runs roost and wants that exit status.
exits() {
    local text=$1 wanted=$2
    shift 2
    r "$@"
    if [ "$status" = "$wanted" ]; then
        pass "$text"
    else
        fail "$text" "status $status, wanted $wanted: roost $*
$out
$err"
        return 1
    fi
}

# says TEXT REGEX: the last command said one sentence on standard error.
says() {
    if [ "$(wc -l <"$TMP/err")" = 1 ] && [[ $err =~ $2 ]]; then
        pass "$1"
    else
        fail "$1" "got:    $err
wanted one line that matches /$2/"
    fi
}

# machine_json LAB MACHINE: the machine's part of `status --json`.
machine_json() {
    timeout "$LAB_SECONDS" "$ROOST" status "$1" --json </dev/null 2>&1 |
        sed 's/{"name":"[^"]*","state"/\n&/g' | grep "^{\"name\":\"$2\",\"state\""
}

# field LAB MACHINE NAME: the first string or number of that name.
field() {
    machine_json "$1" "$2" | grep -o "\"$3\":[^,}]*" | head -n 1 | sed 's/^[^:]*://; s/^"//; s/"$//'
}

# has_state LAB MACHINE STATE
has_state() {
    [ "$(field "$1" "$2" state)" = "$3" ]
}

# guest_says LAB MACHINE COMMAND: what its shell says of it, without the echo.
guest_says() {
    local line said=
    coproc CONSOLE { exec socat -t 300 - "UNIX-CONNECT:$ROOST_RUN_DIR/$1/$2.serial0"; }
    local pid=$CONSOLE_PID
    printf '%s\n' "$3" >&"${CONSOLE[1]}"
    while IFS= read -r -t 120 line <&"${CONSOLE[0]}"; do
        line=${line%$'\r'}
        case $line in
        @RC*) break ;;
        *"$3") ;;
        *) said+=$line$'\n' ;;
        esac
    done
    kill "$pid" 2>/dev/null
    wait "$pid" 2>/dev/null
    printf '%s' "$said"
}

# guest_can LAB MACHINE COMMAND: whether the command succeeds there.
guest_can() {
    guest_says "$1" "$2" "$3 && echo @YES" | grep -q '^@YES'
}

# sees TEXT LAB MACHINE COMMAND: passes when it succeeds there before long.
sees() {
    ok "$1" wait_for 90 guest_can "$2" "$3" "$4"
}

# supervisor_pid LAB
supervisor_pid() {
    timeout "$LAB_SECONDS" "$ROOST" ps --json </dev/null 2>/dev/null | grep "\"lab\":\"$1\"" |
        grep -o '"supervisor_pid":[0-9]*' | cut -d: -f2
}

# kill_supervisor LAB: as a crash of it, or a kernel out of memory, would.
kill_supervisor() {
    local pid
    pid=$(supervisor_pid "$1")
    kill -KILL "$pid" && wait_for_exit "$pid" 10
}

# lab_pids LAB: every process of that lab: emulators, switches, the supervisor.
lab_pids() {
    local dir pid line
    for dir in /proc/[0-9]*; do
        pid=${dir#/proc/}
        line=$(tr '\0' ' ' 2>/dev/null <"$dir/cmdline") || continue
        case $line in
        *"$ROOST_RUN_DIR/$1/"*) ;;
        *"supervise $1 ") grep -qzFx "ROOST_RUN_DIR=$ROOST_RUN_DIR" "$dir/environ" 2>/dev/null || continue ;;
        *) continue ;;
        esac
        case $line in tail\ * | grep\ * | timeout\ *) continue ;; esac
        # a zombie has no command line and is never seen here
        echo "$pid"
    done
}

no_process() {
    [ -z "$(lab_pids "$1")" ]
}

# nothing_left LAB: no process, and nothing in the run directory.
nothing_left() {
    local found
    wait_for 10 no_process "$1" >/dev/null || {
        echo "processes that are left:"
        for pid in $(lab_pids "$1"); do
            echo "$pid $(tr '\0' ' ' <"/proc/$pid/cmdline")"
        done
        return 1
    }
    found=$(ls -A "$ROOST_RUN_DIR/$1" 2>/dev/null)
    [ -z "$found" ] || {
        echo "left in the run directory: $found"
        return 1
    }
}

# no_disk LAB: no disk of its own, whole or half made.
no_disk() {
    local found
    found=$(ls -A "$ROOST_STATE_DIR/$1/disks" 2>/dev/null)
    [ -z "$found" ] || {
        echo "left among the disks: $found"
        return 1
    }
}

# logs_are_clean: no supervisor complained of itself, nor did a sanitizer.
logs_are_clean() {
    ! grep -rE 'Sanitizer|runtime error|CRITICAL|WARNING' --include=supervisor.log --include='*.switch.log' \
        "$ROOST_STATE_DIR" | grep -vE "${1:-^$}"
}

end_labs() {
    local dir pid
    for dir in "$ROOST_RUN_DIR"/*/; do
        [ -d "$dir" ] || continue
        timeout -k 5 30 "$ROOST" down --force "$(basename "$dir")" </dev/null >/dev/null 2>&1
        for pid in $(lab_pids "$(basename "$dir")"); do
            kill -KILL "$pid"
        done
    done
    # and what no lab knows of any more
    for dir in /proc/[0-9]*; do
        if grep -qaF -- "$ROOST_RUN_DIR/" "$dir/cmdline" 2>/dev/null; then
            kill -KILL "${dir#/proc/}"
        fi
    done 2>/dev/null
}
at_exit end_labs
