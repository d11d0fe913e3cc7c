#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Leaves a file when its owner comes up and takes it away when that goes down, as a
# hook does that mounts something.
who=${ROOST_MACHINE:-lab}${ROOST_DISK:+-$ROOST_DISK}
case $ROOST_HOOK in
before_up) : >"d/hooked.outer.$who" ;;
after_up) : >"d/hooked.inner.$who" ;;
before_down) rm -f "d/hooked.inner.$who" ;;
after_down) rm -f "d/hooked.outer.$who" ;;
esac
