# SPDX-License-Identifier: GPL-3.0-or-later
# ovs.sh: an Open vSwitch of a test's own, with its datapath in user space. Source it
# from bash after lib.sh; `on NAME COMMAND...` must run a command on the host NAME,
# a network namespace.

OVS_SCHEMA=/usr/share/openvswitch/vswitch.ovsschema

# ovs_lacks: prints what is missing for it, if anything is.
ovs_lacks() {
    local program
    for program in ovsdb-tool ovsdb-server ovs-vswitchd ovs-vsctl ovs-ofctl; do
        command -v "$program" >/dev/null || {
            echo "$program is not installed (openvswitch-switch)"
            return
        }
    done
    [ -e "$OVS_SCHEMA" ] || echo "there is no $OVS_SCHEMA"
}

# ovs_start NAME: starts it. After it ovs-vsctl talks to it, and roost does; with more
# than one, after `ovs_env NAME`.
ovs_start() {
    local dir=$TMP/ovs-$1
    mkdir -p "$dir"
    ovs_env "$1"
    {
        ovsdb-tool create "$dir/conf.db" "$OVS_SCHEMA" &&
            on "$1" ovsdb-server "$dir/conf.db" "--remote=punix:$dir/db.sock" --pidfile="$dir/db.pid" \
                --unixctl="$dir/db.ctl" --log-file="$dir/db.log" --detach --no-chdir &&
            started "$(<"$dir/db.pid")" &&
            ovs-vsctl --no-wait init &&
            on "$1" ovs-vswitchd "unix:$dir/db.sock" --pidfile="$dir/ovs-vswitchd.pid" \
                --log-file="$dir/vswitchd.log" --detach --no-chdir &&
            started "$(<"$dir/ovs-vswitchd.pid")"
    } >"$dir/start.log" 2>&1 || {
        note "$(<"$dir/start.log")"
        return 1
    }
}

ovs_env() {
    export OVS_RUNDIR=$TMP/ovs-$1 OVS_LOGDIR=$TMP/ovs-$1 OVS_DBDIR=$TMP/ovs-$1 OVS_SYSCONFDIR=$TMP/ovs-$1
}
