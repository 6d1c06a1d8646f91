"""JavaScript of rule nodes in processes of the role js-executor: nothing that a user sees is different."""
import os
import signal

import pytest
import requests

from harness.process import free_ports
from harness.wait import eventually
from test_rule_scripts import (Chain, js, latest, node, save, script, send, telemetry_alone,  # noqa: F401
                               test_a_script_can_be_tried,
                               test_javascript_filters_switches_and_changes_messages,
                               test_javascript_that_never_ends_or_takes_all_memory_hurts_nobody_else,
                               test_what_is_wrong_with_a_tried_script_is_said, try_script)

pytestmark = pytest.mark.embedded

PROBE = free_ports(1)[0]
ENVIRONMENT = {"THINGSTEAD_SCRIPT_JS_EVALUATOR": "remote", "THINGSTEAD_SCRIPT_JS_EXECUTOR_PORT": str(PROBE),
               "THINGSTEAD_SCRIPT_JS_EXECUTOR_WORKERS": "2", "THINGSTEAD_SCRIPT_JS_REMOTE_EXEC_TIMEOUT": "500ms"}


def workers_of(pid):
    """Process ids of the processes for scripts."""
    found = []
    for each in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{each}/stat") as stat, open(f"/proc/{each}/cmdline") as command:
                if int(stat.read().rpartition(")")[2].split()[1]) == pid and "js-worker" in command.read():
                    found.append(int(each))
        except OSError:
            continue
    return found


def fields_of(pid):
    with open(f"/proc/{pid}/status") as status:
        return dict(line.rstrip("\n").split(":\t", 1) for line in status if ":\t" in line)


def test_scripts_ran_in_processes(server, tenant):
    before = server.metric("thingstead_js_executor_answers_total")
    assert try_script(tenant, "return msg.temperature > 20;", language="JS")["output"] == "true"
    assert server.metric("thingstead_js_executor_answers_total") > before
    eventually(lambda: server.metric("thingstead_js_remote_pending") == 0)


def test_the_probe_says_that_it_lives(server):
    url = f"http://127.0.0.1:{PROBE}"
    assert requests.get(url + "/livenessProbe", timeout=10).status_code == 200
    assert requests.post(url + "/livenessProbe", timeout=10).status_code == 405
    assert requests.get(url + "/", timeout=10).status_code == 404


def test_processes_have_no_rights(server):
    workers = eventually(lambda: workers_of(server.process.pid), lambda found: len(found) == 2)
    for pid in workers:
        fields = eventually(lambda: fields_of(pid), lambda found: found["Seccomp"] == "2")
        assert fields["NoNewPrivs"] == "1" and int(fields["CapEff"], 16) == 0
        if os.geteuid() == 0:
            assert fields["Uid"].split() == ["65534"] * 4 and fields["Gid"].split() == ["65534"] * 4
            with open(f"/proc/{pid}/environ") as environment:
                assert "THINGSTEAD" not in environment.read()
            assert sorted(os.listdir(f"/proc/{pid}/fd")) == ["0", "1", "2"]


def test_a_process_that_is_killed_is_replaced(server, tenant):
    before = set(eventually(lambda: workers_of(server.process.pid), lambda found: len(found) == 2))
    for pid in before:
        os.kill(pid, signal.SIGKILL)
    for _ in range(4):
        try_script(tenant, "return true;", language="JS")
    eventually(lambda: set(workers_of(server.process.pid)), lambda found: len(found) == 2 and not found & before)
    assert try_script(tenant, "return true;", language="JS") == {"output": "true", "error": ""}


def test_a_script_that_costs_too_much_is_not_run_for_a_while(server, tenant):
    chain = Chain(tenant, [js("bad", "filter.TbJsFilterNode", "while (true) { }"),
                           script("failed", "transform.TbTransformMsgNode", "return {msg: {failed: msg.x}};"),
                           save("save")], [(0, 1, "Failure"), (1, 2, "Success")])
    device, token = chain.device()

    def fail(numbers):
        """How often an executor was asked meanwhile."""
        before = server.metric("thingstead_js_remote_requests_total")
        for number in numbers:
            send(server, token, {"x": number})
            eventually(lambda: latest(tenant, device, {"failed"})["failed"], lambda found: found == str(number))
        return server.metric("thingstead_js_remote_requests_total") - before

    assert fail(range(5)) >= 1
    assert fail(range(5, 8)) == 0


def test_alarms_and_generated_messages_come_from_scripts(server, tenant):
    chain = Chain(tenant, [telemetry_alone(), node("create", "action.TbCreateAlarmNode", {
        "alarmType": "Hot", "severity": "MAJOR", "dynamicSeverity": False, "propagate": False,
        "propagateToOwner": False, "propagateToTenant": False, "relationTypes": [], "useMessageAlarmData": False,
        "overwriteAlarmDetails": False, "scriptLang": "JS", "alarmDetailsBuildTbel": "return null;",
        "alarmDetailsBuildJs": "return {at: msg.temperature, by: metadata.deviceName};"})], [(0, 1, "True")])
    device, token = chain.device()
    send(server, token, {"temperature": 99})
    path = f"/api/alarm/DEVICE/{device}?pageSize=10&page=0"
    alarms = eventually(lambda: tenant.ok("GET", path)["data"])
    assert alarms[0]["details"] == {"at": 99, "by": tenant.ok("GET", f"/api/device/{device}")["name"]}
    text = "return {msg: {made: (prevMsg.made || 0) + 1}, metadata: {}, msgType: 'POST_TELEMETRY_REQUEST'};"
    chain.draw([js("make", "debug.TbMsgGeneratorNode", text),
                save("save")], [(0, 1, "Success")])
    made = chain.metadata["nodes"][0]
    chain.draw([{**made, "configuration": {**made["configuration"], "msgCount": 2, "periodInSeconds": 1,
                                           "originatorType": "DEVICE", "originatorId": device}},
                chain.metadata["nodes"][1]], [(0, 1, "Success")])
    eventually(lambda: latest(tenant, device, {"made"})["made"], lambda value: value == "2")
