#!/usr/bin/env python3
"""Writes numbers.txt, arithmetic.txt and dates.txt beside itself: what scripts have to give, computed here.

The same seed gives the same tables, with the tz database of the day. README.md says what is independent of what.
"""
import os
import random
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.realpath(__file__)))
import arithmetic  # noqa: E402
import dates  # noqa: E402
import numbers_of_java  # noqa: E402

HEAD = "# Made by make_tables.py; golden.txt says how lines are read. Zone UTC, locale en-US.\n"


def write(name, sections):
    seen = set()
    path = os.path.join(os.path.dirname(os.path.realpath(__file__)), name)
    with open(path, "w", encoding="utf-8") as file:
        file.write(HEAD)
        for title, rows in sections:
            file.write(f"# {title}\n")
            source = random.Random(f"{name} {title}")
            for script, wanted in rows(source):
                if script not in seen:
                    seen.add(script)
                    file.write(f"{script}  =>  {wanted}\n")
    print(f"{name}: {len(seen)} rows")


write("numbers.txt", numbers_of_java.SECTIONS)
write("arithmetic.txt", arithmetic.SECTIONS)
write("dates.txt", dates.SECTIONS)
