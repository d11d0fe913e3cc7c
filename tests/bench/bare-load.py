#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The bare way to go on from a checkpoint, which `roost up --from` is measured
against: reads what `roost checkpoint show --json` prints from standard input, starts
the emulators with the saved command lines and a new layer over each saved disk, loads
their memory, lets them run, and prints how many milliseconds that took.  Then it ends
them."""
import json
import os
import signal
import socket
import subprocess
import sys
import time


class Machine:
    def __init__(self, checkpoint, part, folder):
        step = next(s["machine"] for s in checkpoint["plan"]["steps"]
                    if s.get("machine") and s["machine"]["name"] == part["machine"])
        self.name = part["machine"]
        self.argv = step["argv"] + ["-incoming", "defer"]
        self.ram = os.path.join(checkpoint["plan"]["state_dir"], "checkpoints",
                                checkpoint["name"], part["ram"])
        self.monitor = os.path.join(folder, self.name + ".qmp")
        self.layers = []
        for disk in step["disks"]:
            if disk.get("ours") and not disk.get("read_only"):
                layer = os.path.join(folder, "%s.%s.qcow2" % (self.name, disk["name"]))
                self.layers.append((disk["path"], disk["format"], layer))
                self.argv = [word.replace(disk["path"], layer) for word in self.argv]

    def start(self):
        for base, form, layer in self.layers:
            subprocess.run(["qemu-img", "create", "-q", "-f", "qcow2", "-b", base, "-F", form,
                            layer], check=True)
        listener = socket.socket(socket.AF_UNIX)
        listener.bind(self.monitor)
        listener.listen()
        self.qmp = socket.socket(socket.AF_UNIX)
        self.qmp.connect(self.monitor)
        self.pid = os.posix_spawn(self.argv[0], self.argv, os.environ,
                                  file_actions=[
                                      (os.POSIX_SPAWN_DUP2, listener.fileno(), 3),
                                      (os.POSIX_SPAWN_OPEN, 1, "/dev/null", os.O_WRONLY, 0)])
        listener.close()
        self.lines = self.qmp.makefile("r")

    def send(self, command, **arguments):
        text = json.dumps({"execute": command, "arguments": arguments}) + "\n"
        if command == "getfd":
            fd = os.open(self.ram, os.O_RDONLY)
            socket.send_fds(self.qmp, [text.encode()], [fd])
            os.close(fd)
        else:
            self.qmp.sendall(text.encode())

    def wait(self, wanted):
        for line in self.lines:
            if '"error"' in line:
                sys.exit("%s: %s" % (self.name, line))
            if wanted in line:
                return
        sys.exit("%s: the emulator ended" % self.name)


checkpoint = json.load(sys.stdin)
machines = [Machine(checkpoint, part, sys.argv[1]) for part in checkpoint["machines"]]
os.makedirs(checkpoint["plan"]["run_dir"], mode=0o700, exist_ok=True)
begin = time.monotonic()
for machine in machines:
    machine.start()
for machine in machines:
    machine.send("qmp_capabilities")
    machine.send("migrate-set-capabilities", capabilities=[{"capability": "events", "state": True}])
    machine.send("getfd", fdname="memory")
    machine.send("migrate-incoming", uri="fd:memory")
for machine in machines:
    machine.wait('"completed"')
    machine.send("cont")
for machine in machines:
    machine.wait("RESUME")
print("%.1f" % ((time.monotonic() - begin) * 1000))
for machine in machines:
    os.kill(machine.pid, signal.SIGKILL)
    os.waitpid(machine.pid, 0)
    os.unlink(machine.monitor)
