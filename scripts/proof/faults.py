"""Lets the services fail in every way under load, ends that, and has the outcome checked from outside."""

import argparse
import collections
import os
import random
import signal
import sys
import time

from check import Check
from hall import Hall, Trouble, jobs_due
from line import Line
from load import Cron, Load, come_to_rest
import storm

#: Below HTTP and above it, all calls at once.
DARKNESS = ["refused", "cut", "silent", {"status": 500}, {"html": True, "effect": True}]


class Storm(Load):
    """People in both channels and at the table, slow enough for Notion's 180 calls a minute."""

    def works(self):
        return [self.look, self.click, self.edit, self.report, self.file]

    @property
    def intents(self):
        """Messages that are wanted, presses, edits and filings."""
        rows = self.counts["reports"] * 2
        return rows + self.counts["acknowledged"] + self.counts["edits"] + len(self.filed)

    def in_sight(self, chance):
        threads = self.hall.threads()
        return self.hall.messages() + [self.hall.opening(one) for one in chance.sample(threads, min(8, len(threads)))]

    def click(self, chance):
        self.isover.wait(chance.uniform(0.6, 1.2))
        super().click(chance)

    def report(self, chance):
        self.isover.wait(1.5)
        super().report(chance)

    def file(self, chance):
        self.isover.wait(1.5)
        super().file(chance)


