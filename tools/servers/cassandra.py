"""Cassandra 4.1: one node, or with `address` and `seeds` one of several that share a port.

It asks for a password (cassandra, cassandra), takes plain and TLS connections on one port, and answers a write when
it is in the synced commit log, so that killing it loses nothing. THINGSTEAD_TEST_CASSANDRA_SYNC=periodic is faster
and may lose the last writes when it is killed: for benchmarks.
"""
import os
import pathlib
import socket
import struct
import subprocess

from servers.jars import jars, java
from servers.service import Service, ServiceError, free_port, program

USER = "cassandra"
PASSWORD = "cassandra"
_STORE_PASSWORD = "thingstead"
CLUSTER = "thingstead-test"

_YAML = """
cluster_name: '{cluster}'
num_tokens: 16
partitioner: org.apache.cassandra.dht.Murmur3Partitioner
authenticator: {authenticator}
authorizer: AllowAllAuthorizer
role_manager: CassandraRoleManager
listen_address: {address}
storage_port: {storage_port}
ssl_storage_port: {ssl_storage_port}
rpc_address: {address}
native_transport_port: {port}
start_native_transport: true
endpoint_snitch: SimpleSnitch
seed_provider:
  - class_name: org.apache.cassandra.locator.SimpleSeedProvider
    parameters: [{{seeds: '{seeds}'}}]
data_file_directories: ['{folder}/data']
commitlog_directory: '{folder}/commitlog'
hints_directory: '{folder}/hints'
saved_caches_directory: '{folder}/saved_caches'
cdc_raw_directory: '{folder}/cdc_raw'
commitlog_segment_size: 8MiB
commitlog_total_space: 64MiB
{sync}
memtable_heap_space: 64MiB
memtable_offheap_space: 64MiB
key_cache_size: 4MiB
row_cache_size: 0MiB
counter_cache_size: 0MiB
networking_cache_size: 16MiB
file_cache_size: 32MiB
prepared_statements_cache_size: 4MiB
concurrent_reads: 8
concurrent_writes: 16
concurrent_counter_writes: 2
concurrent_materialized_view_writes: 2
concurrent_compactors: 1
compaction_throughput: 0MiB/s
auto_snapshot: false
snapshot_before_compaction: false
hinted_handoff_enabled: true
disk_failure_policy: stop
commit_failure_policy: stop
credentials_validity: 1000ms
roles_validity: 1000ms
dynamic_snitch: false
read_request_timeout: 5000ms
range_request_timeout: 10000ms
write_request_timeout: 5000ms
client_encryption_options:
  enabled: true
  optional: true
  keystore: '{folder}/node.p12'
  keystore_password: '{store_password}'
  store_type: PKCS12
"""

_SYNC = {"batch": "commitlog_sync: batch", "periodic": "commitlog_sync: periodic\ncommitlog_sync_period: 10000ms"}

_LOGBACK = """<configuration>
  <appender name="OUT" class="ch.qos.logback.core.ConsoleAppender">
    <encoder><pattern>%-5level %date{HH:mm:ss.SSS} %logger{0} %msg%n</pattern></encoder>
  </appender>
  <root level="INFO"><appender-ref ref="OUT"/></root>
</configuration>
"""

# What Cassandra reaches into; the first module of each line is the one it belongs to.
_EXPORTS = ("java.base/jdk.internal.misc", "java.base/jdk.internal.ref", "java.base/sun.nio.ch",
            "java.base/java.lang.ref", "java.management.rmi/com.sun.jmx.remote.internal.rmi",
            "java.rmi/sun.rmi.registry", "java.rmi/sun.rmi.server", "java.rmi/sun.rmi.transport.tcp",
            "java.sql/java.sql", "java.security.jgss/sun.security.krb5")
_OPENS = ("java.base/java.lang.module", "java.base/jdk.internal.loader", "java.base/jdk.internal.ref",
          "java.base/jdk.internal.reflect", "java.base/jdk.internal.math", "java.base/jdk.internal.module",
          "java.base/jdk.internal.util.jar", "java.base/sun.nio.ch", "java.base/java.io", "java.base/java.nio",
          "java.base/java.util", "java.base/java.util.concurrent", "java.base/java.util.concurrent.atomic",
          "java.base/java.lang", "java.base/java.lang.reflect", "java.base/java.math", "java.base/java.net",
          "java.rmi/sun.rmi.transport.tcp", "jdk.management/com.sun.management.internal")


