"""Compares what the server has acknowledged with what it has stored."""
import array
import time
from concurrent.futures import ThreadPoolExecutor

from harness.process import Failed
from harness.rest import THREADS, Behind

KEY = "energy"
RECORD_BYTES = 24
CATCH_UP_SAMPLE = 20  # Devices asked while waiting: enough to see a lag, too few to cause one.


class Acked:
    """The acked file of one run: records of sequence u64, ts i64, connection u32, energy u32."""

    def __init__(self, path):
        words = array.array("Q")
        with open(path, "rb") as file:
            data = file.read()
        if len(data) % RECORD_BYTES:
            raise Failed(f"{path} ends in the middle of a record")
        words.frombytes(data)
        self.count = len(data) // RECORD_BYTES
        self.points = {}  # connection -> {ts: energy}
        for ts, who in zip(words[1::3], words[2::3]):
            self.points.setdefault(who & 0xFFFFFFFF, {})[ts] = who >> 32

    def ts_max(self):
        return max((max(points) for points in self.points.values()), default=0)


def wait_caught_up(rest, devices, acked, seconds_max):
    """Waits until the newest acknowledged point of a sample of devices can be read.

    Returns whether that happened within `seconds_max`.
    """
    until = time.monotonic() + seconds_max
    connections = sorted(acked.points)
    for connection in connections[::max(1, len(connections) // CATCH_UP_SAMPLE)]:
        newest = max(acked.points[connection])
        while not _stored(rest, devices[connection], newest, newest + 1):
            if time.monotonic() > until:
                return False
            time.sleep(0.02)
    return True


def _stored(rest, device, start_ts, end_ts):
    """Nothing while the server is behind: whoever asks, asks again until it is too late."""
    try:
        return rest.history(device, KEY, start_ts, end_ts)
    except Behind:
        return {}


def compare(rest, devices, acked, seconds_max):
    """How many acknowledged messages are stored with the right value, and texts of some that are not.

    A device with gaps is asked again until `seconds_max` have passed: the server may still be busy.
    """
    until = time.monotonic() + seconds_max

    def check(connection):
        wanted = acked.points[connection]
        while True:
            stored = _stored(rest, devices[connection], min(wanted), max(wanted) + 1)
            wrong = [ts for ts, energy in wanted.items() if stored.get(ts) != energy]
            if not wrong or time.monotonic() > until:
                texts = [f"device {connection}, ts {ts}: acknowledged {wanted[ts]}, stored {stored.get(ts)}"
                         for ts in wrong[:3]]
                return len(wanted) - len(wrong), texts
            time.sleep(0.2)

    with ThreadPoolExecutor(THREADS) as pool:
        results = list(pool.map(check, acked.points))
    return sum(count for count, _ in results), [text for _, texts in results for text in texts][:10]
