"""Which process this is, in a form that another process of the same machine can look up."""

import os
from pathlib import Path

PROC = Path("/proc")


def this_process() -> str | None:
    """Boot, process namespace, number and start of this process; None where the system does not tell (not Linux)."""
    started = _started(os.getpid())
    return None if started is None else f"{_machine()} {os.getpid()} {started}"


def is_gone(process: str | None) -> bool:
    """Whether ``process`` ran on this machine, since its last start, and runs no more; False where nobody can tell."""
    if process is None or this_process() is None:
        return False
    machine, pid, started = process.rsplit(" ", 2)
    return machine == _machine() and _started(int(pid)) != started


def _machine() -> str:
    """This start of this machine, and the namespace in which process numbers count."""
    boot = (PROC / "sys/kernel/random/boot_id").read_text("ascii").strip()
    return f"{boot} {os.readlink(PROC / 'self/ns/pid')}"


def _started(pid: int) -> str | None:
    """When the process started, in ticks since the machine did; None where there is none, or only its remains."""
    try:
        stat = (PROC / str(pid) / "stat").read_text("utf-8", errors="replace")
    except OSError:
        return None
    state, *fields = stat.rpartition(")")[2].split()  # the name before it may hold anything
    return None if state in "ZX" else fields[18]
