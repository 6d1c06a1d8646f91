"""How processes used the cores over a while, and how long they waited for one."""
import os
import time
from dataclasses import dataclass

from harness.process import CLOCK_TICKS_PER_S


@dataclass
class Sample:
    """Sums since the start of a process, in microseconds."""

    cpu_us: float = 0  # User and system time, of ended threads too.
    on_cpu_us: float = 0  # The same as the scheduler counts it, of the threads that live.
    run_delay_us: float = 0  # Time that these were ready to run and had no core.


def parse_stat(text):
    """User and system time of a process in microseconds, from /proc/PID/stat."""
    fields = text.rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) * 1e6 / CLOCK_TICKS_PER_S


def parse_schedstat(text):
    """Microseconds (on a core, waiting for one) of a thread, from /proc/PID/task/TID/schedstat."""
    on_cpu_ns, run_delay_ns = map(int, text.split()[:2])
    return on_cpu_ns / 1000, run_delay_ns / 1000


def sample(pid):
    with open(f"/proc/{pid}/stat") as file:
        found = Sample(cpu_us=parse_stat(file.read()))
    for thread in os.listdir(f"/proc/{pid}/task"):
        try:
            with open(f"/proc/{pid}/task/{thread}/schedstat") as file:
                on_cpu_us, run_delay_us = parse_schedstat(file.read())
        except OSError:
            continue  # The thread has ended meanwhile.
        found.on_cpu_us += on_cpu_us
        found.run_delay_us += run_delay_us
    return found


def shares(before, after, wall_us):
    """How one process spent `wall_us`; README.md says what each share means."""
    on_cpu = max(0.0, after.on_cpu_us - before.on_cpu_us)
    run_delay = max(0.0, after.run_delay_us - before.run_delay_us)
    return {"cpu_share": on_cpu / wall_us,
            "waiting_share": 1 - min(1.0, on_cpu / wall_us),
            "core_wait_share": run_delay / (on_cpu + run_delay) if on_cpu + run_delay else 0.0}


class Meter:
    """Processes by role, from the moment it is made: {"node": [pid, pid], …}."""

    def __init__(self, pids):
        self.pids, self.before, self.began = pids, self._now(pids), time.monotonic()

    @staticmethod
    def _now(pids):
        return {role: [sample(pid) for pid in of_role] for role, of_role in pids.items()}

    def cpu_us(self):
        """{role: CPU time since the beginning}, of all its processes."""
        now = self._now(self.pids)
        return {role: sum(after.cpu_us - before.cpu_us for before, after in zip(self.before[role], now[role]))
                for role in now}

    def shares(self):
        """{role: shares since the beginning}: the sum of cpu_share over its processes, the mean of the others."""
        wall_us = (time.monotonic() - self.began) * 1e6
        return {role: combine([shares(before, after, wall_us) for before, after in zip(self.before[role], of_role)])
                for role, of_role in self._now(self.pids).items()}


def combine(of_processes):
    sums = {name: sum(each[name] for each in of_processes) for name in of_processes[0]}
    return {name: round(value if name == "cpu_share" else value / len(of_processes), 3) for name, value in sums.items()}
