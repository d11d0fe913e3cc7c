# SPDX-License-Identifier: GPL-3.0-or-later
# checkpoint.sh: what the tests of checkpoints share. Source it from bash; it sources
# lab.sh. It owns labs of machines that count, of two kinds: the counting guest, which
# is quick (tests/guest/count.S), and Linux.
. "${ROOST_SRCDIR:?}/tests/integration/lab.sh"

need "$ROOST_QEMU" qemu-img socat as ld
LAB_SECONDS=600

# --- the counting guest --------------------------------------------------------------------------

"$ROOST_SRCDIR/tests/guest/mkboot.sh" count "$TMP/count.raw" count || exit 99

# counting_lab LAB: a profile of two of them, LAB.yaml
counting_lab() {
    cat >"$1.yaml" <<YAML
lab: $1
vars: { port: 0, memory: 32M }
switches: { lan: { type: internal } }
templates:
  counts:
    memory: \${memory}
    accel: tcg
    disks: { boot: { image: $TMP/count.raw, bus: virtio } }
    nics: { nat: { switch: user }, lan: { switch: lan } }
machines:
  m1: { template: counts, forwards: ["tcp:127.0.0.1:\${port}-:80 as http"] }
  m2: { template: counts }
YAML
}

counts() { grep -ao '@COUNT [0-9a-f]*' "$ROOST_STATE_DIR/$1/logs/$2.serial0.log" 2>/dev/null; }
decimal() { echo $((16#0${1##* })); }
# count LAB MACHINE: what it counts to now; first_count: what its log begins with
count() { decimal "$(counts "$1" "$2" | tail -n 1)"; }
first_count() { decimal "$(counts "$1" "$2" | head -n 1)"; }
beyond_count() { [ "$(count "$1" "$2")" -gt "$3" ]; }

# counts_from LAB MACHINE N: it has come back to N, or just after it, and counts.
counts_from() {
    local now
    now=$(count "$1" "$2")
    wait_for 60 bash -c "[ \$(counts $1 $2 | wc -l) -gt $(counts "$1" "$2" | wc -l) ]" || return 1
    now=$(count "$1" "$2")
    [ "$now" -ge "$3" ] && [ "$now" -lt $(($3 + 100)) ] || {
        echo "it is $now, and was $3"
        return 1
    }
    wait_for 60 beyond_count "$1" "$2" "$now"
}

# tell LAB MACHINE w|r: it writes the count to its disk, or reads it: what it says.
tell() {
    local log=$ROOST_STATE_DIR/$1/logs/$2.serial0.log before
    before=$(grep -acE '@(WROTE|DISK) [0-9a-f]{8}' "$log")
    printf %s "$3" | timeout 60 socat -u - "UNIX-CONNECT:$ROOST_RUN_DIR/$1/$2.serial0"
    wait_for_line "$log" '@(WROTE|DISK) [0-9a-f]{8}' 60 $((before + 1)) | cut -d' ' -f2
}
export -f counts decimal count beyond_count counts_from wait_for now_ms tell wait_for_line

# --- Linux ------------------------------------------------------------------------------------------

linux_lab() {
    [ -e "$ROOST_GUEST/vmlinux" ] || skip_all "there is no Linux guest"
    cat >cp.yaml <<YAML
lab: cp
switches: { lan: { type: internal } }
templates:
  small:
    memory: 160M
    accel: tcg
    kernel: $ROOST_GUEST/vmlinux
    initrd: $ROOST_GUEST/initrd.gz
    append: console=ttyS0 quiet g.name=\${machine} g.ip0=10.0.0.\${n}/24
    disks: { data: { bus: virtio, size: 16M } }
    nics: { lan: { switch: lan } }
    ready: { serial: "@READY", timeout: 9m }
machines:
  m[1-2]: { template: small }
YAML
}

number() { guest_says cp "$1" "cat /tmp/$2" | grep -oE '^[0-9]+' | tail -n 1; }

# beyond MACHINE FILE N: its number has passed N.
beyond() {
    local now
    now=$(number "$1" "$2")
    [ "${now:-0}" -gt "$3" ]
}

# back_to N MACHINE FILE: its number is near N again and grows. What else the
# console says may come between: then it is asked again.
back_to() {
    local now='' try
    for try in 1 2 3 4 5; do
        now=$(number "$2" "$3")
        [ -z "$now" ] || break
    done
    [ "${now:-999999}" -lt $(($1 + 60)) ] || {
        echo "it is $now, and was $1"
        return 1
    }
    wait_for 120 beyond "$2" "$3" "$now"
}

# begin_counting: a counter in m1, and one that m1 sends to m2 over TCP.
begin_counting() {
    guest_says cp m1 '(i=0; while :; do i=$((i+1)); echo $i >/tmp/n; usleep 50000; done) &' >/dev/null
    guest_says cp m2 '(sleep 99999 | nc -l -p 9000 | while read i; do echo $i >/tmp/t; done) &' >/dev/null
    guest_says cp m1 '(i=0; while :; do i=$((i+1)); echo $i; usleep 50000; done | nc 10.0.0.2 9000) &' >/dev/null
}
