"""Looks at what came of it, from outside: the database on a copy, Discord and Notion over their addresses.

Written from the promises, not from the programs: standard library only, and nothing of ours is imported.
"""

import collections
import json
import os
import re
import shutil
import sqlite3

from hall import jobs_due


class Check:
    def __init__(self, hall, clicks, filed):
        self.hall, self.clicks, self.filed = hall, clicks, filed
        self.findings = []
        self.figures = []

    @property
    def holds(self):
        return not any(faults for _, faults in self.findings)

    def that(self, promise, faults):
        self.findings.append((promise, list(faults)))

    def run(self):
        # What has come due since the responder was told to stop is nobody's fault.
        self.ended_at = os.path.getmtime(self.hall.logs + "/responder.log") - 5
        self.path = self.copy_of("guildhall.db")
        self.database = sqlite3.connect(self.path)
        self.database.row_factory = sqlite3.Row
        self.issues = {row["id"]: row for row in self.database.execute("SELECT * FROM issues")}
        self.messages = collections.defaultdict(list)
        for message in self.hall.messages() + self.hall.posts():
            self.messages[marker(message)].append(message)
        self.rows = {row["id"].replace("-", ""): row for row in self.hall.rows()}
        self.ended = self.hall.ended_options()
        self.check_database()
        self.check_clicks()
        self.check_messages()
        self.check_creates()
        self.figures.append(("issues, messages", "%d, %d" % (len(self.issues), sum(map(len, self.messages.values())))))

    def copy_of(self, name):
        """With its log, if there is one; the responder has stopped, so the two files fit together."""
        target = self.hall.folder + "/copy-" + name
        for ending in ("", "-wal"):
            if os.path.exists(self.hall.state + "/" + name + ending):
                shutil.copyfile(self.hall.state + "/" + name + ending, target + ending)
        return target

    # -- our own database

    def check_database(self):
        verdicts = [row[0] for row in self.database.execute("PRAGMA integrity_check")]
        self.that("the database is whole (integrity_check)", [v for v in verdicts if v != "ok"])
        self.that("all references hold (foreign_key_check)", self.database.execute("PRAGMA foreign_key_check"))
        dead = self.database.execute("SELECT kind, last_error FROM jobs WHERE state = 'dead'")
        self.that("no job is dead", map(tuple, dead))
        self.that("no job is due, running or unknown", jobs_due(self.path, self.ended_at))
        crashes = self.database.execute("SELECT sum(attempts), count(*) FROM jobs").fetchone()
        self.figures.append(("jobs", "%d, in %d attempts" % (crashes[1], crashes[0])))

    # -- clicks

    def check_clicks(self):
        inbox = collections.Counter(row["id"] for row in self.database.execute("SELECT id FROM interactions"))
        self.that("every acknowledged click is kept exactly once",
                  [(id, inbox[id]) for id, _, _ in self.clicks if inbox[id] != 1])
        self.that("every acknowledged click was answered with the message",
                  [(id, kind) for id, _, kind in self.clicks if kind != 7])
        pressed = {issue for _, issue, _ in self.clicks}
        self.that("every clicked issue is Fixed in Notion",
                  [issue for issue in pressed if self.row(issue)["status"] != "Fixed"])
        self.that("every clicked issue is Fixed in its message",
                  [issue for issue in pressed for m in self.messages[issue] if button(m)["label"] != "Fixed"])
        # Of two presses in two channels the second finds nothing to do, so only the first is told.
        self.that("every clicked row tells who fixed it, where it was clicked first",
                  [issue for issue in pressed if not any(self.tells_who(other) for other in self.same_row(issue))])
        self.figures.append(("issues fixed by clicks", len(pressed)))

        titles = collections.Counter(row["title"] for row in self.rows.values())
        self.that("every filed issue is one row in Notion", [
            (title, titles[title]) for _, title, _ in self.filed if titles[title] != 1])
        self.that("a form that came again got the same answer, and is kept once", [
            (id, inbox[id], answers) for id, _, answers in self.filed if inbox[id] != 1 or answers[0] != answers[1]])
        self.figures.append(("issues filed from Discord", len(self.filed)))

    def same_row(self, issue):
        return [id for id, other in self.issues.items() if other["page_id"] == self.issues[issue]["page_id"]]

    def tells_who(self, issue):
        return any("Marked as fixed by" in message["embeds"][0]["description"] for message in self.messages[issue])

    def row(self, issue):
        return self.rows[self.issues[issue]["page_id"].replace("-", "")]

    # -- messages

    def check_messages(self):
        self.that("every issue has exactly one living message",
                  [(issue, len(self.messages[issue])) for issue in self.issues if len(self.messages[issue]) != 1])
        self.that("no message is without its issue", [mark for mark in self.messages if mark not in self.issues])
        known = {row["issue_id"]: row["message_id"] for row in self.database.execute("SELECT * FROM discord_messages")}
        self.that("we know each message by its id", [
            issue for issue in self.issues if [known.get(issue)] != [m["id"] for m in self.messages[issue]]])
        pages = collections.Counter((row["mapping_id"], row["page_id"].replace("-", "")) for row in self.issues.values())
        mappings = [row["id"] for row in self.database.execute("SELECT id FROM sync_mappings")]
        self.that("every open row has exactly one issue in each channel", [
            (id, pages[mapping, id]) for mapping in mappings for id, row in self.rows.items()
            if pages[mapping, id] != 1 and (pages[mapping, id] or row["status"] not in self.ended)])
        self.that("every message says what its row says",
                  [fault for issue in self.issues for m in self.messages[issue] for fault in self.differences(issue, m)])

    def differences(self, issue, message):
        row, embed = self.row(issue), message["embeds"][0]
        title = plain(embed["title"])
        shown = next((plain(field["value"]) for field in embed["fields"] if field["name"] == "Status"), None)
        label = "Fixed" if row["status"] == "Fixed" else "Mark as fixed"
        begin = title[:-1] if title.endswith("…") else title  # Discord takes 256 characters
        if not (title.endswith(row["title"]) or begin.split(" · ", 1)[-1] in row["title"]):
            yield "%s shows the title “%s”, its row has “%s”" % (issue, title, row["title"])
        if shown != row["status"]:
            yield "%s shows the status “%s”, its row has “%s”" % (issue, shown, row["status"])
        if button(message)["label"] != label:
            yield "%s shows the button “%s” and not “%s”" % (issue, button(message)["label"], label)
        name = message.get("post", row["title"])
        if name.rstrip("…") not in (row["title"] or "Untitled"):
            yield "the post of %s is called “%s”, its row “%s”" % (issue, name, row["title"])

    # -- what was done at Discord

    def check_creates(self):
        """Posting again with the same nonce gives the first message back; two nonces would be two messages."""
        posts = [entry for entry in self.hall.journal("discord", "POST", "*/messages") if entry["effect"]]
        nonces = collections.defaultdict(set)
        for entry in posts:
            body = json.loads(entry["body"])
            nonces[marker(body)].add(body.get("nonce"))
        self.that("no issue was posted under two nonces", [(i, n) for i, n in nonces.items() if len(n) > 1])
        self.that("every post carried a nonce", [issue for issue, used in nonces.items() if None in used])
        begun = collections.Counter(
            marker(json.loads(entry["body"])["message"])
            for entry in self.hall.journal("discord", "POST", "*/threads") if entry["effect"])
        self.that("no issue began two posts in the forum", [(i, n) for i, n in begun.items() if n > 1])
        again = len(posts) - len(nonces)
        self.figures.append(("messages posted", "%d, and %d repeated under their nonce" % (len(nonces), again)))
        if begun:
            self.figures.append(("posts begun in the forum", sum(begun.values())))


def button(message):
    return message["components"][0]["components"][0]


def marker(message):
    return button(message)["custom_id"].split(":", 1)[1]


def plain(text):
    """Discord's markdown, shown."""
    return re.sub(r"\\(.)", r"\1", text)
