#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# roost emulator: what one offers, and building one from a small stand-in for
# QEMU's source, whose program is the installed QEMU under another name (R17).
. "${ROOST_SRCDIR:?}/tests/integration/lab.sh"

need "$ROOST_QEMU" patch tar
qemu=$(command -v "$ROOST_QEMU")

# The stand-in: configure takes what QEMU's does, the program says which words
# were compiled into it.
mkdir -p src patches
cat >src/configure <<'END'
#!/bin/sh
for word; do
    case $word in
    --prefix=*) prefix=${word#*=} ;;
    --target-list=*) target=${word#*=} ;;
    --fail) echo "configure: no ninja" >&2; exit 1 ;;
    esac
done
echo "configured for $target" && echo "$*" >options
cat >Makefile <<MAKE
all: program
program: $(dirname "$0")/word.txt $(dirname "$0")/program.in
	echo compiling; sed "s,@WORD@,\$\$(cat $(dirname "$0")/word.txt)," $(dirname "$0")/program.in >program
	test ! -e $(dirname "$0")/broken
install: program
	mkdir -p $prefix/bin && cp program $prefix/bin/qemu-system-${target%-*} && chmod 755 $prefix/bin/qemu-system-${target%-*}
MAKE
END
cat >src/program.in <<END
#!/bin/sh
: @WORD@
exec $qemu "\$@"
END
echo plain >src/word.txt
chmod 755 src/configure
cat >patches/0002-second.patch <<'END'
--- a/word.txt
+++ b/word.txt
@@ -1 +1 @@
-first
+second
END
cat >patches/0001-first.patch <<'END'
--- a/word.txt
+++ b/word.txt
@@ -1 +1 @@
-plain
+first
END
program=$ROOST_STATE_DIR/.emulators/mine/prefix/bin/qemu-system-x86_64
before=$(find src patches -type f -exec sha256sum {} + | sort)

has() { grep -q -e "$2" "$1"; }

plan 41
# --- probe --------------------------------------------------------------------------------
exits "probe" 0 emulator probe "$qemu"
like "its version" "$out" "version +[0-9]+\.[0-9]+"
like "its fingerprint" "$out" 'fingerprint +(build-id|sha256) [0-9a-f]{16}'
like "whether vmport is a property" "$out" 'vmport +a property'
exits "probe --json" 0 emulator probe "$qemu" --json
like "accelerators, machines, devices, CPUs" "$out" \
    '"accelerators":\[[^]]*"tcg".*"machines":\[[^]]*"q35".*"cpus":\[[^]]*"max".*"devices":\[[^]]*"e1000"'
exits "no such emulator" 4 emulator probe qemu-system-nosuch

# --- build ----------------------------------------------------------------------------------
exits "build" 0 emulator build mine --source src --patches patches -- --enable-this
ok "both patches are in it, in order" has "$program" ': second'
ok "the options went to configure" has "$ROOST_STATE_DIR/.emulators/mine/work/build/options" '--enable-this'
is "source and patches are as they were" "$(find src patches -type f -exec sha256sum {} + | sort)" "$before"
exits "list" 0 emulator list
like "it is there with its patches" "$out" 'mine +x86_64-softmmu +20.* 0001-first.patch, 0002-second.patch'
exits "building the same again goes on where it was" 0 emulator build mine --source src --patches patches -- --enable-this
is "nothing was unpacked twice" "$(grep -c '^\$ cp' "$ROOST_STATE_DIR/.emulators/mine/build.log")" 1
exits "other things under that name are refused" 1 emulator build mine --source src
says "with what to do" 'emulator rm mine'

cat >m.yaml <<YAML
lab: m
emulators: { local: $program }
machines:
  a: { emulator: mine, memory: 32M, accel: tcg }
  b: { emulator: local, memory: 32M, accel: tcg }
YAML
exits "machines name it" 0 up -f m.yaml --paused
is "one that was built" "$(timeout 30 "$ROOST" argv -f m.yaml a | head -n 1 | cut -d' ' -f1)" "$program"
is "one that the profile names" "$(timeout 30 "$ROOST" argv -f m.yaml b | head -n 1 | cut -d' ' -f1)" "$program"
exits "down" 0 down --force m

# --- one that is there already ------------------------------------------------------------------
cp "$program" there
exits "add" 0 emulator add own there
exits "list" 0 emulator list
like "it is listed with its program" "$out" "own .* $TMP/there"
sed -i 's/^emulators:.*/emulators: {}/; /^  b:/d; s/emulator: mine/emulator: own/' m.yaml
is "machines name it" "$(timeout 30 "$ROOST" argv -f m.yaml a | head -n 1 | cut -d' ' -f1)" "$TMP/there"
exits "a name that is taken" 1 emulator add own there
exits "what is no emulator" 4 emulator add true /bin/true
exits "rm" 0 emulator rm own
ok "the program stays" test -x there

# --- what can go wrong ------------------------------------------------------------------------
cat >patches/0003-third.patch <<'END'
--- a/word.txt
+++ b/word.txt
@@ -1 +1 @@
-elsewhere
+third
END
exits "a patch that does not apply" 1 emulator build other --source src --patches patches
like "is named, with its rejects" "$err" '0003-third.patch does not apply.*/work/source/word.txt.rej'
ok "the rejects are there" test -s "$ROOST_STATE_DIR/.emulators/other/work/source/word.txt.rej"
exits "it is not offered" 0 emulator list
ok "only the first is" bash -c "! grep -q '^other' '$TMP/out'"
printf '0001-first.patch\n# 0003 is not ready\n' >patches/series
exits "a file series tells which" 0 emulator build other --source src --patches patches
exits "a configure that fails" 1 emulator build third --source src -- --fail
like "says why, and where the log is" "$err" 'configuring: .*no ninja.*build\.log'
touch src/broken
tar -cJf src.tar.xz src
exits "a tarball that does not compile" 1 emulator build fourth --source src.tar.xz
like "says so" "$err" 'compiling: make failed'
exits "rm" 0 emulator rm mine
ok "nothing of it is left" test ! -e "$ROOST_STATE_DIR/.emulators/mine"
