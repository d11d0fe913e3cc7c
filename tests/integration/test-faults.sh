#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Labs that have every kind of step are broken at each of them: nothing is left. See
# faults.sh; ROOST_FAULTS_LABS="NAME..." tries only those, ROOST_FAULTS_PART=few two of
# them.
. "${ROOST_SRCDIR:?}/tests/integration/faults.sh"

need "$ROOST_QEMU" qemu-img ip
read -ra names <<<"${ROOST_FAULTS_LABS:-$(basename -as .yaml "$LABS"/*.yaml | paste -sd ' ')}"
[ "$part" != few ] || mapfile -t names < <(shuf -n 2 -e "${names[@]}")
plan $((3 * ${#names[@]} + 1))
for name in "${names[@]}"; do
    faults_of "$name"
done
faults_done
