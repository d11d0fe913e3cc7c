#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Comments that must be there: every source file says its role in its second line, every
# public function of a header stands below a comment, alone or in a block without an empty
# line that begins with one, and a comment that begins with a name stands above that name.
# What is the inside of a layer (-private.h) may do without, and what src/HACKING tells of
# all types: free, clear, ref and unref, new and init without arguments.
# Requirements: R19.
set -u
. "$(dirname "$0")/report.sh"

# roles TREE FOLDER: prints the files that do not begin with their role.
roles() {
    (cd "$1" && find "$2" -name '*.[ch]' -exec awk '
        FNR == 1 { file = FILENAME }
        FNR == 2 && !/^\/\*/ { print file ": its second line is no comment that says what it is for" }' {} +)
}

# functions TREE FOLDER: prints the functions of public headers without a comment, and the
# comments that are about another name than what stands below them.
functions() {
    (cd "$1" && find "$2" -name '*.h' ! -name '*-private.h' -exec awk '
        function ended(text) { return text ~ /;[[:space:]]*$/ }
        function clear_by_name(text) {
            return text ~ /_(free|ref|unref|clear|quark) \(/ || text ~ /_new \(void\)/ || text ~ /_init \([^,]*\)/
        }
        FNR == 1 { inside = 0; told = 0; about = ""; text = ""; depth = 0 }
        inside {
            if (/\*\//)
                inside = 0
            else if (about == "?" && match($0, /^ \* [a-zA-Z_0-9]+:/))
                about = substr($0, 4, RLENGTH - 4)
            else if (about == "?")
                about = ""
            next
        }
        depth > 0 { depth += gsub(/{/, "{") - gsub(/}/, "}"); next }
        text == "" && /^\/\*/ {
            told = 1
            about = /^\/\*\*$/ ? "?" : ""
            if (!/\*\//)
                inside = 1
            next
        }
        /^#/ { while (/\\$/ && (getline) > 0) ; next }
        /^[[:space:]]*$/ { told = 0; about = ""; next }
        {
            sub(/[[:space:]]*\/\*.*\*\/$/, "")
            text = text " " $0
            if (about != "" && ended(text) || $0 ~ /[{]/) {
                if (about != "" && text !~ ("(^|[^a-zA-Z_0-9])" about "([^a-zA-Z_0-9]|$)") && text !~ /\{/)
                    print FILENAME ":" FNR ": the comment above is about " about
                about = ""
            }
            if (text ~ /\{/) {
                depth = gsub(/{/, "{", text) - gsub(/}/, "}", text)
                text = ""
            } else if (ended(text)) {
                if (!told && !clear_by_name(text) && text ~ /^ *[a-zA-Z_].* \(/ && text !~ /^ *(typedef|struct|static|G_[A-Z_]*) ?/) {
                    match(text, /[a-zA-Z_0-9]+ \(/)
                    print FILENAME ":" FNR ": " substr(text, RSTART, RLENGTH - 2) "() has no comment"
                }
                text = ""
            } else if (text ~ /^ *G_[A-Z_]+( \(.*\))?$/) {
                text = ""
            }
        }' {} +)
}

tree=${1:-${ROOST_SRCDIR:?}}
folders="qmp $(cd "$tree/src" && printf 'src/%s ' */)"
echo "1..$((2 * $(wc -w <<<"$folders") + 1))"
for folder in $folders; do
    report "$folder: files say their roles" "$(roles "$tree" "$folder")"
    report "$folder: public functions have comments" "$(functions "$tree" "$folder")"
done

# The rules must be able to fail: a header where each thing is wrong.
wrong=$(mktemp -d "${TMPDIR:-/tmp}/roost-test.XXXXXX") || exit 99
trap 'rm -rf -- "$wrong"' EXIT
mkdir "$wrong/x"
cat >"$wrong/x/x.h" <<'END'
/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

typedef struct {
    int (*call) (void);
} X;

/**
 * x_new:
 *
 * Makes one.
 */
X *x_new (void);
void x_free (X *x);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (X, x_free)

int x_bare (const X *x,
            int more);

/**
 * x_other:
 *
 * Another name.
 */
int x_one (const X *x);

/* Returns: whether it is good */
static inline int
x_inline (void)
{
    return x_bare (NULL, 1);
}

void x_last (void);
END
found=$(roles "$wrong" x; functions "$wrong" x)
if [ "$(wc -l <<<"$found")" = 4 ] && [[ $found == *"x_bare() has"*"about x_other"*"x_last() has"* ]]; then
    report "what is wrong is found" ""
else
    report "what is wrong is found" "found: $found"
fi