class Proof:
    def __init__(self, hall, options):
        self.hall, self.options = hall, options
        self.line = Line(hall.url)
        self.load = Storm(hall, options.seed)
        self.cron = Cron(hall)
        self.figures = []
        self.check = Check(hall, self.load.clicks, self.load.filed)
        self.faults = collections.Counter()

    def tell(self, what):
        print("  … %s" % what, flush=True)

    def run(self):
        hall, options = self.hall, self.options
        hall.lead_services_through(self.line.url)
        hall.start()
        hall.map_forum()
        hall.expect("POST", "/sandbox/faults", storm.weather(options.seed, options.percent / 100, options.count >= 500))
        hall.add_rows(options.count // 8)
        self.load.counts["reports"] += options.count // 8
        begun = time.monotonic()
        self.cron.start()
        try:
            self.work_until(lambda: self.load.intents >= options.count)
            self.figures.append(("intents", "%d in %.0f s" % (self.load.intents, time.monotonic() - begun)))
            self.tell("%d intents; now the rest of them, still under faults" % self.load.intents)
            left = self.work_off(options.drain)
            self.figures.append(("calls under faults", len(self.ours("discord")) + len(self.ours("notion"))))
            self.figures.append(("left undone after %.0f s of faults" % (time.monotonic() - begun), left))
            self.end_faults()
            self.refusals()
            self.darkness()
        finally:
            self.line.become("open")
            self.cron.stop()
        rest = come_to_rest(hall, 300)
        self.figures.append(("to rest after the last fault", "%.1f s" % rest))
        self.check.that("all is done within five minutes of the last fault", [rest] if rest > 300 else [])
        return self.verdict()

    def work_until(self, is_enough):
        self.load.isover.clear()
        self.load.start()
        try:
            while not is_enough() and not self.load.isover.is_set():
                time.sleep(0.2)
        finally:
            self.load.stop()

    def due(self):
        return jobs_due(self.hall.state + "/guildhall.db")

    def work_off(self, seconds):
        """Waits until everything is read and done, though the faults go on, but not for ever."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline and (self.due() or self.cron.unread != 0):
            time.sleep(0.5)
        return "%d jobs, %s rows unread" % (len(self.due()), self.cron.unread)

    def end_faults(self):
        for fault in self.hall.expect("GET", "/sandbox/faults"):
            self.faults[fault["rule"]["service"].title()] += fault["applied"]
        self.hall.expect("DELETE", "/sandbox/faults")

    # -- what must not be tried again

    def refusals(self):
        self.tell("a token is refused, a permission is missing")
        text = "*/channels/%s/messages*" % self.hall.facts["channel_id"]
        denied = {"status": 403, "body": {"message": "Missing Permissions", "code": 50013}}
        self.refuse("discord", "a permission that is missing", denied, "again and again", path=text)
        refused = {"status": 401, "body": {"message": "401: Unauthorized", "code": 0}}
        self.refuse("discord", "a refused token", refused, "refuses our token")
        refused = {"status": 401, "body": {"object": "error", "status": 401, "code": "unauthorized", "message": "no"}}
        self.refuse("notion", "a refused token", refused, "refuses our token")

    def refuse(self, service, what, action, words, seconds=90, **more):
        """Every call is refused: few are made, until the doctor tells why. Then it is mended."""
        hall = self.hall
        hall.expect("POST", "/sandbox/faults", storm.always(action, service, **more))
        hall.add_rows(6)
        self.load.counts["reports"] += 6
        deadline, told = time.monotonic() + seconds, ""
        while words not in told and time.monotonic() < deadline:
            time.sleep(0.5)
            told = hall.run("guildhall", "doctor", codes=(0, 1))
        time.sleep(3)  # nothing more is to come
        tries = hall.expect("GET", "/sandbox/faults")[0]["applied"]
        self.end_faults()
        self.check.that("%s: %s is told by the doctor" % (service, what), [] if words in told else [told])
        # Each process may have one call under way on each of its threads when the first answer comes.
        self.check.that("%s: %s costs fewer than ten calls" % (service, what), [tries] if not 0 < tries < 10 else [])
        self.figures.append(("%s: calls for %s" % (service, what), tries))
        token = hall.facts["bot_token" if service == "discord" else "notion_token"]
        hall.run("guildhall", service, "connect", stdin=token)

    # -- nothing works at all

    def darkness(self):
        for state in DARKNESS if self.options.count >= 500 else DARKNESS[:2]:
            self.tell("for %d s every call is %s" % (self.options.dark, state))
            if isinstance(state, str):
                self.line.become(state)
            else:
                self.hall.expect("POST", "/sandbox/faults", storm.always(state, "discord") + storm.always(state, "notion"))
            end = time.monotonic() + self.options.dark
            self.work_until(lambda: time.monotonic() > end)
            if not isinstance(state, str):
                self.end_faults()
            self.line.become("open")
        self.wrong_addresses()

    def wrong_addresses(self):
        """A name that does not resolve, and something that is no TLS: runs of cron that reach nobody."""
        hall, environment = self.hall, dict(self.hall.environment)
        self.cron.stop()
        for url in "http://guildhall.invalid", "https://127.0.0.1:%d" % self.line.port:
            hall.add_rows(1)
            self.load.counts["reports"] += 1
            hall.lead_services_through(url)
            summary = hall.json("notion-sync", "--json", "--deliver-for", "2", codes=(1,))
            errors = {mapping["error"] for mapping in summary["mappings"]}
            self.check.that("%s is told as trouble" % url.split("//")[0], [e for e in errors if not e])
            hall.environment.update(environment)

    # -- the outcome

    def verdict(self):
        hall, check = self.hall, self.check
        self.figures += [("calls that went wrong", ", ".join("%s %d" % pair for pair in sorted(self.faults.items())))]
        bad = hall.run("guildhall", "doctor", codes=(0, 1))
        check.that("the doctor finds nothing left to do", [bad] if "✗" in bad else [])
        hall.responder.send_signal(signal.SIGTERM)
        code = hall.responder.wait(15)
        check.that("the responder ended well on SIGTERM", [code] if code else [])
        check.that("every run of notion-sync ended with a code of its own",
                   [code for code in self.cron.runs if code not in (0, 1)])
        check.run()
        self.check_calls()
        self.check_waits()
        return check.holds

    def check_calls(self):
        """What Discord refused of itself, not because the script said so."""
        ours = self.ours("discord")
        refused = [(entry["method"], entry["path"], entry["status"]) for entry in ours
                   if not entry.get("fault") and 400 <= entry["status"] < 500]
        self.check.that("fewer than ten calls that Discord itself refuses", refused if len(refused) >= 10 else [])
        self.figures.append(("calls to Discord, of them invalid", "%d, %d" % (len(ours), len(refused))))
        self.figures.append(("calls to Notion", len(self.ours("notion"))))

    def ours(self, service):
        """What Guildhall has asked of a service."""
        return [one for one in self.hall.journal(service, "", "") if "uildhall" in one["headers"].get("User-Agent", "")]

    def check_waits(self):
        waits = sorted(self.load.waits)
        at = lambda share: waits[min(len(waits) - 1, int(len(waits) * share))]
        self.figures.append(("presses answered: p50, p99, most", "%d, %d, %d ms" % (at(0.5), at(0.99), waits[-1])))
        self.check.that("every press was acknowledged", range(self.load.counts["failed"]))
        # The machine is shared with the stand-ins and this checker, so this is a bound and no promise.
        self.check.that("presses are answered within half a second (p99)", [at(0.99)] if at(0.99) > 500 else [])

    def print_table(self):
        counts = self.load.counts
        people = ("presses", "%d (%d acknowledged, %d failed)" % (counts["clicks"], counts["acknowledged"], counts["failed"]))
        rows = [("seed", self.options.seed), people, ("rows", "%d edited, %d new" % (counts["edits"], counts["reports"]))]
        for name, value in rows + self.figures + self.check.figures:
            print("  %-50s %s" % (name, value))
        for name, faults in self.check.findings:
            mark, more = ("✗", "%d: %s" % (len(faults), faults[:3])) if faults else ("✓", "")
            print("%s %-50s %s" % (mark, name, more))


def main():
    parser = argparse.ArgumentParser(prog="scripts/prove faults")
    parser.add_argument("--bin", required=True, help=argparse.SUPPRESS)
    parser.add_argument("--count", type=int, default=1000, help="how many intents (1000)")
    parser.add_argument("--percent", type=float, default=30, help="how many of all calls go wrong (30)")
    parser.add_argument("--dark", type=int, help="for how many seconds all of them, in each of several ways")
    parser.add_argument("--drain", type=int, help="for how many seconds the work goes on under faults at most")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1, 1_000_000))
    options = parser.parse_args()
    options.dark = options.dark or (15 if options.count >= 500 else 4)
    options.drain = options.drain or (240 if options.count >= 500 else 12)
    print("prove faults: seed %d" % options.seed, flush=True)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    hall = Hall(options.bin)
    proof = Proof(hall, options)
    holds = False
    try:
        holds = proof.run()
    except Trouble as trouble:
        print("✗ " + str(trouble))
    finally:
        proof.line.stop()
        hall.stop()
        proof.print_table()
        if holds:
            hall.remove()
        else:
            print("Everything is kept in %s." % hall.folder)
    return 0 if holds else 1


if __name__ == "__main__":
    os.environ.pop("LOG_LEVEL", None)
    sys.exit(main())
