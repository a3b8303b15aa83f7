"""Brings a hall up in a folder of its own: the built programs behind nginx, with the stand-ins for Discord and Notion.

The listening socket of the responder is held here, as systemd holds it, so that the responder can be killed and started
again and its callers only wait. Standard library only; nothing of ours is imported.
"""

import contextlib
import json
import os
import secrets
import shutil
import signal
import socket
import sqlite3
import subprocess
import tempfile
import time
import urllib.error
import urllib.request

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
AGENT = "DiscordBot (https://example.org, 1.0)"


class Trouble(Exception):
    """Something that must work for the proof to mean anything did not."""


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Hall:
    def __init__(self, binaries):
        self.binaries = binaries
        self.folder = tempfile.mkdtemp(prefix="guildhall-proof.")
        self.state, self.stage, self.logs = (self.folder + name for name in ("/state", "/stage", "/logs"))
        for folder in self.state, self.stage, self.logs:
            os.mkdir(folder)
        self.url = "http://127.0.0.1:%d" % free_port()
        self.started = []
        self.responder = None
        self.rows_seen = []
        #: The forum that is mapped as well, if one is.
        self.forum = None
        self.interactions = 1_000_000_000_000_000_000
        self.listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.listener.bind(self.folder + "/responder.sock")
        self.listener.listen(511)
        self.environment = dict(
            os.environ, STATE_DIR=self.state, PUBLIC_URL=self.url, ENCRYPTION_KEYS="proof:" + secrets.token_hex(32),
            PLAIN_HOSTS=self.url[len("http://"):])
        self.lead_services_through(self.url)

    def lead_services_through(self, url):
        """Where programs that are started from now on find Discord and Notion."""
        hosts = self.environment["PLAIN_HOSTS"].split(",") + [url.split("//")[1]]
        self.environment.update(
            DISCORD_API_URL=url + "/sandbox/discord/api/v10", NOTION_API_URL=url + "/sandbox/notion/v1",
            PLAIN_HOSTS=",".join(sorted(set(hosts))))

    # -- up and down

    def start(self):
        self.run("guildhall", "migrate")
        at = ["--state-dir", self.stage, "--public-url", self.url]
        self.spawn("sandbox", [self.binary("sandbox"), *at, "--socket", self.folder + "/sandbox.sock"])
        self.start_responder()
        self.spawn("nginx", ["nginx", "-e", self.logs + "/nginx.log", "-p", self.folder, "-c", self.nginx_configuration()])
        self.wait_for("/health")
        self.wait_for("/sandbox/")
        self.facts = json.loads(self.run("sandbox", "print", *at))
        self.run("guildhall", "discord", "connect", stdin=self.facts["bot_token"])
        self.run("guildhall", "notion", "connect", stdin=self.facts["notion_token"])
        self.run("guildhall", "mapping", "add", "--database", self.facts["database_id"],
                 "--channel", self.facts["channel_id"])

    def nginx_configuration(self):
        with open(ROOT + "/nginx/run.conf.in") as template:
            text = template.read()
        values = {"@USER@": "user root;" if os.getuid() == 0 else "", "@PORT@": self.url.rsplit(":", 1)[1],
                  "@RUNTIME@": self.folder, "@LOGS@": self.logs, "@NGINX@": ROOT + "/nginx"}
        for name, value in values.items():
            text = text.replace(name, value)
        with open(self.folder + "/nginx.conf", "w") as file:
            file.write(text)
        return file.name

    def start_responder(self):
        self.responder = self.spawn("responder", [self.binary("responder")], stdin=self.listener)

    def stop(self):
        for process in reversed(self.started):
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
        for process in self.started:
            try:
                process.wait(15)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        self.listener.close()

    def remove(self):
        shutil.rmtree(self.folder, ignore_errors=True)

    # -- programs

    def binary(self, name):
        return os.path.join(self.binaries, name)

    def spawn(self, name, command, stdin=subprocess.DEVNULL, stdout=None):
        with open("%s/%s.log" % (self.logs, name), "ab") as log:
            process = subprocess.Popen(command, stdin=stdin, stdout=stdout or log, stderr=log, env=self.environment)
        self.started.append(process)
        return process

    def run(self, name, *arguments, stdin=None, codes=(0,)):
        done = subprocess.run([self.binary(name), *arguments], input=stdin, env=self.environment, text=True,
                              capture_output=True)
        if done.returncode not in codes:
            raise Trouble("%s %s ended with %d: %s" % (name, " ".join(arguments), done.returncode, done.stderr.strip()))
        return done.stdout

    # -- addresses

    def request(self, method, address, body=None, headers=None, timeout=20):
        """The status and the decoded answer, whatever the status; status 0 when no answer came."""
        headers = dict(headers or {}, **({"Content-Type": "application/json"} if body is not None else {}))
        data = None if body is None else json.dumps(body).encode()
        address = address if address.startswith("http") else self.url + address
        request = urllib.request.Request(address, data, headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=timeout) as answer:
                return answer.status, decoded(answer.read())
        except urllib.error.HTTPError as refusal:
            return refusal.code, decoded(refusal.read())
        except OSError as problem:
            return 0, str(problem)

    def discord(self, method, path, body=None):
        headers = {"Authorization": "Bot " + self.facts["bot_token"], "User-Agent": AGENT}
        return self.expect(method, self.facts["discord_base_url"] + path, body, headers)

    def notion(self, method, path, body=None):
        headers = {"Authorization": "Bearer " + self.facts["notion_token"], "Notion-Version": "2025-09-03"}
        return self.expect(method, self.facts["notion_base_url"] + path, body, headers)

    def expect(self, method, address, body=None, headers=None):
        status, answer = self.request(method, address, body, headers, timeout=60)
        if not 200 <= status < 300:
            raise Trouble("%s %s answered %d: %s" % (method, address, status, answer))
        return answer

    # -- what stands in the channel, in the table and in the journal

    def messages(self):
        """All messages of the channel that carry a button of ours."""
        found, before = [], ""
        while True:
            page = self.discord("GET", "/channels/%s/messages?limit=100%s" % (self.facts["channel_id"], before))
            found += [message for message in page if message["components"]]
            if len(page) < 100:
                return found
            before = "&before=" + page[-1]["id"]

    def map_forum(self):
        """Has the same table in a forum too: a post for each issue."""
        channels = self.discord("GET", "/guilds/%s/channels" % self.facts["guild_id"])
        self.forum = next(channel["id"] for channel in channels if channel["type"] == 15)
        self.run("guildhall", "mapping", "add", "--database", self.facts["database_id"], "--channel", self.forum)

    def threads(self):
        """The posts of the mapped forum."""
        active = self.discord("GET", "/guilds/%s/threads/active" % self.facts["guild_id"])["threads"]
        return [thread for thread in active if thread["parent_id"] == self.forum]

    def opening(self, thread):
        """The message a post begins with, and the name of the post."""
        message = self.discord("GET", "/channels/%s/messages/%s" % (thread["id"], thread["id"]))
        return dict(message, post=thread["name"])

    def posts(self):
        """What every post of the mapped forum begins with, if it carries a button of ours."""
        openings = [self.opening(thread) for thread in self.threads()] if self.forum else []
        return [message for message in openings if message["components"]]

    def rows(self):
        """All rows of the table: id, title, status."""
        found, cursor = [], {}
        while True:
            page = self.notion("POST", "/data_sources/%s/query" % self.facts["data_source_id"], {"page_size": 100, **cursor})
            for row in page["results"]:
                title = "".join(piece["plain_text"] for piece in row["properties"]["Name"]["title"])
                found.append({"id": row["id"], "title": title, "status": row["properties"]["Status"]["status"]["name"]})
            if not page["has_more"]:
                return found
            cursor = {"start_cursor": page["next_cursor"]}

    def ended_options(self):
        """The statuses that Notion's own group says are an end: a row that was there first is never posted."""
        status = self.notion("GET", "/data_sources/" + self.facts["data_source_id"])["properties"]["Status"]["status"]
        ended = {id for group in status["groups"] if group["name"] == "Complete" for id in group["option_ids"]}
        return {option["name"] for option in status["options"] if option["id"] in ended}

    def add_rows(self, count):
        self.expect("POST", "/sandbox/notion/rows",
                    {"data_source_id": self.facts["data_source_id"], "count": count})

    def filing(self, title):
        """The form of a new issue, as Discord sends it when somebody has filled it in."""
        self.interactions += 1
        person = {"user": {"id": self.facts["user_id"], "username": "nelly"}, "roles": [], "permissions": "0"}
        fields = [{"type": 18, "component": {"type": 4, "custom_id": "title", "value": title}}]
        return {
            "id": str(self.interactions), "type": 5, "token": "proof", "version": 1, "member": person,
            "application_id": self.facts["application_id"], "guild_id": self.facts["guild_id"],
            "channel_id": self.facts["channel_id"],
            "data": {"custom_id": "issue.file:" + self.facts["channel_id"], "components": fields}}

    def journal(self, service, method, path):
        found, after = [], 1
        while True:
            query = "service=%s&method=%s&path=%s&after=%d&limit=1000" % (service, method, path, after)
            page = self.expect("GET", "/sandbox/journal?" + query)
            found += page
            if len(page) < 1000:
                return found
            after = page[-1]["seq"]

    def json(self, name, *arguments, codes=(0,)):
        return json.loads(self.run(name, *arguments, codes=codes))

    def wait_for(self, path, seconds=20):
        deadline = time.monotonic() + seconds
        while self.request("GET", path, timeout=2)[0] != 200:
            if time.monotonic() > deadline:
                raise Trouble("Nothing answers at %s%s; the logs are in %s." % (self.url, path, self.logs))
            time.sleep(0.05)


def jobs_due(path, now=None):
    """What is still to be done now; a message is looked at once more ten minutes after a change, which can wait."""
    now = (now or time.time()) * 1000
    with contextlib.closing(sqlite3.connect("file:%s?mode=ro" % path, uri=True)) as database:
        return database.execute(
            "SELECT state, kind, last_error FROM jobs WHERE state IN ('running', 'unknown', 'waiting')"
            " OR (state = 'ready' AND run_at < ? AND (run_at < ? OR unique_key NOT LIKE 'issue.settle:%'))",
            (now + 300_000, now)).fetchall()


def decoded(content):
    try:
        return json.loads(content or b"null")
    except ValueError:
        return content.decode(errors="replace")
