#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# roost run as a job of a batch scheduler (R24): Slurm's own daemons on one node, in a
# copy of this machine; a job of the directives of roost plan --sbatch, and one that is
# cancelled. Where Slurm is not installed: apt-get install slurmctld slurmd munge
. "${ROOST_SRCDIR:?}/tests/integration/copy.sh"
. "${ROOST_SRCDIR:?}/tests/integration/lab.sh"

for program in munged slurmctld slurmd sbatch; do
    command -v $program >/dev/null || skip_all "$program is not installed (apt-get install slurmctld slurmd munge)"
done
need "$ROOST_QEMU" qemu-img as ld
plan 17

# --- a cluster of one node --------------------------------------------------------------------
# Slurm does not listen where there is no address but 127.0.0.1.
ip address add 192.0.2.1/32 dev lo
mkdir -p /etc/slurm /run/munge /var/lib/munge /var/log/munge /etc/munge "$TMP/spool" "$TMP/state"
head -c 1024 /dev/urandom >/etc/munge/munge.key
chmod 400 /etc/munge/munge.key
chown -R munge:munge /etc/munge /run/munge /var/lib/munge /var/log/munge
cat >/etc/slurm/slurm.conf <<END
ClusterName=copy
SlurmctldHost=copy(127.0.0.1)
SlurmUser=root
AuthType=auth/munge
CryptoType=crypto/munge
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core_Memory
SchedulerParameters=sched_interval=1
JobAcctGatherType=jobacct_gather/none
MpiDefault=none
ReturnToService=2
KillWait=60
StateSaveLocation=$TMP/state
SlurmdSpoolDir=$TMP/spool
SlurmctldPidFile=/run/slurmctld.pid
SlurmdPidFile=/run/slurmd.pid
SlurmctldLogFile=$TMP/slurmctld.log
SlurmdLogFile=$TMP/slurmd.log
NodeName=copy NodeAddr=127.0.0.1 CPUs=$(nproc) RealMemory=2000 State=UNKNOWN
PartitionName=all Nodes=ALL Default=YES MaxTime=INFINITE State=UP
END
echo 'CgroupPlugin=cgroup/v1' >/etc/slurm/cgroup.conf
setpriv --reuid munge --regid munge --clear-groups munged || exit 99
slurmctld && slurmd -N copy || exit 99
idle() {
    sinfo -h -o %t 2>/dev/null | grep -qx idle
}
ok "a node of Slurm is idle" wait_for 60 idle || {
    note "$(tail -n 5 slurmctld.log slurmd.log)"
    exit 1
}

# --- a job ------------------------------------------------------------------------------------
"$ROOST_SRCDIR/tests/guest/mkboot.sh" job boot.raw || exit 99
cat >job.yaml <<END
lab: job
machines:
  m[1-2]:
    { machine: i440fx, memory: 96M, accel: tcg, disks: { boot: { bus: ide, image: boot.raw } },
      ready: { serial: "@BOOTED", timeout: 3m } }
END
# job COMMAND: the job as README has it
job() {
    echo '#!/bin/sh'
    timeout "$LAB_SECONDS" "$ROOST" plan -f job.yaml --sbatch
    echo "$1"
}
ended() { # ID
    scontrol show job "$1" | grep -qE 'JobState=(COMPLETED|FAILED|CANCELLED)'
}
shows() { # ID NAME
    scontrol show job "$1" | tr ' ' '\n' | sed -n "s/^$2=//p"
}
job '"$ROOST" run -f job.yaml --junit job.xml -- sh -c "\"\$ROOST\" ps; exit 5"' >job
like "the directives state the lab's needs" "$(cat job)" '#SBATCH .*(cpus|mem)'
note "$(cat job)"
id=$(sbatch --parsable --output=job.out job) || note "sbatch: $id"
ok "it has run" wait_for 120 ended "$id"
is "its state is the command's" "$(shows "$id" ExitCode)" 5:0
like "the lab was up" "$(cat job.out)" 'job +2/2'
like "the scheduler counted its processors and memory" "$(shows "$id" ReqTRES)$(shows "$id" TRES)" 'cpu=[1-9].*mem=[1-9]'
like "JUnit" "$(cat job.xml)" 'failures="1" errors="0"'
ok "nothing is left" nothing_left job

# --- two at once, and more than the node has ------------------------------------------------------
job '"$ROOST" run -f job.yaml --unique -- true' >unique
one=$(sbatch --parsable --output=one.out unique)
two=$(sbatch --parsable --output=two.out unique)
ok "two of them" wait_for 180 ended "$one"
ok "have run" wait_for 180 ended "$two"
is "each of them well" "$(shows "$one" ExitCode) $(shows "$two" ExitCode)" "0:0 0:0"
sed -i 's/96M/8G/' job.yaml
job true >big
! sbatch --parsable big >big.out 2>&1
is "one that is too large for the node is not taken" $? 0 || note "$(cat big.out)"
sed -i 's/8G/96M/' job.yaml

# --- cancelled ----------------------------------------------------------------------------------------
job '"$ROOST" run -f job.yaml -a cancelled -- sh -c "touch begun; exec sleep 1000"' >long
id=$(sbatch --parsable --output=long.out long)
ok "another has begun" wait_for 120 test -e begun
scancel "$id"
ok "scancel ends it" wait_for 120 ended "$id"
ok "nothing is left" nothing_left job
like "the artifacts say so" "$(cat cancelled/index.txt)" 'interrupted by SIGTERM'
ok "it was not killed" test "$(grep -c 'KILL' slurmd.log)" = 0
