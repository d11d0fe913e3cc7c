#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Copies of a checkpoint side by side: labs of other names go on from one instant,
# several at once and beside the lab that was saved, each with disks, ports and a
# segment of its own. CHECKPOINT_COPIES=20 brings up more at once.
. "${ROOST_SRCDIR:?}/tests/integration/checkpoint.sh"

copies=${CHECKPOINT_COPIES:-4}
counting_lab cp
field_of() { timeout 60 "$ROOST" status "$1" --json </dev/null | grep -o "\"$2\":[^,}]*" | head -n 1; }

# what each run does: its count goes on from the saved one, and what it writes to its
# disk stays its own
cat >job.sh <<'SH'
cd "$(dirname "$COPIES")" || exit
counts_from "$ROOST_LAB" m1 "$SAVED" || exit 3
counts_from "$ROOST_LAB" m2 "$SAVED" || exit 4
[ "$(tell "$ROOST_LAB" m1 r)" = "$WROTE" ] || exit 5
wrote=$(tell "$ROOST_LAB" m1 w)
[ "$(tell "$ROOST_LAB" m1 r)" = "$wrote" ] && [ "$wrote" != "$WROTE" ] || exit 6
echo "$ROOST_LAB $ROOST_M1_HTTP_PORT" >>"$COPIES"
SH

plan 45
exits "up" 0 up -f cp.yaml
ok "it counts" wait_for 60 beyond_count cp m1 5
ok "both do" wait_for 60 beyond_count cp m2 5
WROTE=$(tell cp m1 w)
SAVED=$(count cp m2)
exits "save" 0 checkpoint save one
export SAVED WROTE COPIES=$TMP/copies

# --- several at once ----------------------------------------------------------------------------
begin=$SECONDS
pids=()
for ((i = 1; i <= copies; i++)); do
    timeout 500 "$ROOST" run -f cp.yaml --from one --unique -- bash job.sh </dev/null >"$TMP/run$i" 2>&1 &
    pids+=($!)
    started $!
done
failed=
for ((i = 1; i <= copies; i++)); do
    wait "${pids[i - 1]}" || failed+="run $i: $? $(cat "$TMP/run$i")"$'\n'
done
is "$copies runs at once go on from it" "$failed" ""
note "all of them took $((SECONDS - begin)) s"
is "each under a name of its own" "$(cut -d' ' -f1 "$COPIES" | sort -u | wc -l)" "$copies"
is "and with a port of its own" "$(cut -d' ' -f2 "$COPIES" | sort -u | wc -l)" "$copies"
is "nothing of them is left" "$(ls "$ROOST_STATE_DIR" "$ROOST_RUN_DIR" | grep '^cp-')" ""
ok "the lab itself counts on" beyond_count cp m1 "$SAVED"
is "and its disk has what it wrote" "$(tell cp m1 r)" "$WROTE"

# --- a copy that stays ----------------------------------------------------------------------------
exits "a lab of another name" 0 up -f cp.yaml --from one --name cp2
ok "counts from there" counts_from cp2 m1 "$SAVED"
is "with the addresses of the saved" "$(field_of cp2 mac)" "$(field_of cp mac)"
ok "but not its port" test "$(field_of cp2 bound_port)" != "$(field_of cp bound_port)"
ok "its layers stand on the saved ones" grep -q "cp/disks/m1.boot.qcow2" "$ROOST_STATE_DIR/cp2/disks/m1.boot.json"
exits "what is up stays as it is" 0 up -f cp.yaml --name cp2
is "without a word" "$err" ""
exits "a machine of it may start anew" 0 restart m1 -l cp2 --force
exits "the same copy again is refused while it is up" 1 up -f cp.yaml --from one --name cp2
exits "the checkpoint cannot go" 1 checkpoint rm one cp
says "as long as there is a copy, which is named" 'lab cp2 is a copy of it'
exits "nor can all disks" 1 down cp --delete-disks --yes --force
ok "and the lab is up" has_state cp m1 running
exits "a port that another has is refused" 4 up -f cp.yaml --from one --name cp3 --set port="$(field_of cp2 bound_port | cut -d: -f2)"
ok "and the holder named" grep -q 'lab cp2' "$TMP/err"
again=$(count cp2 m2)
exits "a checkpoint of the copy" 0 checkpoint save two cp2
exits "of which there is a copy again" 0 up -f cp.yaml --from cp2/two --name cp3
ok "which counts" counts_from cp3 m2 "$again"
exits "and goes" 0 down cp3 --force --delete-disks --yes
exits "the copy goes back to its own" 0 checkpoint restore two cp2
ok "and counts from there" wait_for 60 beyond_count cp2 m1 "$SAVED"
exits "the copy is down" 0 down cp2 --force
exits "and is needed all the same" 1 checkpoint rm one cp
exits "it cannot begin anew over its own checkpoints" 1 up -f cp.yaml --from cp/one --name cp2
exits "without them" 0 checkpoint rm two cp2
book=$ROOST_STATE_DIR/cp2/disks/m1.boot.json
cp "$book" "$TMP/book"
sed -i 's/"copy_of"/"copied"/' "$book"
exits "a layer of the user's over the same file would not be deleted for it" 4 \
    up -f cp.yaml --from one --name cp2
says "and the disk is named" 'disk m1/boot of lab cp2 is there already, and is no copy'
ok "and is there" test -s "$ROOST_STATE_DIR/cp2/disks/m1.boot.qcow2"
cp "$TMP/book" "$book"
exits "it can" 0 up -f cp.yaml --from one --name cp2
ok "from where it began" counts_from cp2 m2 "$SAVED"
exits "the copy goes" 0 down cp2 --force --delete-disks --yes
exits "a disk that is needed does not go" 1 image rm cp/m1/boot
ok "and the reason is told" grep -qE 'in use|checkpoint' "$TMP/err"
exits "then the checkpoint may" 0 checkpoint rm one cp
ok "the supervisors have nothing to say" logs_are_clean
