"""A process of a cluster that is told something wrong does not start, and says in one line which setting to look at."""
import subprocess

import pytest

from harness.process import binary

pytestmark = [pytest.mark.cluster, pytest.mark.timeout(180)]

NOBODY = "127.0.0.1:9"  # discard: nobody listens there


def refusal(cluster, kind, changes, tmp_path):
    """What a process of `kind` with `changes` to its settings says as it ends."""
    like = cluster.of_kind(kind)[0]
    environment = {**like.process_environment(), "THINGSTEAD_SERVICE_ID": "refused", "THINGSTEAD_METRICS_PORT": "0",
                   "THINGSTEAD_API_HTTP_PORT": "0", "THINGSTEAD_TRANSPORT_MQTT_PORT": "0",
                   "THINGSTEAD_DATA": str(tmp_path / "data"), **changes}
    done = subprocess.run([binary(), "serve", f"--role={kind}"], env=environment, capture_output=True, text=True,
                          timeout=120)
    assert done.returncode not in (0, None) and done.returncode > 0, done
    lines = [line for line in done.stderr.splitlines() if line.startswith("thingstead: ")]
    assert len(lines) == 1, done.stderr
    return lines[0]


@pytest.mark.parametrize("kind", ["mqtt", "http", "node"])
def test_a_wrong_address_of_kafka(cluster, tmp_path, kind):
    said = refusal(cluster, kind, {"THINGSTEAD_QUEUE_KAFKA_BROKERS": NOBODY}, tmp_path)
    assert "queue.kafka.brokers" in said and NOBODY in said, said


def test_a_number_of_copies_that_the_brokers_cannot_keep(cluster, tmp_path):
    said = refusal(cluster, "mqtt", {"THINGSTEAD_QUEUE_KAFKA_REPLICATION_FACTOR": "9",
                                     "THINGSTEAD_QUEUE_KAFKA_PREFIX": "copies"}, tmp_path)
    assert "queue.kafka.replication_factor" in said, said


def test_a_wrong_address_or_password_of_postgres(cluster, tmp_path):
    url = cluster.servers()["postgres"]
    for changed in (url.replace(f":{cluster.postgres.port}", ":9"), url.replace("@", "x@", 1)):
        said = refusal(cluster, "node", {"THINGSTEAD_STORE_ENTITIES_POSTGRES_URL": changed}, tmp_path)
        assert "store.entities_postgres" in said, said
        assert cluster.postgres.password not in said, "a password is nobody's business"


def test_a_wrong_address_or_password_of_cassandra(cluster, tmp_path):
    said = refusal(cluster, "node", {"THINGSTEAD_STORE_CASSANDRA_CONTACT_POINTS": NOBODY}, tmp_path)
    assert "store.cassandra" in said and NOBODY in said, said
    said = refusal(cluster, "node", {"THINGSTEAD_STORE_CASSANDRA_PASSWORD": "wrong"}, tmp_path)
    assert "store.cassandra" in said and "password" in said.lower(), said


def test_a_schema_of_a_later_version(cluster, tmp_path):
    later = "later_schema"
    url = cluster.postgres.url(later)
    cluster.postgres.sql(f"CREATE DATABASE {later}")
    try:
        cluster.postgres.sql("CREATE TABLE schema_version (version bigint NOT NULL);"
                             "INSERT INTO schema_version VALUES (9999);"
                             "GRANT ALL ON schema_version TO thingstead; GRANT ALL ON SCHEMA public TO thingstead", later)
        said = refusal(cluster, "node", {"THINGSTEAD_STORE_ENTITIES_POSTGRES_URL": url}, tmp_path)
        assert "store.entities_postgres" in said and "9999" in said, said
    finally:
        cluster.postgres.sql(f"DROP DATABASE {later} WITH (FORCE)")


def test_stores_of_one_process_do_not_serve_a_role(cluster, tmp_path):
    for variable, value, setting in (("QUEUE_DRIVER", "log", "queue.driver"),
                                     ("STORE_ENTITIES_DRIVER", "sqlite", "store.entities_driver"),
                                     ("STORE_TIMESERIES_DRIVER", "rocksdb", "store.timeseries_driver")):
        said = refusal(cluster, "node", {f"THINGSTEAD_{variable}": value}, tmp_path)
        assert setting in said, said
