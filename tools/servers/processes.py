"""Processes by their id and the moment they started, which no other process has: an id alone is used again."""
import os
import pathlib
import signal
import time


def _stat(pid):
    """Fields of /proc/PID/stat from the state on; None if there is no such process, or what is left is a zombie."""
    try:
        fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    return None if fields[0] in "ZX" else fields


def started(pid):
    """When the process started, in clock ticks since boot; None if it does not run."""
    fields = _stat(pid)
    return int(fields[19]) if fields else None


def children(pid):
    """Processes that `pid` started and that still run."""
    found = []
    for entry in os.listdir("/proc"):
        fields = _stat(entry) if entry.isdigit() else None
        if fields and int(fields[1]) == pid:
            found.append(int(entry))
    return found


def write(path, pid):
    """Notes a process that runs."""
    path.write_text(f"{pid} {started(pid)}\n")


def read(path):
    """The id of the process that was noted, or None if that very process does not run any more."""
    try:
        pid, then = map(int, path.read_text().split())
    except (OSError, ValueError):
        return None
    return pid if started(pid) == then else None


def end(pids, number, seconds):
    """Sends a signal to all of them, waits, and kills what is left of them and of their children."""
    noted = {pid: started(pid) for pid in pids}
    noted_children = {child: started(child) for pid in pids for child in children(pid)}

    def left(which):
        return [pid for pid, then in which.items() if then and started(pid) == then]
    for pid in [*left(noted_children), *left(noted)]:
        _send(pid, signal.SIGCONT)  # One that is stopped would not hear anything else.
    for pid in left(noted):
        _send(pid, number)
    everyone = {**noted_children, **noted}
    _wait(lambda: not left(everyone), seconds)
    for pid in left(everyone):
        _send(pid, signal.SIGKILL)
    _wait(lambda: not left(everyone), 10)  # A disk may keep one for a moment; nothing keeps it for ever.


def _wait(condition, seconds):
    deadline = time.monotonic() + seconds
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.02)


def _send(pid, number):
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        pass
