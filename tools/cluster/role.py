"""One process of ours in a local cluster."""
import http.client
import os
import subprocess

from cluster.settings import LISTENERS
from servers.service import Service, ServiceError, free_port


def knows_roles(binary):
    """Whether this build of the server can be started with some of its roles."""
    asked = subprocess.run([binary, "serve", "--help"], capture_output=True, text=True)
    return "--role" in asked.stdout


class Role(Service):
    """`thingstead serve --role=KIND` in a folder and on ports of its own, which it keeps over restarts.

    `kind` is node, mqtt, http or js-executor, or all: a process with every role. `settings` is called with this object at each
    start and gives the environment; `variables` may be changed between two starts and wins over it.
    """

    seconds_to_start = 120
    seconds_to_stop = 60

    def __init__(self, folder, kind, index, binary, settings, variables=None):
        super().__init__(folder)
        self.kind, self.index, self.name = kind, index, f"{kind}-{index}"
        self.binary, self.settings, self.variables = str(binary), settings, dict(variables or {})
        self.ports = {listener: free_port() for listener in LISTENERS[kind]}
        self.prefix = []  # Put before the command at the next start.
        self.demo = False  # Whether the next start makes the demo tenant; the schema is brought up to date anyway.

    @property
    def data(self):
        return self.folder / "data"

    @property
    def metrics_port(self):
        return self.ports["metrics"]

    def address(self, listener):
        """host:port of one of its listeners: rest, mqtt, http or metrics."""
        return f"127.0.0.1:{self.ports[listener]}"

    def command(self):
        role = [] if self.kind == "all" else [f"--role={self.kind}"]
        return [*self.prefix, self.binary, "serve", *role, *(["--demo"] if self.demo else [])]

    def inherited_environment(self):
        # Settings meant for others, and variables of tests, which are none of its settings.
        return {name: value for name, value in os.environ.items() if not name.startswith("THINGSTEAD_")}

    def process_environment(self):
        return {**self.settings(self), **self.variables}

    def environment(self):
        return {}

    def is_ready(self):
        return self.ask("/ready")[0] == 200

    def metrics(self):
        """{'name' or 'name{labels}': value} of now."""
        status, text = self.ask("/metrics")
        if status != 200:
            raise ServiceError(f"{self.name} does not tell its metrics: {status}")
        rows = (line.rsplit(" ", 1) for line in text.splitlines() if line and not line.startswith("#"))
        return {name: float(value) for name, value in rows}

    def metric(self, name):
        """The value of `name{labels}`, or the sum over all labels of `name`."""
        found = [value for key, value in self.metrics().items() if name in (key, key.split("{")[0])]
        if not found:
            raise ServiceError(f"{self.name} has no metric {name}")
        return sum(found)

    def ask(self, path):
        """Status and text of GET `path` on the metrics port; status None without an answer."""
        connection = http.client.HTTPConnection("127.0.0.1", self.metrics_port, timeout=10)
        try:
            connection.request("GET", path)
            answer = connection.getresponse()
            return answer.status, answer.read().decode(errors="replace")
        except (OSError, http.client.HTTPException):
            return None, ""
        finally:
            connection.close()
