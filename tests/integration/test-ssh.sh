#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# roost ssh and roost cp: where a machine is reached and what ssh is told, as a
# stand-in for ssh writes it down; and OpenSSH itself, through a guest that passes on
# what comes to its port 22 to a server of the test's.
. "${ROOST_SRCDIR:?}/tests/integration/lab.sh"

need "$ROOST_QEMU" ssh-keygen ssh scp
plan 59
LAB_SECONDS=300

# said: the options that the stand-in was called with, without their quotes
mkdir stand-in
for name in ssh scp; do
    cat >"stand-in/$name" <<END
#!/bin/sh
readlink /proc/self/ns/net >"$TMP/inside"
printf '%s\n' "${name}" "\$@" >"$TMP/said"
exit 7
END
    chmod +x "stand-in/$name"
done
stand_in() { PATH=$TMP/stand-in:$PATH exits "$@"; }
told() { grep -qxF -- "$1" said; }
last_words() { sed '1,/^--$/d' said | xargs; }

cat >s.yaml <<END
lab: s
templates:
  small: { memory: 32M, accel: tcg, nics: { nat: { switch: user } } }
machines:
  fwd: { template: small, forwards: ["tcp:127.0.0.1:0-:22 as ssh"] }
  none: { template: small }
  odd: { template: small, ssh: { user: admin, key: "my %key", port: 2222 } }
  direct: { template: small, ssh: { address: 192.0.2.7 } }
  alone: { memory: 32M, accel: tcg }
END

# --- the way --------------------------------------------------------------------
exits "up" 0 up -f s.yaml
stand_in "the status is that of ssh" 7 ssh s/fwd -- uname -a
is "to the forward that is there" "$(grep -c '^Port="'"$(field s fwd bound_port)"'"$' said)" 1
ok "on this host" told 'HostName="127.0.0.1"'
is "the command" "$(last_words)" "s.fwd uname -a"
ok "keys of servers are the lab's" told "UserKnownHostsFile=\"$ROOST_STATE_DIR/s/known_hosts\""
ok "under the machine's name" told 'HostKeyAlias="fwd"'
is "nobody in particular" "$(grep -c '^User=\|^Identity' said)" 0
stand_in "no forward: one is made" 7 ssh s/none
port=$(field s none bound_port)
ok "it is open" bash -c "exec 3<>/dev/tcp/127.0.0.1/$port"
ok "and taken" told "Port=\"$port\""
stand_in "and taken again" 7 ssh s/none
ok "the same one" told "Port=\"$port\""
stand_in "user, key and port of the profile" 7 ssh s/odd
ok "the user" told 'User="admin"'
ok "the key, beside the profile; % is no word of ssh's" told "IdentityFile=\"$TMP/my %%key\""
is "a forward to that port" "$(field s odd guest_port)" 2222
stand_in "those of the command line" 7 ssh s/odd --user root -i "a key" -o ForwardAgent=yes
ok "the user" told 'User="root"'
ok "the key" told 'IdentityFile="a key"'
is "options of ssh's come first" "$(sed -n 2,3p said | xargs)" "-o ForwardAgent=yes"
stand_in "an address of the profile" 7 ssh s/direct
is "there" "$(grep -c '^HostName="192.0.2.7"$\|^Port="22"$' said)" 2
stand_in "no way" 4 ssh s/alone
says "tells so" '^roost: machine alone: no nic is on a switch of type user, .*; where it is reached otherwise, say ssh:'
stand_in "scp: both ends, and options" 7 cp -r s/fwd:/etc ./a:b .
is "the machine's file and ours" "$(last_words)" "s.fwd:/etc ./a:b ."
stand_in "files of two machines" 2 cp s/fwd:a s/none:b
stand_in "files of none" 2 cp a b
stand_in "a machine that is stopped" 0 stop --force s/none
stand_in "cannot be reached" 1 ssh s/none
says "tells so" '^roost: machine none: it is stopped'

# what is said of ssh changes while machines run
sed -i 's/192.0.2.7/192.0.2.8/' s.yaml
exits "another address" 0 up -f s.yaml
stand_in "is taken" 7 ssh s/direct
ok "without a restart" told 'HostName="192.0.2.8"'
echo keys >"$ROOST_STATE_DIR/s/known_hosts"
exits "down" 0 down s --force
ok "keys of servers are kept" test -e "$ROOST_STATE_DIR/s/known_hosts"
exits "down with the disks" 0 down s --delete-disks --yes
ok "keys of servers are forgotten" test ! -e "$ROOST_STATE_DIR/s/known_hosts"

# --- a network of the lab's own ----------------------------------------------------
cat >p.yaml <<END
lab: p
isolation: private
switches:
  lan: { type: bridge, address: 10.0.0.1/24 }
machines:
  in: { memory: 32M, accel: tcg, nics: { lan: { switch: lan } }, ssh: { address: 10.0.0.1, key: key, user: "$(id -un)" } }
END
r up -f p.yaml
private=$status
if [ "$private" = 0 ]; then
    stand_in "an address in a private lab" 7 ssh p/in
    is "from inside" "$(cat inside)" "$("$ROOST" exec p -- readlink /proc/self/ns/net)"
    ok "to the machine" told 'HostName="10.0.0.1"'
