#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Checkpoints of labs in which machines are off: their disks are kept as they are, they
# stay off when the lab is gone back to, in place and in copies, and can be started there;
# layers go with the checkpoint. Copies that are down come up again from their own disks.
. "${ROOST_SRCDIR:?}/tests/integration/checkpoint.sh"

counting_lab of
echo '  m3: { template: counts, after: [m2] }' >>of.yaml
layers() { grep -c '"name"' "$ROOST_STATE_DIR/$1/disks/$2.boot.json"; }
files() { ls "$ROOST_STATE_DIR/$1/disks" | grep -c "^$2.boot.*qcow2"; }
# clean N: each disk has N layers, and as many files
clean() {
    local m
    for m in m1 m2 m3; do
        [ "$(layers of $m)" = "$1" ] && [ "$(files of $m)" = "$1" ] || {
            echo "$m: $(layers of $m) layers, $(files of $m) files"
            return 1
        }
    done
}
counting() { # LAB MACHINE: it counts, now
    local n
    n=$(counts "$1" "$2" | wc -l)
    wait_for 60 bash -c "[ \$(counts $1 $2 | wc -l) -gt $n ]"
}
reads() { # LAB MACHINE WHAT
    [ "$(tell "$1" "$2" r)" = "$3" ] || {
        echo "it reads something else than $3"
        return 1
    }
}

plan 83
exits "up" 0 up -f of.yaml
for m in m1 m2; do ok "$m counts" wait_for 60 beyond_count of $m 2; done
wrote=$(tell of m2 w)
exits "one is stopped" 0 stop m2 -l of --force
saved=$(count of m1)
exits "save" 0 checkpoint save one
ok "the others go on" counting of m1
ok "it is off" has_state of m2 stopped
exits "show" 0 checkpoint show one of
like "tells so" "$out" 'm2 +off +- +1'
ok "its disk has a layer more" clean 2
exits "it starts" 0 start m2 -l of
ok "from its disk" reads of m2 "$wrote"
wait_for 60 beyond_count of m2 9
other=$(tell of m2 w)
ok "which takes what it writes" reads of m2 "$other"

# --- in place ---------------------------------------------------------------------------------------
exits "restore" 0 checkpoint restore one of
ok "one goes on from there" counts_from of m1 "$saved"
ok "one is off" has_state of m2 stopped
ok "one that comes after that goes on" has_state of m3 running
exits "up changes nothing" 0 up -f of.yaml
ok "it is off" has_state of m2 stopped
ok "another supervisor" kill_supervisor of
ok "leaves it off" has_state of m2 stopped
exits "it starts" 0 start m2 -l of
ok "with the disk of then" reads of m2 "$wrote"
exits "down" 0 down of --force
exits "up --from" 0 up -f of.yaml --from one
ok "leaves it off" has_state of m2 stopped
exits "run --from" 121 run -f of.yaml --from one -- true
exits "down" 0 down of --force
exits "run --from, in a lab that is down," 0 run -f of.yaml --from one -- sh -c "timeout 60 '$ROOST' status of"
like "leaves it off as well" "$out" 'm2 +stopped'

# --- what does not fit ----------------------------------------------------------------------------
sed 's/^  m2: .*/  m2: { template: counts, memory: 48M }/' of.yaml >other.yaml
exits "another machine" 1 up -f other.yaml --from one
says "is refused, also one that is off" 'machine m2 was `-m size=32M` and would be `-m size=48M`'
file=$ROOST_STATE_DIR/of/checkpoints/one/checkpoint.json
cp "$file" whole.json
sed -i 's/\("machine":"m2","program":"[^"]*","fingerprint":"\)[^"]*/\1of another build/' "$file"
exits "another emulator is none the worse for it" 0 up -f of.yaml --from one
cp whole.json "$file"

# --- copies ------------------------------------------------------------------------------------------
exits "a copy" 0 up -f of.yaml --from one --name of2
ok "goes on" counts_from of2 m1 "$saved"
ok "and has it off" has_state of2 m2 stopped
exits "it starts there" 0 start m2 -l of2
ok "with the disk of then" reads of2 m2 "$wrote"
wait_for 60 beyond_count of2 m2 20
mine=$(tell of2 m2 w)
mac=$(field of2 m1 mac)
exits "a layer over the copy's disk" 0 image snapshot m1 boot -l of2
exits "the copy is down" 0 down of2 --force
exits "and comes up again without --from" 0 up -f of.yaml --name of2
ok "from its own disk" reads of2 m2 "$mine"
is "with the addresses that it had" "$(field of2 m1 mac)" "$mac"
is "it is a copy as before" "$(grep -o '"origin":"[^"]*"' "$ROOST_RUN_DIR/of2/plan.json")" '"origin":"of/one"'
exits "which is up to date" 0 up -f of.yaml --name of2
is "without a word" "$err" ""
exits "it is down again" 0 down of2 --force
mv "$ROOST_STATE_DIR/of/checkpoints/one" hidden
exits "without its checkpoint it does not come up" 1 up -f of.yaml --name of2
says "and what to do is told" 'lab of2 is a copy of checkpoint of/one.*down of2 --delete-disks'
mv hidden "$ROOST_STATE_DIR/of/checkpoints/one"
exits "the copy goes" 0 down of2 --force --delete-disks --yes
exits "after which the name is anybody's" 0 up -f of.yaml --name of2 --paused
ok "and a machine has another address" test "$(field of2 m1 mac)" != "$mac"
exits "it goes" 0 down of2 --force --delete-disks --yes

# --- the end of it -----------------------------------------------------------------------------------
ok "it is off" has_state of m2 stopped
exits "rm" 0 checkpoint rm one of
is "without a word" "$err" ""
ok "each disk has one layer, also that of the machine that is off" clean 1
exits "it starts" 0 start m2 -l of
ok "with the disk of then" reads of m2 "$wrote"

# --- failures, and all of them off -------------------------------------------------------------------
exits "down" 0 down of --force
sed 's/^  m3: .*/  m3: { template: counts, args: [-object, "memory-backend-memfd,id=shm,size=1M", -device, "ivshmem-plain,memdev=shm,master=off"] }/' of.yaml >blocked.yaml
exits "a machine that cannot be saved" 0 up -f blocked.yaml
exits "and one that is off" 0 stop m2 -l of --force
exits "fail the save" 5 checkpoint save blocked of
ok "and nothing is left of it" clean 1
ok "one is off" has_state of m2 stopped
exits "it starts" 0 start m2 -l of
ok "with its disk" reads of m2 "$wrote"
exits "down" 0 down of --force
exits "up" 0 up -f of.yaml
for m in m1 m2 m3; do exits "$m is off" 0 stop $m -l of --force; done
exits "a lab that is all off" 0 checkpoint save off
exits "m2 starts" 0 start m2 -l of
tell of m2 w >/dev/null
exits "restore" 0 checkpoint restore off of
for m in m1 m2 m3; do ok "$m is off" has_state of $m stopped; done
exits "m2 starts" 0 start m2 -l of
ok "with the disk of then" reads of m2 "$wrote"
exits "while it runs, rm" 0 checkpoint rm off of
ok "makes one layer of each again" clean 1
ok "the supervisors have nothing to say" logs_are_clean
