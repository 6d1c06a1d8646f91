"""Apache Kafka in KRaft mode: brokers that are their own controllers, one or three of them.

Beside the plain listener each has a secure one, SASL over TLS, for the user `thingstead` with PASSWORD.
"""
import concurrent.futures
import subprocess

from servers.jars import jars, java
from servers.service import Service, ServiceError, answers, free_port, program

PASSWORD = "thingstead-secret"

_CLUSTER = "dGhpbmdzdGVhZC10ZXN0MQ"
_LOG4J = """log4j.rootLogger=WARN, out
log4j.logger.kafka.server=INFO
log4j.logger.kafka.coordinator.group=INFO
log4j.appender.out=org.apache.log4j.ConsoleAppender
log4j.appender.out.layout=org.apache.log4j.PatternLayout
log4j.appender.out.layout.ConversionPattern=%d{ISO8601} %p %c{1} %m%n
"""
_SCRAM = tuple(argument for mechanism in ("SCRAM-SHA-256", "SCRAM-SHA-512")
               for argument in ("--add-scram", f"{mechanism}=[name=thingstead,password={PASSWORD}]"))
# A small heap, and a compiler that is done soon: a test wants a server that starts fast.
_JAVA = ("-Xms64m", "-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xshare:auto")
_PROPERTIES = """process.roles=broker,controller
node.id={node}
controller.quorum.voters={voters}
listeners=PLAIN://127.0.0.1:{port},SECURE://127.0.0.1:{secure_port},CONTROLLER://127.0.0.1:{controller_port}
advertised.listeners=PLAIN://127.0.0.1:{port},SECURE://127.0.0.1:{secure_port}
listener.security.protocol.map=PLAIN:PLAINTEXT,SECURE:SASL_SSL,CONTROLLER:PLAINTEXT
inter.broker.listener.name=PLAIN
controller.listener.names=CONTROLLER
sasl.enabled.mechanisms=PLAIN,SCRAM-SHA-256,SCRAM-SHA-512
listener.name.secure.plain.sasl.jaas.config=org.apache.kafka.common.security.plain.PlainLoginModule required \
user_thingstead="{password}";
listener.name.secure.scram-sha-256.sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required;
listener.name.secure.scram-sha-512.sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required;
listener.name.secure.ssl.keystore.type=PEM
listener.name.secure.ssl.keystore.location={folder}/keystore.pem
log.dirs={folder}/data
auto.create.topics.enable=false
num.network.threads=2
num.io.threads=2
num.recovery.threads.per.data.dir=1
log.segment.bytes=16777216
log.cleaner.dedupe.buffer.size=2097152
log.index.size.max.bytes=1048576
offsets.topic.num.partitions=4
offsets.topic.replication.factor={replicas}
transaction.state.log.num.partitions=1
transaction.state.log.replication.factor={replicas}
transaction.state.log.min.isr=1
group.initial.rebalance.delay.ms=50
group.min.session.timeout.ms=1000
controlled.shutdown.max.retries=1
broker.heartbeat.interval.ms=500
broker.session.timeout.ms=4000
"""


class Kafka(Service):
    """One broker: alone, or one of the `nodes` of a cluster, which `cluster()` makes."""

    name = "kafka"

    def __init__(self, folder, node=1, nodes=None):
        super().__init__(folder)
        self.node = node
        # A node is its id and three ports: plain, secure, controller.
        self.nodes = nodes or {node: _ports()}
        if len(self.nodes) > 1:
            self.name = f"kafka-{node}"
        self.jars = None

    @classmethod
    def cluster(cls, folder, size=3):
        """Brokers of one cluster, not started: none is ready before most of them are, see `start_together()`."""
        nodes = {node: _ports() for node in range(1, size + 1)}
        return [cls(f"{folder}/kafka-{node}", node, nodes) for node in nodes]

    @property
    def port(self):
        return self.nodes[self.node][0]

    @property
    def secure_port(self):
        return self.nodes[self.node][1]

    @property
    def certificate(self):
        return self.folder / "ca.pem"

    def prepare(self):
        self.jars = fetch()
        voters = ",".join(f"{node}@127.0.0.1:{ports[2]}" for node, ports in self.nodes.items())
        port, secure_port, controller_port = self.nodes[self.node]
        (self.folder / "log4j.properties").write_text(_LOG4J)
        (self.folder / "server.properties").write_text(_PROPERTIES.format(
            node=self.node, voters=voters, port=port, secure_port=secure_port, controller_port=controller_port,
            folder=self.folder, password=PASSWORD, replicas=min(3, len(self.nodes))))
        self._make_certificate()
        self._run("kafka.tools.StorageTool", "format", "--ignore-formatted", "--cluster-id", _CLUSTER,
                  "--config", self.folder / "server.properties", *_SCRAM)

    def _make_certificate(self):
        key = self.folder / "key.pem"
        made = subprocess.run([program("openssl", package="openssl"), "req", "-x509", "-newkey", "rsa:2048", "-nodes",
                               "-keyout", key, "-out", self.certificate, "-days", "30", "-subj", "/CN=127.0.0.1",
                               "-addext", "subjectAltName=IP:127.0.0.1"], capture_output=True, text=True)
        if made.returncode != 0:
            raise ServiceError(f"no certificate was made:\n{made.stderr}")
        (self.folder / "keystore.pem").write_text(key.read_text() + self.certificate.read_text())

    def _java(self, *arguments):
        return [java(), *_JAVA, f"-Dlog4j.configuration=file:{self.folder}/log4j.properties",
                "-cp", f"{self.jars}/*", *map(str, arguments)]

    def _run(self, *arguments):
        done = subprocess.run(self._java(*arguments), capture_output=True, text=True)
        if done.returncode != 0:
            raise ServiceError(f"{arguments[0]} failed:\n{done.stdout[-2000:]}{done.stderr[-2000:]}")

    def command(self):
        return self._java("kafka.Kafka", self.folder / "server.properties")

    def is_ready(self):
        # The broker opens its door to clients when it is registered and unfenced.
        return answers(self.port)

    def environment(self):
        def addresses(which):
            return ",".join(f"127.0.0.1:{ports[which]}" for ports in self.nodes.values())
        return {"THINGSTEAD_TEST_KAFKA": addresses(0),
                "THINGSTEAD_TEST_KAFKA_SECURE": addresses(1),
                "THINGSTEAD_TEST_KAFKA_CA": str(self.certificate),
                "THINGSTEAD_TEST_KAFKA_PASSWORD": PASSWORD}


def start_together(services):
    """Starts servers that wait for each other; the first error is raised when all have been tried."""
    with concurrent.futures.ThreadPoolExecutor(len(services)) as threads:
        for done in [threads.submit(each.start) for each in services]:
            done.result()


def _ports():
    return tuple(free_port() for _ in range(3))


def fetch():
    """The folder with Kafka's jars."""
    return jars("kafka-3.9.1", "org.apache.kafka:kafka_2.13:3.9.1", "org.slf4j:slf4j-reload4j:1.7.36")
