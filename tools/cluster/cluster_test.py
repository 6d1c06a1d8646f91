"""Tests of the local cluster without its servers: settings, addresses, table, and whose process is ended."""
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from cluster import main, state  # noqa: E402
from cluster.cluster import Cluster  # noqa: E402
from cluster.settings import LISTENERS, settings_of  # noqa: E402
from servers import processes, service  # noqa: E402

SERVERS = {"kafka": ["127.0.0.1:1", "127.0.0.1:2", "127.0.0.1:3"], "postgres": "postgresql://somewhere/thingstead",
           "postgres_events": "postgresql://somewhere/thingstead_events",
           "cassandra": ["127.0.0.1:4"], "cassandra_user": "u", "cassandra_password": "p"}
SLEEP = [sys.executable, "-c", "import time; print('up', flush=True); time.sleep(600)"]
DEAF = [sys.executable, "-c", "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); "
        "print('up', flush=True); time.sleep(600)"]


class FakeRole:
    def __init__(self, kind, index, ports, pid):
        self.kind, self.name, self.ports, self.pid = kind, f"{kind}-{index}", ports, pid

    def address(self, listener):
        return f"127.0.0.1:{self.ports[listener]}"


ROLES = [FakeRole("node", 1, {"rest": 10, "metrics": 11}, 101), FakeRole("node", 2, {"rest": 12, "metrics": 13}, 102),
         FakeRole("mqtt", 1, {"mqtt": 14, "metrics": 15}, 103), FakeRole("http", 1, {"http": 16, "metrics": 17}, 104)]


def settings(kind, timeseries="cassandra", servers=None):
    ports = {listener: 1000 + i for i, listener in enumerate(LISTENERS[kind])}
    return settings_of(kind, f"{kind}-1", ports, pathlib.Path("data"), servers or SERVERS, timeseries)


class Settings(unittest.TestCase):
    def test_the_cache_is_used_where_there_is_one(self):
        self.assertNotIn("THINGSTEAD_STORE_CACHE_DRIVER", settings("mqtt"))
        found = settings("mqtt", servers={**SERVERS, "redis": ["a:1", "b:2"]})
        self.assertEqual(found["THINGSTEAD_STORE_CACHE_ADDRESSES"], "a:1,b:2")

    def test_transports_know_the_queue_and_no_store(self):
        for kind in ("mqtt", "http", "js-executor"):
            found = settings(kind)
            self.assertEqual(found["THINGSTEAD_QUEUE_KAFKA_BROKERS"], "127.0.0.1:1,127.0.0.1:2,127.0.0.1:3")
            self.assertEqual(found["THINGSTEAD_SERVICE_ID"], f"{kind}-1")
            self.assertEqual([name for name in found if "_STORE_" in name], [])

    def test_nodes_know_the_store_that_keeps_time_series(self):
        self.assertEqual(settings("node")["THINGSTEAD_STORE_CASSANDRA_CONTACT_POINTS"], "127.0.0.1:4")
        postgres = settings("node", "postgres", {"kafka": ["a:1"], "postgres": "url", "postgres_events": "other"})
        self.assertEqual(postgres["THINGSTEAD_STORE_TIMESERIES_DRIVER"], "postgres")
        self.assertEqual(postgres["THINGSTEAD_STORE_EVENTS_POSTGRES_URL"], "other")
        self.assertEqual(postgres["THINGSTEAD_STORE_TIMESERIES_POSTGRES_URL"], "url")
        self.assertFalse([name for name in postgres if "CASSANDRA" in name])

    def test_one_broker_of_three_may_be_away(self):
        self.assertEqual(settings("node")["THINGSTEAD_QUEUE_KAFKA_REPLICATION_FACTOR"], "3")
        self.assertEqual(settings("node")["THINGSTEAD_QUEUE_KAFKA_MIN_INSYNC_REPLICAS"], "2")
        alone = settings("node", servers={**SERVERS, "kafka": ["a:1"]})
        self.assertEqual(alone["THINGSTEAD_QUEUE_KAFKA_MIN_INSYNC_REPLICAS"], "1")

    def test_each_listener_gets_its_port(self):
        self.assertEqual(settings("all")["THINGSTEAD_API_HTTP_PORT"], "1000")
        self.assertEqual(settings("all")["THINGSTEAD_TRANSPORT_MQTT_PORT"], "1001")
        self.assertEqual(settings("http")["THINGSTEAD_API_HTTP_PORT"], "1000")
        self.assertEqual(settings("mqtt")["THINGSTEAD_METRICS_PORT"], "1001")


