"""A child process that is measured through /proc and never outlives the benchmark."""
import ctypes
import os
import resource
import signal
import socket
import subprocess
import time

CLOCK_TICKS_PER_S = os.sysconf("SC_CLK_TCK")
PR_SET_PDEATHSIG = 1
STOP_S_MAX = 30


class Failed(Exception):
    """The benchmark cannot go on; the text says why."""


def _end_with_parent():
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


class Child:
    """A server under test. `log` receives its output and is quoted when it dies."""

    def __init__(self, command, log, environment=None):
        self.log = log
        self.spawned = time.monotonic()
        with open(log, "ab") as output:
            self.process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=output, stderr=output,
                env={**os.environ, **(environment or {})}, preexec_fn=_end_with_parent)

    def check_alive(self):
        code = self.process.poll()
        if code is not None:
            raise Failed(f"{self.process.args[0]} ended with {code}:\n{self.log_tail()}")

    def log_tail(self):
        with open(self.log, errors="replace") as file:
            return "".join(file.readlines()[-20:])

    def stop(self):
        """Asks with SIGTERM, insists with SIGKILL. Returns whether asking was enough."""
        if self.process.poll() is not None:
            return True
        self.process.terminate()
        try:
            self.process.wait(STOP_S_MAX)
            return True
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            return False

    def cpu_us(self):
        """User and system time of all its threads so far, in microseconds."""
        with open(f"/proc/{self.process.pid}/stat") as file:
            fields = file.read().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) * 1_000_000 // CLOCK_TICKS_PER_S

    def rss_bytes(self):
        return self._status("VmRSS")

    def rss_bytes_peak(self):
        return self._status("VmHWM")

    def _status(self, name):
        with open(f"/proc/{self.process.pid}/status") as file:
            for line in file:
                if line.startswith(name + ":"):
                    return int(line.split()[1]) * 1024
        raise Failed(f"{self.process.args[0]} has no {name}:\n{self.log_tail()}")


def machine_cpu_us():
    """Busy time of all cores together since boot, stolen time included, in microseconds."""
    with open("/proc/stat") as file:
        user, nice, system, _, _, irq, softirq, steal = map(int, file.readline().split()[1:9])
    return (user + nice + system + irq + softirq + steal) * 1_000_000 // CLOCK_TICKS_PER_S


def ended_children_cpu_us():
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return int((usage.ru_utime + usage.ru_stime) * 1_000_000)


def free_ports(count):
    """Ports of 127.0.0.1 that were free a moment ago, all different."""
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [sock.getsockname()[1] for sock in sockets]
    for sock in sockets:
        sock.close()
    return ports
