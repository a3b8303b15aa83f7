"""Holds the database for five milliseconds again and again, as another program would that writes. Prints how often."""

import random
import sqlite3
import sys
import time

database = sqlite3.connect(sys.argv[1], timeout=10, isolation_level=None)
database.execute("PRAGMA wal_autocheckpoint = 0")
end, held = time.monotonic() + float(sys.argv[2]), 0
while time.monotonic() < end:
    try:
        database.execute("BEGIN IMMEDIATE")
    except sqlite3.OperationalError:
        continue  # its turn did not come
    time.sleep(0.005)
    database.execute("ROLLBACK")
    held += 1
    time.sleep(random.uniform(0, 0.005))
print(held)
