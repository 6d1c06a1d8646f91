"""Adds up test results: usage: sum.py [--failures N] REPORT...

Each REPORT is a file in JUnit's form, as ctest and pytest write it. Prints what failed and, as the
last line, "thingstead: N passed, N failed, N skipped". --failures counts N failures more that no
report tells of. The exit status is 0 only if something passed and nothing failed.
"""

import argparse
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path

# A test that ctest could not start is written as skipped, but only these were skipped on purpose.
SKIPPED_ON_PURPOSE = ("SKIP_", "Disabled")


def outcome(case):
    """passed, failed or skipped, of one <testcase>."""
    if case.find("failure") is not None or case.find("error") is not None:
        return "failed"
    skipped = case.find("skipped")
    if skipped is None:
        return "failed" if case.get("status") == "fail" else "passed"
    reason = skipped.get("message", "")
    if case.get("status") == "notrun" and not reason.startswith(SKIPPED_ON_PURPOSE):
        return "failed"
    return "skipped"


def outcomes(report):
    """(name, outcome) of each test of a file; a file that cannot be read is a failed test."""
    try:
        cases = list(ElementTree.parse(report).iter("testcase"))
    except (OSError, ElementTree.ParseError) as why:
        return [(f"cannot read the report: {why}", "failed")]
    # pytest writes an error while tearing down as a second case of the same test.
    found = {}
    for case in cases:
        name = "::".join(dict.fromkeys(filter(None, (case.get("classname"), case.get("name")))))
        if found.get(name) != "failed":
            found[name] = outcome(case)
    return list(found.items())


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--failures", type=int, default=0)
    parser.add_argument("reports", nargs="*", type=Path)
    options = parser.parse_args()

    totals = {"passed": 0, "failed": options.failures, "skipped": 0}
    for report in options.reports:
        for name, result in outcomes(report):
            totals[result] += 1
            if result == "failed":
                print(f"FAILED {report.stem}: {name}")
    skipped = f", {totals['skipped']} skipped" if totals["skipped"] else ""
    print(f"thingstead: {totals['passed']} passed, {totals['failed']} failed{skipped}")
    return 0 if totals["passed"] and not totals["failed"] else 1


if __name__ == "__main__":
    sys.exit(main())