class Cassandra(Service):
    name = "cassandra"
    seconds_to_start = 120
    # To be changed before the first start; nodes of a cluster differ in their address alone.
    address = "127.0.0.1"
    port = 0
    storage_port = 0
    seeds = ()  # "address:storage_port"…; empty: itself
    authenticator = "PasswordAuthenticator"
    heap = "512m"

    def prepare(self):
        self.port = self.port or free_port()
        self.storage_port = self.storage_port or free_port()
        self.jars = fetch()
        sync = os.environ.get("THINGSTEAD_TEST_CASSANDRA_SYNC", "batch")
        if sync not in _SYNC:
            raise ServiceError(f"THINGSTEAD_TEST_CASSANDRA_SYNC is '{sync}', but must be one of {', '.join(_SYNC)}")
        self._make_certificates()
        seeds = ",".join(self.seeds) or f"{self.address}:{self.storage_port}"
        (self.folder / "cassandra.yaml").write_text(_YAML.format(
            cluster=CLUSTER, authenticator=self.authenticator, address=self.address, port=self.port,
            storage_port=self.storage_port, ssl_storage_port=free_port(), seeds=seeds, folder=self.folder,
            sync=_SYNC[sync], store_password=_STORE_PASSWORD))
        (self.folder / "logback.xml").write_text(_LOGBACK)

    def _make_certificates(self):
        """An authority of the test and the node's certificate for its address, in the form that Java reads."""
        openssl = program("openssl", package="openssl")

        def call(*arguments):
            done = subprocess.run([openssl, *arguments], cwd=self.folder, capture_output=True, text=True)
            if done.returncode != 0:
                raise ServiceError(f"openssl {arguments[0]}: {done.stderr[-500:]}")

        key = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "30")
        call("req", "-x509", *key, "-keyout", "ca.key", "-out", "ca.pem", "-subj", "/CN=test authority")
        call("req", "-x509", *key, "-keyout", "node.key", "-out", "node.pem", "-subj", "/CN=node", "-CA", "ca.pem",
             "-CAkey", "ca.key", "-addext", f"subjectAltName=IP:{self.address}", "-addext",
             "basicConstraints=critical,CA:FALSE")
        call("pkcs12", "-export", "-in", "node.pem", "-inkey", "node.key", "-certfile", "ca.pem", "-out", "node.p12",
             "-name", "node", "-passout", f"pass:{_STORE_PASSWORD}")

    def command(self):
        folder = pathlib.Path(self.folder)
        exports = [word for each in _EXPORTS for word in ("--add-exports", f"{each}=ALL-UNNAMED")]
        opens = [word for each in _OPENS for word in ("--add-opens", f"{each}=ALL-UNNAMED")]
        properties = {
            "cassandra.config": f"file://{folder}/cassandra.yaml",
            "cassandra.storagedir": folder,
            "cassandra.skip_wait_for_gossip_to_settle": 0,
            "cassandra.ring_delay_ms": 100,
            "cassandra.superuser_setup_delay_ms": 0,
            "cassandra.auth_bcrypt_gensalt_log2_rounds": 4,
            "cassandra.jmx.local.port": free_port(),  # JMX stays on loopback.
            "cassandra-foreground": "yes",
            "logback.configurationFile": f"file://{folder}/logback.xml",
            "java.io.tmpdir": folder,
            "jna.tmpdir": folder,
            "java.net.preferIPv4Stack": "true",
            "java.security.manager": "allow",
            "jdk.attach.allowAttachSelf": "true",
            "io.netty.tryReflectionSetAccessible": "true",
        }
        return [java(), f"-javaagent:{self.jars}/jamm-0.3.2.jar", f"-Xms{self.heap}", f"-Xmx{self.heap}", "-Xss512k",
                "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xshare:auto", "-XX:-UsePerfData",
                "-XX:+HeapDumpOnOutOfMemoryError", "-XX:+ExitOnOutOfMemoryError", "-ea", *exports, *opens,
                *(f"-D{name}={value}" for name, value in properties.items()), "-cp", f"{self.jars}/*",
                "org.apache.cassandra.service.CassandraDaemon"]

    def is_ready(self):
        """It lets the first user in: that one is made a moment after the port is open."""
        try:
            with socket.create_connection((self.address, self.port), timeout=2) as connection:
                connection.sendall(_frame(0x01, b"\0\1" + _text("CQL_VERSION") + _text("3.4.5")))
                opcode, _ = _read_frame(connection)
                if opcode == 0x03:  # AUTHENTICATE
                    token = f"\0{USER}\0{PASSWORD}".encode()
                    connection.sendall(_frame(0x0F, struct.pack(">i", len(token)) + token))
                    opcode, _ = _read_frame(connection)
                    return opcode == 0x10  # AUTH_SUCCESS
                return opcode == 0x02  # READY
        except OSError:
            return False

    def environment(self):
        return {
            "THINGSTEAD_TEST_CASSANDRA": f"{self.address}:{self.port}",
            "THINGSTEAD_TEST_CASSANDRA_USER": USER,
            "THINGSTEAD_TEST_CASSANDRA_PASSWORD": PASSWORD,
            "THINGSTEAD_TEST_CASSANDRA_CA": str(self.folder / "ca.pem"),
        }


def _text(text):
    return struct.pack(">H", len(text)) + text.encode()


def _frame(opcode, body):
    return struct.pack(">BBHBI", 0x04, 0, 0, opcode, len(body)) + body


def _read_exactly(connection, size):
    got = b""
    while len(got) < size:
        more = connection.recv(size - len(got))
        if not more:
            raise OSError("closed")
        got += more
    return got


def _read_frame(connection):
    _, _, _, opcode, size = struct.unpack(">BBHBI", _read_exactly(connection, 9))
    return opcode, _read_exactly(connection, size)


def fetch():
    """The folder with Cassandra's jars."""
    return jars("cassandra-4.1.9", "org.apache.cassandra:cassandra-all:4.1.9")
