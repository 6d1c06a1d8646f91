"""One server for each module of tests; those that break or restart it make their own with `new_server`."""
import os
import shutil
import subprocess
import sys

import pytest

sys.path.insert(0, os.path.dirname(__file__))
from harness import rest  # noqa: E402
from harness.process import Server  # noqa: E402

# Filling a disk needs one of its own.
_may_mount = subprocess.run(["unshare", "--mount", "--propagation", "private", "mount", "-t", "tmpfs", "tmpfs", "/mnt"],
                            capture_output=True).returncode == 0
collect_ignore = [] if _may_mount else ["test_full_disk.py"]


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    started = Server(tmp_path_factory.mktemp("server"))
    try:
        started.start()
        yield started
        started.finish()
    finally:
        if started.is_alive():
            started.kill()
        shutil.rmtree(started.data, ignore_errors=True)  # Preallocated: too large to keep for a look.


@pytest.fixture
def new_server(tmp_path):
    """Makes servers that are not started yet; what is still running at the end is killed."""
    made = []

    def make(name="server", **options):
        folder = tmp_path / name
        folder.mkdir(exist_ok=True)
        made.append(Server(folder, **options))
        return made[-1]
    yield make
    for each in made:
        if each.is_alive():
            each.kill()
        shutil.rmtree(each.data, ignore_errors=True)


@pytest.fixture(scope="module")
def tenant(server):
    return rest.Rest(server.url, rest.TENANT)


@pytest.fixture(scope="module")
def customer(server):
    return rest.Rest(server.url, rest.CUSTOMER)


@pytest.fixture(scope="module")
def system(server):
    return rest.Rest(server.url, rest.SYSTEM)


@pytest.fixture
def device(tenant):
    return tenant.create_device()
