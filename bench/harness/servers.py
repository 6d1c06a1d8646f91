"""The server under test and its yardstick: how each is started, reached and stopped."""
import os
import time

from harness import mqtt
from harness.process import Child, Failed, free_ports
from harness.rest import Rest

# The one place that knows how the server's settings are called in its environment.
MQTT_PORT = "THINGSTEAD_TRANSPORT_MQTT_PORT"
HTTP_PORT = "THINGSTEAD_API_HTTP_PORT"
METRICS_PORT = "THINGSTEAD_METRICS_PORT"

DEMO_TOKEN = "A1_TEST_TOKEN"  # A device of the demo data, there from the first start on.
TOKEN_PREFIX = "bench-token-"
READY_S_MAX = 120


class Thingstead:
    """A release server on embedded stores, in a folder and on ports of its own."""

    def __init__(self, binary, folder, environment):
        self.folder, self.child = folder, None
        self.mqtt_port, self.http_port, metrics_port = free_ports(3)
        self.command = [binary, "serve", "--demo", "--data", os.path.join(folder, "data")]
        self.environment = {MQTT_PORT: str(self.mqtt_port), HTTP_PORT: str(self.http_port),
                            METRICS_PORT: str(metrics_port), **environment}

    def start(self):
        self.child = Child(self.command, os.path.join(self.folder, "server.log"), self.environment)

    def stop(self):
        if self.child and not self.child.stop():
            raise Failed("the server did not end within 30 s of SIGTERM")

    def log_in(self):
        """Waits until the REST interface lets the demo tenant in."""
        while True:
            try:
                return Rest(self.http_port)
            except (OSError, Failed) as error:
                self.child.check_alive()
                if time.monotonic() > self.child.spawned + READY_S_MAX:
                    raise Failed(f"no log-in: {error}\n{self.child.log_tail()}") from error
                time.sleep(0.02)

    def wait_first_accepted(self):
        """start_ms of an empty data folder; None when the demo data has no such device."""
        def rest_is_ready():
            try:
                return bool(Rest(self.http_port))
            except (OSError, Failed):
                return False
        return mqtt.wait_accepted(self.child, self.mqtt_port, DEMO_TOKEN, give_up=rest_is_ready)

    def wait_accepted(self):
        return mqtt.wait_accepted(self.child, self.mqtt_port, TOKEN_PREFIX + "0")


class Mosquitto:
    """The yardstick: a broker that acknowledges from memory, with its default limits."""

    load_options = ["--anonymous"]

    def __init__(self, binary, folder):
        self.port = free_ports(1)[0]
        configuration = os.path.join(folder, "mosquitto.conf")
        with open(configuration, "w") as file:
            file.write(f"listener {self.port} 127.0.0.1\nallow_anonymous true\npersistence false\n"
                       "log_type error\nlog_type warning\n")
        self.child = Child([binary, "-c", configuration], os.path.join(folder, "mosquitto.log"))
        try:
            mqtt.wait_accepted(self.child, self.port)
        except BaseException:
            self.child.stop()
            raise

    def stop(self):
        self.child.stop()
