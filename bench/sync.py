"""Measures notion-sync: a first sync, an idle run, an edit told by webhook; beside it the same written naively.

Started by scripts/bench sync. Each program posts into a channel of its own, on the stand-ins at their generous pace.
"""

import argparse
import contextlib
import json
import os
import pathlib
import signal
import sqlite3
import statistics
import subprocess
import sys
import threading
import time

sys.path.append(str(pathlib.Path(__file__).resolve().parent.parent / "scripts/proof"))
from hall import Hall, Trouble  # noqa: E402  the same small hall that the proofs stand on

import machine  # noqa: E402

EDITS = 10


class Run:
    """One process from start to end: seconds of processor time, MiB at the most, and its calls by kind."""

    def __init__(self, bench, name, command, environment=None):
        begun, first = time.monotonic(), bench.last_call()
        log = open(bench.hall.logs + "/measured.log", "a+")
        process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=log, text=True)
        self.pss = 0.0
        watcher = threading.Thread(target=self.watch, args=(process.pid,), daemon=True)
        watcher.start()
        self.output = process.stdout.read()  # ends when the process does
        _, status, usage = os.wait4(process.pid, 0)
        watcher.join()
        self.code = process.returncode = os.waitstatus_to_exitcode(status)
        if self.code:
            raise Trouble("%s ended with %d; %s says why." % (name, self.code, log.name))
        log.close()
        self.cpu, self.rss = usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024
        self.seconds = time.monotonic() - begun
        self.calls = bench.calls_since(first)

    def watch(self, pid):
        """Samples what is the process's own, shared pages divided among those who share them."""
        while True:
            try:
                with open("/proc/%d/smaps_rollup" % pid) as file:
                    found = [int(line.split()[1]) for line in file if line.startswith("Pss:")]
            except OSError:
                return
            if not found:
                return
            self.pss = max(self.pss, found[0] / 1024)
            time.sleep(0.2)

    @property
    def count(self):
        return sum(self.calls.values())


