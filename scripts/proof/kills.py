"""Kills the responder and notion-sync at random moments under load, and has the outcome checked from outside."""

import argparse
import collections
import os
import random
import signal
import subprocess
import sys
import threading
import time

from check import Check
from hall import Hall, Trouble, jobs_due

PEOPLE = ["749716076337561603", "810451559316979712", "1038561751148265472"]


class Load:
    """People who click and edit, until told to stop. Remembers what was acknowledged to them.

    Together they stay below the three calls a second that Notion allows: more would only be waiting.
    """

    def __init__(self, hall, seed):
        self.hall, self.seed = hall, seed
        self.isover = threading.Event()
        self.lock = threading.Lock()
        self.buttons = []
        self.clicks = []
        self.filed = []
        self.counts = collections.Counter()
        self.threads = []
        self.problems = []

    def start(self):
        for number, work in enumerate([self.look, *[self.click] * 4, self.double, self.edit, self.edit, self.report, self.file]):
            thread = threading.Thread(target=self.guarded, args=(work, random.Random(self.seed * 100 + number)))
            thread.start()
            self.threads.append(thread)

    def stop(self):
        """Throws what went wrong in any of the threads."""
        self.isover.set()
        for thread in self.threads:
            thread.join()
        if self.problems:
            raise self.problems[0]

    def guarded(self, work, chance):
        try:
            while not self.isover.is_set():
                work(chance)
        except Exception as problem:  # raised again by stop, on the thread that can tell it
            self.problems.append(problem)
            self.isover.set()

    def look(self, chance):
        """What a person sees: the messages with a button that can be pressed."""
        found = []
        for message in self.hall.messages():
            button = message["components"][0]["components"][0]
            if not button.get("disabled"):
                found.append((message["id"], button["custom_id"]))
        with self.lock:
            self.buttons = found
        self.isover.wait(1)

    def pick(self, chance):
        with self.lock:
            return self.buttons.pop(chance.randrange(len(self.buttons))) if self.buttons else None

    def click(self, chance):
        """Through the channel page: signed, three seconds' patience, the answer shown in the message."""
        self.isover.wait(chance.uniform(0.6, 1.6))
        target = self.pick(chance)
        if target:
            self.press(target, chance)

    def double(self, chance):
        """Somebody impatient, and somebody else at the same moment."""
        self.isover.wait(chance.uniform(1, 2.5))
        target = self.pick(chance)
        if target:
            presses = [threading.Thread(target=self.press, args=(target, chance)) for _ in range(2)]
            for press in presses:
                press.start()
                self.isover.wait(chance.uniform(0, 0.7))
            for press in presses:
                press.join()

    def press(self, target, chance):
        message, button = target
        status, outcome = self.hall.request("POST", "/sandbox/discord/interactions/click", {
            "channel_id": self.hall.facts["channel_id"], "message_id": message, "custom_id": button,
            "user_id": chance.choice(PEOPLE), "force": True})
        if status != 200:
            raise Trouble("The stand-in for Discord answered a click with %s: %s" % (status, outcome))
        acknowledged = outcome["status"] == 200
        self.counts["clicks"] += 1
        self.counts["acknowledged" if acknowledged else "failed"] += 1
        self.counts["late"] += bool(outcome["late"])
        if acknowledged:
            self.clicks.append((outcome["interaction_id"], button.split(":", 1)[1], outcome["answer"]["type"]))

    def edit(self, chance):
        """A row gets another title."""
        self.isover.wait(chance.uniform(0.1, 0.4))
        if not self.hall.rows_seen or chance.random() < 0.02:
            self.hall.rows_seen = [row["id"] for row in self.hall.rows() if not row["title"].startswith("Filed")]
        title = "Edited %d: *not* a [link](x) _%s_" % (self.counts["edits"], chance.choice("äß水🙂"))
        self.hall.expect("POST", "/sandbox/notion/pages/%s/edit" % chance.choice(self.hall.rows_seen), {"Name": title})
        self.counts["edits"] += 1

    def report(self, chance):
        """Somebody writes new rows in Notion."""
        self.isover.wait(chance.uniform(0.1, 0.6))
        self.hall.add_rows(2)
        self.counts["reports"] += 2

    def file(self, chance):
        """Somebody files an issue in Discord: sent, with the same id, until it is acknowledged, and then once more."""
        self.isover.wait(chance.uniform(0.5, 2))
        title = "Filed %d" % len(self.filed)
        interaction = self.hall.filing(title)
        answers = []
        while len(answers) < 2:
            outcome = self.hall.expect("POST", "/sandbox/discord/interactions/raw", {"body": interaction})
            answers += [outcome["answer"]] if outcome["status"] == 200 else []
        self.filed.append((interaction["id"], title, answers))


class Drill:
    """The killing, and a cron that never rests."""

    def __init__(self, hall, seed):
        self.hall, self.chance = hall, random.Random(seed)
        self.kills = collections.Counter()
        self.runs = collections.Counter()
        self.sync = None
        self.isover = threading.Event()
        self.cron = threading.Thread(target=self.tick)

    def tick(self):
        while not self.isover.is_set():
            self.sync = self.hall.spawn("notion-sync", [self.hall.binary("notion-sync"), "--json", "--deliver-for", "3"])
            self.runs[self.sync.wait()] += 1
            self.isover.wait(0.2)

    def run(self, count):
        self.cron.start()
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

    def stop(self):
        """Lets the last run of the cron end by itself."""
        self.isover.set()
        if self.cron.is_alive():
            self.cron.join()


def come_to_rest(hall, seconds=180):
    """Waits until a sync finds nothing new and no job is waiting or running, and answers how long that took."""
    begun = time.monotonic()
    while time.monotonic() - begun < seconds:
        summary = hall.json("notion-sync", "--json", codes=(0, 1))
        report = summary["mappings"][0]["report"]
        left = jobs_due(hall.state + "/guildhall.db")
        if report["complete"] and report["new"] + report["changed"] == 0 and not left:
            return time.monotonic() - begun
        time.sleep(0.3)
    raise Trouble("It did not come to rest within %d s: %s %s" % (seconds, summary, left))


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
