"""Everything that may happen to a hall, in one run of some two minutes: bad moments of the services, kills, restarts,
another program that holds the database, a full disk. Then an outsider looks at what came of it."""

import argparse
import contextlib
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time

import storm
from check import Check
from hall import Hall, Trouble
from invariants import Invariants
from kills import Drill, words
from load import Load, come_to_rest
from restarts import restart
from signer import Signer

HOLDERS = 2
#: Requests for ballast, that the disk is full to the last byte.
BLOCKS = (1 << 20, 1 << 12, 1)


class People(Load):
    """Fewer, so that what they want fits into what Notion allows."""

    def works(self):
        return [self.look, self.click, self.click, self.double, self.edit, self.report, self.file]

    def report(self, chance):
        self.isover.wait(1)
        super().report(chance)

    def file(self, chance):
        self.isover.wait(1)
        super().file(chance)


def weather(seed, share):
    """A share of all calls goes wrong in any of the ways there are; and now and then a service wants to be left alone."""
    rules = []
    for number, service in enumerate(storm.OWN):
        of_ours = {"service": service, "agent": storm.OURS, "seed": seed + number}
        headers = {"Retry-After": "3", "X-RateLimit-Scope": "global", "X-RateLimit-Global": "true"}
        rules.append(dict(of_ours, times=3, probability=0.02, after=20, action=storm.limited(**headers)))
        rules.append(dict(of_ours, times=None, probability=share, action=storm.COMMON + storm.OWN[service]))
    return rules


class Proof:
    def __init__(self, hall, options):
        self.hall, self.options, self.seed = hall, options, options.seed
        self.chance = random.Random(options.seed)
        self.figures, self.findings = [], []
        self.begun = time.monotonic()

    def tell(self, what):
        print("  %5.0f s  %s" % (time.monotonic() - self.begun, what), flush=True)

    def that(self, promise, faults):
        self.findings.append((promise, list(faults)))

    def run(self):
        hall, options = self.hall, self.options
        hall.start()
        hall.add_rows(40)
        hall.expect("POST", "/sandbox/faults", weather(self.seed, options.percent / 100))
        self.load, self.drill, self.signer = People(hall, self.seed), Drill(hall, self.seed), Signer(hall)
        self.load.start()
        self.signer.start()
        try:
            self.phases()
        finally:
            self.load.isover.set()
            self.signer.stop()
            self.drill.stop()
            self.load.stop()
        self.end_faults()
        self.tell("coming to rest")
        self.figures.append(("to rest", "%.0f s" % come_to_rest(hall)))
        return self.verdict()

    def phases(self):
        self.tell("%d kills" % self.options.kills)
        self.drill.run(self.options.kills)
        self.tell("%d restarts" % self.options.restarts)
        self.restarts()
        self.tell("others hold the database")
        self.busy()
        self.full_disk()

    def end_faults(self):
        faults = self.hall.expect("GET", "/sandbox/faults")
        self.figures.append(("answers bent or lost", sum(fault["applied"] for fault in faults)))
        self.hall.expect("DELETE", "/sandbox/faults")

    # -- restarts and holders: nobody may notice

    def unnoticed(self, what):
        failed = self.load.counts["failed"] - self.failed
        self.that("no press failed while %s" % what, [failed] if failed else [])

    def restarts(self):
        # The last kill may have cost somebody an answer that has not failed yet.
        time.sleep(1)
        self.failed = self.load.counts["failed"]
        ends = [restart(self.hall, self.chance) for _ in range(self.options.restarts)]
        time.sleep(0.5)
        self.that("the responder ended well at each restart", [code for code, _ in ends if code])
        self.figures.append(("slowest end", "%.2f s" % max(took for _, took in ends)))
        self.unnoticed("the responder was restarted")

    def busy(self):
        self.failed, first = self.load.counts["failed"], len(self.load.waits)
        holder = os.path.join(os.path.dirname(os.path.abspath(__file__)), "holder.py")
        holders = [subprocess.Popen([sys.executable, "-B", holder, self.hall.state + "/guildhall.db", str(self.options.busy)],
                                    stdout=subprocess.PIPE, text=True) for _ in range(HOLDERS)]
        held = sum(int(one.communicate()[0]) for one in holders)
        waits = sorted(self.load.waits[first:]) or [0]
        self.that("the database was held a hundred times at least", [held] if held < 100 else [])
        self.figures.append(("held for 5 ms", "%d times; presses answered within %d ms" % (held, waits[-1])))
        self.unnoticed("others held the database")

    # -- a full disk: refuse, lose nothing, go on by itself

    def full_disk(self):
        if not os.path.ismount(self.hall.state):
            print("  The full disk is left out: only root can mount a small one.", flush=True)
            return
        self.tell("the disk is full")
        ballast = self.hall.state + "/ballast"
        with contextlib.closing(sqlite3.connect(self.hall.state + "/guildhall.db", isolation_level=None)) as reader:
            # While somebody reads, the log can only grow.
            reader.execute("BEGIN")
            reader.execute("SELECT count(*) FROM jobs").fetchone()
            fill(ballast)
            answers, end = [], time.monotonic() + self.options.full
            while time.monotonic() < end:
                answers.append(self.signer.blank())
        os.unlink(ballast)
        refused = len(answers) - answers.count(200)
        self.that("the full disk was felt", [] if refused else ["%d forms, none refused" % len(answers)])
        self.that("on a full disk nothing but 200 and 5xx is answered", sorted({a for a in answers if a != 200 and a < 500}))
        self.that("the responder outlived the full disk", [] if self.hall.responder.poll() is None else ["it ended"])
        self.figures.append(("forms on a full disk", "%d kept, %d refused" % (answers.count(200), refused)))
        begun = time.monotonic()
        while self.signer.blank() != 200:
            if time.monotonic() - begun > 20:
                raise Trouble("Clicks are still refused 20 s after the disk has room again.")
        self.figures.append(("from room on the disk to a kept form", "%.2f s" % (time.monotonic() - begun)))

    # -- the outcome

    def verdict(self):
        hall = self.hall
        hall.responder.send_signal(signal.SIGTERM)
        code = hall.responder.wait(15)
        self.that("the responder ended well on SIGTERM", [code] if code else [])
        self.that("every run of notion-sync ended with a code of its own or was killed",
                  [code for code in self.drill.runs if code not in (0, 1, 75, -signal.SIGKILL)])
        check = Check(hall, self.load.clicks, self.load.filed)
        check.findings, check.figures = self.findings, self.figures
        check.run()
        Invariants(check, self.signer).run()
        return check.holds

    def print_table(self):
        counts = self.load.counts
        rows = [("seed", self.seed), ("kills", words(self.drill.kills)),
                ("clicks", "%d (%d acknowledged, %d failed)" % (counts["clicks"], counts["acknowledged"], counts["failed"])),
                ("rows", "%d edited, %d new" % (counts["edits"], counts["reports"]))]
        for name, value in rows + self.figures + [("in all", "%.0f s" % (time.monotonic() - self.begun))]:
            print("  %-50s %s" % (name, value))
        for name, faults in self.findings:
            print("%s %-50s %s" % (("✗", name, "%d: %s" % (len(faults), faults[:3])) if faults else ("✓", name, "")))


