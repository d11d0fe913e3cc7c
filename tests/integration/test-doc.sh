#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Help, manual pages and completion say all that the tables have, readably.
. "${ROOST_SRCDIR:?}/tests/integration/lib.sh"

ROOST=${ROOST:-$ROOST_BUILDDIR/src/roost}
doc=$ROOST_BUILDDIR/src/doc
export ROOST_RUN_DIR=$TMP/run ROOST_STATE_DIR=$TMP/state ROOST_CACHE_DIR=$TMP/cache

mapfile -t verbs < <(sed -n '/^const Verb verb_table/,/^};/s/^    { "\([a-z-]*\)".*/\1/p' \
    "$ROOST_SRCDIR/src/cli/verbs.c")
mapfile -t keys < <(sed -n '/_keys\[\] = {/,/^};/s/^    { "\([a-z_]*\)".*/\1/p' \
    "$ROOST_SRCDIR"/src/profile/keys*.c)

# each COMMAND WORD...: COMMAND WORD must succeed for every one of them.
each() {
    local command=$1 word status=0
    shift
    for word; do
        "$command" "$word" || {
            echo "not so for $word"
            status=1
        }
    done
    return $status
}

# in its column, the left one or the right one
listed() { "$ROOST" --help | grep -Eq "^(.{40})?  $1 +[a-z]"; }
has_help() { "$ROOST" "$1" --help | grep -q "^Usage: roost $1 "; }
same_help() { [ "$("$ROOST" help "$1")" = "$("$ROOST" "$1" --help)" ]; }
in_manual() { sed 's/\\-/-/g' "$doc/roost.1" | grep -Eq "^\\\\fB$1\\\\fR"; }
key_in_manual() { grep -q "^\\\\fB$1\\\\fR" "$doc/roost.yaml.5"; }
narrow() { ! "$ROOST" help ${1:+"$1"} | LC_ALL=C.UTF-8 grep -E '.{81}'; }

# page_is_clean PAGE: no complaints of man, nor of mandoc where that is here.
page_is_clean() {
    local said
    said=$(man --warnings -E UTF-8 -l -Tutf8 -Z "$1" 2>&1 >/dev/null)
    [ -z "$said" ] || {
        echo "$said"
        return 1
    }
    ! command -v mandoc >/dev/null || mandoc -Tlint -Wwarning "$1"
}

# completed WORD...: what bash offers for the last of them.
completed() {
    COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)) COMPREPLY=()
    _roost
    echo "${COMPREPLY[*]}"
}
completed_verb() { [[ " $(completed roost "") " == *" $1 "* ]]; }
completed_options() { [[ " $(completed roost "$1" -) " == *" --help "* ]]; }

plan 22
ok "the tables were read: verbs" test "${#verbs[@]}" -ge 20
ok "the tables were read: keys" test "${#keys[@]}" -ge 60
ok "--help lists every verb" each listed "${verbs[@]}"
ok "--help fits a screen" test "$("$ROOST" --help | wc -l)" -le 34
ok "no line of help is wider than 80" each narrow "" "${verbs[@]}"
ok "every verb has --help" each has_help "${verbs[@]}"
ok "help VERB is VERB --help" each same_help "${verbs[@]}"
like "a slip in an option" "$("$ROOST" up --jsno 2>&1)" 'did you mean --json\?'
like "a slip in a verb" "$("$ROOST" statsu 2>&1)" 'did you mean status\?'
"$ROOST" up --jsno 2>/dev/null
is "and is exit status 2" $? 2
like "a profile from standard input" \
    "$(printf 'lab: x\nmachines: { a: { memry: 1G } }\n' | "$ROOST" check - 2>&1)" '<?st.*:2:.*memory'
ok "roost(1) has every verb" each in_manual "${verbs[@]}"
ok "roost.yaml(5) has every key" each key_in_manual "${keys[@]}"
if command -v man >/dev/null && man --version >/dev/null 2>&1; then
    ok "roost(1) is a clean page" page_is_clean "$doc/roost.1"
    ok "roost.yaml(5) is a clean page" page_is_clean "$doc/roost.yaml.5"
else
    skip "roost(1) is a clean page" "man is not installed"
    skip "roost.yaml(5) is a clean page" "man is not installed"
fi
# shellcheck disable=SC2016 # the shell would run what stands between backquotes
ok "no message of configure has backquotes" test -z \
    "$(grep -v '^dnl' "$ROOST_SRCDIR/configure.ac" | grep -F '`')"
# shellcheck disable=SC1091 # made by make
. "$doc/completions/roost"
ok "the completion has every verb" each completed_verb "${verbs[@]}"
ok "and the options of each" each completed_options "${verbs[@]}"
is "and their beginnings" "$(completed roost up --pa)" "--paused"
is "and actions" "$(completed roost checkpoint r)" "restore rm"
is "and what they are done to, after options with values" "$(completed roost media --lab x e)" eject
is "and files" "$(cd "$TMP" && : >lab.yaml && completed roost check l)" "lab.yaml"
