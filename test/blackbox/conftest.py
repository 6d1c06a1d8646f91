"""One server for each module of tests; those that break or restart it make their own with `new_server`.

With `--form cluster` the same tests run against a local cluster: the modules share it, tests that make servers of their
own or look into the folder of one (mark `embedded`) are left out, and those of the cluster alone (mark `cluster`) are in.
"""
import os
import shutil
import subprocess
import sys

import pytest

sys.path.insert(0, os.path.dirname(__file__))
from harness import rest  # noqa: E402
from harness.cluster import ClusterServer, keep_logs, start_cluster  # noqa: E402
from harness.process import Server, running  # noqa: E402

# Filling a disk needs one of its own.
_may_mount = subprocess.run(["unshare", "--mount", "--propagation", "private", "mount", "-t", "tmpfs", "tmpfs", "/mnt"],
                            capture_output=True).returncode == 0
collect_ignore = [] if _may_mount else ["test_full_disk.py"]


def pytest_addoption(parser):
    parser.addoption("--form", choices=("embedded", "cluster"), default="embedded",
                     help="what the tests run against: one process, or a local cluster")
    parser.addoption("--cluster-logs", help="folder that the logs of the cluster are copied to")


def pytest_collection_modifyitems(config, items):
    """Tests of the chosen form; in a cluster those that break something come last."""
    def is_of_cluster(item):
        return item.get_closest_marker("cluster") is not None

    def is_of_embedded(item):
        return item.get_closest_marker("embedded") is not None or "new_server" in item.fixturenames
    left_out = is_of_embedded if config.getoption("form") == "cluster" else is_of_cluster
    config.hook.pytest_deselected(items=[item for item in items if left_out(item)])
    items[:] = sorted((item for item in items if not left_out(item)), key=is_of_cluster)


@pytest.fixture(scope="session")
def cluster(request, tmp_path_factory):
    """A local cluster that all modules share; whoever breaks a part of it mends it."""
    started = start_cluster(tmp_path_factory.mktemp("cluster"))
    try:
        yield started
    finally:
        if request.config.getoption("cluster_logs"):
            keep_logs(started, request.config.getoption("cluster_logs"))
        started.stop()


@pytest.fixture(scope="module")
def environment(request):
    """What the module's server is told: its ENVIRONMENT, or a fixture of this name where that takes others."""
    return getattr(request.module, "ENVIRONMENT", None)


@pytest.fixture(scope="module")
def server(request, tmp_path_factory, environment):
    if request.config.getoption("form") == "cluster":
        look = ClusterServer(request.getfixturevalue("cluster"), request.module.__name__)
        yield look
        look.finish()
        return
    with running(tmp_path_factory.mktemp("server"), environment=environment) as started:
        yield started


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
