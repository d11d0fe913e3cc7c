#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# A lab with every kind of step that needs no privilege is broken at each of them:
# nothing is left. See faults.sh.
. "${ROOST_SRCDIR:?}/tests/integration/faults.sh"

need "$ROOST_QEMU" qemu-img
plan 4

cat >faults.yaml <<END
lab: faults
switches:
  lan: { type: internal }
machines:
  a:
    memory: 32M
    accel: tcg
    nics: { lan: { switch: lan } }
    disks: { data: { bus: ahci, size: 8M } }
  b:
    memory: 32M
    accel: tcg
    nics: { nat: { switch: user } }
    forwards: ["tcp:127.0.0.1:0-:22 as ssh"]
END
faults_of faults.yaml
faults_done
