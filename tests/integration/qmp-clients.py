# SPDX-License-Identifier: GPL-3.0-or-later
"""qmp-clients.py WHICH SOCKET: one public QMP client at work on a machine that
others use as well. Prints "done" when all went as the client expects."""

import os
import sys

ROUNDS = 100


def qemu(path):
    """QEMU's own: two connections, events, many commands at a time."""
    import asyncio
    from qemu.qmp import EventListener, ExecuteError, QMPClient

    async def main():
        clients = [QMPClient("one"), QMPClient("two")]
        for client in clients:
            await client.connect(path)
        listener = EventListener(("STOP", "RESUME"))
        clients[1].register_listener(listener)
        await clients[0].execute("cont")
        await clients[0].execute("stop")
        names = set()
        while names != {"STOP", "RESUME"}:
            names.add((await listener.get())["event"])
        try:
            await clients[0].execute("nope")
            raise AssertionError("no error")
        except ExecuteError as error:
            assert error.error_class == "CommandNotFound", error
        asked = [c.execute("query-status") for c in clients for _ in range(ROUNDS)]
        assert all("status" in answer for answer in await asyncio.gather(*asked))
        for client in clients:
            await client.disconnect()

    asyncio.run(main())


def ganeti(path):
    """Ganeti's: it passes descriptors with a space before the command."""
    from ganeti.hypervisor.hv_kvm.monitor import QmpConnection

    monitor = QmpConnection(path)
    monitor.connect()
    for _ in range(ROUNDS):
        assert "status" in monitor.Execute("query-status")
        read, write = os.pipe()
        monitor._GetFd(read, "pipe")
        fdset = monitor._AddFd(write)
        sets = [entry["fdset-id"] for entry in monitor.Execute("query-fdsets")]
        assert fdset in sets, (fdset, sets)
        monitor._RemoveFdset(fdset)
        monitor.Execute("closefd", {"fdname": "pipe"})
        os.close(read)
        os.close(write)
    monitor.close()


def shell(path):
    """qmp-shell, as a person would type into it."""
    sys.argv[1:] = [path]
    from qemu.qmp import qmp_shell

    qmp_shell.main()


{"qemu": qemu, "ganeti": ganeti, "shell": shell}[sys.argv[1]](sys.argv[2])
print("done")
