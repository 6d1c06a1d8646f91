"""paho-mqtt as device firmware uses it, with waiting instead of callbacks."""
import queue

import paho.mqtt.client as mqtt

from harness.wait import SECONDS_MAX


class Paho:
    """A connected client on its own thread; `messages` receives (topic, payload)."""

    def __init__(self, port, token, protocol=mqtt.MQTTv311, client_id="", password=None, tls=None):
        self.client = mqtt.Client(client_id=client_id, protocol=protocol)
        if token is not None:
            self.client.username_pw_set(token, password)
        if tls:
            self.client.tls_set_context(tls)
        self.messages, self._events = queue.Queue(), queue.Queue()
        self.client.on_connect = lambda _c, _u, _f, code, *_: self._events.put(("connect", self._number(code)))
        self.client.on_disconnect = lambda _c, _u, code, *_: self._events.put(("disconnect", self._number(code)))
        self.client.on_subscribe = lambda _c, _u, mid, codes, *_: self._events.put(
            (mid, [self._number(code) for code in codes]))
        self.client.on_message = lambda _c, _u, message: self.messages.put((message.topic, message.payload))
        self.client.connect("127.0.0.1", port, keepalive=60)
        self.client.loop_start()

    @staticmethod
    def _number(code):
        return getattr(code, "value", code)

    def __enter__(self):
        self.connack = self.event("connect")
        return self

    def __exit__(self, *_):
        self.client.disconnect()
        self.client.loop_stop()

    def event(self, name):
        """The value of the next event of this name; others are dropped."""
        while True:
            found, value = self._events.get(timeout=SECONDS_MAX)
            if found == name:
                return value

    def publish(self, topic, payload, qos=1):
        """Returns when the whole handshake of this quality of service is over."""
        info = self.client.publish(topic, payload, qos)
        info.wait_for_publish(SECONDS_MAX)
        assert info.is_published(), f"no acknowledgement within {SECONDS_MAX} s"

    def subscribe(self, topic, qos=1):
        _, mid = self.client.subscribe(topic, qos)
        return self.event(mid)

    def message(self):
        return self.messages.get(timeout=SECONDS_MAX)
