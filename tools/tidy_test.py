"""The test of tools/tidy: a small clean tree passes, and each kind of violation is told, alone."""

import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

TIDY = Path(__file__).resolve().parent / "tidy"

CLEAN = {
    "src/FLOORS": "base\nmodel net\nqueue store\ncore\napp\n",
    "src/base/error.h": "#pragma once\n#include <string>\n",
    "src/model/device.h": '#pragma once\n#include "base/error.h"\n#include "model/ids.h"\n',
    "src/queue/queue.h": '#pragma once\n#include "model/device.h"\n',
    "src/queue/log/CMakeLists.txt": "ts_library(queue_log SOURCES segment.cpp USES queue)\n",
    "src/queue/log/segment.h": '#pragma once\n#include "queue/queue.h"\n',
    "src/queue/log/segment_test.cpp": '#include "queue/log/segment.h"\n',
    "src/store/sqlite/CMakeLists.txt": "ts_library(store_sqlite SOURCES db.cpp USES store)\n",
    "src/queue/log/kill_testing.h": '#pragma once\n#include "support/server_control.h"\n',
    "src/core/testing/house.h": '#pragma once\n#include "queue/log/segment.h"\n',
    "src/queue/log/fork_test.cpp": '#include "queue/kafka/lane.h"\n',
    "src/queue/kafka/CMakeLists.txt": "ts_library(queue_kafka SOURCES lane.cpp USES queue)\n",
    "src/queue/log/table.txt": "# Made by table.py\n" + "1 2\n" * 1001,
    "src/store/migrations/list.h": "#pragma once\n",
    "src/store/sqlite/db.h": '#pragma once\n#include "store/migrations/list.h"\n',
    "src/core/alarm.cpp": '// TODO(#12): smaller\n#include "queue/queue.h"\nauto u = "/api/home/x";\n',
    "src/app/main.cpp": '#include "core/alarm.h"\n#include "queue/log/segment.h"\n',
}

# name, file, its text, what tidy says
VIOLATIONS = [
    ("a higher floor", "src/base/clock.h", '#pragma once\n#include "core/alarm.h"\n',
     "src/base/clock.h:2: core is above base"),
    ("the same floor", "src/model/kv.h", '#pragma once\n\n#include "net/task.h"\n',
     "src/model/kv.h:3: model and net are on one floor"),
    ("the same floor, from a driver", "src/store/sqlite/db.cpp", '#include "queue/queue.h"\n',
     "src/store/sqlite/db.cpp:1: store and queue are on one floor"),
    ("an unknown room", "src/core/user.cpp", '#include "cellar/wine.h"\n',
     'src/core/user.cpp:1: "cellar/wine.h": no such room'),
    ("a test's helper in the program", "src/core/user.cpp", '#include "support/server_control.h"\n',
     'src/core/user.cpp:1: "support/server_control.h": no such room'),
    ("an include without room", "src/core/user.cpp", '  #  include "alarm.h"\n',
     'src/core/user.cpp:1: "alarm.h": no such room'),
    ("a step out of the room", "src/core/user.cpp", '#include "core/../app/main.h"\n',
     'src/core/user.cpp:1: "core/../app/main.h": includes start with the room, without'),
    ("a room that is not listed", "src/cellar/wine.cpp", "int x;\n",
     "src/cellar/wine.cpp:1: room cellar is not in src/FLOORS"),
    ("a room listed twice", "src/FLOORS", "base\nmodel net\nqueue store\ncore net\napp\n",
     "src/FLOORS:4: room net is listed twice"),
    ("a port that knows a driver", "src/queue/queue.h",
     '#pragma once\n#include "queue/log/segment.h"\n',
     "src/queue/queue.h:2: the port includes its driver queue/log"),
    ("a room that knows a driver", "src/core/user.cpp", '#include "store/sqlite/db.h"\n',
     "src/core/user.cpp:1: only app includes the driver store/sqlite"),
    ("a driver that knows another", "src/queue/kafka/log.cpp", '#include "queue/log/segment.h"\n',
     "src/queue/kafka/log.cpp:1: only app includes the driver queue/log"),
    ("a header without pragma", "src/base/clock.h", "int x;\n",
     "src/base/clock.h:1: a header needs #pragma once"),
    ("a folder without noun", "src/base/util/clock.cpp", "int x;\n",
     "src/base/util/clock.cpp:1: folder util has not found its noun yet"),
    ("a foreign suffix", "src/base/clock.cc", "int x;\n",
     "src/base/clock.cc:1: sources are named .h and .cpp"),
    ("a path of one machine", "src/base/clock.cpp", 'auto p = "/home/ann/x";\n',
     "src/base/clock.cpp:1: names a path of one machine"),
    ("a path in a build file", "src/base/CMakeLists.txt", "\nset(X /root/x)\n",
     "src/base/CMakeLists.txt:2: names a path of one machine"),
    ("a TODO without issue", "src/base/clock.cpp", "int x;  // TODO: later\n",
     "src/base/clock.cpp:1: a TODO names its issue"),
    ("a file too long", "src/base/clock.cpp", "int x;\n" * 1001,
     "src/base/clock.cpp:1001: 1001 lines, over 1000"),
    ("a port's test that knows a driver", "src/queue/queue_test.cpp", '#include "queue/log/segment.h"\n',
     "src/queue/queue_test.cpp:1: the port includes its driver queue/log"),
    ("bytes that are no text", "src/base/clock.cpp", b"\xff\xfe",
     "src/base/clock.cpp:1: is not UTF-8 text"),
]


def run_tidy(files):
    """Exit status and lines of tidy over a tree with these files."""
    with tempfile.TemporaryDirectory() as folder:
        for name, text in files.items():
            file = Path(folder) / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(text if isinstance(text, bytes) else text.encode())
        done = subprocess.run([sys.executable, TIDY, folder], capture_output=True, text=True)
        return done.returncode, (done.stdout + done.stderr).splitlines()


class Tidy(unittest.TestCase):
    def test_passes_a_clean_tree(self):
        self.assertEqual(run_tidy(CLEAN), (0, []))

    def test_tells_each_violation_and_nothing_else(self):
        for name, file, text, expected in VIOLATIONS:
            with self.subTest(name):
                status, lines = run_tidy({**CLEAN, file: text})
                self.assertEqual(status, 1)
                self.assertEqual(len(lines), 1, lines)
                self.assertTrue(lines[0].startswith(expected), lines[0])

    def test_tells_every_violation_of_a_file(self):
        text = '#include "app/main.h"\n// TODO\n#include "net/task.h"\n'
        status, lines = run_tidy({**CLEAN, "src/model/kv.h": text})
        self.assertEqual((status, len(lines)), (1, 4), lines)

    def test_only_warns_of_a_long_file(self):
        status, lines = run_tidy({**CLEAN, "src/base/clock.cpp": "int x;\n" * 501})
        self.assertEqual(status, 0)
        self.assertEqual(lines, ["src/base/clock.cpp:501: warning: 501 lines, over 500"])

    def test_fails_without_floors(self):
        status, _ = run_tidy({"src/base/clock.cpp": "int x;\n"})
        self.assertNotEqual(status, 0)


if __name__ == "__main__":
    unittest.main()
