"""The test of ./dev itself: every verb explains itself, and wrong calls say what is wrong."""

import re
import subprocess
import unittest
from pathlib import Path

TOP = Path(__file__).resolve().parents[2]

# arguments, what standard error says
WRONG = [
    (["frobnicate"], "there is no verb 'frobnicate'"),
    (["build", "fastest"], "there is no preset 'fastest'"),
    (["build", "--target"], "--target needs a value"),
    (["test", "--only", "unit,luck"], "there is no part 'luck'"),
    (["up", "--offset"], "unknown option '--offset'"),
    (["fuzz", "soon"], "not 'soon'"),
    (["packages", "luck"], "there is no package list 'luck'"),
    (["cluster"], "say up, down or status"),
    (["cluster", "sideways"], "there is no './dev cluster sideways'"),
    (["clean", "--all"], "unknown option '--all'"),
]


def dev(*arguments):
    return subprocess.run([TOP / "dev", *arguments], capture_output=True, text=True)


class Dev(unittest.TestCase):
    def test_explains_each_verb_that_help_lists(self):
        verbs = re.findall(r"^  (\w+)  ", dev("help").stdout, re.MULTILINE)
        self.assertGreater(len(verbs), 8)
        for verb in verbs:
            with self.subTest(verb):
                done = dev(verb, "--help")
                self.assertTrue(done.stdout.startswith(f"usage: ./dev {verb}"), done.stderr)
                self.assertEqual(done.returncode, 0)

    def test_says_what_is_wrong_and_ends_with_2(self):
        for arguments, expected in WRONG:
            with self.subTest(arguments):
                done = dev(*arguments)
                self.assertIn(expected, done.stderr)
                self.assertEqual(done.returncode, 2)

    def test_every_package_list_names_packages_once_a_line(self):
        for file in (TOP / "tools/packages").glob("*.txt"):
            names = [line for line in file.read_text().splitlines() if not line.startswith("#")]
            self.assertTrue(names)
            self.assertEqual(len(names), len(set(names)))
            for name in names:
                self.assertRegex(name, r"^[a-z0-9][a-z0-9+.-]+$")


if __name__ == "__main__":
    unittest.main()
