#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# A lab with a bridge and taps of the host is broken at each of its steps: no link
# is left. See faults.sh.
. "${ROOST_SRCDIR:?}/tests/integration/faults.sh"

need "$ROOST_QEMU" ip
[ -n "${FAULTS_INSIDE:-}" ] || skip_all "no network namespace can be had"
ip link add fprobe type bridge 2>/dev/null || skip_all "no bridge can be made"
ip link del fprobe
plan 4

cat >faults-net.yaml <<END
lab: faults-net
switches:
  br: { type: bridge, bridge: rbr, address: 10.41.0.1/24 }
machines:
  a:
    memory: 32M
    accel: tcg
    nics: { br: { switch: br } }
  b:
    memory: 32M
    accel: tcg
    nics: { br: { switch: br } }
END
faults_of faults-net.yaml
faults_done
