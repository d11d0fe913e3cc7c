#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# From `up --from` to ready, against a cold `up` of the same lab (budget: at least 5
# times faster) and against bare emulators that load the same memory (budget: 1.5
# times). Two Linux machines; ROUNDS=5 sets how often.
. "${ROOST_SRCDIR:?}/tests/integration/checkpoint.sh"

need python3
linux_lab
rounds=${ROUNDS:-5}
us() { echo "${EPOCHREALTIME/[.,]/}"; }
must() {
    r "$@"
    [ "$status" = 0 ] || {
        echo "roost $*: $err" >&2
        exit 1
    }
}
median() { sort -n | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'; }

begin=$(us)
must up -f cp.yaml
cold=$(($(us) - begin))
begin=$(us)
must checkpoint save ready
echo "save: $((($(us) - begin) / 1000)) ms"
must down cp --force
must checkpoint show ready cp --json
echo "$out" >ready.json
for ((i = 0; i < rounds; i++)); do
    mkdir bare
    python3 "$ROOST_SRCDIR/tests/bench/bare-load.py" "$TMP/bare" <ready.json >>bare.ms || exit 1
    rm -rf -- "$TMP/bare" "${ROOST_RUN_DIR:?}/cp"
    begin=$(us)
    must up -f cp.yaml --from ready
    echo $((($(us) - begin) / 1000)) >>from.ms
    must down cp --force
    begin=$(us)
    must up -f cp.yaml --from ready --name copy
    echo $((($(us) - begin) / 1000)) >>copy.ms
    must down copy --force --delete-disks --yes
done
bare=$(median <bare.ms) from=$(median <from.ms) copy=$(median <copy.ms)
awk -v cold=$((cold / 1000)) -v from="$from" -v copy="$copy" -v bare="$bare" 'BEGIN {
    printf "cold up: %d ms; up --from: %d ms, %.1f times faster (budget: 5); as a copy: %d ms\n",
        cold, from, cold / from, copy
    printf "bare emulators that load the same: %.0f ms; up --from takes %.2f times as long (budget: 1.5)\n",
        bare, from / bare }'
