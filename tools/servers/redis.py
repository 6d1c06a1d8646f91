"""One redis-server without persistence: plain, and with TLS on a second port."""
import socket
import subprocess

from servers.service import Service, free_port, program


class RedisNode(Service):
    """What single servers and nodes of a cluster have in common."""

    name = "redis_node"
    seconds_to_start = 20
    seconds_to_stop = 5

    def prepare(self):
        self.port = free_port()

    def command(self):
        return [program("redis-server", package="redis-server"), "--bind", "127.0.0.1", "--port", str(self.port),
                "--dir", str(self.folder), "--save", "", "--appendonly", "no", "--maxmemory", "64mb",
                "--maxmemory-policy", "allkeys-lru", "--daemonize", "no", *self.more_arguments()]

    def more_arguments(self):
        return []

    def is_ready(self):
        return self.answers("PING") == b"+PONG\r\n"

    def answers(self, *words):
        """The first piece of the answer to a command; nothing if there is none."""
        line = b"*%d\r\n" % len(words)
        for word in words:
            data = str(word).encode()
            line += b"$%d\r\n%s\r\n" % (len(data), data)
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=2) as connection:
                connection.settimeout(2)
                connection.sendall(line)
                return connection.recv(65536)
        except OSError:
            return b""


class Redis(RedisNode):
    name = "redis"

    def prepare(self):
        super().prepare()
        self.tls_port = free_port()
        self.certificate = self.folder / "server.crt"
        key = self.folder / "server.key"
        subprocess.run([program("openssl", package="openssl"), "req", "-x509", "-newkey", "ec", "-pkeyopt",
                        "ec_paramgen_curve:P-256", "-nodes", "-keyout", key, "-out", self.certificate, "-days", "2",
                        "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"],
                       check=True, capture_output=True)
        self.key = key

    def more_arguments(self):
        return ["--tls-port", str(self.tls_port), "--tls-cert-file", str(self.certificate), "--tls-key-file",
                str(self.key), "--tls-auth-clients", "no"]

    def environment(self):
        return {"THINGSTEAD_TEST_REDIS": f"127.0.0.1:{self.port}",
                "THINGSTEAD_TEST_REDIS_TLS": f"127.0.0.1:{self.tls_port}",
                "THINGSTEAD_TEST_REDIS_CA": str(self.certificate)}
