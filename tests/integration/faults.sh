# SPDX-License-Identifier: GPL-3.0-or-later
# faults.sh: breaks labs at each of their steps, in every way, and looks whether
# anything is left. Source it from bash in place of lab.sh; then
#
#   faults_of NAME    three test points: the lab of tests/fault/labs/NAME.yaml
#   faults_done       the last test point
#
# Everything happens in a network and a mount namespace of its own where that can
# be had. ROOST_FAULTS_PART says which faults of each lab are tried: `all`, `few` (those
# that NAME.known lists, as something was wrong there once, and two at random), `K/N`
# (each N-th from the K-th on), or `~REGEX` (those of `KIND STEP` that match).
#
# A lab comes with what it needs: NAME.sh beside it is sourced before, and may
#   lacks=TEXT        this host cannot have it: it is skipped
#   small_disk=SIZE   of the disk that it lives on
#   fault_prepare     a function: brings the lab to where faults begin
#   fault_up          a function: what is broken, up by default
#   fault_undone      a function: whether all is as it was before a fault_up that failed
#   fault_steps       a function: prints `do|undo|both STEP` for each step of it

if [ -z "${FAULTS_INSIDE:-}" ] && [ "$(id -u)" = 0 ] && unshare -nm true 2>/dev/null; then
    FAULTS_INSIDE=1 exec unshare -nm --propagation private bash "$0" "$@"
fi
. "${ROOST_SRCDIR:?}/tests/integration/lab.sh"
. "$ROOST_SRCDIR/tests/integration/ovs.sh"

FAULTY=$ROOST_BUILDDIR/tests/fault/roost-faulty
LABS=$ROOST_SRCDIR/tests/fault/labs
part=${ROOST_FAULTS_PART:-all}
labs_had=0 faults_seen=0 faults_tried=0 faults_bad=0
if [ -n "${FAULTS_INSIDE:-}" ]; then
    ip link set lo up
    mount -t sysfs roost-test /sys # which shows this network
fi

