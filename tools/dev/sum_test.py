"""The test of sum.py: what ctest and pytest report is counted once, and no failure gets lost."""

import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

SUM = Path(__file__).resolve().parent / "sum.py"

CTEST = """<testsuite tests="6" failures="1" skipped="3">
<testcase name="a" classname="a" status="run"/>
<testcase name="b" classname="b" status="run"/>
<testcase name="c" classname="c" status="fail"><failure message=""/></testcase>
<testcase name="d" classname="d" status="notrun"><skipped message="SKIP_REGULAR_EXPRESSION_MATCHED"/></testcase>
<testcase name="e" classname="e" status="disabled"><skipped message="Disabled"/></testcase>
<testcase name="f" classname="f" status="notrun"><skipped message="Unable to find executable"/></testcase>
</testsuite>"""

PYTEST = """<testsuites><testsuite name="pytest" errors="2" failures="1" skipped="1" tests="6">
<testcase classname="t" name="a"/>
<testcase classname="t" name="b"><failure message="assert"/></testcase>
<testcase classname="t" name="c"><skipped type="pytest.skip" message="no broker"/></testcase>
<testcase classname="t" name="d"><error message="setup"/></testcase>
<testcase classname="t" name="e"/>
<testcase classname="t" name="e"><error message="teardown"/></testcase>
</testsuite></testsuites>"""

PASSES = '<testsuite><testcase name="a" classname="a" status="run"/></testsuite>'

# name, reports, failures that no report tells of, last line, exit status
ROWS = [
    ("ctest", [CTEST], 0, "thingstead: 2 passed, 2 failed, 2 skipped", 1),
    ("pytest", [PYTEST], 0, "thingstead: 1 passed, 3 failed, 1 skipped", 1),
    ("both", [CTEST, PYTEST], 0, "thingstead: 3 passed, 5 failed, 3 skipped", 1),
    ("all is well", [PASSES, PASSES], 0, "thingstead: 2 passed, 0 failed", 0),
    ("a build failed", [PASSES], 2, "thingstead: 1 passed, 2 failed", 1),
    ("nothing ran", [], 0, "thingstead: 0 passed, 0 failed", 1),
    ("a torn report", [PASSES, "<testsuite><testcase"], 0, "thingstead: 1 passed, 1 failed", 1),
]


# one failed <testcase>, what is printed of it
REASONS = [
    ('<testcase classname="t" name="a"><failure message="assert 1 == 2&#10; +  where"/></testcase>',
     "t::a: assert 1 == 2 + where"),
    ('<testcase classname="a" name="a"><failure message=""/><system-out>out\nFAILED</system-out></testcase>',
     "a: out FAILED"),
    ('<testcase classname="t" name="a"><error message="%s"/></testcase>' % ("x" * 300), "t::a: " + "x" * 200 + "…"),
    ('<testcase classname="a" name="a" status="fail"/>', "a"),
]


class Sum(unittest.TestCase):
    def test_says_why(self):
        for case, wanted in REASONS:
            with self.subTest(wanted[:20]), tempfile.TemporaryDirectory() as folder:
                report = Path(folder) / "r.xml"
                report.write_text(f"<testsuite>{case}</testsuite>")
                done = subprocess.run([sys.executable, SUM, report], capture_output=True, text=True)
                self.assertEqual(done.stdout.splitlines()[0], f"FAILED r: {wanted}")

    def test_adds_up_each_row(self):
        for name, reports, failures, last_line, status in ROWS:
            with self.subTest(name), tempfile.TemporaryDirectory() as folder:
                files = []
                for number, text in enumerate(reports):
                    files.append(Path(folder) / f"{number}.xml")
                    files[-1].write_text(text)
                done = subprocess.run(
                    [sys.executable, SUM, *["--failure", "build"] * failures, *files],
                    capture_output=True, text=True)
                *failed, last = done.stdout.splitlines()
                self.assertEqual(last, last_line)
                self.assertIn(f" {len(failed)} failed", last)  # each is named
                self.assertEqual(done.returncode, status)


if __name__ == "__main__":
    unittest.main()
