"""What the machine takes at this moment for what the REST interface is made of, without a server of ours."""
import ctypes
import os
import sqlite3
import time

from harness.process import Failed

SYNCED_BYTES = 4096


def syncs_per_s(folder, seconds):
    """How often one writer alone appends a block to a file and waits until the disk has it."""
    path = os.path.join(folder, "synced")
    file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        count, began = 0, time.monotonic()
        while time.monotonic() < began + seconds:
            os.write(file, b"x" * SYNCED_BYTES)
            os.fdatasync(file)
            count += 1
        return round(count / (time.monotonic() - began), 1)
    finally:
        os.close(file)
        os.unlink(path)


def percentile(values, share):
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def search_ms(names, texts, seconds):
    """(p50, p99) of a page of 20 that SQLite finds by looking at every name, in memory."""
    database = sqlite3.connect(":memory:")
    database.execute("CREATE TABLE device (id INTEGER PRIMARY KEY, name TEXT)")
    database.executemany("INSERT INTO device (name) VALUES (?)", ((name,) for name in names))
    took, until = [], time.monotonic() + seconds
    while time.monotonic() < until or not took:
        began = time.monotonic()
        text = f"%{texts[len(took) % len(texts)]}%"
        database.execute("SELECT count(*) FROM device WHERE name LIKE ?", (text,)).fetchone()
        database.execute("SELECT * FROM device WHERE name LIKE ? ORDER BY id DESC LIMIT 20", (text,)).fetchall()
        took.append((time.monotonic() - began) * 1000)
    database.close()
    return round(percentile(took, 0.5), 3), round(percentile(took, 0.99), 3)


def hash_cpu_ms(seconds):
    """CPU time of one password hash as the server makes it: yescrypt of crypt(3) at its default cost."""
    library = ctypes.CDLL("libcrypt.so.1")
    for name in ("crypt", "crypt_gensalt"):
        getattr(library, name).restype = ctypes.c_char_p
    library.crypt_gensalt.argtypes = (ctypes.c_char_p, ctypes.c_ulong, ctypes.c_char_p, ctypes.c_int)
    setting = library.crypt_gensalt(b"$y$", 0, None, 0)
    if not setting:
        raise Failed("libcrypt makes no yescrypt hashes")
    count, began, until = 0, time.process_time(), time.monotonic() + seconds
    while time.monotonic() < until or not count:
        if not (library.crypt(b"a password", setting) or b"*").startswith(b"$y$"):
            raise Failed("libcrypt makes no yescrypt hashes")
        count += 1
    return round((time.process_time() - began) * 1000 / count, 2)
