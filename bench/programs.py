"""The programs that are measured: Guildhall's responder, its twin in C, and the neighbours, each behind nginx."""

import dataclasses
import os
import pathlib
import secrets
import shutil
import signal
import socket
import sqlite3
import subprocess
import time

HERE = pathlib.Path(__file__).resolve().parent
PUBLIC_KEY = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"


@dataclasses.dataclass
class Program:
    """Something that answers clicks at an address, and the processes that do it."""

    name: str
    address: str  # port/path
    payload: pathlib.Path
    expected: str
    pids: list
    nginx: list = dataclasses.field(default_factory=list)
    database: pathlib.Path | None = None  # where its clicks are committed; None if they are not
    issues: int = 100_000


class Hall:
    """One backend of ours: a folder with its database, its socket and an nginx as `scripts/run` configures it."""

    def __init__(self, name, work, binaries, seeded, issues):
        self.name, self.issues, self.binaries = name, issues, binaries
        self.port = free_port()
        self.folder = work / name
        self.folder.mkdir()
        self.database = self.folder / "guildhall.db"
        shutil.copyfile(seeded, self.database)
        self.log = open(self.folder / "log", "wb")
        self.backend = self.nginx = None
        self._configure_nginx()

    def start(self):
        self.start_nginx()
        self.start_backend()
        answers(self.port)

    def start_nginx(self):
        self.nginx = subprocess.Popen(
            ["nginx", "-e", self.folder / "nginx.log", "-p", self.folder, "-c", self.folder / "nginx.conf"],
            stdout=self.log, stderr=self.log)

    def start_backend(self):
        self.backend = subprocess.Popen(self.command(), env=self.environment(), stdout=self.log, stderr=self.log)

    def command(self):
        return [self.binaries / "responder", "--socket", self.folder / "responder.sock"]

    def environment(self):
        """Jobs are left alone: they would call Notion, which is not what is measured here."""
        return os.environ | {
            "STATE_DIR": str(self.folder), "ENCRYPTION_KEYS": "bench:" + secrets.token_hex(32), "JOB_THREADS": "0"}

    def stop_backend(self):
        ended(self.backend)
        self.backend = None

    def stop(self):
        for process in (self.backend, self.nginx):
            ended(process)
        self.backend = self.nginx = None

    def program(self):
        return Program(
            self.name, f"{self.port}/discord/interactions", HERE / "click.json", "Marking as fixed", [self.backend.pid],
            [self.nginx.pid], self.database, self.issues)

    def _configure_nginx(self):
        text = (HERE.parent / "nginx/run.conf.in").read_text()
        for mark, value in {
            "@USER@": "user root;" if os.geteuid() == 0 else "", "@PORT@": str(self.port),
            "@RUNTIME@": str(self.folder), "@LOGS@": str(self.folder), "@NGINX@": str(HERE.parent / "nginx"),
        }.items():
            text = text.replace(mark, value)
        (self.folder / "nginx.conf").write_text(text)


class Twin(Hall):
    def command(self):
        return [self.binaries / "twin", self.folder / "responder.sock", self.database, PUBLIC_KEY]


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def answers(port, patience=20.0):
    """Waits until a backend answers behind nginx, and says how long that took."""
    start = time.monotonic()
    while time.monotonic() - start < patience:
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=2) as connection:
                connection.sendall(b"GET /health HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
                status = connection.recv(4096).split(b" ", 2)[1:2]
        except OSError:
            status = []
        if status and status[0] != b"502":
            return time.monotonic() - start
        time.sleep(0.001)
    raise SystemExit(f"Nothing answers on port {port}.")


def ended(process):
    if process and process.poll() is None:
        process.terminate()
        process.wait(20)


# ---- databases ----------------------------------------------------------------
def seed(work, binaries, issues):
    """A database of the current schema that holds so many issues, interactions and jobs."""
    folder = work / f"seed-{issues}"
    folder.mkdir()
    environment = os.environ | {"STATE_DIR": str(folder), "ENCRYPTION_KEYS": "bench:" + secrets.token_hex(32)}
    subprocess.run([binaries / "guildhall", "migrate"], env=environment, check=True, stdout=subprocess.DEVNULL)
    with connected(folder / "guildhall.db") as database:
        fill(database, issues)
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return folder / "guildhall.db"


def fill(database, issues):
    """Adds a mapping with so many issues and what goes with them, in the application that is connected, if one is."""
    is_connected = database.execute("SELECT count(*) FROM connections WHERE service = 'discord'").fetchone()[0]
    database.execute("PRAGMA synchronous = OFF")
    database.execute("BEGIN")
    for statement in (HERE / "seed.sql").read_text().split(";\n"):
        if "INSERT" in statement and not (is_connected and "'discord'" in statement):
            database.execute(statement, {"count": issues})
    database.execute("COMMIT")


def committed(program):
    """How many clicks the database holds; refuses one that holds them in part."""
    with connected(program.database) as database:
        database.execute("BEGIN")  # one view of all four, while the last clicks may still come in
        counts = [database.execute(query).fetchone()[0] for query in (
            "SELECT count(*) FROM interactions WHERE id NOT LIKE '13%'",
            "SELECT count(*) FROM jobs WHERE state = 'ready' AND kind = 'issue.change'",
            "SELECT count(*) FROM jobs WHERE state = 'ready' AND kind = 'issue.deliver'",
            "SELECT count(*) FROM issue_changes WHERE state = 'pending'",
            "SELECT count(*) FROM discord_messages WHERE shown_hash IS NULL")]
    if len(set(counts)) != 1:
        raise SystemExit(f"{program.name} keeps answers, jobs, changes and messages that do not agree: {counts}.")
    return counts[0]


def reset(program):
    with connected(program.database) as database:
        database.execute("BEGIN IMMEDIATE")
        for statement in (HERE / "reset.sql").read_text().split(";\n"):
            if statement.strip():
                database.execute(statement)
        database.execute("COMMIT")
        for _ in range(50):
            if database.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0] == 0:
                return
            time.sleep(0.02)


class connected:
    """A connection that never checkpoints by itself, closed at the end."""

    def __init__(self, path):
        self.database = sqlite3.connect(path, timeout=10, isolation_level=None)
        self.database.execute("PRAGMA wal_autocheckpoint = 0")

    def __enter__(self):
        return self.database

    def __exit__(self, *error):
        self.database.close()


# ---- the neighbours -------------------------------------------------------------
class Neighbours:
    """Other people's ways to do it, as they are: they read a row for each click and commit nothing."""

    def __init__(self, folder, names):
        self.folder = folder
        # Its own session: it waits in a child, so the whole group has to be told when it is to stop.
        self.process = subprocess.Popen(
            ["bash", folder / "measure.sh", "--serve", "900", "--port", str(free_port()), "--peers", " ".join(names)],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True)

    def programs(self):
        """Those that could be started here and pass their check."""
        working = []
        for line in self.process.stderr:
            if line.startswith("checked"):
                working = line.rpartition(": ")[2].split()
                break
        return [self._program(self.process.stdout.readline()) for _ in working]

    def _program(self, line):
        name, url, _, pids = line.rstrip("\n").split(" ", 3)
        return Program(
            name, url.removeprefix("http://127.0.0.1:"), self.folder / "payload/button.json", "Ticket #",
            [int(pid) for pid in pids.split(",") if pid])

    def stop(self):
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGTERM)
            self.process.wait(20)
