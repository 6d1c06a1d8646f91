"""RabbitMQ: one node with a name server of Erlang's (epmd) of its own, for the user guest, guest."""
import os
import pathlib
import socket

from servers.service import Service, free_port, program

_CONF = """listeners.tcp.1 = 127.0.0.1:{port}
log.console = true
log.console.level = warning
log.file = false
vm_memory_high_watermark.absolute = 128MiB
disk_free_limit.absolute = 1MB
"""


class RabbitMq(Service):
    name = "rabbitmq"
    seconds_to_start = 120

    def prepare(self):
        self.port, self.names_port, self.distribution_port = free_port(), free_port(), free_port()
        (self.folder / "rabbitmq.conf").write_text(_CONF.format(port=self.port))
        (self.folder / "enabled_plugins").write_text("[].\n")
        # Not the one in PATH: that changes the user and reads the system's configuration.
        own = pathlib.Path("/usr/lib/rabbitmq/bin/rabbitmq-server")
        self.server = str(own) if own.exists() else program("rabbitmq-server", package="rabbitmq-server")
        self.names = program("epmd", package="rabbitmq-server")

    def command(self):
        # epmd beside it, in its process group: it ends with it.
        return ["/bin/sh", "-c", '"$0" -port "$1" -address 127.0.0.1 & exec "$2"', self.names, str(self.names_port),
                self.server]

    def process_environment(self):
        return {
            "HOME": str(self.folder),
            "ERL_EPMD_PORT": str(self.names_port),
            "ERL_EPMD_ADDRESS": "127.0.0.1",
            "RABBITMQ_CONF_ENV_FILE": os.devnull,
            "RABBITMQ_CONFIG_FILE": str(self.folder / "rabbitmq.conf"),
            "RABBITMQ_ADVANCED_CONFIG_FILE": str(self.folder / "advanced.config"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(self.folder / "enabled_plugins"),
            "RABBITMQ_NODENAME": f"thingstead{self.port}@localhost",
            "RABBITMQ_DIST_PORT": str(self.distribution_port),
            "RABBITMQ_MNESIA_BASE": str(self.folder / "mnesia"),
            "RABBITMQ_LOG_BASE": str(self.folder / "log"),
            "RABBITMQ_LOGS": "-",
            "RABBITMQ_PID_FILE": str(self.folder / "pid"),
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "-kernel inet_dist_use_interface {127,0,0,1} +S 1:1",
        }

    def is_ready(self):
        """Whether it begins the handshake of AMQP 0-9-1."""
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=2) as connection:
                connection.settimeout(2)
                connection.sendall(b"AMQP\x00\x00\x09\x01")
                return connection.recv(1) == b"\x01"
        except OSError:
            return False

    def environment(self):
        return {"THINGSTEAD_TEST_RABBITMQ": f"127.0.0.1:{self.port}"}
