"""Adds up test results: usage: sum.py [--failure NAME]... REPORT...

Each REPORT is a file in JUnit's form, as ctest and pytest write it. Prints what failed, with the
beginning of why, and, as the last line, "thingstead: N passed, N failed, N skipped". --failure adds
one that no report tells of, such as a build. The exit status is 0 only if something passed and nothing failed.
"""

import argparse
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path

# A test that ctest could not start is written as skipped, but only these were skipped on purpose.
SKIPPED_ON_PURPOSE = ("SKIP_", "Disabled")

REASON_CHARS = 200


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


def reason(case):
    """Why a <testcase> failed, in a line: its message, or the end of what it printed."""
    for tag in ("failure", "error"):
        found = case.find(tag)
        if found is not None and found.get("message"):
            return shortened(found.get("message"))
    return shortened(case.findtext("system-out", "")[-REASON_CHARS:])


def shortened(text):
    line = " ".join(text.split())
    return line if len(line) <= REASON_CHARS else line[:REASON_CHARS] + "…"


def outcomes(report):
    """(name, outcome, reason of a failure) of each test of a file; one that cannot be read is a failed test."""
    try:
        cases = list(ElementTree.parse(report).iter("testcase"))
    except (OSError, ElementTree.ParseError) as why:
        return [(report.name, "failed", f"cannot read the report: {why}")]
    # pytest writes an error while tearing down as a second case of the same test.
    found = {}
    for case in cases:
        name = "::".join(dict.fromkeys(filter(None, (case.get("classname"), case.get("name")))))
        if name not in found or found[name][0] != "failed":
            result = outcome(case)
            found[name] = (result, reason(case) if result == "failed" else "")
    return [(name, *rest) for name, rest in found.items()]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--failure", action="append", default=[])
    parser.add_argument("reports", nargs="*", type=Path)
    options = parser.parse_args()

    totals = {"passed": 0, "failed": len(options.failure), "skipped": 0}
    for name in options.failure:
        print(f"FAILED {name}")
    for report in options.reports:
        for name, result, why in outcomes(report):
            totals[result] += 1
            if result == "failed":
                print(f"FAILED {report.stem}: {name}{why and ': '}{why}")
    skipped = f", {totals['skipped']} skipped" if totals["skipped"] else ""
    print(f"thingstead: {totals['passed']} passed, {totals['failed']} failed{skipped}")
    return 0 if totals["passed"] and not totals["failed"] else 1


if __name__ == "__main__":
    sys.exit(main())
