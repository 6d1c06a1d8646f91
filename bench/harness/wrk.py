"""Runs wrk, a closed loop of HTTP requests, and reads what requests.lua says of it."""
import json
import os
import subprocess

from harness.measure import Others
from harness.process import Failed, _end_with_parent

SCRIPT = os.path.join(os.path.dirname(os.path.realpath(__file__)), "requests.lua")
SECONDS_MAX = 3600


def parse(text):
    """Figures of the last line that wrk printed. What was not answered with 2xx is no figure."""
    last = text.strip().rpartition("\n")[2]
    if not last.startswith("{"):
        raise Failed(f"wrk printed no result: {text[-500:]}")
    report = json.loads(last)
    if report["refused"] or report["broken"]:
        raise Failed(f"of {report['requests']} requests {report['refused']} were refused,"
                     f" {report['broken']} connections or answers broke")
    if not report["requests"]:
        raise Failed("nothing was answered")
    report["per_s"] = round(report["requests"] / report["seconds"], 1)
    return report


class Wrk:
    """How to reach one server, whose CPU time is looked at beside."""

    def __init__(self, binary, port, child, threads):
        self.binary, self.port, self.child, self.threads = binary, port, child, threads

    def run(self, connections, seconds, *mode, token=None):
        """The report, with the server's CPU time for a request and what neither of both used of the machine."""
        threads = min(self.threads, connections)
        command = [self.binary, "-t", str(threads), "-c", str(connections), "-d", str(seconds), "--timeout", "30s",
                   *(["-H", "X-Authorization: Bearer " + token] if token else []), "-s", SCRIPT,
                   f"http://127.0.0.1:{self.port}", "--", *map(str, mode)]
        others, before = Others(self.child), self.child.cpu_us()
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS_MAX + 60,
                                  preexec_fn=_end_with_parent)
        except subprocess.TimeoutExpired:
            raise Failed("wrk did not end") from None
        self.child.check_alive()
        if done.returncode != 0:
            raise Failed(f"wrk ended with {done.returncode}: {done.stdout[-500:]}{done.stderr[-500:]}")
        report = parse(done.stdout)
        report["server_cpu_us"] = round((self.child.cpu_us() - before) / report["requests"], 2)
        report["others_cpu_share"] = others.share()
        return report

    def create(self, connections, count, prefix, token):
        """`count` devices; a few more may be made while it stops. One thread: no other could count with it."""
        return Wrk(self.binary, self.port, self.child, 1).run(connections, SECONDS_MAX, "devices", prefix, count, token=token)
