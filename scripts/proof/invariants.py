"""What must be true when everything is at rest, from the database, the journal of the stand-ins and what was acknowledged.

Read with two SQLites: Debian's and the newer one that apsw brings.
"""

import bisect
import collections
import datetime
import hashlib
import json
import sqlite3

import apsw

#: What Guildhall may ask in any window: calls, seconds (Notion: request limits; Discord: rate limits).
BUDGETS = {"notion": (180, 60), "discord": (500, 10)}
#: A call that had its permission before a refusal came may still be on its way, and arrivals are not departures.
ON_ITS_WAY = 1.0


class Invariants:
    def __init__(self, check, signer):
        self.check, self.signer, self.hall = check, signer, check.hall
        self.database = check.database
        ours = [entry for service in BUDGETS for entry in self.hall.journal(service, "", "")]
        self.calls = [entry for entry in ours if "uildhall" in entry["headers"].get("User-Agent", "")]

    def run(self):
        self.whole_file()
        self.kept_as_sent()
        self.groups_are_whole()
        self.effects_and_wishes()
        self.waits_are_kept()
        self.audit_chain()

    def query(self, sql, *values):
        return [tuple(row) for row in self.database.execute(sql, values)]

    # -- I6

    def whole_file(self):
        other = apsw.Connection(self.check.path)
        for name, ask in (("Debian's SQLite " + sqlite3.sqlite_version, self.query),
                          ("SQLite " + apsw.sqlite_lib_version(), lambda sql: list(other.execute(sql)))):
            self.check.that("I6: %s finds the file whole" % name, [
                row for row in ask("PRAGMA integrity_check") if row != ("ok",)] + ask("PRAGMA foreign_key_check"))
        other.close()

    # -- I1, and nothing of what was refused

    def kept_as_sent(self):
        kept = dict(self.query("SELECT id, body_hash FROM interactions"))
        self.check.that("I1: what was signed and acknowledged is kept, byte for byte", [
            id for id, digest in self.signer.acknowledged.items() if kept.get(id) != digest])
        self.check.that("no forgery left a trace", [id for id in self.signer.forged if id in kept])
        self.check.that("what was sent again got the same answer", self.signer.faults)
        titles = collections.Counter(row["title"] for row in self.check.rows.values())
        self.check.that("I3: every signed filing is one row in Notion", [
            (title, titles[title]) for _, title, _ in self.signer.filed if titles[title] != 1])
        self.check.figures.append(("signed: acknowledged, forged", "%d, %d" % (
            len(self.signer.acknowledged), len(self.signer.forged))))

    # -- I5

    def groups_are_whole(self):
        """A change, its job and its row in the audit log came into being together; so did a filing."""
        self.check.that("I5: every change has its job", self.query(
            "SELECT id FROM issue_changes WHERE 'issue.change:' || id NOT IN (SELECT unique_key FROM jobs)"))
        self.check.that("I5: every job of a change has its change", self.query(
            "SELECT unique_key FROM jobs WHERE kind = 'issue.change'"
            " AND substr(unique_key, 14) NOT IN (SELECT id FROM issue_changes)"))
        for kind, rows in ("issue.change", "issue_changes"), ("issue.file", "jobs WHERE kind = 'issue.file'"):
            wishes, = self.query("SELECT count(*) FROM " + rows)[0]
            noted, = self.query("SELECT count(*) FROM audit_log WHERE action = ? AND outcome = 'done'", kind)[0]
            self.check.that("I5: every %s stands in the audit log once" % kind,
                            [] if noted == wishes else ["%d wishes, %d rows" % (wishes, noted)])
        self.check.that("I5: whatever was noted came with an interaction that is kept", self.query(
            "SELECT action, position FROM audit_log WHERE action IN ('issue.change', 'issue.file')"
            " AND request_id NOT IN (SELECT correlation_id FROM interactions)"))

    # -- I2, I3, I4

    def effects_and_wishes(self):
        self.check.that("I2: no change is pending", self.query("SELECT id FROM issue_changes WHERE state = 'pending'"))
        edited = collections.Counter(
            entry["path"].rsplit("/", 1)[1].replace("-", "") for entry in self.calls
            if entry["service"] == "notion" and entry["method"] == "PATCH" and entry["effect"])
        wished = {page.replace("-", ""): state for page, state in self.query(
            "SELECT page_id, max(state = 'done') FROM issue_changes JOIN issues ON issues.id = issue_id GROUP BY 1")}
        self.check.that("I3: every change that is done was made in Notion",
                        [page for page, isdone in wished.items() if isdone and not edited[page]
                         and self.check.rows[page]["status"] != "Fixed"])
        self.check.that("I4: nothing was changed in Notion that nobody wished", [page for page in edited if page not in wished])
        made = sum(entry["effect"] for entry in self.calls
                   if entry["service"] == "notion" and entry["method"] == "POST" and entry["path"].endswith("/pages"))
        filings, = self.query("SELECT count(*) FROM jobs WHERE kind = 'issue.file'")[0]
        self.check.that("I4: no row was made that nobody filed", [] if made == filings else ["%d of %d" % (made, filings)])

    # -- I8

    def waits_are_kept(self):
        for service, (most, seconds) in BUDGETS.items():
            times = sorted(instant(entry["at"]) for entry in self.calls if entry["service"] == service)
            window = seconds - ON_ITS_WAY
            fullest = max((bisect.bisect_left(times, at + window) - place for place, at in enumerate(times)), default=0)
            self.check.that("I8: never more than %d calls to %s in %d s" % (most, service.title(), seconds),
                            [fullest] if fullest > most else [])
            waits = [wait for wait in map(asked_to_wait, self.calls) if wait and wait[0] == service]
            self.check.that("I8: %s is left alone when it asks for that" % service.title(), [
                "%.1f s after it asked for %.1f" % (at - begin, length)
                for _, begin, length in waits for at in times if begin + ON_ITS_WAY < at < begin + length - 0.05])
            self.check.figures.append(
                ("calls to %s, waits it asked for" % service.title(), "%d, %d" % (len(times), len(waits))))

    # -- I9

    def audit_chain(self):
        """Written anew from docs/security.md: each digest is over the one before and the columns, as netstrings."""
        faults, digests = [], {}
        for row in self.database.execute("SELECT * FROM audit_log ORDER BY chain, position"):
            chain = row["chain"]
            before = digests.setdefault(chain, sha256("guildhall audit|" + chain))
            parts = [before, chain, row["position"], row["at"], row["actor_kind"], row["actor_key"], row["action"],
                     row["target_kind"], row["target_id"], row["outcome"], row["request_id"], row["details_digest"]]
            if row["digest"] != sha256("".join(map(netstring, parts))):
                faults.append((chain, row["position"]))
            digests[chain] = row["digest"]
        self.check.that("I9: the chain of the audit log holds", faults)


def netstring(part):
    return "-," if part is None else "%d:%s," % (len(str(part).encode()), part)


def sha256(text):
    return hashlib.sha256(text.encode()).hexdigest()


def instant(time):
    """Since 1970, of a time of the journal in ISO 8601."""
    return datetime.datetime.fromisoformat(time).timestamp()


def asked_to_wait(entry):
    """The service, when and for how long, if an answer asked the whole connection to wait for seconds."""
    action = entry.get("fault") or {}
    headers = action.get("headers") or {}
    if entry["status"] != 429 or float(headers.get("Retry-After", 0)) < 2:
        return None
    if entry["service"] == "discord" and headers.get("X-RateLimit-Scope") != "global":
        return None
    return entry["service"], instant(entry["at"]) + entry["microseconds"] / 1e6, float(headers["Retry-After"])
