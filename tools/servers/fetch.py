#!/usr/bin/env python3
"""Fetches the servers that are no Debian packages, so that those who start them need no network."""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from servers import cassandra, kafka  # noqa: E402
from servers.service import ServiceError  # noqa: E402

if __name__ == "__main__":
    try:
        kafka.fetch()
        cassandra.fetch()
    except ServiceError as error:
        sys.exit(f"fetch.py: {error}")