class State(unittest.TestCase):
    def setUp(self):
        holder = tempfile.TemporaryDirectory()
        self.addCleanup(holder.cleanup)
        self.folder = pathlib.Path(holder.name) / "cluster"
        self.folder.mkdir()

    def start(self, name, command=SLEEP):
        child = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, start_new_session=True)
        self.addCleanup(child.wait)
        self.addCleanup(child.stdout.close)
        self.addCleanup(child.kill)
        child.stdout.readline()
        (self.folder / name).mkdir()
        processes.write(self.folder / name / f"{name}.process", child.pid)
        return child

    def test_addresses_are_read_as_they_were_written(self):
        self.assertIsNone(state.read(self.folder))
        state.write(self.folder, state.addresses(ROLES, SERVERS, "cassandra"))
        found = state.read(self.folder)
        self.assertEqual(found["rest"], ["127.0.0.1:10", "127.0.0.1:12"])
        self.assertEqual((found["mqtt"], found["http"]), (["127.0.0.1:14"], ["127.0.0.1:16"]))
        self.assertEqual(found["metrics"]["node"], ["127.0.0.1:11", "127.0.0.1:13"])
        self.assertEqual(found["pids"], {"node": [101, 102], "mqtt": [103], "http": [104]})

    def test_the_table_has_every_process_and_says_which_are_dead(self):
        where = state.addresses(ROLES, {**SERVERS, "redis": ["127.0.0.1:20", "127.0.0.1:21"]}, "cassandra")
        files = dict.fromkeys(["kafka-3", "redis_cluster.2", "cassandra", "node-1"])
        rows = {row[0]: row for row in state.rows(where, files, {"node-1": os.getpid()})}
        self.assertEqual(rows["kafka-3"], ("kafka-3", "dead", "", "", "127.0.0.1:3"))
        self.assertEqual(rows["redis_cluster.2"][4], "127.0.0.1:21")
        self.assertEqual(rows["cassandra"][4], "127.0.0.1:4")
        self.assertEqual(rows["node-1"][1:3], ("alive", str(os.getpid())))
        self.assertGreater(int(rows["node-1"][3]), 0)
        self.assertEqual(rows["mqtt-1"], ("mqtt-1", "dead", "", "", "mqtt 127.0.0.1:14  metrics 127.0.0.1:15"))
        self.assertEqual(list(rows)[-1], "mqtt-1")
        self.assertEqual(state.table(("a", "b"), [("long", "x"), ("c", "")]), "a     b\nlong  x\nc")

    def test_end_ends_what_runs_also_the_stopped_and_the_deaf_and_removes_the_folder(self):
        running = [self.start("node-1"), self.start("kafka-1", DEAF), self.start("mqtt-1")]
        os.kill(running[2].pid, signal.SIGSTOP)
        self.start("http-1").kill()
        self.assertEqual(state.running(self.folder).keys() - {"http-1"}, {"node-1", "kafka-1", "mqtt-1"})
        state.end(self.folder, keep=False)
        self.assertEqual([child.wait() for child in running], [-signal.SIGTERM, -signal.SIGKILL, -signal.SIGTERM])
        self.assertFalse(self.folder.exists())

    def test_what_was_kept_is_there_once_more_and_the_rest_of_a_failed_start_is_not(self):
        self.start("node-1")
        state.end(self.folder, keep=True)
        state.clear(self.folder)
        self.assertTrue((self.folder / "node-1").exists())
        state.clear(self.folder)
        self.assertFalse(self.folder.exists())

    def test_end_leaves_a_stranger_who_has_the_id_alone(self):
        stranger = self.start("node-1")
        (self.folder / "node-1/node-1.process").write_text(f"{stranger.pid} {processes.started(stranger.pid) - 1}\n")
        self.assertEqual(state.running(self.folder), {})
        self.assertEqual(state.end(self.folder, keep=True), 0)
        self.assertIsNone(stranger.poll())
        self.assertTrue(self.folder.exists())

    def test_a_zombie_and_a_broken_file_are_nobody(self):
        child = self.start("node-1")
        child.kill()
        os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
        (self.folder / "mqtt-1").mkdir()
        (self.folder / "mqtt-1/mqtt-1.process").write_text("12")
        self.assertEqual(state.running(self.folder), {})
        self.assertEqual(set(state.process_files(self.folder)), {"node-1", "mqtt-1"})