else
    for ((i = 0; i < 3; i++)); do skip "an address in a private lab" "no private lab here: $err"; done
fi

# --- OpenSSH ---------------------------------------------------------------------------
SSHD=${ROOST_SSHD:-$(PATH=$PATH:/usr/sbin:/sbin command -v sshd)}
ssh-keygen -q -t ed25519 -N '' -f host
ssh-keygen -q -t ed25519 -N '' -f key
cp key.pub authorized
# server COMMAND...: sshd on port 22 (or $PORT) of $ADDRESS. Root's wants a user sshd
# and a folder, which it gets in a mount namespace.
server() {
    cat >"$TMP/sshd_config" <<END
HostKey $TMP/host
AuthorizedKeysFile $TMP/authorized
UsePAM no
StrictModes no
PidFile none
ListenAddress $ADDRESS:$PORT
Subsystem sftp internal-sftp
END
    { cat /etc/passwd && echo 'sshd:x:65533:65534::/run/sshd:/bin/false'; } >"$TMP/passwd"
    local enter=()
    [ "$(id -u)" != 0 ] || enter=(unshare -m sh -c 'mount --bind "$0/passwd" /etc/passwd &&
        mount -t tmpfs none /run && mkdir /run/sshd && exec "$@"' "$TMP")
    "$@" "${enter[@]}" "$SSHD" -D -e -f "$TMP/sshd_config" >>"$TMP/sshd.log" 2>&1 &
    started $!
}

if [ -z "$SSHD" ]; then
    why="there is no sshd (ROOST_SSHD=PATH)"
elif [ "$private" != 0 ]; then
    why="no private lab here"
else
    why=
fi
if [ -z "$why" ]; then
    ADDRESS=10.0.0.1 PORT=22 server "$ROOST" exec p --
    ok "the server in the lab listens" wait_for_line sshd.log 'Server listening' 60
    exits "ssh in a private lab" 0 ssh p/in -- 'echo $SSH_CONNECTION'
    is "in its network" "$out" "10.0.0.1 ${out#* }"
    exits "the status of the command" 5 ssh p/in -- exit 5
else
    for ((i = 0; i < 4; i++)); do skip "ssh in a private lab" "$why"; done
fi
[ "$private" != 0 ] || r down p --force

why=
[ -n "$SSHD" ] || why="there is no sshd (ROOST_SSHD=PATH)"
[ -e "$ROOST_GUEST/vmlinux" ] || why="there is no Linux guest"
if [ -n "$why" ]; then
    for ((i = 0; i < 13; i++)); do skip "ssh to a guest" "$why"; done
    exit "${tap_failed:-0}"
fi
cat >g.yaml <<END
lab: g
machines:
  a:
    memory: 192M
    accel: tcg
    kernel: $ROOST_GUEST/vmlinux
    initrd: $ROOST_GUEST/initrd.gz
    append: console=ttyS0 quiet g.name=a g.ip0=dhcp
    nics: { nat: { switch: user } }
    ready: { serial: "^@READY", timeout: 4m }
    ssh: { key: key, user: "$(id -un)" }
END
exits "up of a guest" 0 up -f g.yaml
for ((PORT = 42000 + RANDOM % 20000; ; PORT++)); do
    (exec 3<>"/dev/tcp/127.0.0.1/$PORT") 2>/dev/null || break
done
: >sshd.log
ADDRESS=127.0.0.1 server env
ok "the server listens" wait_for_line sshd.log 'Server listening' 60
mkfifo keys
"$ROOST" console g/a <keys >console 2>&1 &
started $!
exec {typed}>keys
wait_for_line console 'attached' 60 >/dev/null
printf '%s\n' "printf '#!/bin/busybox sh\\nexec /bin/busybox nc 10.0.2.2 $PORT\\n' >/relay" \
    'chmod +x /relay' 'nc -ll -p 22 -e /relay & true' >&"$typed"
ok "the guest passes on" wait_for_line console '@RC 0' 60 3
exits "ssh through the guest" 0 ssh g/a -- 'echo $SSH_CONNECTION; echo who >&2'
like "it was the server" "$out" "^127\.0\.0\.1 [0-9]+ 127\.0\.0\.1 $PORT\$"
ok "its key is known from now on" ssh-keygen -F a -f "$ROOST_STATE_DIR/g/known_hosts"
exits "again" 0 ssh g/a -- true
is "without a word" "$err" ""
echo hello >"from here"
exits "cp to the machine" 0 cp "from here" "g/a:$TMP/there"
is "it is there" "$(cat there)" hello
mkdir folder && echo deep >folder/file
exits "cp -r from the machine" 0 cp -r "g/a:$TMP/folder" back
is "all of it" "$(cat back/file)" deep
# another key under the same name is somebody else, until the disks have gone
ssh-keygen -q -t ed25519 -N '' -f other && sed -i "s,^\([^ ]*\) .*,\1 $(cut -d' ' -f1,2 other.pub)," "$ROOST_STATE_DIR/g/known_hosts"
exits "another server under that name" 255 ssh g/a -- true
