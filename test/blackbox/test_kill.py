"""SIGKILL at random moments under full load: what was acknowledged is there afterwards, once."""
import random
import time

import pytest

from harness.load import Load
from harness.rest import Rest
from harness.wait import eventually

KILLS = 20


@pytest.mark.timeout(180)
def test_nothing_acknowledged_is_lost_in_twenty_kills(new_server, tmp_path):
    seed = random.randrange(1 << 32)
    print(f"seed {seed}")
    rng = random.Random(seed)
    server = new_server().start()
    load = Load(server, tmp_path, connections=40)
    try:
        load.start("--window", "10", "--duration", "600", "--warmup", "0", "--reconnect", "--drain", "2")
        for kill in range(KILLS):
            # Half of the kills hit a server that has just come up and still replays.
            time.sleep(rng.uniform(0.02, 0.3) if kill % 2 else rng.uniform(0.4, 1.0))
            assert server.is_alive(), server.log_tail()
            server.kill()
            server.start()
            assert load.process.poll() is None, load.process.communicate()
        # The generator is back and is being served again: that this lasts is worth a second.
        before = server.metric("thingstead_mqtt_publishes_total")
        eventually(lambda: server.metric("thingstead_mqtt_publishes_total"), lambda now: now > before + 100)
        load.process.terminate()
        report = load.finish()
        assert load.count == report["acked"] > 1000 and report["errors"] == 0, report
        print(f"{load.count} acknowledged, {report['unacked']} not, {report['disconnects']} disconnects")
        load.assert_all_stored()
        # And nothing that was never sent: the values of one device are 100000000 + its sequence numbers.
        rest = Rest(server.url)
        for connection in (0, 39):
            energies = [energy for _, energy in load.stored(rest, connection)]
            assert energies == sorted(set(energies))
        # A last start on the same data: an orderly stop keeps it as well.
        server.finish()
        server.start()
        load.assert_all_stored()
        server.finish()
    finally:
        load.stop()
