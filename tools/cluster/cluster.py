"""A whole local cluster on loopback: servers of others, and processes of ours in their roles.

`./dev cluster` keeps one, fault tests and bench/cluster make their own:

    with Cluster(folder, binary) as cluster:
        cluster.mqtts[0].kill()
        cluster.brokers[1].pause()
"""
import concurrent.futures
import os
import pathlib
import tempfile
import time

from cluster import state
from cluster.role import Role, knows_roles
from cluster.settings import settings_of
from servers.cassandra import PASSWORD, USER, Cassandra
from servers.kafka import Kafka
from servers.postgres import Postgres
from servers.redis_cluster import RedisCluster
from servers.service import ServiceError

ROLES = {"node": 2, "mqtt": 2, "http": 1}
TIMESERIES = ("cassandra", "postgres")


class Cluster:
    """Nothing runs before `start()`; what is not needed can be left out by then.

    brokers, postgres, cassandra (None where PostgreSQL keeps time series), redis (None without `cache`), nodes,
    mqtts, https: objects with start, stop, kill, pause, resume, is_alive and pid; ours are `Role`s, named node-1….
    `roles` says how many of each kind; a build without roles gets one process with all of them, of kind `all`, which
    then stands in `nodes` and `mqtts`. `environment` has more variables by kind or name: {"node": {…}, "mqtt-2": {…}}.
    `say` is called with a line of progress.
    """

    def __init__(self, folder, binary, timeseries="cassandra", roles=None, brokers=3, cache=True, environment=None,
                 say=lambda line: None):
        if timeseries not in TIMESERIES:
            raise ServiceError(f"time series go to one of {', '.join(TIMESERIES)}, not to '{timeseries}'")
        binary = pathlib.Path(binary).resolve()
        if not os.access(binary, os.X_OK):
            raise ServiceError(f"there is no server to start: {binary}")
        self.folder = pathlib.Path(folder).resolve()
        self.timeseries, self.say = timeseries, say
        self.folder.mkdir(parents=True, exist_ok=True)
        _let_others_in(self.folder)
        self.brokers = Kafka.cluster(self.folder, brokers)
        self.postgres = Postgres(self.folder / "postgres")
        self.cassandra = Cassandra(self.folder / "cassandra") if timeseries == "cassandra" else None
        self.redis = RedisCluster(self.folder / "redis") if cache else None
        counts = dict(roles or ROLES) if knows_roles(binary) else {"all": 1}
        environment = environment or {}
        self.ours = [Role(self.folder / f"{kind}-{i}", kind, i, binary, self._settings,
                          {**environment.get(kind, {}), **environment.get(f"{kind}-{i}", {})})
                     for kind, count in counts.items() for i in range(1, count + 1)]
        self.nodes = self.of_kind("node", "all")
        self.mqtts = self.of_kind("mqtt", "all")
        self.https = self.of_kind("http")
        self.seconds = {}  # What each took to start.

    def of_kind(self, *kinds):
        return [each for each in self.ours if each.kind in kinds]

    @property
    def others(self):
        """Servers of others; the cache is one of them, with three parts."""
        return [each for each in (*self.brokers, self.postgres, self.cassandra, self.redis) if each]

    def services(self):
        """Every process that can be broken, by name: kafka-2, postgres, cassandra, redis_cluster.1, node-1, mqtt-2…"""
        singles = [part for each in self.others for part in (each.parts().values() or [each])]
        return {each.name: each for each in (*singles, *self.ours)}

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.stop()

    def start(self):
        """Servers of others at the same time, then the first node, which makes schema and demo data, then the rest."""
        try:
            self._start_together(self.others)
            self.start_ours()
        except BaseException:
            self.kill()
            raise

    def start_ours(self):
        """Our processes that do not run."""
        first, *rest = sorted((each for each in self.ours if not each.is_alive()),
                              key=lambda each: each.kind not in ("node", "all"))
        first.demo = first.kind in ("node", "all")
        self._start_together([first])
        first.demo = False
        self._start_together(rest)
        self.write_addresses()

    def _start_together(self, services):
        def start(each):
            began = time.monotonic()
            each.start()
            self.seconds[each.name] = time.monotonic() - began
            self.say(f"{each.name} started in {self.seconds[each.name]:.1f} s")
        if not services:
            return
        with concurrent.futures.ThreadPoolExecutor(len(services)) as threads:
            try:
                for done in [threads.submit(start, each) for each in services]:
                    done.result()
            except BaseException:
                self._each(services, lambda each: each.kill())  # Nobody waits for those that are not ready yet.
                raise

    def stop_ours(self):
        """Our processes, calmly; transports first, for nodes answer them, and executors of scripts answer nodes."""
        for kinds in (("mqtt", "http"), ("node", "all"), ("js-executor",)):
            self._each(self.of_kind(*kinds), lambda each: each.stop())

    def stop(self):
        """Everything, calmly."""
        self.stop_ours()
        self._each(self.others, lambda each: each.stop())

    def kill(self):
        """Everything, at once."""
        self._each([*self.ours, *self.others], lambda each: each.kill())

    @staticmethod
    def _each(services, what):
        if not services:
            return
        with concurrent.futures.ThreadPoolExecutor(len(services)) as threads:
            for done in [threads.submit(what, each) for each in services]:
                done.result()

    def servers(self):
        """Where the servers of others are."""
        found = {"kafka": [f"127.0.0.1:{each.port}" for each in self.brokers],
                 "postgres": self.postgres.url("thingstead"),
                 "postgres_events": self.postgres.url("thingstead_events")}
        if self.cassandra:
            found["cassandra"] = [f"{self.cassandra.address}:{self.cassandra.port}"]
            found["cassandra_user"], found["cassandra_password"] = USER, PASSWORD
        if self.redis:
            found["redis"] = [f"127.0.0.1:{each.port}" for each in self.redis.nodes]
        return found

    def _settings(self, role):
        return settings_of(role.kind, role.name, role.ports, role.data, self.servers(), self.timeseries)

    def addresses(self):
        """What addresses.json holds."""
        return state.addresses(self.ours, self.servers(), self.timeseries)

    def write_addresses(self):
        state.write(self.folder, self.addresses())


def _let_others_in(folder):
    """PostgreSQL runs as another user when we are root; folders of tests are closed to others."""
    folder.chmod(0o755)
    temporary = pathlib.Path(tempfile.gettempdir()).resolve()
    for parent in folder.parents:
        if os.geteuid() == 0 and temporary in parent.parents:
            parent.chmod(parent.stat().st_mode | 0o001)
