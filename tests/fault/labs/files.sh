# SPDX-License-Identifier: GPL-3.0-or-later
# The host of files.yaml: needs firmware, and what packs volumes.
small_disk=16m
for program in xorriso mcopy; do
    command -v "$program" >/dev/null || lacks="$program is not installed"
done
r check files.yaml
case $err in *"this host has no uefi firmware"*) lacks="no UEFI firmware is installed" ;; esac
