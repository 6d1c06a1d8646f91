"""Waiting for a condition that nobody announces, such as a point that the rule engine stores after its PUBACK."""
import time

# Generous: a sanitizer's server is ten times slower, and a wait ends when its condition holds.
SECONDS_MAX = 40


def eventually(read, wanted=None, seconds_max=SECONDS_MAX):
    """The first value of `read()` that `wanted` takes (default: a true one). Fails with the last value seen."""
    until = time.monotonic() + seconds_max
    while True:
        value = read()
        if wanted(value) if wanted else value:
            return value
        assert time.monotonic() < until, f"still {value!r} after {seconds_max} s"
        time.sleep(0.02)
