"""What a figure depends on beside the server: machine, kernel, file system, commit, neighbours."""
import os
import platform
import subprocess

_ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.realpath(__file__))))
MB = 1 << 20


def machine_facts(directory):
    def output(*command):
        try:
            return subprocess.run(command, cwd=_ROOT, capture_output=True, text=True, check=True).stdout.strip()
        except (OSError, subprocess.CalledProcessError):
            return None
    model = None
    with open("/proc/cpuinfo") as file:
        model = next((line.split(":", 1)[1].strip() for line in file if line.startswith("model name")), None)
    dirty = "+changes" if output("git", "status", "--porcelain") else ""
    return {
        "commit": (output("git", "rev-parse", "--short", "HEAD") or "unknown") + dirty,
        "cores": len(os.sched_getaffinity(0)),
        "cpu": model,
        "kernel": platform.release(),
        "memory_mb": os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // MB,
        "file_system": output("stat", "-f", "-c", "%T", directory),
        "load_before": os.getloadavg()[0],
    }
