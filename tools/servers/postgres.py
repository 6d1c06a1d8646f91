"""PostgreSQL 15: databases `thingstead` and `thingstead_events` of the user `thingstead`, who owns them and may no more."""
import os
import pwd
import signal
import subprocess

from servers import processes
from servers.service import Service, ServiceError, free_port, program, wait_until

_BIN = "/usr/lib/postgresql/15/bin"
_USER = "thingstead"
_PASSWORD = "of-a-test"

_SETUP = f"""
CREATE ROLE {_USER} LOGIN PASSWORD '{_PASSWORD}';
CREATE DATABASE thingstead OWNER {_USER};
CREATE DATABASE thingstead_events OWNER {_USER};
"""


def _program(name):
    return program(name, _BIN, package="postgresql-15")


def _check_path(folder):
    """Another user must be able to walk to `folder`."""
    for each in folder.resolve().parents:
        if not each.stat().st_mode & 0o001:
            raise ServiceError(f"PostgreSQL runs as user postgres, who may not enter {each}: chmod o+x")


class Postgres(Service):
    """`fsync` makes commits outlive the machine, at the speed of its disk; without it they outlive the server alone.

    The environment variable THINGSTEAD_SERVERS_FSYNC=on sets it.
    """

    name = "postgres"
    password = _PASSWORD

    def __init__(self, folder, fsync=None):
        super().__init__(folder)
        self.fsync = os.environ.get("THINGSTEAD_SERVERS_FSYNC") == "on" if fsync is None else fsync
        self.data = self.folder / "data"
        self.port = 0
        # It refuses to run as root.
        self.owner = pwd.getpwnam("postgres") if os.geteuid() == 0 else None

    def unprivileged(self, *arguments):
        if self.owner is None:
            return list(arguments)
        return [program("setpriv", package="util-linux"), f"--reuid={self.owner.pw_uid}",
                f"--regid={self.owner.pw_gid}", "--clear-groups", "--", *arguments]

    def prepare(self):
        self.port = free_port()
        if self.owner is not None:
            _check_path(self.folder)
            os.chown(self.folder, self.owner.pw_uid, self.owner.pw_gid)
        made = self.folder / "made"
        if made.is_file():
            return  # Kept from a run before.
        self._setup([_program("initdb"), "--no-sync", "--username=postgres", "--auth=scram-sha-256",
                     "--auth-local=trust", "--encoding=UTF8", "--locale=C.UTF-8", "-D", str(self.data)])
        for statement in filter(None, _SETUP.splitlines()):
            self._setup([_program("postgres"), "--single", "-F", "-D", str(self.data), "postgres"], statement)
        made.touch()

    def _setup(self, command, text=""):
        done = subprocess.run(self.unprivileged(*command), input=text, cwd=self.folder, capture_output=True, text=True)
        if done.returncode != 0 or "ERROR:" in done.stderr:
            raise ServiceError(f"{command[0]}: {done.stdout[-1000:]}{done.stderr[-1000:]}")

    def command(self):
        options = {"listen_addresses": "127.0.0.1", "port": self.port, "unix_socket_directories": self.folder,
                   "fsync": "on" if self.fsync else "off", "shared_buffers": "32MB", "max_connections": 50,
                   "max_wal_size": "256MB", "min_wal_size": "32MB", "wal_level": "minimal", "max_wal_senders": 0,
                   "autovacuum_naptime": "10s", "log_min_messages": "fatal", "log_min_error_statement": "panic"}
        settings = [f"--{name}={value}" for name, value in options.items()]
        return self.unprivileged(_program("postgres"), "-D", str(self.data), *settings)

    def is_ready(self):
        asked = subprocess.run([_program("pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(self.port)])
        return asked.returncode == 0

    def url(self, database):
        return f"postgresql://{_USER}:{_PASSWORD}@127.0.0.1:{self.port}/{database}"

    def sql(self, statement, database="postgres"):
        """Runs a statement as the superuser; what psql prints, without ornament."""
        done = subprocess.run([_program("psql"), "-qAt", "-h", self.folder, "-p", str(self.port), "-U", "postgres",
                               "-d", database, "-c", statement], capture_output=True, text=True)
        if done.returncode != 0:
            raise ServiceError(f"{statement}: {done.stderr}")
        return done.stdout.strip()

    def environment(self):
        return {"THINGSTEAD_TEST_POSTGRES": self.url("thingstead"),
                "THINGSTEAD_TEST_POSTGRES_EVENTS": self.url("thingstead_events")}

    def stop(self):
        if self.is_alive():
            self.resume()
            # SIGTERM would wait for every client to go.
            self.process.send_signal(signal.SIGINT)
            try:
                self.process.wait(self.seconds_to_stop)
            except subprocess.TimeoutExpired:
                pass
        self.kill()

    def kill(self):
        if self.process is None:
            return
        left = self._signal_all(signal.SIGKILL)
        self.process.wait()
        wait_until(lambda: not any(map(processes.started, left)), "PostgreSQL's processes end")
        self.process_file.unlink(missing_ok=True)

    def pause(self):
        self._signal_all(signal.SIGSTOP)

    def resume(self):
        self._signal_all(signal.SIGCONT)

    def _signal_all(self, number):
        if not self.is_alive():
            return []
        # Each is a session of its own.
        children = processes.children(self.process.pid)
        for pid in [self.process.pid, *children]:
            try:
                os.kill(pid, number)
            except ProcessLookupError:
                pass
        return children
