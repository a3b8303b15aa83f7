"""Makes Guildhall send every kind of request it has, by doing what people, cron and the operator do."""

import contextlib
import json
import signal
import sqlite3
import subprocess
import time

from hall import Trouble

NELLY = "749716076337561603"


class Walk:
    def __init__(self, hall):
        self.hall = hall
        #: What Guildhall answered to interactions, as Discord's callback takes it.
        self.callbacks = []
        #: Seconds from an edit to its message by webhook; None when it never came.
        self.told = None

    def go(self):
        hall = self.hall
        self.register_commands()
        self.lose_an_answer()
        self.sync()
        self.edit_rows()
        self.sync()
        self.press_controls()
        self.use_commands()
        self.file_issues()
        self.remove_and_restore()
        self.sync("--full")
        self.shape_mappings()
        self.use_forum()
        self.lose_an_old_answer()
        hall.run("guildhall", "doctor")
        self.rest()
        self.subscribe()

    def subscribe(self):
        """As a person does: start waiting, make the subscription, paste the token; then an edit arrives by itself."""
        hall = self.hall
        waiting = subprocess.Popen(
            [hall.binary("guildhall"), "notion", "webhook", "--json"], env=hall.environment, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        hall.started.append(waiting)
        handshake = {"status": 0}
        for _ in range(50):  # until the window is open
            time.sleep(0.2)
            handshake = hall.expect("PUT", "/sandbox/notion/webhook", {"url": hall.url + "/notion/webhook"})["handshake"]
            if handshake["status"] == 200:
                break
        token = json.loads(waiting.communicate(timeout=30)[0])["verification_token"]
        hall.expect("POST", "/sandbox/notion/webhook/verify", {"token": token})
        self.told = self.edit_and_wait()

    def edit_and_wait(self, seconds=20):
        """How long an edit takes to reach its message, with no sync run in between; None when it never does."""
        row = self.hall.rows()[5]
        begun = time.monotonic()
        self.hall.expect("POST", "/sandbox/notion/pages/%s/edit" % row["id"], {"Name": "Told by webhook"})
        while time.monotonic() - begun < seconds:
            if any("Told by webhook" in json.dumps(message["embeds"]) for message in self.hall.messages()):
                return time.monotonic() - begun
            time.sleep(0.1)
        return None

    def register_commands(self):
        """For everybody, in one server, and there once more, when nothing differs."""
        for place in [], ["--guild", self.hall.facts["guild_id"]], ["--guild", self.hall.facts["guild_id"]]:
            self.hall.run("guildhall", "commands", "register", *place)

    # -- cron

    def sync(self, *flags):
        self.hall.run("notion-sync", "--json", *flags)

    def rest(self, seconds=60):
        """Waits until no job is waiting or running, but for those that are meant for later (an Undo that ends)."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if not self.due():
                return
            time.sleep(0.2)
        raise Trouble("The jobs did not come to rest: %d are still due." % self.due())

    def due(self):
        with contextlib.closing(sqlite3.connect("file:%s/guildhall.db?mode=ro" % self.hall.state, uri=True)) as database:
            return database.execute(
                "SELECT count(*) FROM jobs WHERE state IN ('ready', 'running', 'waiting', 'unknown') AND run_at < ?",
                [int((time.time() + 30) * 1000)]).fetchone()[0]

    def lose_an_answer(self):
        """Two messages are posted but their answers are lost, so that they must be looked for."""
        self.hall.expect("POST", "/sandbox/faults", [
            {"service": "discord", "method": "POST", "path": "*/messages", "times": 2,
             "action": {"status": 502, "effect": True}}])

    def lose_an_old_answer(self):
        """The answer to a message that was posted more than a minute ago: it is looked for in the channel."""
        hall = self.hall
        lost = [{"service": "discord", "method": "POST", "path": "*/messages", "times": None,
                 "action": {"status": 502, "effect": True}}]
        hall.responder.send_signal(signal.SIGSTOP)  # so that nobody looks before the minute is over
        try:
            hall.expect("POST", "/sandbox/faults", lost)
            hall.add_rows(1)
            self.sync("--deliver-for", "1")
            hall.expect("DELETE", "/sandbox/faults")
            with contextlib.closing(sqlite3.connect(hall.state + "/guildhall.db")) as database, database:
                database.execute("PRAGMA wal_autocheckpoint = 0")
                database.execute(
                    "UPDATE discord_messages SET intended_at = intended_at - 61000 WHERE message_id IS NULL")
        finally:
            hall.responder.send_signal(signal.SIGCONT)
        self.rest()

    # -- the same table in a forum

    def use_forum(self):
        """Posts with tags; one is renamed, one was closed meanwhile, and one must be looked for."""
        hall = self.hall
        hall.map_forum()
        hall.expect("POST", "/sandbox/faults", [
            {"service": "discord", "method": "POST", "path": "*/threads", "action": {"status": 502, "effect": True}}])
        self.sync()
        self.rest()
        pages = {row["title"]: row["id"] for row in hall.rows()}
        # A post of a row without a title, or with a very long one, bears another name than its row.
        closed = next(thread for thread in hall.threads() if thread["name"] in pages)
        hall.discord("PATCH", "/channels/%s" % closed["id"], {"archived": True})
        hall.expect("POST", "/sandbox/notion/pages/%s/edit" % pages[closed["name"]], {"Name": "Renamed while closed"})
        self.sync()
        self.rest()

    # -- people at the table

    def edit_rows(self):
        rows = self.hall.rows()
        for row, values in zip(rows, [
                {"Name": "Edited by hand: *stars* [and](brackets) äß水🙂"}, {"Description": "Line one\nLine two " * 90},
                {"Labels": ["crash", "new one"], "Votes": 3}, {"Assignee": []}, {"Name": ""}]):
            self.hall.expect("POST", "/sandbox/notion/pages/%s/edit" % row["id"], values)
        for row, title in zip(rows[10:12], ["By the API", "水" * 400]):
            self.hall.notion("PATCH", "/pages/" + row["id"], {"properties": {"Name": {"title": [{"text": {"content": title}}]}}})

    def remove_and_restore(self):
        first, second = [row["id"] for row in self.hall.rows()[20:22]]
        for page in first, second:
            self.hall.notion("PATCH", "/pages/" + page, {"in_trash": True})
        self.sync("--full")
        self.rest()
        self.hall.notion("PATCH", "/pages/" + first, {"in_trash": False})

    # -- the operator

    def shape_mappings(self):
        """Decides everything there is to decide, over a row with more links than it shows."""
        hall = self.hall
        first, *others = [row["id"] for row in hall.rows()[:31]]
        hall.notion("PATCH", "/pages/" + first, {"properties": {
            "Duplicates": {"relation": [{"id": row} for row in others]}, "Status": {"status": {"name": "Triaged"}}}})
        mapping = json.loads(hall.run("guildhall", "mapping", "list", "--json"))[0]["id"]
        rules = ["--column", "labels=Duplicates", "--filter", "Platform!=Xbox|Switch", "--filter", "Priority=P0|P1|P2",
                 "--pressers", "Moderator", "--call", "P0=Playtester", "--heading", "{title} ({status})", "--lost", "forget"]
        hall.run("guildhall", "mapping", "preview", mapping, *rules)
        hall.run("guildhall", "mapping", "set", mapping, *rules)
        self.sync()
        self.rest()
        self.sync("--full")
        self.rest()

    # -- people in the channel

    def press_controls(self):
        """Every kind of control there is, each on messages of its own: fixed, another status, taken back."""
        open_messages = [message for message in self.hall.messages() if self.controls(message)]
        for message in open_messages[:3]:
            button = next(one for one in self.controls(message) if one["type"] == 2)
            self.click(message["id"], button["custom_id"])
        for message in open_messages[3:5]:
            select = next((one for one in self.controls(message) if one["type"] == 3), None)
            if select:
                value = next(one["value"] for one in select["options"] if not one.get("default"))
                self.click(message["id"], select["custom_id"], [value])
        self.rest()
        for message in open_messages[1:3]:
            undo = next((one for one in self.controls(self.message(message["id"])) if one.get("label") == "Undo"), None)
            if undo:
                self.click(message["id"], undo["custom_id"])
        self.rest()

    def message(self, message):
        return self.hall.discord("GET", "/channels/%s/messages/%s" % (self.hall.facts["channel_id"], message))

    def controls(self, message):
        inner = [part for row in message["components"] for part in row.get("components", [])]
        return [part for part in inner if "custom_id" in part and not part.get("disabled")]

    def click(self, message, control, values=None):
        body = {"channel_id": self.hall.facts["channel_id"], "message_id": message, "custom_id": control,
                "user_id": NELLY}
        if values:
            body["values"] = values
        self.keep("a press on “%s”" % control.split(":")[0],
                  self.hall.expect("POST", "/sandbox/discord/interactions/click", body))

    def use_commands(self):
        option = {"name": "issue", "type": 3, "value": "the", "focused": True}
        self.command("issue", [{"name": "show", "type": 1, "options": [option]}], kind=4)
        choices = self.callbacks[-1][1]["data"]["choices"]
        shown = {"name": "issue", "type": 3, "value": choices[0]["value"]}
        self.command("issue", [{"name": "show", "type": 1, "options": [shown]}])
        self.command("issue", [{"name": "find", "type": 1, "options": [{"name": "words", "type": 3, "value": "the"}]}])
        for name in "stats", "new":
            self.command("issue", [{"name": name, "type": 1, "options": []}])

    def file_issues(self):
        source = self.hall.messages()[0]
        self.send(2, {"id": "1", "name": "File as issue", "type": 3, "target_id": source["id"],
                      "resolved": {"messages": {source["id"]: source}}}, "“File as issue”")
        self.submit(self.callbacks[-1][1]["data"], {"title": "Filed from a message", "summary": "What was said.\n" * 20})
        self.rest()

    def submit(self, modal, values):
        rows = [{"type": 1, "id": 1, "components": [{"type": 4, "id": 2, "custom_id": name, "value": value}]}
                for name, value in values.items()]
        self.send(5, {"custom_id": modal["custom_id"], "components": rows}, "a form handed in")

    def command(self, name, options, kind=2):
        self.send(kind, {"id": "1", "name": name, "type": 1, "options": options}, "/%s %s%s" % (
            name, options[0]["name"], " (suggestions)" if kind == 4 else ""))

    def send(self, kind, data, name):
        facts = self.hall.facts
        snowflake = str((int(time.time() * 1000) - 1_420_070_400_000 << 22) + len(self.callbacks))
        body = {
            "application_id": facts["application_id"], "id": snowflake, "token": "t" * 60, "type": kind, "version": 1,
            "guild_id": facts["guild_id"], "channel_id": facts["channel_id"], "locale": "en-US", "entitlements": [],
            "channel": {"id": facts["channel_id"], "type": 0}, "app_permissions": "2251799813685247", "context": 0,
            "member": {"user": {"id": NELLY, "username": "nelly", "discriminator": "0", "global_name": "Nelly",
                                "avatar": None}, "roles": [], "permissions": "2251799813685247", "flags": 0,
                       "joined_at": "2026-01-01T00:00:00+00:00", "deaf": False, "mute": False},
            "attachment_size_limit": 10_485_760, "authorizing_integration_owners": {"0": facts["guild_id"]},
            "data": data}
        self.keep(name, self.hall.expect("POST", "/sandbox/discord/interactions/raw", {"body": body}))

    def keep(self, name, delivery):
        if delivery["status"] != 200:
            raise Trouble("%s was answered with %s" % (name, delivery))
        self.callbacks.append((name, delivery["answer"]))
