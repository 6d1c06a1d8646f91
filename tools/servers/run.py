#!/usr/bin/env python3
"""usage: run.py SERVER[,SERVER…] -- COMMAND [ARGUMENT…]

Starts the servers in a temporary folder on loopback, runs the command with THINGSTEAD_TEST_… variables that tell
where they are, ends them, and exits with the command's status. SERVER is the name of a module beside this file.

The command may break a server: THINGSTEAD_TEST_CONTROL is the path of a Unix socket that takes lines
`VERB SERVER`, where VERB is stop, start, kill, pause or resume, and answers each by `ok` or `error WHAT` when it
is done.
"""
import importlib
import os
import pathlib
import shutil
import signal
import socketserver
import subprocess
import sys
import tempfile
import threading

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from servers.service import Service, ServiceError  # noqa: E402

VERBS = ("stop", "start", "kill", "pause", "resume")


def service_class(name):
    """The class that module `name` of this package defines."""
    try:
        module = importlib.import_module(f"servers.{name}")
    except ModuleNotFoundError as error:
        if error.name != f"servers.{name}":
            raise
        raise ServiceError(f"there is no server '{name}'") from None
    for each in vars(module).values():
        if isinstance(each, type) and issubclass(each, Service) and each.name == name:
            return each
    raise ServiceError(f"there is no server '{name}'")


def parts_of(services):
    """Nodes that can be broken one by one, under their own names: redis_cluster.1 …."""
    return {name: part for each in services.values() for name, part in each.parts().items()}


class _Control(socketserver.StreamRequestHandler):
    def handle(self):
        for line in self.rfile:
            self.wfile.write(self.answer(line.decode(errors="replace").split()).encode() + b"\n")

    def answer(self, words):
        if len(words) != 2 or words[0] not in VERBS or words[1] not in self.server.services:
            return f"error a line is one of {', '.join(VERBS)}, and the name of a server"
        try:
            getattr(self.server.services[words[1]], words[0])()
        except (ServiceError, OSError) as error:
            return "error " + str(error).replace("\n", " | ")
        return "ok"


def run(services, command, folder):
    path = str(folder / "control")
    with socketserver.ThreadingUnixStreamServer(path, _Control) as control:
        control.services = {**services, **parts_of(services)}
        threading.Thread(target=control.serve_forever, daemon=True).start()
        environment = {**os.environ, "THINGSTEAD_TEST_CONTROL": path}
        for each in services.values():
            environment.update(each.environment())
        status = subprocess.run(command, env=environment).returncode
        control.shutdown()
    return status if status >= 0 else 128 - status


def end(*_):
    # Once: timeout(1) sends it twice, and the second one would end the ending of the servers.
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    sys.exit(143)


def main(arguments):
    if len(arguments) < 3 or arguments[1] != "--":
        print(__doc__, file=sys.stderr)
        return 2
    # What ends this ends the servers too.
    signal.signal(signal.SIGTERM, end)
    folder = pathlib.Path(tempfile.mkdtemp(prefix="thingstead-servers-"))
    folder.chmod(0o755)  # PostgreSQL runs as another user.
    services = {}
    try:
        for name in arguments[0].split(","):
            services[name] = service_class(name)(folder / name)
            services[name].start()
        return run(services, arguments[2:], folder)
    except ServiceError as error:
        print(f"run.py: {error}", file=sys.stderr)
        return 1
    finally:
        for each in services.values():
            each.stop()
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
