"""What a cluster leaves in its folder for those who did not start it: addresses.json, and a file of each process."""
import json
import os
import re
import shutil
import signal

from servers import processes

FILE = "addresses.json"
KINDS_OF_OURS = ("node", "mqtt", "http", "js-executor", "all")
_SECONDS_TO_STOP = 30
_KEPT = "kept"  # A file: the folder has data for the next start, and not the rest of one that failed.


def addresses(ours, servers, timeseries):
    """`ours` are Roles that run."""
    def of(listener):
        return [each.address(listener) for each in ours if listener in each.ports]
    kinds = sorted({each.kind for each in ours}, key=KINDS_OF_OURS.index)
    return {
        "rest": of("rest"),
        "mqtt": of("mqtt"),
        "http": of("http"),
        "metrics": {kind: [each.address("metrics") for each in ours if each.kind == kind] for kind in kinds},
        "pids": {kind: [each.pid for each in ours if each.kind == kind] for kind in kinds},
        "timeseries": timeseries,
        "servers": servers,
        "roles": {each.name: {listener: each.address(listener) for listener in each.ports} for each in ours},
    }


def write(folder, what):
    """Whoever reads it meanwhile sees the old one or the new one."""
    new = folder / (FILE + ".new")
    new.write_text(json.dumps(what, indent=2) + "\n")
    os.replace(new, folder / FILE)


def read(folder):
    """None if no cluster was started there, or not to the end."""
    try:
        return json.loads((folder / FILE).read_text())
    except (OSError, ValueError):
        return None


def process_files(folder):
    """{name: file} of every process that was started in `folder` and not stopped."""
    return {file.stem: file for pattern in ("*/*.process", "*/*/*.process") for file in sorted(folder.glob(pattern))}


def running(folder):
    """{name: process id} of those that are alive."""
    found = {name: processes.read(file) for name, file in process_files(folder).items()}
    return {name: pid for name, pid in found.items() if pid}


def is_ours(name):
    return name.rpartition("-")[0] in KINDS_OF_OURS


def end(folder, keep):
    """Ends everything that was started in `folder`, by whomever; with `keep` calmly, and the data stay."""
    alive = running(folder)
    for rank in (0, 1, 2):
        group = {name: pid for name, pid in alive.items() if _rank(name) == rank}
        by_signal = {}
        for name, pid in group.items():
            by_signal.setdefault(_signal_of(name, keep), []).append(pid)
        for number, pids in by_signal.items():
            processes.end(pids, number, _SECONDS_TO_STOP)
    for file in process_files(folder).values():
        file.unlink(missing_ok=True)
    (folder / FILE).unlink(missing_ok=True)
    if not keep:
        shutil.rmtree(folder, ignore_errors=True)
    elif alive:
        (folder / _KEPT).touch()
    return len(alive)


def clear(folder):
    """Removes what an earlier start left, unless that was kept."""
    if (folder / _KEPT).is_file():
        (folder / _KEPT).unlink()
    else:
        shutil.rmtree(folder, ignore_errors=True)


def _rank(name):
    """Transports end first, then nodes, then what they need."""
    return 0 if re.match(r"(mqtt|http)-\d", name) else 1 if is_ours(name) else 2


def _signal_of(name, keep):
    if is_ours(name):
        return signal.SIGTERM
    if not keep:
        return signal.SIGKILL  # Their data go in a moment.
    return signal.SIGINT if name == "postgres" else signal.SIGTERM  # SIGTERM lets PostgreSQL wait for its clients.


def rows(where, files, alive):
    """One row a process for `table()`: name, state, process id, memory in MB, addresses."""
    out = []
    for name in sorted({*files, *where["roles"]}, key=lambda name: (-_rank(name), name)):
        pid = alive.get(name)
        out.append((name, "alive" if pid else "dead", str(pid or ""), str(memory_mb(pid)) if pid else "",
                    _addresses_of(name, where)))
    return out


def _addresses_of(name, where):
    if name in where["roles"]:
        return "  ".join(f"{listener} {address}" for listener, address in where["roles"][name].items())
    kind, _, number = name.replace("_cluster.", "-").partition("-")
    found = where["servers"].get(kind, "")
    if isinstance(found, list):
        index = int(number or 1) - 1
        found = found[index] if index < len(found) else ""
    return found


def table(head, body):
    """Text in columns; the last one is as wide as it is."""
    widths = [max(len(row[i]) for row in (head, *body)) for i in range(len(head))]
    return "\n".join("  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip() for row in (head, *body))


def memory_mb(pid):
    """Resident memory of a process and its children."""
    pages = 0
    for each in [pid, *processes.children(pid)]:
        try:
            with open(f"/proc/{each}/statm") as file:
                pages += int(file.read().split()[1])
        except OSError:
            pass
    return pages * os.sysconf("SC_PAGE_SIZE") >> 20
