"""Runs ts-load and reads its result."""
import json
import subprocess
import threading

from harness.process import Failed, _end_with_parent


class Load:
    """How to reach one server: the options that all runs against it share."""

    def __init__(self, binary, port, options):
        self.binary, self.port, self.options = binary, port, options

    def run(self, seconds, *options, on_phase=lambda phase: None):
        """The report of ts-load. `on_phase` is called as each phase begins."""
        command = [self.binary, "--port", str(self.port), "--duration", str(seconds), *self.options,
                   *map(str, options)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                              preexec_fn=_end_with_parent) as child:
            # Connecting, warm-up and drain are bounded by options of their own; this is the last resort.
            guard = threading.Timer(seconds + 300, child.kill)
            guard.start()
            try:
                last = ""
                for line in child.stdout:
                    last = line
                    if line.startswith("phase "):
                        on_phase(line.split()[1])
                errors = child.stderr.read()
            except BaseException:
                child.kill()
                raise
            finally:
                guard.cancel()
        if not last.startswith("{"):
            raise Failed(f"ts-load ended with {child.returncode}: {errors}")
        report = json.loads(last)
        report["error_text"] = errors.strip()
        return report
