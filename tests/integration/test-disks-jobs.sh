#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Layers of a disk in use become one, and copies of it: what the disk shows stays,
# and what a checkpoint needs; given up, or with the supervisor or the machine
# killed in between, it is as it was or comes to its end.
. "${ROOST_SRCDIR:?}/tests/integration/lab.sh"

need qemu-img qemu-io socat sha256sum
plan 76
D=$ROOST_STATE_DIR/jobs/disks
qemu-img create -q -f qcow2 base.qcow2 8M
qemu-io -c 'write -P 1 0 64k' base.qcow2 >/dev/null
qemu-img create -q -f qcow2 other.qcow2 8M
cat >lab.yaml <<'YAML'
lab: jobs
machines:
  m:
    memory: 32M
    accel: tcg
    disks:
      data: { bus: virtio, image: base.qcow2, iops: 100000 }
      plain: { bus: usb, size: 8M, format: raw }
      given: { bus: ahci, image: other.qcow2 }
YAML

# query COMMAND [ARG...]: the emulator's answer.
query() { timeout 90 "$ROOST" qmp jobs/m "$@" </dev/null; }
# device DISK: as the emulator names it.
device() {
    case $1 in
    data) echo /machine/peripheral/disk-data/virtio-backend ;;
    plain) echo "/machine/peripheral/disk-plain/disk-plain.0/legacy[0]" ;;
    *) echo "disk-$1" ;;
    esac
}
# touches DISK WHAT: the machine's device reads or writes, and that goes well.
# The emulator tells on its standard output.
touches() {
    local log=$ROOST_STATE_DIR/jobs/logs/m.events.log from
    from=$(($(stat -c %s "$log") + 1))
    query human-monitor-command "command-line=qemu-io -d $(device "$1") \"$2\"" >/dev/null
    tail -c "+$from" "$log" | grep -aE '^(wrote|read) ' >/dev/null && ! tail -c "+$from" "$log" | grep -a failed
}
# fill DISK SLOT BYTE [SIZE]
fill() { touches "$1" "write -P $3 $((64 * $2))k ${4:-64k}"; }
# layers DISK: their numbers, as the book has them.
layers() { grep -oE "\"m\.$1(\.[0-9]+)?\.(qcow2|raw)\"" "$D/m.$1.json" | tr -d '"' | sed "s/m\.$1\.//; s/\.*qcow2//; s/raw//; s/^$/0/" | xargs; }
# files DISK: the same of the files.
files() { (cd "$D" && ls m."$1".*) | grep -v json | sed "s/m\.$1\.//; s/\.*qcow2//; s/raw//; s/^$/0/" | sort -n | xargs; }
# shows DISK BYTE...: what the machine reads in the slots, one after the other.
shows() {
    local disk=$1 slot=0 byte
    shift
    for byte; do
        touches "$disk" "read -P $byte $((64 * slot++))k 64k" || return 1
    done
}
has_job() { query query-block-jobs | grep -q "\"device\": *\"$1\""; }
no_job() { ! has_job "$1"; }
is_open() { ls -l "/proc/$(field jobs m pid)/fd" | grep -qF -- "-> $1"; }
is_closed() { ! is_open "$1"; }
book_is_quiet() { ! grep -q '"job" *: *"' "$D/m.$1.json"; }
settled() { book_is_quiet "$1" && [ "$(layers "$1")" = "$2" ]; }
# slow JOB ARG...: a command of roost in the background, which has begun that job.
slow() {
    local job=$1
    shift
    "$ROOST" "$@" --speed 16k </dev/null >slow.out 2>slow.err &
    slow=$!
    started $slow
    ok "$1 $2 begins" wait_for 60 has_job "$job"
}
# ended STATUS: how the background command ended.
ended() {
    wait "$slow"
    is "it says so" $? "$1"
}
exits "a lab" 0 up -f lab.yaml
ok "which writes" fill data 1 2

# --- all layers become one ---

for n in 1 2 3; do
    r image snapshot m data
    fill data $((n + 1)) $((n + 2))
done
r image snapshot m plain
fill plain 0 9
is "four layers" "$(layers data)" "0 1 2 3"
exits "commit" 0 image commit m data
is "tells what is left" "$out" "1 layer"
is "which is the oldest" "$(layers data) / $(files data)" "0 / 0"
ok "and shows what was written to each" shows data 1 2 3 4 5
ok "the machine runs" has_state jobs m running
ok "and has no other open" is_closed "$D/m.data.1.qcow2"
ok "argv shows it" grep -q 'm.data.qcow2' <(timeout 60 "$ROOST" argv -f lab.yaml m)
exits "commit, with a raw layer below" 0 image commit m plain
ok "the same" shows plain 9
exits "there is nothing more to commit" 1 image commit m plain
says "because there is one layer" 'machine m: commit of disk plain: it has one layer$'
exits "the image below is not written to" 1 image commit m data
says "unasked" 'base\.qcow2, which was not made by roost: use --force'
exits "down to a layer" 1 image commit m data none.qcow2
says "that there is" 'none\.qcow2 is none of its layers'

# --- what others need stays ---

for n in 1 2 3; do
    r image snapshot m data
    fill data 5 $n
