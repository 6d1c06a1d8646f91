"""Every operation of the REST interface, asked what fits, nearly fits, and does not fit at all.

THINGSTEAD_FUZZ_SECONDS says for how long (15), THINGSTEAD_FUZZ_SEED with which seed (1; a number, or "any" for
another one each time).
"""
import os
import random
import sys

import pytest

from harness.fuzz import AUTHORITIES, Fuzz, quiet_rss

# Taken away, because the server would wonder about settings that it does not have.
SECONDS = float(os.environ.pop("THINGSTEAD_FUZZ_SECONDS", "15"))
SEED = os.environ.pop("THINGSTEAD_FUZZ_SEED", "1")
SEED = random.randrange(1 << 32) if SEED == "any" else int(SEED)
MB = 1 << 20
RSS_GROWTH_MB_MAX = 150
ENVIRONMENT = {"THINGSTEAD_API_REST_RULE_CALL_TIMEOUT_MAX": "300ms"}  # No chain answers.
# It changes settings of the whole system: a server that others share is no place for it.
pytestmark = [pytest.mark.embedded, pytest.mark.timeout(SECONDS + 600)]


@pytest.fixture(scope="module")
def fuzzed(server):
    print(f"THINGSTEAD_FUZZ_SEED={SEED}", file=sys.stderr)
    fuzz = Fuzz(server, SEED)
    fuzz.rss.append(server.rss_bytes())
    fuzz.run(SECONDS)
    print(f"{sum(fuzz.called.values())} calls of {len(fuzz.interface.operations)} operations in {fuzz.rounds} rounds,"
          f" {len(fuzz.good)} operations answered 2xx, {fuzz.people.births} people;"
          f" {dict(sorted(fuzz.statuses.items()))}", file=sys.stderr)
    for took, *what in sorted(fuzz.slow, key=lambda each: -each[0])[:5]:
        print(f"{took} s: {what}", file=sys.stderr)
    return fuzz


@pytest.mark.sanitizer
def test_whatever_is_asked_is_answered_properly(fuzzed):
    report = fuzzed.report()
    assert not report, f"THINGSTEAD_FUZZ_SEED={SEED}\n{report}"


@pytest.mark.sanitizer
def test_nothing_is_left_out(fuzzed):
    missing = [operation.name for operation in fuzzed.interface.operations
               if not any(fuzzed.called[operation.name, authority] for authority in AUTHORITIES)]
    assert missing == []


def test_most_of_it_went_through(fuzzed):
    """Who is refused at the door never sees the rooms: the requests must be good enough to get in."""
    never = sorted({operation.name for operation in fuzzed.interface.operations} - fuzzed.good)
    assert len(fuzzed.good) > 0.4 * len(fuzzed.interface.operations), never


def test_memory_comes_back(fuzzed, server):
    after = quiet_rss(server, 3)
    grown = [round(each / MB) for each in [*fuzzed.rss, after]]
    print("resident MB after each round:", grown, file=sys.stderr)
    assert after - fuzzed.rss[0] < RSS_GROWTH_MB_MAX * MB, grown
