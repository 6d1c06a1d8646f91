#!/usr/bin/env python3
"""The local cluster of `./dev cluster`: starts it in the background, ends it, says how it is."""
import argparse
import fcntl
import pathlib
import signal
import sys
import time

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from cluster import state  # noqa: E402
from cluster.cluster import ROLES, TIMESERIES, Cluster  # noqa: E402
from servers.service import ServiceError  # noqa: E402

_TREE = pathlib.Path(__file__).resolve().parents[2]
_HEAD = ("process", "state", "pid", "MB", "addresses")


def parse(arguments):
    parser = argparse.ArgumentParser(prog="./dev cluster", description=__doc__)
    parser.add_argument("verb", choices=("up", "down", "status"))
    parser.add_argument("--timeseries", choices=TIMESERIES, default="cassandra", help="up: what keeps time series")
    for kind, count in ROLES.items():
        parser.add_argument(f"--{kind}", type=int, default=count, metavar="COUNT", help=f"up: processes ({count})")
    parser.add_argument("--set", action="append", default=[], metavar="[KIND:]NAME=VALUE",
                        help="up: a variable for all of our processes, for a kind, or for one: mqtt-2:NAME=VALUE")
    parser.add_argument("--keep", action="store_true", help="down: the data stay for the next up")
    parser.add_argument("--folder", type=pathlib.Path, default=_TREE / "build/cluster")
    parser.add_argument("--binary", type=pathlib.Path, default=_TREE / "build/release/bin/thingstead")
    return parser.parse_args(arguments)


def environment_of(pairs):
    """{kind: {NAME: VALUE}} of texts [KIND:]NAME=VALUE."""
    out = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not equals:
            raise ServiceError(f"--set {pair}: there is no '='")
        kind, colon, name = name.rpartition(":")
        for each in [kind] if colon else state.KINDS_OF_OURS:
            out.setdefault(each, {})[name] = value
    return out


def say(line):
    print(line, flush=True)


def show(folder):
    """Prints the table; returns the names of processes that are dead."""
    where, alive, files = state.read(folder), state.running(folder), state.process_files(folder)
    body = state.rows(where or {"roles": {}, "servers": {}}, files, alive)
    say("")
    say(state.table(_HEAD, body))
    say(f"\n{sum(int(row[3] or 0) for row in body)} MB in all")
    return [row[0] for row in body if row[1] == "dead"]


def up(options):
    folder = options.folder
    if state.running(folder):
        dead = show(folder)
        if dead or not state.read(folder):
            say(f"\nThe cluster runs, but not whole ({', '.join(dead) or 'its start was cut off'}): ./dev cluster down")
            return 1
        say("\nThe cluster is up already; ./dev cluster down ends it.")
        return 0
    began = time.monotonic()
    environment = environment_of(options.set)
    state.clear(folder)
    cluster = Cluster(folder, options.binary, options.timeseries, {kind: getattr(options, kind) for kind in ROLES},
                      environment=environment, say=say)
    try:
        cluster.start()
    except BaseException:
        cluster.kill()
        say(f"\nThe cluster did not start; logs: {folder}/NAME/NAME.log")
        raise
    show(folder)
    say(f"""
The cluster is up after {time.monotonic() - began:.1f} s.
  log-ins       tenant@thingsboard.org / tenant, sysadmin@thingsboard.org / sysadmin
  device token  A1_TEST_TOKEN (Test Device A1)
  addresses     {folder / state.FILE}
  logs          {folder}/NAME/NAME.log
  end           ./dev cluster down
""")
    return 0


def down(options):
    ended = state.end(options.folder, options.keep)
    what = "its data stay" if options.keep else "its data are removed"
    say(f"Ended {ended} processes; {what}." if ended else "The cluster is not running.")
    return 0


def status(options):
    if not state.process_files(options.folder):
        say("The cluster is not running.")
        return 1
    return 1 if show(options.folder) else 0


def main(arguments):
    options = parse(arguments)
    options.folder = options.folder.resolve()
    options.folder.parent.mkdir(parents=True, exist_ok=True)
    # What ends this while servers start ends them too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        # Beside the folder: `down` removes that.
        with open(options.folder.with_suffix(".lock"), "w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            return {"up": up, "down": down, "status": status}[options.verb](options)
    except (ServiceError, OSError) as error:
        print(f"./dev cluster: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
