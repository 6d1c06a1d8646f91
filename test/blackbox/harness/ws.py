"""A WebSocket of the dashboards, frame by frame, without a thread."""
import asyncio
import json

import websockets

from harness.wait import SECONDS_MAX


class WebSocket:
    def __init__(self, port, path="/api/ws"):
        self.loop = asyncio.new_event_loop()
        self.socket = self._run(self._connect(f"ws://127.0.0.1:{port}{path}"))

    @staticmethod
    async def _connect(url):  # A coroutine, because the library asks for the running loop.
        return await websockets.connect(url, ping_interval=None, open_timeout=SECONDS_MAX, max_size=None)

    def _run(self, awaitable, seconds_max=SECONDS_MAX):
        async def bounded():
            return await asyncio.wait_for(awaitable, seconds_max)
        return self.loop.run_until_complete(bounded())

    def __enter__(self):
        return self

    def __exit__(self, *_):
        try:
            self._run(self.socket.close())
        finally:
            self.loop.close()

    def send_text(self, frame):
        self._run(self.socket.send(frame))

    def send(self, *commands, token=None):
        frame = {"authCmd": {"cmdId": 0, "token": token} if token else None, "cmds": list(commands)}
        self.send_text(json.dumps(frame))

    def receive(self, seconds_max=SECONDS_MAX):
        return json.loads(self._run(self.socket.recv(), seconds_max))

    def receive_until(self, wanted):
        """The first update that `wanted` takes; others are dropped."""
        while True:
            update = self.receive()
            if wanted(update):
                return update

    def close_code(self):
        """(code, reason) of the close that the server begins."""
        try:
            while True:
                self._run(self.socket.recv())
        except websockets.ConnectionClosed as closed:
            return closed.rcvd.code if closed.rcvd else 1006, closed.rcvd.reason if closed.rcvd else ""
