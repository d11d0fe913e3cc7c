# SPDX-License-Identifier: GPL-3.0-or-later
# faults.sh: breaks a lab at each of its steps, in every way, and looks whether
# anything is left. Source it from bash in place of lab.sh; then
#
#   faults_of LAB.yaml        a lab that comes up with --paused
#   faults_done               the last test point
#
# Everything happens in a network and a mount namespace of its own where that can
# be had. ROOST_FAULTS_PART=N tries only each N-th fault, from a random one on; 1 is
# all of them (make check-faults).

if [ -z "${FAULTS_INSIDE:-}" ] && [ "$(id -u)" = 0 ] && unshare -nm true 2>/dev/null; then
    FAULTS_INSIDE=1 exec unshare -nm --propagation private bash "$0" "$@"
fi
. "${ROOST_SRCDIR:?}/tests/integration/lab.sh"

FAULTY=$ROOST_BUILDDIR/tests/fault/roost-faulty
part=${ROOST_FAULTS_PART:-1}
offset=$((RANDOM % part))
faults_seen=0 faults_tried=0 faults_bad=0
[ -z "${FAULTS_INSIDE:-}" ] || ip link set lo up 2>/dev/null

# A small disk, so that it can be filled.
small_disk=
mkdir "$TMP/d"
if [ -n "${FAULTS_INSIDE:-}" ] && mount -t tmpfs -o size=8m,mode=700 roost-test "$TMP/d" 2>/dev/null; then
    small_disk=1
    at_exit "umount '$TMP/d'"
fi
export ROOST_RUN_DIR=$TMP/d/r ROOST_STATE_DIR=$TMP/d/s
ROOST=$FAULTY

# Directories of the state stay on purpose, as they do after any `down`.
snapshot() {
    "$ROOST_SRCDIR/tests/integration/snapshot.sh" "$TMP/d" "$TMP/d" | grep -v "^file d [0-9]* $TMP/d/s"
}

as_before() {
    snapshot >"$TMP/after" && cmp -s "$TMP/before" "$TMP/after"
}

# broken LAB.yaml KIND STEP: one fault; says what is left, if anything is.
broken() {
    local file=$1 lab=$4
    local -x ROOST_FAULT=$2:$3 ROOST_FAULT_ONCE=$TMP/once ROOST_FAULT_FILL=$TMP/d/fill
    rm -f "$TMP/once"
    r up -f "$file" --paused
    case $2 in
    undo-*) r down --force "$lab" ;;
    esac
    case $2:$3 in
    undo-fail:directory:run) ;;
    undo-fail:*)
        [ -e "$ROOST_RUN_DIR/$lab/state.json" ] || {
            echo "what is left was forgotten"
            return 1
        }
        ;;
    esac
    unset ROOST_FAULT
    [ -e "$TMP/once" ] || {
        echo "the fault did not happen: $err"
        return 1
    }
    r down --force --delete-disks --yes "$lab"
    [ "$status" = 0 ] || {
        echo "down: $err"
        return 1
    }
    r gc
    rm -f "$TMP/d/fill"
    wait_for 30 as_before >/dev/null || {
        diff "$TMP/before" "$TMP/after"
        return 1
    }
}

faults_of() {
    local file=$1 lab steps step kind text
    lab=$(sed -n 's/^lab: //p' "$file")
    r plan "$file" --json
    steps=$(grep -o '"id":"[a-z]*:[^"]*"' "$TMP/out" | cut -d'"' -f4)
    # what stays on purpose is there before the first fault
    r up -f "$file" --paused
    ok "$lab: up" test "$status" = 0 || note "$err"
    r down --force --delete-disks --yes "$lab"
    ok "$lab: down" test "$status" = 0 || note "$err"
    snapshot >"$TMP/before"
    for step in $steps; do
        for kind in do-fail do-spoil do-kill-before do-kill-during do-kill-after do-kill-process \
            do-fill do-unwritable undo-fail undo-kill-before undo-kill-during undo-kill-after; do
            case $kind:$step in
            do-kill-process:machine:* | do-kill-process:switch:* | do-kill-process:netns:*) ;;
            do-kill-process:*) continue ;;
            do-fill:*) [ -n "$small_disk" ] || continue ;;
            esac
            [ $((faults_seen++ % part)) = "$offset" ] || continue
            faults_tried=$((faults_tried + 1))
            if ! text=$(broken "$file" "$kind" "$step" "$lab"); then
                faults_bad=$((faults_bad + 1))
                note "$lab: $kind at $step:
$text"
            fi
        done
    done
    is "$lab: nothing was left by any fault" "$faults_bad" 0
}

faults_done() {
    note "$faults_tried of $faults_seen faults were tried (from $offset on), $faults_bad left something"
    ok "there were faults" test "$faults_tried" -gt 0
}
