"""Loads pages of the panel at a fixed rate and tells how long they took. Started by scripts/bench-pages."""

import hashlib
import http.client
import json
import pathlib
import re
import sqlite3
import sys
import threading
import time
import urllib.parse

RATE = 100  # requests a second
SEARCHES = 10  # where every title is looked at
CONNECTIONS = 16
TOKEN = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQ"


def log_in(state, guild):
    """Somebody with a session, an owner whose standing need not be asked of Discord meanwhile."""
    now = int(time.time() * 1000)
    hall = sqlite3.connect(state / "guildhall.db", timeout=120)
    with hall:
        hall.execute("INSERT INTO people (user_id, name, servers, servers_at, created_at) VALUES ('42', 'N', '[]', 0, 0)")
        hall.execute(
            "INSERT INTO sessions (id, token_digest, user_id, browser, created_at, seen_at) VALUES ('b', ?, '42', '', ?, ?)",
            [hashlib.sha256(TOKEN.encode()).hexdigest(), now, now])
    volatile = sqlite3.connect(state / "volatile.db")
    with volatile:
        volatile.execute(
            "INSERT OR REPLACE INTO memberships VALUES (?, '42', 'Nelly', '8', 1, 1, '[]', ?)",
            [guild, now + 36_000_000])


def load(address, path, seconds, rate):
    """Milliseconds of each answer, counted from the moment its request was due, and the size of the page."""
    count = int(rate * seconds)
    start = time.monotonic() + 0.2
    took, faults, size = [0.0] * count, [], [0]

    def work(first):
        connection = http.client.HTTPConnection(address.hostname, address.port)
        for number in range(first, count, CONNECTIONS):
            due = start + number / rate
            time.sleep(max(0, due - time.monotonic()))
            connection.request("GET", path, headers={"Cookie": f"guildhall={TOKEN}", "Accept": "text/html"})
            answer = connection.getresponse()
            size[0] = len(answer.read())
            took[number] = (time.monotonic() - due) * 1000
            if answer.status != 200:
                faults.append(answer.status)

    threads = [threading.Thread(target=work, args=[first]) for first in range(CONNECTIONS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(took), size[0], faults


def weight(address, path):
    """Bytes of a page with its styles, scripts and pictures, as they are without compression."""
    def fetch(path):
        connection = http.client.HTTPConnection(address.hostname, address.port)
        connection.request("GET", path, headers={"Cookie": f"guildhall={TOKEN}", "Accept": "text/html"})
        return connection.getresponse().read()
    page = fetch(path)
    needs = set(re.findall(rb'<(?:link[^>]*rel="(?:stylesheet|icon)"[^>]*href|script[^>]*src|img[^>]*src)="(/[^"]+)"', page))
    return len(page) + sum(len(fetch(need.decode())) for need in needs)


def main():
    state, seconds = pathlib.Path(sys.argv[1]), float(sys.argv[2])
    ready = json.loads((state / "ready.json").read_text())
    address = urllib.parse.urlsplit(ready["url"])
    log_in(state, ready["guild_id"])
    hall = f"/servers/{ready['guild_id']}"
    pages = {
        "overview": hall,
        "issues": f"{hall}/issues",
        "issues, far down": f"{hall}/issues?at=an~019a0000-0000-7000-8000-000000000000~1793000000000",
        "issues, all by priority": f"{hall}/issues?state=all&sort=priority",
        "issues of a rare person": f"{hall}/issues?state=all&assignee=Rare+Person",
        "issues of a person": f"{hall}/issues?assignee=Person+8&sort=status",
        "search, common words": f"{hall}/issues?q=doors+harbour",
        "search, one of all": f"{hall}/issues?state=all&q=BUG-77777",
        "search, nothing": f"{hall}/issues?q=zebra",
        "one issue": f"{hall}/issues/019a0000-0000-7000-8000-000000050000",
        "jobs": f"{hall}/jobs",
        "audit": f"{hall}/audit",
        "audit of a person": f"{hall}/audit?person=Person+8",
        "audit, a rare action": f"{hall}/audit?action=issue.file",
        "audit, of a person's": f"{hall}/audit?person=Person+8&action=mapping.change",
        "audit of one issue": f"{hall}/audit?target=019a0000-0000-7000-8000-000000050000",
        "audit, some days": f"{hall}/audit?from=2024-03-01&to=2024-03-03",
        "audit of nobody": f"{hall}/audit?person=Nobody",
    }
    print(f"The overview and all that it needs: {weight(address, hall) / 1000:.1f} kB")
    print(f"{'page':26} {'a s':>5} {'p50':>7} {'p99':>7} {'max':>7} ms   size")
    for name, path in pages.items():
        rate = SEARCHES if "of all" in name or "nothing" in name else RATE
        load(address, path, 0.5, rate)
        took, size, faults = load(address, path, seconds, rate)
        p50, p99 = took[len(took) // 2], took[len(took) * 99 // 100]
        print(f"{name:26} {rate:5} {p50:7.1f} {p99:7.1f} {took[-1]:7.1f}   {size:7} {faults[:3] or ''}", flush=True)


main()
