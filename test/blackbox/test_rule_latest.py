"""Rule nodes that aggregate what children of entities have, once in a period, from REST to what is stored."""
import pytest

from harness.people import entity_id
from harness.wait import eventually
from test_rule_scripts import Chain, node, save, send


def contains(tenant, parent, child):
    tenant.ok("POST", "/api/relation", {"from": entity_id("DEVICE", parent), "to": entity_id("DEVICE", child),
                                        "type": "Contains", "typeGroup": "COMMON"})


@pytest.mark.sanitizer
def test_a_parent_gets_aggregates_of_its_children_in_every_period(server, tenant):
    saving = Chain(tenant, [save("save")], [])
    parent, _ = saving.device()
    children = [saving.device() for _ in range(3)]
    for number, (child, token) in enumerate(children):
        contains(tenant, parent, child)
        send(server, token, {"temperature": 10 * (number + 1)})
        eventually(lambda child=child: tenant.latest(child), lambda values: "temperature" in values)
    tenant.ok("POST", f"/api/plugins/telemetry/DEVICE/{children[0][0]}/SERVER_SCOPE", {"off": True})
    config = {
        "periodValue": 1, "periodTimeUnit": "SECONDS",
        "parentEntitiesQuery": {"type": "single", "entityId": entity_id("DEVICE", parent)},
        "aggMappings": [
            {"source": "temperature", "sourceScope": "LATEST_TELEMETRY", "target": "average", "aggFunction": "AVG"},
            {"source": "temperature", "target": "on", "aggFunction": "COUNT", "filter": {
                "serverAttributeNames": ["off"], "scriptLang": "TBEL",
                "tbelFilterFunction": "return attributes.ss_off != true;"}}],
    }
    chain = Chain(tenant, [
        node("aggregate", "analytics.latest.telemetry.TbAggLatestTelemetryNode", config), save("save"),
    ], [(0, 1, "Success")])
    try:
        found = eventually(lambda: tenant.latest(parent), lambda values: {"average", "on"} <= set(values))
        assert {key: point["value"] for key, (point,) in found.items()} == {"average": 20, "on": 2}
        send(server, children[2][1], {"temperature": 60})
        eventually(lambda: tenant.latest(parent)["average"][0]["value"], lambda average: average == 30)
    finally:
        chain.draw([save("save")], [])  # No more rounds.
