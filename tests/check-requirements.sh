#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Verifies tests/requirements: every requirement has a row, every test that is
# named is run by `make check` and says which requirement it is for.
set -u
. "$(dirname "$0")/report.sh"
cd "${ROOST_SRCDIR:?}" || exit 99

LAST=27

# problems_of RN: what is wrong with the rows of a requirement
problems_of() {
    local requirement test what rows=0 name
    while read -r requirement test what; do
        [ "$requirement" = "$1" ] || continue
        rows=$((rows + 1))
        [ -n "$what" ] || echo "$requirement $test: it is not said what is shown"
        [ "$test" != - ] || continue
        [ -f "$test" ] || {
            echo "there is no $test"
            continue
        }
        grep -qwE "$1" "$test" || echo "$test does not say that it is for $1"
        name=$(basename "$test" .c)
        grep -rqF --include='*.mk' "/$name" tests || echo "$test is not run by make check"
    done <tests/requirements
    [ "$rows" -gt 0 ] || echo "$1 has no row"
}

echo "1..$((LAST + 1))"
for ((i = 1; i <= LAST; i++)); do
    report "R$i" "$(problems_of "R$i")"
done
report "no row is of anything else" \
    "$(grep -vE '^(#.*|R([1-9]|1[0-9]|2[0-7]) +[^ ]+ +[^ ].*)?$' tests/requirements)"
