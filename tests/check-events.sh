#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# check-events.sh [TREE]: the events that a lab tells of are those in the schema of
# the control socket.
tree=${1:-${ROOST_SRCDIR:?}}
told=$(grep -rh -A 1 --include='*.c' 'lab_tell (' "$tree"/src/{lab,control} | grep -oE '"[A-Z]+_[A-Z]+"' | sort -u)
listed=$(sed -n '/} EVENTS\[\]/,/^};/p' "$tree/src/control/schema.c" | grep -oE '"[A-Z]+_[A-Z]+"' | sort -u)
echo 1..2
[ "$(wc -l <<<"$told")" -ge 5 ] && echo "ok 1 - events are found in the source" ||
    echo "not ok 1 - events are found in the source"
if [ "$told" = "$listed" ]; then
    echo "ok 2 - the schema has them, and no others"
else
    diff <(echo "$told") <(echo "$listed") | sed 's/^/# /'
    echo "not ok 2 - the schema has them, and no others"
fi
