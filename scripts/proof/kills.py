"""Kills the responder and notion-sync at random moments under load, and has the outcome checked from outside."""

import argparse
import collections
import os
import random
import signal
import sys
import time

from check import Check
from hall import Hall, Trouble
from load import Cron, Load, come_to_rest

class Drill(Cron):
    """The killing, of a cron that never rests and of the responder."""

    def __init__(self, hall, seed):
        super().__init__(hall)
        self.chance = random.Random(seed)
        self.kills = collections.Counter()

    def run(self, count):
        self.start()
        while sum(self.kills.values()) < count:
            time.sleep(self.chance.choice([0.05, 0.3, 0.8, 1.6]) * self.chance.random() + 0.02)
            self.kill_sync() if self.chance.random() < 0.35 else self.kill_responder()

    def kill_sync(self):
        if self.sync and self.sync.poll() is None:
            self.sync.kill()
            self.kills["notion-sync"] += 1

    def kill_responder(self):
        if self.hall.responder.poll() is not None:
            raise Trouble("The responder ended by itself with %s." % self.hall.responder.returncode)
        self.hall.responder.kill()
        self.hall.responder.wait()
        self.kills["responder"] += 1
        time.sleep(self.chance.choice([0, 0.02, 0.3]))
        self.hall.start_responder()


def weather(seed):
    """The services have their bad moments too: refusals, errors, and answers lost after the effect."""
    posts = {"service": "discord", "method": "POST", "path": "*/messages", "times": None}
    edits = {"service": "discord", "method": "PATCH", "path": "*/messages/*", "times": None}
    pages = {"service": "notion", "method": "PATCH", "path": "*/pages/*", "times": None}
    filed = {"service": "notion", "method": "POST", "path": "*/pages", "times": None}
    rules = [
        (posts, 0.04, {"status": 502, "effect": True}), (posts, 0.02, {"status": 500}),
        (posts, 0.02, {"body_truncated": True, "keep_length": True}), (edits, 0.03, {"status": 503, "effect": True}),
        (edits, 0.01, {"status": 429, "headers": {"Retry-After": 1}}), (pages, 0.04, {"status": 504, "effect": True}),
        (pages, 0.01, {"status": 529, "headers": {"Retry-After": 1}}), (filed, 0.2, {"status": 504, "effect": True}),
    ]
    return [dict(rule, probability=probability, seed=seed + number, action=action)
            for number, (rule, probability, action) in enumerate(rules)]


def prove(hall, count, seed):
    hall.start()
    hall.add_rows(150)
    hall.expect("POST", "/sandbox/faults", weather(seed))
    load, drill = Load(hall, seed), Drill(hall, seed)
    begun = time.monotonic()
    load.start()
    try:
        drill.run(count)
    finally:
        lasted = time.monotonic() - begun
        load.isover.set()
        drill.stop()
        load.stop()
    faults = sum(fault["applied"] for fault in hall.expect("GET", "/sandbox/faults"))
    hall.expect("DELETE", "/sandbox/faults")
    rest = come_to_rest(hall)
    hall.responder.send_signal(signal.SIGTERM)
    code = hall.responder.wait(15)
    check = Check(hall, load.clicks, load.filed)
    check.that("the responder ended well on SIGTERM", [code] if code else [])
    check.that("every run of notion-sync ended with a code of its own or was killed",
               [code for code in drill.runs if code not in (0, 1, -signal.SIGKILL)])
    check.run()
    check.figures.insert(0, ("answers bent or lost", faults))
    print_table(seed, drill, load, lasted, rest, check)
    return check.holds


def print_table(seed, drill, load, lasted, rest, check):
    counts = load.counts
    rows = [
        ("seed", seed), ("kills", "%d (%s)" % (sum(drill.kills.values()), words(drill.kills))),
        ("under load", "%.0f s, %d runs of notion-sync finished" % (lasted, drill.runs[0])),
        ("clicks", "%d (%d acknowledged, %d failed, %d late)" % (
            counts["clicks"], counts["acknowledged"], counts["failed"], counts["late"])),
        ("rows", "%d edited, %d new" % (counts["edits"], counts["reports"])), ("to rest", "%.1f s" % rest),
    ] + check.figures
    for name, value in rows:
        print("  %-44s %s" % (name, value))
    for name, faults in check.findings:
        print("%s %-44s %s" % (("✗", name, "%d: %s" % (len(faults), faults[:3])) if faults else ("✓", name, "")))


def words(counter):
    return ", ".join("%s %d" % (name, number) for name, number in sorted(counter.items()))


def main():
    parser = argparse.ArgumentParser(prog="scripts/prove kills")
    parser.add_argument("--bin", required=True, help=argparse.SUPPRESS)
    parser.add_argument("--count", type=int, default=50, help="how many times to kill (50)")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1, 1_000_000))
    options = parser.parse_args()
    print("prove kills: seed %d" % options.seed, flush=True)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    hall = Hall(options.bin)
    holds = False
    try:
        holds = prove(hall, options.count, options.seed)
    except Trouble as trouble:
        print("✗ " + str(trouble))
    finally:
        hall.stop()
        if holds:
            hall.remove()
        else:
            print("Everything is kept in %s." % hall.folder)
    return 0 if holds else 1


if __name__ == "__main__":
    os.environ.pop("LOG_LEVEL", None)
    sys.exit(main())