class Options(unittest.TestCase):
    def test_variables_are_for_all_for_a_kind_or_for_one(self):
        found = main.environment_of(["A=1", "node:B=x:y", "mqtt-2:C="])
        self.assertEqual(found["node"], {"A": "1", "B": "x:y"})
        self.assertEqual(found["http"], {"A": "1"})
        self.assertEqual(found["mqtt-2"], {"C": ""})
        with self.assertRaisesRegex(service.ServiceError, "there is no '='"):
            main.environment_of(["A"])

    def test_status_and_down_say_that_nothing_runs(self):
        with tempfile.TemporaryDirectory() as folder:
            for verb, code in (("status", 1), ("down", 0)):
                done = subprocess.run([sys.executable, main.__file__, verb, "--folder", f"{folder}/cluster"],
                                      capture_output=True, text=True)
                self.assertEqual((done.returncode, done.stdout), (code, "The cluster is not running.\n"))


class Ports(unittest.TestCase):
    def test_a_port_is_given_once(self):
        ports = [service.free_port() for _ in range(200)]
        self.assertEqual(len(set(ports)), 200)


class Shape(unittest.TestCase):
    def cluster(self, says, **options):
        """Of a server whose help says `says`; nothing is started."""
        holder = tempfile.TemporaryDirectory()
        self.addCleanup(holder.cleanup)
        binary = pathlib.Path(holder.name) / "binary"
        binary.write_text(f"#!/bin/sh\necho '{says}'\n")
        binary.chmod(0o755)
        return Cluster(f"{holder.name}/cluster", binary, **options)

    def test_every_process_has_a_name_to_break_it_by(self):
        found = self.cluster("--role TEXT", environment={"mqtt": {"A": "1"}, "mqtt-2": {"A": "2"}})
        self.assertEqual(sorted(found.services()),
                         ["cassandra", "http-1", "kafka-1", "kafka-2", "kafka-3", "mqtt-1", "mqtt-2", "node-1",
                          "node-2", "postgres", "redis_cluster.1", "redis_cluster.2", "redis_cluster.3"])
        self.assertEqual([role.variables["A"] for role in found.mqtts], ["1", "2"])
        self.assertEqual(found.mqtts[0].command()[1:], ["serve", "--role=mqtt"])

    def test_servers_that_nobody_needs_are_left_out(self):
        found = self.cluster("--role TEXT", timeseries="postgres", brokers=1, cache=False, roles={"node": 1})
        self.assertEqual(sorted(found.services()), ["kafka", "node-1", "postgres"])

    def test_a_build_without_roles_is_one_process(self):
        found = self.cluster("--data TEXT")
        self.assertEqual([role.name for role in found.ours], ["all-1"])
        self.assertEqual((found.nodes, found.mqtts), (found.ours, found.ours))
        self.assertNotIn("--role=all", found.ours[0].command())


if __name__ == "__main__":
    unittest.main()
