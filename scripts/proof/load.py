"""People who click, edit and file, and the wait until everything is done that they asked for."""

import collections
import json
import random
import subprocess
import threading
import time

from hall import Trouble, jobs_due

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
        #: Milliseconds until each click was answered.
        self.waits = []
        self.filed = []
        self.counts = collections.Counter()
        self.threads = []
        self.problems = []

    def works(self):
        return [self.look, *[self.click] * 4, self.double, self.edit, self.edit, self.report, self.file]

    def start(self):
        self.threads = []
        for number, work in enumerate(self.works()):
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
        for message in self.in_sight(chance):
            button = message["components"][0]["components"][0]
            if not button.get("disabled"):
                found.append((message["channel_id"], message["id"], button["custom_id"]))
        with self.lock:
            self.buttons = found
        self.isover.wait(1)

    def in_sight(self, chance):
        return self.hall.messages()

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
        channel, message, button = target
        status, outcome = self.hall.request("POST", "/sandbox/discord/interactions/click", {
            "channel_id": channel, "message_id": message, "custom_id": button,
            "user_id": chance.choice(PEOPLE), "force": True})
        if status != 200:
            raise Trouble("The stand-in for Discord answered a click with %s: %s" % (status, outcome))
        acknowledged = outcome["status"] == 200
        self.counts["clicks"] += 1
        self.counts["acknowledged" if acknowledged else "failed"] += 1
        self.counts["late"] += bool(outcome["late"])
        self.waits.append(outcome["ms"])
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


class Cron:
    """A cron that never rests."""

    def __init__(self, hall):
        self.hall = hall
        self.runs = collections.Counter()
        self.sync = None
        #: How many rows the last run found new or changed; None when it could not read them all.
        self.unread = None
        self.isover = threading.Event()
        self.thread = threading.Thread(target=self.tick)

    def start(self):
        self.thread.start()

    def tick(self):
        while not self.isover.is_set():
            self.sync = self.hall.spawn(
                "notion-sync", [self.hall.binary("notion-sync"), "--json", "--deliver-for", "3"], stdout=subprocess.PIPE)
            told = self.sync.communicate()[0]
            self.runs[self.sync.returncode] += 1
            self.unread = unread(json.loads(told)) if told else None
            self.isover.wait(0.2)

    def stop(self):
        """Lets the last run end by itself."""
        self.isover.set()
        if self.thread.is_alive():
            self.thread.join()


def unread(summary):
    """How many rows a run found new or changed; None when it could not read them all."""
    reports = [mapping["report"] for mapping in summary["mappings"]]
    return sum(one["new"] + one["changed"] for one in reports) if all(one["complete"] for one in reports) else None


def come_to_rest(hall, seconds=180):
    """Waits until a sync finds nothing new and no job is waiting or running, and answers how long that took.

    Nor may one have waited before that sync: it would change a row that another mapping has then still to read.
    """
    begun = time.monotonic()
    while time.monotonic() - begun < seconds:
        left_before = jobs_due(hall.state + "/guildhall.db")
        summary = hall.json("notion-sync", "--json", "--deliver-for", "3", codes=(0, 1))
        left = jobs_due(hall.state + "/guildhall.db")
        if unread(summary) == 0 and not left_before and not left:
            return time.monotonic() - begun
        time.sleep(0.3)
    raise Trouble("It did not come to rest within %d s: %s %s" % (seconds, summary, left))
