"""Mosquitto: an MQTT broker with three doors: for anybody, for the user `thingstead` with PASSWORD, and TLS for clients
with a certificate."""
import subprocess

from servers.service import Service, answers, free_port, program

PASSWORD = "thingstead-secret"

# Started by root it would become another user, who may not read folders of tests.
_CONF = """user root
per_listener_settings true
persistence false
log_dest stdout

listener {port} 127.0.0.1
allow_anonymous true

listener {password_port} 127.0.0.1
allow_anonymous false
password_file {folder}/passwords

listener {tls_port} 127.0.0.1
allow_anonymous true
cafile {folder}/ca.crt
certfile {folder}/server.crt
keyfile {folder}/server.key
require_certificate true
"""


class Mosquitto(Service):
    name = "mosquitto"
    seconds_to_start = 20
    seconds_to_stop = 5

    def prepare(self):
        self.port, self.password_port, self.tls_port = free_port(), free_port(), free_port()
        (self.folder / "mosquitto.conf").write_text(_CONF.format(
            folder=self.folder, port=self.port, password_port=self.password_port, tls_port=self.tls_port))
        passwords = self.folder / "passwords"
        passwords.touch()
        subprocess.run([program("mosquitto_passwd", package="mosquitto"), "-b", passwords, "thingstead", PASSWORD],
                       check=True, capture_output=True)
        self._make_certificates()

    def _make_certificates(self):
        def openssl(*arguments):
            subprocess.run([program("openssl", package="openssl"), *arguments], cwd=self.folder, check=True,
                           capture_output=True)
        key = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")
        openssl("req", "-x509", *key, "-keyout", "ca.key", "-out", "ca.crt", "-days", "2", "-subj", "/CN=ca")
        for name in ("server", "client"):
            openssl("req", *key, "-keyout", f"{name}.key", "-out", f"{name}.csr", "-subj", f"/CN={name}")
            (self.folder / f"{name}.ext").write_text("subjectAltName=DNS:localhost,IP:127.0.0.1\n")
            openssl("x509", "-req", "-in", f"{name}.csr", "-CA", "ca.crt", "-CAkey", "ca.key", "-CAcreateserial",
                    "-out", f"{name}.crt", "-days", "2", "-extfile", f"{name}.ext")

    def command(self):
        return [program("mosquitto", "/usr/sbin", package="mosquitto"), "-c", str(self.folder / "mosquitto.conf")]

    def is_ready(self):
        return all(answers(port) for port in (self.port, self.password_port, self.tls_port))

    def environment(self):
        return {"THINGSTEAD_TEST_MOSQUITTO": f"127.0.0.1:{self.port}",
                "THINGSTEAD_TEST_MOSQUITTO_PASSWORD": f"127.0.0.1:{self.password_port}",
                "THINGSTEAD_TEST_MOSQUITTO_TLS": f"127.0.0.1:{self.tls_port}",
                "THINGSTEAD_TEST_MOSQUITTO_FOLDER": str(self.folder)}