# The profiles lie beside what they name. A hook of theirs leaves its files in d.
cp "$LABS"/* "$TMP"/
qemu-img create -q -f qcow2 "$TMP/base.qcow2" 4M
mkdir "$TMP/d"
export TMPDIR=$TMP/d/tmp ROOST_RUN_DIR=$TMP/d/r ROOST_STATE_DIR=$TMP/d/s
ROOST=$FAULTY

# on NAME COMMAND...: for ovs.sh; there is but one host here.
on() {
    shift
    "$@"
}

# Two small disks, so that they can be filled, and one be made read-only.
mount_disks() {
    [ -n "${FAULTS_INSIDE:-}" ] && mount -t tmpfs -o "size=$1,mode=711" roost-test "$TMP/d" 2>/dev/null || return 1
    mkdir -m 711 "$TMP/d/r" && mount -t tmpfs -o size=4m,mode=711 roost-test "$TMP/d/r"
}

umount_disks() {
    [ -z "${FAULTS_INSIDE:-}" ] || umount -R "$TMP/d" 2>/dev/null
    return 0
}
at_exit umount_disks

empty_disks() {
    rm -f "$TMP/d/r/fill" "$TMP/d/s/fill"
}

# Directories of the state stay on purpose, as they do after any `down`.
snapshot() {
    "$ROOST_SRCDIR/tests/integration/snapshot.sh" "$TMP/d" "$TMP/d" | grep -v "^file d [0-9]* [0-9:]* $TMP/d/s"
}

as_before() {
    snapshot >"$TMP/after" && cmp -s "$TMP/before" "$TMP/after"
}

is_as_before() {
    wait_for 60 as_before >/dev/null || {
        echo "$1:"
        diff "$TMP/before" "$TMP/after"
        return 1
    }
}

use_defaults() {
    lacks='' small_disk=8m
    fault_prepare() { :; }
    fault_up() { r up -f "$file" --paused; }
    fault_undone() { is_as_before "left by an up that failed"; }
    fault_steps() {
        r plan "$file" --json
        grep -o '"id":"[a-z]*:[^"]*"' "$TMP/out" | cut -d'"' -f4 | sed 's/^/both /'
    }
}

# What failed and could go back has gone back, without any `down`.
check_undone() {
    case $1:$status in
    do-fail:0 | do-spoil:0)
        echo "up did not fail"
        return 1
        ;;
    *:0) ;; # among them a switch that was ready when it was killed: it was started again
    do-fail:* | do-spoil:* | do-kill-process:*) fault_undone ;;
    do-fill:*)
        empty_disks
        fault_undone
        ;;
    esac
}

# broken KIND STEP: one fault; says what is left, if anything is.
broken() {
    local -x ROOST_FAULT=$1:$2 ROOST_FAULT_ONCE=$TMP/once ROOST_FAULT_FILL=fill
    # the one who comes after the first dies as well, while he undoes what that had begun
    [ "$1" != do-kill-twice ] || ROOST_FAULT="do-kill-during:$2 undo-kill-during:$2"
    touch "$TMP/once.0" "$TMP/once.1" # no fault yet
    fault_prepare
    rm "$TMP/once.0" "$TMP/once.1"
    fault_up
    check_undone "$1" || return 1
    case $1 in undo-*) [ -e "$TMP/once.0" ] || r down --force "$lab" ;; esac
    [ "$1" = do-kill-twice ] || unset ROOST_FAULT
    [ -e "$TMP/once.0" ] || [ -e "$TMP/once.1" ] || {
        echo "the fault did not happen: $err"
        return 1
    }
    case $1:$2 in
    undo-fail:directory:run) ;;
    undo-fail:*)
        [ -e "$ROOST_RUN_DIR/$lab/state.json" ] || {
            echo "what is left was forgotten"
            return 1
        }
        ;;
    *-readonly:*) mount -o remount,rw "$TMP/d/r" ;;
    esac
    # both ways to clear up, in turn; down must do without the other
    [ "$part" = few ] || [ $((faults_tried % 2)) = 0 ] || r gc
    r down --force --delete-disks --yes "$lab"
    [ "$status" = 0 ] || {
        echo "down: $err"
        return 1
    }
    empty_disks
    is_as_before "left by down" || return 1
    r gc
    [ "$status $out" = "0 no dead lab has left anything" ] || {
        echo "gc after down: $out$err"
        return 1
    }
}

# sweep: the next fault finds the host as the first did, as far as that can be had.
sweep() {
    [ -z "$small_disk" ] || mount -o remount,rw "$TMP/d/r"
    empty_disks
    r down --force --delete-disks --yes "$lab"
    r gc
}

# which_faults: prints `KIND STEP` for each fault of the lab.
which_faults() {
    local way step kind
    while read -r way step; do
        # those that stay are the same in every lab
        case $lab:$step in
        plain:*) ;;
        *:directory:state | *:directory:disks | *:directory:logs) continue ;;
        esac
        for kind in {do,undo}-{fail,spoil,kill-{before,during,amid,after,twice,process,both},fill,unwritable,readonly}; do
            case $way:$kind in do:undo-* | undo:do-*) continue ;; esac
            case $kind:$step in
            undo-spoil:* | undo-kill-both:* | undo-kill-twice:*) continue ;;
            *-kill-process:* | *-kill-both:*)
                case $step in machine:* | switch:* | netns:* | uplink:*) ;; *) continue ;; esac
                ;;
            *-fill:* | *-readonly:*) [ -n "$small_disk" ] || continue ;;
            esac
            echo "$kind $step"
        done
    done
}

choose() {
    case $part in
    all) cat ;;
    few)
        shuf -n 2
        [ ! -e "$lab.known" ] || grep -xFf "$lab.known" "$TMP/faults"
        ;;
    "~"*) grep -E "${part#?}" ;;
    */*) awk -v k="${part%/*}" -v n="${part#*/}" 'NR % n == k % n' ;;
    esac
}

faults_of() {
    local lab=$1 file=$1.yaml kind step text bad=0 tried=0 n
    use_defaults
    [ ! -e "$lab.sh" ] || . "./$lab.sh"
    if [ -n "$lacks" ]; then
        for text in "up" "down" "nothing was left by any fault"; do
            skip "$lab: $text" "$lacks"
        done
        return
    fi
    labs_had=$((labs_had + 1))
    mount_disks "$small_disk" || small_disk=
    mkdir -p "$TMPDIR"
    # what stays on purpose is there before the first fault
    fault_prepare
    fault_steps >"$TMP/steps"
    fault_up
    ok "$lab: up" test "$status" = 0 || note "$err"
    r down --force --delete-disks --yes "$lab"
    ok "$lab: down" test "$status" = 0 || note "$err"
    snapshot >"$TMP/before"
    which_faults <"$TMP/steps" >"$TMP/faults"
    n=$(wc -l <"$TMP/faults")
    choose <"$TMP/faults" >"$TMP/chosen"
    while read -r kind step <&9; do
        tried=$((tried + 1)) faults_tried=$((faults_tried + 1))
        if ! text=$(broken "$kind" "$step"); then
            bad=$((bad + 1))
            note "$lab: $kind at $step: $text"
            sweep
        fi
    done 9<"$TMP/chosen"
    faults_seen=$((faults_seen + n)) faults_bad=$((faults_bad + bad))
    note "$lab: $tried of $n faults were tried, $bad left something"
    is "$lab: nothing was left by any fault" "$bad" 0
    umount_disks
}

faults_done() {
    note "$faults_tried of $faults_seen faults were tried, $faults_bad left something"
    if [ "$labs_had" = 0 ]; then
        skip "there were faults" "this host can have none of these labs"
    else
        ok "there were faults" test "$faults_tried" -gt 0
    fi
}