def fill(path):
    """Leaves no byte free."""
    with open(path, "wb", buffering=0) as file:
        for block in BLOCKS:
            with contextlib.suppress(OSError):
                while True:
                    file.write(b"\0" * block)


def small_disk(folder, size):
    """A disk of its own for the database, if we may."""
    if os.getuid() != 0:
        return False
    return subprocess.run(["mount", "-t", "tmpfs", "-o", "size=%s,mode=0700" % size, "tmpfs", folder]).returncode == 0


def main():
    parser = argparse.ArgumentParser(prog="scripts/prove pr")
    parser.add_argument("--bin", required=True, help=argparse.SUPPRESS)
    parser.add_argument("--kills", type=int, default=12, help="how many (12)")
    parser.add_argument("--restarts", type=int, default=4, help="how many (4)")
    parser.add_argument("--busy", type=float, default=8, help="seconds for which others hold the database (8)")
    parser.add_argument("--full", type=float, default=5, help="seconds for which the disk is full (5)")
    parser.add_argument("--percent", type=float, default=10, help="how many of all calls go wrong (10)")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1, 1_000_000))
    options = parser.parse_args()
    print("prove pr: seed %d" % options.seed, flush=True)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    hall = Hall(options.bin)
    isolated = small_disk(hall.state, "96m")
    proof, holds = Proof(hall, options), False
    try:
        holds = proof.run()
    except Trouble as trouble:
        print("✗ " + str(trouble))
    finally:
        hall.stop()
        if hasattr(proof, "load"):
            proof.print_table()
        if isolated and not holds:
            subprocess.run(["cp", "-a", hall.state, hall.folder + "/kept"], check=False)
        if isolated:
            subprocess.run(["umount", "-l", hall.state], check=False)
        if holds:
            hall.remove()
        else:
            print("Everything is kept in %s." % hall.folder)
    return 0 if holds else 1


if __name__ == "__main__":
    os.environ.pop("LOG_LEVEL", None)
    sys.exit(main())
