#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# check-events.sh [TREE]: the events that a lab tells of are those in the schema of
# the control socket.
set -u
. "$(dirname "$0")/report.sh"
tree=${1:-${ROOST_SRCDIR:?}}
told=$(grep -rh -A 1 --include='*.c' 'lab_tell (' "$tree"/src/{lab,control} | grep -oE '"[A-Z]+_[A-Z]+"' | sort -u)
listed=$(sed -n '/} EVENTS\[\]/,/^};/p' "$tree/src/control/schema.c" | grep -oE '"[A-Z]+_[A-Z]+"' | sort -u)
echo 1..2
report "events are found in the source" "$([ "$(wc -l <<<"$told")" -ge 5 ] || echo "found: $told")"
report "the schema has them, and no others" "$(diff <(echo "$told") <(echo "$listed"))"
