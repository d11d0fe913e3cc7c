#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Which layer may include which: a layer uses itself and those below it.
# Libraries keep upward calls from linking; this keeps upward types out, too.
# Requirements: R19.
set -u
. "$(dirname "$0")/report.sh"

# Each layer and what it may include besides itself.
RULES="
qmp:
base:
profile: base
plan:    base profile
host:    base profile plan
machine: base profile plan host qmp
lab:     base profile plan host machine qmp
control: base profile plan host machine lab qmp
switch:  base
import:  base profile
netns:   base profile plan host
cli:     base profile plan host machine lab control switch import netns qmp
"

# Lines `file:number:header` of every #include "header" below the folders.
includes() {
    find "$@" -name '*.[ch]' -exec grep -HnE '^[[:space:]]*#[[:space:]]*include[[:space:]]*"' {} + |
        sed -E 's/^([^:]*:[0-9]+:)[^"]*"([^"]*)".*/\1\2/'
}

# check_layer TREE LAYER: prints what breaks the rules.
check_layer() {
    local tree=$1 layer=$2 folder=src/$2 allowed place header target
    allowed=$(sed -n "s/^$layer: */ /p" <<<"$RULES")
    [ "$layer" != qmp ] || folder=qmp
    (cd "$tree" && [ -d "$folder" ] && includes "$folder") | while IFS= read -r place; do
        header=${place##*:} place=${place%:*} target=${header%%/*}
        case $header in
        config.h) continue ;;
        ../* | */../*) echo "$place: \"$header\": write the path from src/, not ../" ;;
        */*)
            case " $layer $allowed " in
            *" $target "*) ;;
            *) echo "$place: \"$header\": $layer may include only: $layer$allowed" ;;
            esac
            case $header in
            "$layer"/*) ;;
            *-private.h) echo "$place: \"$header\": it is private to ${header%%/*}" ;;
            esac
            ;;
        *) echo "$place: \"$header\": write \"layer/$header\"" ;;
        esac
    done
}

# check_folders TREE: prints the folders of src/ that are no known layer.
check_folders() {
    local folder
    for folder in "$1"/src/*/; do
        folder=$(basename "$folder")
        grep -q "^$folder:" <<<"$RULES" || [ "$folder" = doc ] ||
            [ -z "$(find "$1/src/$folder" -name '*.[ch]')" ] || echo "src/$folder is no known layer"
    done
}

tree=${1:-${ROOST_SRCDIR:?}}
layers=$(sed -nE 's/^([a-z]+):.*/\1/p' <<<"$RULES")
echo "1..$(($(wc -w <<<"$layers") + 2))"
for layer in $layers; do
    report "$layer includes only what it may" "$(check_layer "$tree" "$layer")"
done
report "every folder of src/ is a known layer" "$(check_folders "$tree")"

# The rules must be able to fail: a tree where each line is wrong.
wrong=$(mktemp -d "${TMPDIR:-/tmp}/roost-test.XXXXXX") || exit 99
trap 'rm -rf -- "$wrong"' EXIT
mkdir -p "$wrong"/src/{plan,switch,host} "$wrong/qmp"
printf '#include "%s"\n' lab/lab.h qmp/qmp-client.h ../profile/model.h step.h >"$wrong/src/plan/x.c"
printf '# include "plan/step.h"\n' >"$wrong/src/switch/x.h"
printf '#include "%s"\n' qmp/qmp-client.h plan/diff/diff-private.h >"$wrong/src/host/x.c"
printf '#include "base/text.h"\n' >"$wrong/qmp/x.c"
found=$(for layer in $layers; do check_layer "$wrong" "$layer"; done | wc -l)
report "eight wrong includes are found" "$([ "$found" -eq 8 ] || echo "found $found of 8")"