class Bench:
    def __init__(self, options, rows):
        self.options, self.rows = options, rows
        self.hall = Hall(options.binaries)
        self.hall.environment["JOB_THREADS"] = "0"  # the messages are notion-sync's own in this measure
        self.figures = {"rows": rows}

    # -- what reached the services

    def journal(self):
        return contextlib.closing(sqlite3.connect("file:%s/sandbox.db?mode=ro" % self.hall.stage, uri=True, timeout=20))

    def last_call(self):
        with self.journal() as journal:
            return journal.execute("SELECT coalesce(max(seq), 0) FROM stage_journal").fetchone()[0]

    def calls_since(self, first):
        """How often which kind of call came, other visitors of the stand-ins left out."""
        with self.journal() as journal:
            found = journal.execute(
                "SELECT service || ' ' || method || ' ' || CASE WHEN path LIKE '%/messages%' THEN 'message' WHEN path LIKE"
                " '%/query%' THEN 'query' ELSE 'other' END, count(*) FROM stage_journal WHERE seq > ? AND service IN"
                " ('discord', 'notion') GROUP BY 1", [first]).fetchall()
        return dict(found)

    # -- programs

    def ours(self, *arguments):
        return Run(self, "notion-sync", [self.hall.binary("notion-sync"), "--json", *arguments], self.hall.environment)

    def naive(self):
        facts = self.hall.folder + "/facts.json"
        pathlib.Path(facts).write_text(json.dumps(self.hall.facts))
        return Run(self, "the naive sync", [
            self.options.python, "-B", str(pathlib.Path(__file__).parent / "naive_sync.py"), facts,
            self.hall.folder + "/naive.json"])

    # -- the parts

    def measure(self):
        hall = self.hall
        hall.start()
        channels = hall.discord("GET", "/guilds/%s/channels" % hall.facts["guild_id"])
        hall.facts["naive_channel_id"] = next(
            one["id"] for one in channels if one["type"] == 0 and one["id"] != hall.facts["channel_id"])
        present = len(hall.rows())
        hall.add_rows(self.rows - present)
        written = time.monotonic()
        hall.facts["ended"] = sorted(hall.ended_options())
        self.figures["open"] = sum(row["status"] not in hall.facts["ended"] for row in hall.rows())
        self.keep("read", self.ours("--deliver-for", "0"))
        self.keep("deliver", self.ours("--deliver-for", "3000"))
        self.keep("naive first", self.naive())
        # Until no row counts as edited in the last minutes, which would be read once more.
        time.sleep(max(0, written + 250 - time.monotonic()))
        self.ours("--deliver-for", "0")
        self.repeat("idle", lambda: self.ours("--deliver-for", "0"))
        self.repeat("naive idle", self.naive)
        for name, measure in ("missed", self.missed), ("naive missed", self.missed_naively), ("hint", self.hints):
            self.figures[name] = measure()
            print("  %d rows, %s: %s" % (self.rows, name, self.figures[name]), flush=True)

    def keep(self, name, run):
        self.figures[name] = {
            "cpu": run.cpu, "rss": run.rss, "pss": run.pss, "seconds": run.seconds, "calls": run.calls}
        print("  %d rows, %s: %s" % (self.rows, name, self.figures[name]), flush=True)

    def repeat(self, name, work):
        runs = [work() for _ in range(5)]
        self.keep(name, sorted(runs, key=lambda run: run.cpu)[len(runs) // 2])

    # -- edits

    def edit(self, words):
        """Ten open rows get another title, just after a sync and within its minute."""
        rows = [row for row in self.hall.rows() if row["status"] not in self.hall.facts["ended"]][:EDITS]
        for row in rows:
            self.hall.expect("POST", "/sandbox/notion/pages/%s/edit" % row["id"], {"Name": words})

    def early_in_a_minute(self):
        time.sleep((62 - time.time() % 60) % 60)

    def missed(self):
        """Of ten rows edited in the minute of a sync and after it, those that two more syncs do not find."""
        self.early_in_a_minute()
        self.ours()
        self.edit("Edited for notion-sync")
        self.ours()
        self.ours()
        return EDITS - self.shown("Edited for notion-sync", self.hall.facts["channel_id"])

    def missed_naively(self):
        self.early_in_a_minute()
        self.naive()
        self.edit("Edited for the naive sync")
        self.naive()
        self.naive()
        return EDITS - self.shown("Edited for the naive sync", self.hall.facts["naive_channel_id"])

    def shown(self, words, channel):
        found, before = 0, ""
        while True:
            page = self.hall.discord("GET", "/channels/%s/messages?limit=100%s" % (channel, before))
            found += sum(words in json.dumps(message["embeds"]) for message in page)
            if len(page) < 100:
                return found
            before = "&before=" + page[-1]["id"]

    def hints(self):
        """Milliseconds from an edit in Notion to its message in Discord, told by webhook, without a sync."""
        hall = self.hall
        hall.environment.pop("JOB_THREADS")
        hall.responder.send_signal(signal.SIGTERM)
        hall.responder.wait(15)
        hall.start_responder()
        hall.wait_for("/health")
        self.subscribe()
        row = next(row for row in hall.rows() if row["status"] not in hall.facts["ended"])
        took = []
        for turn in range(5):
            first = self.last_call()
            begun = time.monotonic()
            hall.expect("POST", "/sandbox/notion/pages/%s/edit" % row["id"], {"Name": "Hinted %d" % turn})
            while not self.calls_since(first).get("discord PATCH message"):
                if time.monotonic() - begun > 30:
                    raise Trouble("An edit told by webhook did not reach its message in 30 s.")
                time.sleep(0.01)
            took.append(1000 * (time.monotonic() - begun))
            time.sleep(1.5)
        return took

    def subscribe(self):
        """As a person does: start waiting, make the subscription, paste the token."""
        hall = self.hall
        waiting = subprocess.Popen([hall.binary("guildhall"), "notion", "webhook", "--json"], env=hall.environment,
                                   text=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        hall.started.append(waiting)
        for _ in range(50):  # until the window is open
            time.sleep(0.2)
            order = {"url": hall.url + "/notion/webhook", "window_ms": self.options.window}
            if hall.expect("PUT", "/sandbox/notion/webhook", order)["handshake"]["status"] == 200:
                break
        token = json.loads(waiting.communicate(timeout=30)[0])["verification_token"]
        hall.expect("POST", "/sandbox/notion/webhook/verify", {"token": token})


def report(figures):
    lines = ["| rows | step | CPU s | CPU ms a row | wall s | RSS MiB | PSS MiB | calls | least possible |",
             "| --- | --- | --- | --- | --- | --- | --- | --- | --- |"]
    for one in figures:
        queries, posts = -(-one["open"] // 100), one["open"]
        least = {"read": queries, "deliver": posts, "naive first": queries + posts, "idle": 1, "naive idle": 1}
        for step, fewest in least.items():
            run = one[step]
            calls = ", ".join("%d %s" % (count, kind) for kind, count in sorted(run["calls"].items()))
            lines.append("| %s | %s | %.2f | %s | %.1f | %.1f | %.1f | %s | %d |" % (
                format(one["open"], ","), step, run["cpu"],
                "%.3f" % (1000 * run["cpu"] / one["open"]) if "idle" not in step else "", run["seconds"], run["rss"],
                run["pss"], calls, fewest))
    for one in figures:
        lines.append("\n%s rows: of %d edits in the minute of a sync, notion-sync missed %d, the naive one %d. Told by"
                     " webhook, an edit stood in its message after %.0f ms (%.0f..%.0f)." % (
                         format(one["open"], ","), EDITS, one["missed"], one["naive missed"],
                         statistics.median(one["hint"]), min(one["hint"]), max(one["hint"])))
    return "\n".join(lines)


def main():
    parser = argparse.ArgumentParser(prog="scripts/bench sync", description=__doc__)
    parser.add_argument("--rows", type=int, nargs="+", default=[1000, 10_000], help="rows of the table (1000 10000)")
    parser.add_argument("--window", type=int, default=500, help="ms the stand-in gathers events before it tells (500)")
    parser.add_argument("--binaries", required=True, help=argparse.SUPPRESS)
    parser.add_argument("--python", required=True, help=argparse.SUPPRESS)
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    figures = []
    for rows in options.rows:
        bench = Bench(options, rows)
        try:
            bench.measure()
            figures.append(bench.figures)
        finally:
            bench.hall.stop()
        bench.hall.remove()
    print("\n%s\n\n%s" % (machine.description(), report(figures)))


if __name__ == "__main__":
    main()