done
exits "an image over a layer" 0 image create over.qcow2 --backing "$D/m.data.1.qcow2"
exits "commit down to a layer" 0 image commit m data m.data.2.qcow2
is "leaves those below it" "$(layers data) / $(files data)" "0 1 2 / 0 1 2"
exits "checkpoints" 0 checkpoint save one
r checkpoint save two
is "have layers of their own" "$(layers data)" "0 1 2 3 4"
exits "no layer of it is written to" 1 image commit "$D/m.data.4.qcow2"
says "and it is named" 'checkpoint two of lab jobs stands on '
r checkpoint rm one
exits "commit" 1 image commit m data
says "keeps what the image and the checkpoint show" 'it has 5 layers, and none that could go .* needed by checkpoints'
r image rm over.qcow2
exits "without the image" 0 image commit m data
is "two go in between" "$(layers data) / $(files data)" "0 3 4 / 0 3 4"
ok "the same is shown" shows data 1 2 3 4 5 3
exits "restore" 0 checkpoint restore two
ok "finds its layers" shows data 1 2 3 4 5 3
r image snapshot m data
fill data 6 6
exits "stream" 0 image stream m data
is "leaves one layer, and what the checkpoint needs" "$(layers data | wc -w) / $(files data | wc -w)" "1 / 3"
ok "which stands alone" bash -c "! qemu-img info -U $D/m.data.$(layers data).qcow2 | grep -q backing"
ok "and shows the same" shows data 1 2 3 4 5 3 6
r checkpoint rm two
is "which goes with it" "$(files data)" "$(layers data)"

# --- given up ---

r image snapshot m given
fill given 1 7
fill given 32 7 4M
before="$(layers given) / $(files given)"
sum=$(sha256sum base.qcow2)
slow commit-given image commit m given
exits "another at once is refused" 1 image snapshot m given
says "with what to do" 'a commit of it is under way: .*roost image cancel m given'
kill -INT $slow
ended 1
is "the layers are what they were" "$(layers given) / $(files given)" "$before"
ok "and nothing is being done" book_is_quiet given
ok "what it shows, too" shows given 0 7
slow backup-given image backup m given copy.qcow2
kill -INT $slow
ended 1
is "no copy is left" "$(ls copy.qcow2* 2>/dev/null)" ""
ok "nor a node of it" bash -c "! '$ROOST' qmp jobs/m query-named-block-nodes | grep -q copy"
r image snapshot m given
slow stream-given image stream m given
exits "cancel" 0 image cancel m given
ended 1
ok "the machine runs" has_state jobs m running

# --- the supervisor dies ---

slow backup-given image backup m given copy.qcow2
kill_supervisor jobs
wait $slow
exits "the next one" 0 status jobs
ok "gives a copy up" wait_for 60 no_job backup-given
ok "with its file" wait_for 60 test ! -e copy.qcow2.part
slow commit-given image commit m given
kill_supervisor jobs
wait $slow
query block-job-set-speed device=commit-given speed=0 >/dev/null
ok "and ends a commit" wait_for 60 settled given 0
ok "the machine runs" wait_for 60 has_state jobs m running
ok "and shows the same" shows given 0 7

# --- the supervisor dies while the machine stands, and the layer has changed ---

r image snapshot m given
fill given 2 8
fill given 32 8 4M
slow commit-given image commit m given
kill_supervisor jobs
wait $slow
sed -i 's/"job" : "commit"/"job" : "pivot"/' "$D/m.given.json"
monitor=$(find "$ROOST_RUN_DIR/jobs" -name 'm*monitor*' | head -n 1)
coproc RAW { exec socat - "UNIX-CONNECT:$monitor" 2>/dev/null; }
raw() { printf '%s\n' "$1" >&"${RAW[1]}"; }
until_raw() { while IFS= read -r -t 60 line <&"${RAW[0]}"; do case $line in *$1*) return 0 ;; esac; done; return 1; }
raw '{"execute":"qmp_capabilities"}'
raw '{"execute":"stop"}'
raw '{"execute":"block-job-set-speed","arguments":{"device":"commit-given","speed":0}}'
until_raw BLOCK_JOB_READY
raw '{"execute":"block-job-complete","arguments":{"device":"commit-given"}}'
ok "a layer changes, and nobody writes it down" until_raw BLOCK_JOB_COMPLETED
kill "$RAW_PID"
exits "the next supervisor" 0 status jobs
ok "finds the layers" wait_for 60 settled given 0
ok "the machine goes on" wait_for 60 has_state jobs m running
ok "and shows the same" shows given 0 7 8

# --- the machine dies ---

r image snapshot m given
fill given 3 4
fill given 32 4 4M
query human-monitor-command 'command-line=qemu-io -d disk-given flush' >/dev/null
slow commit-given image commit m given
kill -KILL "$(field jobs m pid)"
ended 5
r start m
ok "it is what it was" shows given 0 7 8 4
is "with both layers" "$(layers given)" "0 1"
is "and the user's images are, too" "$(sha256sum base.qcow2)" "$sum"

# --- into the user's image, when that is asked for ---

exits "all of it" 0 image commit m given --force
is "goes into the image" "$(layers given)" "0"
r down jobs --force
ok "which has it all" qemu-io -f qcow2 -c 'read -P 7 64k 64k' -c 'read -P 8 128k 64k' -c 'read -P 4 192k 64k' other.qcow2
exits "and the disk still fits it" 0 up -f lab.yaml --paused
ok "no complaint in a log" logs_are_clean
