"""Restarts the responder under load; the listening socket stays open, as systemd keeps it, so nobody may be refused."""

import argparse
import collections
import os
import random
import signal
import sys
import threading
import time

from hall import Hall, Trouble

PROMPT = 5  # seconds an ended responder may take; the longest handler takes far less


class Load:
    """People and services that ask without a pause, each in a thread of its own."""

    def __init__(self, hall, readers, clickers):
        self.hall = hall
        self.isover = threading.Event()
        self.answers = collections.Counter()
        self.failures = []
        self.slowest = 0
        self.lock = threading.Lock()
        kinds = [self.read] * readers + [self.file] * clickers
        self.threads = [threading.Thread(target=self.go, args=(kind, number)) for number, kind in enumerate(kinds)]

    def go(self, ask, number):
        turn = 0
        while not self.isover.is_set():
            begun = time.monotonic()
            what, isright, answer = ask(number, turn)
            with self.lock:
                self.slowest = max(self.slowest, time.monotonic() - begun)
                self.answers[what] += 1
                if not isright:
                    self.failures.append("%s: %s" % (what, answer))
            turn += 1

    def read(self, number, turn):
        if turn % 3 == 0:  # a service that cannot sign is told so, and not that nobody is there
            status, answer = self.hall.request("POST", "/discord/interactions", {"type": 1})
            return "unsigned clicks", status == 401, (status, answer)
        status, answer = self.hall.request("GET", ["/health", "/"][turn % 2])
        return "pages", status == 200, (status, answer)

    def file(self, number, turn):
        with self.lock:
            interaction = self.hall.filing("Filed by %d, number %d" % (number, turn))
        status, outcome = self.hall.request("POST", "/sandbox/discord/interactions/raw", {"body": interaction})
        isright = status == 200 and outcome["status"] == 200
        return "filings", isright, (status, outcome)


def restart(hall, chance):
    """The exit code and how long the end took."""
    time.sleep(chance.uniform(0.1, 0.6))
    begun = time.monotonic()
    hall.responder.send_signal(signal.SIGTERM)
    code = hall.responder.wait(30)
    took = time.monotonic() - begun
    hall.start_responder()
    return code, took


def prove(hall, count, seed):
    hall.start()
    load, chance = Load(hall, 6, 2), random.Random(seed)
    for thread in load.threads:
        thread.start()
    begun = time.monotonic()
    try:
        ends = [restart(hall, chance) for _ in range(count)]
        time.sleep(1)
    finally:
        load.isover.set()
        for thread in load.threads:
            thread.join()
    rows = [("seed", seed), ("restarts", "%d in %.0f s" % (count, time.monotonic() - begun)),
            ("answered", ", ".join("%s %d" % pair for pair in sorted(load.answers.items()))),
            ("slowest answer", "%.2f s" % load.slowest), ("slowest end", "%.2f s" % max(took for _, took in ends))]
    for name, value in rows:
        print("  %-44s %s" % (name, value))
    findings = [("no request failed", load.failures),
                ("the responder ended well each time", [code for code, _ in ends if code]),
                ("it ended within %d s" % PROMPT, ["%.1f s" % took for _, took in ends if took > PROMPT])]
    for name, faults in findings:
        print("%s %-44s %s" % (("✗", name, "%d: %s" % (len(faults), faults[:3])) if faults else ("✓", name, "")))
    return not any(faults for _, faults in findings)


def main():
    parser = argparse.ArgumentParser(prog="scripts/prove restarts")
    parser.add_argument("--bin", required=True, help=argparse.SUPPRESS)
    parser.add_argument("--count", type=int, default=20, help="how many restarts (20)")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1, 1_000_000))
    options = parser.parse_args()
    print("prove restarts: seed %d" % options.seed, flush=True)
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
