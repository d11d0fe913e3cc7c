# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=bash
# Sourced by the check-*.sh: one test point for each thing that is looked for.
count=0

# report TEXT PROBLEMS: it is well when there are none.
report() {
    if [ -z "$2" ]; then
        echo "ok $((++count)) - $1"
    else
        echo "not ok $((++count)) - $1"
        printf '# %s\n' "${2//$'\n'/$'\n'# }"
    fi
}
