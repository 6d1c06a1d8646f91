"""The server under test as a child process that never outlives the tests."""
import contextlib
import ctypes
import os
import re
import resource
import shutil
import signal
import socket
import subprocess
import time

import requests

READY_S_MAX = 90  # A sanitizer's server, on a busy machine, with demo data to write.
STOP_S_MAX = 60
PR_SET_PDEATHSIG = 1
ERROR_LINE = re.compile(r'^\S+Z ERROR |"level":"error"|runtime error:|Sanitizer|terminate called', re.MULTILINE)

MQTT_PORT = "THINGSTEAD_TRANSPORT_MQTT_PORT"
HTTP_PORT = "THINGSTEAD_API_HTTP_PORT"
METRICS_PORT = "THINGSTEAD_METRICS_PORT"


def free_ports(count):
    """Ports of 127.0.0.1 that were free a moment ago, all different."""
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [sock.getsockname()[1] for sock in sockets]
    for sock in sockets:
        sock.close()
    return ports


def binary():
    path = os.environ.get("THINGSTEAD_BIN")
    assert path and os.access(path, os.X_OK), f"THINGSTEAD_BIN names no program: {path!r}"
    return path


def end_with_parent():
    """In the child, before its program: SIGKILL when the tests die, and as many files as may be."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


class Server:
    """`thingstead serve --demo` on a folder and on free ports, which a restart keeps.

    `prefix` is put before the command, `environment` beside the ports.
    """

    told_s_max = 0  # Within this many seconds every door knows what one of them was told.

    def __init__(self, folder, arguments=(), environment=None, prefix=(), data=None):
        self.folder, self.data = str(folder), str(data or os.path.join(folder, "data"))
        self.log_path = os.path.join(self.folder, "server.log")
        self.mqtt_port, self.http_port, self.metrics_port = free_ports(3)
        self.command = [*prefix, binary(), "serve", "--demo", "--data", self.data, *arguments]
        self.environment = {MQTT_PORT: str(self.mqtt_port), HTTP_PORT: str(self.http_port),
                            METRICS_PORT: str(self.metrics_port), **(environment or {})}
        self.process = None
        self.errors_expected = False  # Set by tests that break something on purpose.

    @property
    def url(self):
        return f"http://127.0.0.1:{self.http_port}"

    @property
    def device_http_port(self):
        """Where devices speak HTTP; with some of the roles that is another process."""
        return self.http_port

    @property
    def device_url(self):
        return f"http://127.0.0.1:{self.device_http_port}"

    def spawn(self):
        with open(self.log_path, "ab") as output:
            self.process = subprocess.Popen(self.command, stdin=subprocess.DEVNULL, stdout=output, stderr=output,
                                            env={**os.environ, **self.environment}, preexec_fn=end_with_parent)
        return self

    def start(self):
        self.spawn()
        until = time.monotonic() + READY_S_MAX
        while self.ask("/ready") != 200:
            assert self.is_alive(), f"the server ended with {self.process.returncode}:\n{self.log_tail()}"
            assert time.monotonic() < until, f"not ready after {READY_S_MAX} s:\n{self.log_tail()}"
            time.sleep(0.02)
        return self

    def ask(self, path):
        """The status of GET `path` on the metrics port, or None without an answer."""
        try:
            return requests.get(f"http://127.0.0.1:{self.metrics_port}{path}", timeout=10).status_code
        except requests.RequestException:
            return None

    def metrics(self):
        """{"name" or 'name{labels}': value} of GET /metrics."""
        text = requests.get(f"http://127.0.0.1:{self.metrics_port}/metrics", timeout=30).text
        rows = (line.rsplit(" ", 1) for line in text.splitlines() if line and not line.startswith("#"))
        return {name: float(value) for name, value in rows}

    def metric(self, name):
        """The sum over all labels."""
        found = [value for key, value in self.metrics().items() if key.split("{")[0] == name]
        assert found, f"there is no metric {name}"
        return sum(found)

    def is_alive(self):
        return self.process is not None and self.process.poll() is None

    def kill(self):
        """As a power cut for the process: nothing it holds in memory survives."""
        self.process.kill()
        self.process.wait()

    def stop(self, seconds_max=STOP_S_MAX):
        """SIGTERM; the exit status, which is 0 for a calm end without a sanitizer's finding."""
        if not self.is_alive():
            return self.process.returncode if self.process else 0
        self.process.terminate()
        try:
            return self.process.wait(seconds_max)
        except subprocess.TimeoutExpired:
            self.kill()
            raise AssertionError(f"still running {seconds_max} s after SIGTERM:\n{self.log_tail()}") from None

    def finish(self):
        """The end of every test module: it lived, it stops, and it had nothing to complain of."""
        alive = self.is_alive()
        status = self.stop()
        assert alive, f"the server had ended with {status}:\n{self.log_tail()}"
        assert status == 0, f"SIGTERM ended the server with {status}:\n{self.log_tail()}"
        if not self.errors_expected:
            text = self.log()
            found = [line for line in text.splitlines() if ERROR_LINE.search(line)]
            assert not found, "errors in the log:\n" + "\n".join(found[:20])

    def log(self):
        with open(self.log_path, errors="replace") as file:
            return file.read()

    def log_tail(self):
        return "\n".join(self.log().splitlines()[-25:])

    def rss_bytes(self, name="VmRSS"):
        with open(f"/proc/{self.process.pid}/status") as file:
            return next(int(line.split()[1]) * 1024 for line in file if line.startswith(name + ":"))


@contextlib.contextmanager
def running(folder, **options):
    """A server that is started here, must end well, and leaves no more than its log in `folder`."""
    os.makedirs(folder, exist_ok=True)
    started = Server(folder, **options)
    try:
        yield started.start()
        started.finish()
    finally:
        if started.is_alive():
            started.kill()
        shutil.rmtree(started.data, ignore_errors=True)  # Preallocated: too large to keep for a look.
