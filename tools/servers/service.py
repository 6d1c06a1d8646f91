"""A server of somebody else's that tests start for themselves: on loopback, on free ports, in a folder of its own.

A module of this package has one class derived from `Service`. `run.py` starts one for a command, the black-box
tests and the local cluster start several.
"""
import os
import pathlib
import random
import shutil
import signal
import socket
import subprocess
import time

from servers import processes


class ServiceError(Exception):
    """What could not be started, and why."""


def _ports_below_outgoing():
    """Ports that the system gives to nobody by itself; none if outgoing connections may take them all."""
    try:
        first = int(pathlib.Path("/proc/sys/net/ipv4/ip_local_port_range").read_text().split()[0])
    except OSError:
        first = 32768
    return range(10_000, first)


_ports_given = set()


def free_port():
    """A port that nobody listens on now, another one at each call. It is not reserved, but as far as possible it is
    one that no outgoing connection takes by chance: a server that starts later, or again, still finds it free."""
    candidates = _ports_below_outgoing()
    for _ in range(1000):
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", random.choice(candidates) if candidates else 0))
            except OSError:
                continue
            port = probe.getsockname()[1]
        if port not in _ports_given:
            _ports_given.add(port)
            return port
    raise ServiceError("there is no free port")


def wait_until(condition, what, seconds=60, alive=lambda: True):
    """Asks `condition` ten times a second until it is true; an error names `what` was waited for."""
    deadline = time.monotonic() + seconds
    while not condition():
        if not alive():
            raise ServiceError(f"{what}: the process ended")
        if time.monotonic() > deadline:
            raise ServiceError(f"{what}: not within {seconds} s")
        time.sleep(0.1)


def answers(port, host="127.0.0.1"):
    """Whether somebody accepts connections there."""
    try:
        with socket.create_connection((host, port), timeout=1):
            return True
    except OSError:
        return False


def program(name, *folders, package):
    """The path of a program, also outside of PATH; an error names the package that has it."""
    found = shutil.which(name)
    for folder in folders:
        found = found or shutil.which(name, path=str(folder))
    if not found:
        raise ServiceError(f"{name} is not installed: apt-get install {package}, or let ./dev do it")
    return found


class Service:
    """One server process. A derived class has `name`, `command()`, `is_ready()` and `environment()`."""

    name = "service"
    seconds_to_start = 60
    seconds_to_stop = 20

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.process = None

    def prepare(self):
        """Makes files and chooses ports, once, before the first start."""

    def command(self):
        """Arguments of the process."""
        raise NotImplementedError

    def is_ready(self):
        """Whether a client would be served."""
        raise NotImplementedError

    def environment(self):
        """What a command that uses the server is told: THINGSTEAD_TEST_… variables."""
        raise NotImplementedError

    def parts(self):
        """Servers of a cluster that can be broken one by one, by name."""
        return {}

    def inherited_environment(self):
        """What the server sees of the environment of who starts it."""
        return dict(os.environ)

    def process_environment(self):
        """Variables for the server itself."""
        return {}

    @property
    def log(self):
        return self.folder / f"{self.name}.log"

    def is_alive(self):
        return self.process is not None and self.process.poll() is None

    @property
    def pid(self):
        """Of the process that was started last; None before the first start."""
        return self.process.pid if self.process else None

    @property
    def process_file(self):
        """Names the process while it runs, so that others can end it when who started it is gone."""
        return self.folder / f"{self.name}.process"

    def start(self):
        """Starts it and waits until it is ready."""
        self.spawn()
        try:
            wait_until(self.is_ready, f"{self.name} starts", self.seconds_to_start, self.is_alive)
        except ServiceError as error:
            self.kill()
            raise ServiceError(f"{error}\n{self.log_tail()}") from None

    def spawn(self):
        """Starts it without waiting for anything."""
        if self.process is None:
            self.prepare()
        with open(self.log, "ab") as log:
            # A session of its own: nothing that the terminal sends reaches it, and all its children can be ended.
            self.process = subprocess.Popen(self.command(), stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                            cwd=self.folder, start_new_session=True,
                                            env={**self.inherited_environment(), **self.process_environment()})
        processes.write(self.process_file, self.process.pid)

    def stop(self):
        """Ends it in good order; kills it if that takes too long."""
        if not self.is_alive():
            return
        self.resume()
        self.process.terminate()
        try:
            self.process.wait(self.seconds_to_stop)
        except subprocess.TimeoutExpired:
            pass
        self.kill()

    def kill(self):
        """SIGKILL to it and its children."""
        if self.process is None:
            return
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        self.process.wait()
        self.process_file.unlink(missing_ok=True)

    def pause(self):
        """It keeps its connections and answers nothing."""
        os.killpg(self.process.pid, signal.SIGSTOP)

    def resume(self):
        os.killpg(self.process.pid, signal.SIGCONT)

    def log_tail(self, lines=30):
        try:
            return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])
        except OSError:
            return ""
