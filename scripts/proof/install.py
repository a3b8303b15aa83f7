"""Goes from a bare Debian to a Guildhall that is up, the way docs/operations.md tells, and on through its life: a second
installation, an upgrade under load, a crash, a hang, systemd's timers, and the end. Stand-ins serve as Discord and Notion."""

import argparse
import json
import os
import re
import signal
import subprocess
import sys
import threading
import time

from findings import Findings
from hall import ROOT, Trouble
from tree import SOURCES, Tree, call

HOST = "hall.test"
URL = "https://" + HOST
ANSWERS = """DISCORD_API_URL={url}/sandbox/discord/api/v10
DISCORD_SITE_URL={url}/sandbox/discord
NOTION_API_URL={url}/sandbox/notion/v1
PLAIN_HOSTS={host}
DISCORD_BOT_TOKEN={bot_token}
NOTION_TOKEN={notion_token}
"""
SANDBOX = """location /sandbox/ {
  client_max_body_size 26m;
  fastcgi_read_timeout 60s;
  fastcgi_pass unix:/run/sandbox.sock;
}
"""
SECRET = "scheduler-secret-of-the-proof"
BATCH = ["sync", "jobs", "full", "backup", "housekeeping"]
INSTALL = ["/root/guildhall/scripts/install", "--binaries", "/root/programs"]
OURS = ["/etc", "/usr/local"]
CURRENT = "/usr/local/lib/guildhall/current/"
# Without a slot, which may have been run.
NOW = "[Service]\nExecStart=\nExecStart=" + CURRENT + "%s --json\n"
# What an uninstall leaves: settings and keys, the site's own locations, and a certificate of our own.
KEPT = ("/etc/guildhall", "/etc/nginx/guildhall.d", "/etc/ssl/guildhall")


class Machine:
    def __init__(self, binaries, mirror):
        self.tree = Tree(mirror)
        self.binaries = binaries
        os.makedirs(self.tree.path + "/root/guildhall")
        for name in SOURCES:
            self.tree.put(ROOT + "/" + name, "/root/guildhall/")
        call("bash", "-c", "cd %s; %s" % (ROOT, self.gathering()), "-", binaries, self.tree.path + "/root/programs")

    def gathering(self):
        """A release is what scripts/install --build makes; of another build the programs are taken as they are."""
        if os.path.basename(self.binaries) == "release":
            return 'cp -r "$(scripts/install --build)" "$2"'
        return '. scripts/laying; eval "$(sed -n "/^PROGRAMS=/p; /^gather()/,/^}/p" scripts/install)"; gather "$1" "$2"'

    def strangers(self):
        """Swift's libraries that the programs would take from elsewhere, here where there is a toolchain."""
        programs = self.tree.path + "/root/programs/"
        found = call("ldd", *(programs + name for name in ("responder", "notion-sync", "guildhall")))
        return [line for line in found.splitlines() if re.search("swift|Foundation|dispatch", line) and programs not in line]

    # -- requests, from the tree's network

    def ask(self, method, path, body=None, headers=()):
        command = ["curl", "-ks", "-m", "20", "-o", "-", "-w", "\n%{http_code}", "-X", method, "--resolve",
                   HOST + ":443:127.0.0.1", URL + path if path.startswith("/") else path]
        for header in headers:
            command += ["-H", header]
        if body is not None:
            command += ["-H", "Content-Type: application/json", "-d", json.dumps(body)]
        done = subprocess.run(self.tree.outside(*command), capture_output=True, text=True)
        text, _, status = done.stdout.rpartition("\n")
        return int(status or 0), text

    def expect(self, method, path, body=None, headers=()):
        status, text = self.ask(method, path, body, headers)
        if not 200 <= status < 300:
            raise Trouble("%s %s answered %d: %s" % (method, path, status, text))
        return json.loads(text or "null")

    def discord(self, path):
        return self.expect("GET", self.facts["discord_base_url"] + path, headers=[
            "Authorization: Bot " + self.facts["bot_token"], "User-Agent: DiscordBot (https://example.org, 1.0)"])

    def channel(self):
        return self.discord("/channels/%s/messages?limit=50" % self.facts["channel_id"])

    # -- the stand-ins

    def start_sandbox(self):
        """They are reached through the same nginx, by the tree's own name, whose certificate the tree is told to trust."""
        os.makedirs(self.tree.path + "/root/sandbox", exist_ok=True)
        self.tree.put(self.binaries + "/sandbox", "/root/sandbox/")
        for name in os.listdir(self.binaries):
            if name.startswith("guildhall_") and name.endswith(".resources"):
                self.tree.put(self.binaries + "/" + name, "/root/sandbox/")
        # A release has Swift's libraries in itself, and there are none beside it.
        self.tree.must("sh", "-c", "find /root/programs -name '*.so' -exec cp -n -t /root/sandbox {} +")
        self.tree.write("/etc/hosts", "127.0.0.1 %s\n" % HOST, append=True)
        self.tree.must("cp", "/etc/ssl/guildhall/self-signed.pem", "/usr/local/share/ca-certificates/%s.crt" % HOST)
        self.tree.must("update-ca-certificates")
        self.tree.write("/etc/nginx/guildhall.d/sandbox.conf", SANDBOX)
        state = ["--state-dir", "/var/lib/sandbox", "--public-url", URL]
        self.tree.must("systemd-run", "--quiet", "--unit=sandbox", "--property=UMask=0", "/root/sandbox/sandbox",
                       *state, "--socket", "/run/sandbox.sock")
        self.tree.must("sh", "-c", "sleep 2; chgrp www-data /run/sandbox.sock; systemctl reload nginx; sleep 1")
        self.facts = json.loads(self.tree.must("/root/sandbox/sandbox", "print", *state))


# -- the way there

def from_nothing(machine, findings):
    tree = machine.tree
    if os.path.basename(machine.binaries) == "release":
        findings.that("a release takes no library of Swift's from elsewhere", machine.strangers())
    before = set(tree.listing("/etc", "/usr", "/root", "/var"))
    for install, what in (INSTALL, "a dry run"), (INSTALL[:1], "one that would have to build first"):
        done = tree.prepare(*install, "--host", HOST, "--dry-run")
        findings.that("%s says much and does nothing" % what, [] if done.returncode == 0 and "• install" in done.stderr
                      and set(tree.listing("/etc", "/usr", "/root", "/var")) == before else [done.stderr])
    begun = time.monotonic()
    done = tree.prepare("sh", "-c", 'umask 077; "$@"', "-", *INSTALL, "--host", HOST)
    findings.that("scripts/install goes through on a bare Debian (%.0f s)" % (time.monotonic() - begun),
                  [] if done.returncode == 0 else [done.stderr[-1500:]])
    tree.prepare("apt-get", "install", "-y", "-qq", "--no-install-recommends", "man-db")
    tree.boot()
    units = tree.must("systemctl", "--failed", "--no-legend", "--plain")
    findings.that("the machine boots with every unit well", units.splitlines())
    findings.equal("the responder answers through nginx and its own TLS", machine.ask("GET", "/health")[0], 200)
    modes(tree, findings)
    rotation(machine, findings)
    manual(tree, findings)


def modes(tree, findings):
    expected = {"/var/lib/guildhall": "2770 guildhall guildhall", "/etc/guildhall": "750 guildhall guildhall",
                "/etc/guildhall/guildhall.conf": "600 guildhall guildhall",
                "/etc/guildhall/credentials": "700 guildhall guildhall",
                "/etc/guildhall/credentials/ENCRYPTION_KEYS": "600 guildhall guildhall",
                "/run/guildhall/responder.sock": "660 guildhall www-data",
                "/etc/ssl/guildhall/self-signed.key": "600 root root"}
    found = dict(zip(expected, tree.must("stat", "-c", "%a %U %G", *expected).splitlines()))
    findings.equal("folders, keys and the socket have the modes they should", found, expected)
    findings.equal("what nobody else may read is not read by others",
                   tree.run("runuser", "-u", "www-data", "--", "cat", "/etc/guildhall/credentials/ENCRYPTION_KEYS").returncode, 1)


def rotation(machine, findings):
    """A visit is noted, put away with its day, and the next one is noted anew."""
    tree, log = machine.tree, "/var/log/guildhall/nginx.log"
    before = tree.must("cat", log)
    tree.must("logrotate", "--force", "/etc/logrotate.d/guildhall")
    time.sleep(0.5)  # nginx opens its log anew
    machine.ask("GET", "/health")
    time.sleep(0.2)  # and writes its line after the answer
    findings.equal("logrotate puts nginx's log away", ("GET /health" in before, tree.must("cat", log + ".1")), (True, before))
    found = [json.loads(line) for line in tree.must("cat", log).splitlines()]
    findings.equal("and nginx goes on in a new one", [line["msg"] for line in found], ["GET /health"])
    findings.equal("it is read by those who should",
                   tree.must("stat", "-c", "%a %U %G", log, log + ".1").split("\n")[:2], ["640 www-data guildhall"] * 2)
    findings.that("guildhall log finds the visit", [] if "GET /health" in tree.must(
        "guildhall", "log", found[0]["request_id"]) else [str(found)])


def manual(tree, findings):
    for command, told in {"guildhall": "guildhall doctor", "notion-sync": "--full"}.items():
        page = tree.run("man", command)
        findings.that("man %s shows its page" % command, [] if told in page.stdout else [page.stderr or page.stdout[:300]])


def connect(machine, findings):
    machine.start_sandbox()
    tree, facts = machine.tree, machine.facts
    tree.must("guildhall", "setup", "--yes", "--answers", "-", stdin=ANSWERS.format(**dict(facts, url=URL, host=HOST)))
    tree.must("systemctl", "restart", "guildhall")
    tree.must("guildhall", "mapping", "add", "--database", facts["database_id"], "--channel", facts["channel_id"])
    tree.must("guildhall", "commands", "register", "--guild", facts["guild_id"])
    tree.must("notion-sync")
    for name in ["full", "backup", "housekeeping"]:
        unit = tree.run("systemctl", "start", "guildhall-%s.service" % name)
        findings.that("guildhall-%s runs as a hardened unit" % name, [] if unit.returncode == 0 else [
            tree.run("journalctl", "-n", "5", "-o", "cat", "-t", "guildhall-" + name).stdout])


def places(machine, findings):
    """A setting holds for the service wherever it stands: in the settings file, or in a file of its own."""
    tree, conf, folder = machine.tree, "/etc/guildhall/guildhall.conf", "/etc/guildhall/credentials"
    before = tree.read(conf)
    tree.write(conf, "ENCRYPTION_KEYS=%s\n" % tree.read(folder + "/ENCRYPTION_KEYS").strip(), append=True)
    os.rename(tree.path + folder + "/ENCRYPTION_KEYS", tree.path + "/root/key")
    tree.must("install", "-o", "guildhall", "-g", "guildhall", "-m", "600", "/dev/stdin", folder + "/CRON_SECRET", stdin=SECRET)
    findings.equal("the responder starts with the key in the settings file",
                   tree.run("systemctl", "restart", "guildhall").returncode, 0)
    findings.equal("and knows a secret that is a file of its own",
                   machine.ask("GET", "/api/cron/sync", headers=["Authorization: Bearer " + SECRET])[0], 202)
    os.rename(tree.path + "/root/key", tree.path + folder + "/ENCRYPTION_KEYS")
    tree.write(conf, before + "BACKUP_DIR=/srv/hall\n")
    tree.must("install", "-d", "-o", "guildhall", "/srv/hall")
    drop_in = "/run/systemd/system/guildhall-backup.service.d/now.conf"
    tree.must("install", "-D", "/dev/stdin", drop_in, stdin=NOW % "guildhall backup")
    tree.must("systemctl", "daemon-reload")
    tree.run("systemctl", "start", "guildhall-backup.service")
    told = tree.must("journalctl", "-q", "-n", "5", "-o", "cat", "-t", "guildhall-backup")
    findings.that("a folder for backups that the unit may not write into is named",
                  [] if "may not write into /srv/hall, the folder for backups" in told else [told])
    tree.must(*INSTALL)
    findings.equal("after an install the hardened unit writes there", (
        tree.run("systemctl", "start", "guildhall-backup.service").returncode, len(os.listdir(tree.path + "/srv/hall"))), (0, 1))
    tree.must("rm", drop_in)
    tree.write(conf, before)
    tree.must("rm", "-r", folder + "/CRON_SECRET", "/srv/hall")
    tree.must(*INSTALL)


def cron(machine, findings):
    """Waits for cron's own first runs."""
    seen = {}
    deadline = time.monotonic() + 150
    while time.monotonic() < deadline and len(seen) < 2:
        for name in "sync", "jobs":
            text = machine.tree.run("journalctl", "-q", "-o", "cat", "-t", "guildhall-" + name, "_COMM=logger").stdout
            ran = machine.tree.run("journalctl", "-q", "-o", "cat", "-t", "CRON").stdout
            if re.search(r"\(guildhall\) CMD.*guildhall-%s" % name, ran):
                seen[name] = text
        time.sleep(2)
    findings.that("cron starts what is due, as the guildhall user", [name for name in ("sync", "jobs") if name not in seen])
    findings.that("and it has no complaint", [text for text in seen.values() if re.search("(?i)fail|error|cannot|not found", text)])


def well(machine, findings, when):
    done = machine.tree.run("guildhall", "doctor")
    findings.that("guildhall doctor has nothing to complain of %s" % when,
                  [line for line in done.stdout.splitlines() if line.startswith("✗")] + ([] if done.stdout else [done.stderr]))
    click(machine, findings, when)


def click(machine, findings, when):
    open_issues = [message for message in machine.channel() if message["components"]
                   and message["components"][0]["components"][0]["label"] == "Mark as fixed"]
    button = open_issues[0]["components"][0]["components"][0]["custom_id"]
    outcome = machine.expect("POST", "/sandbox/discord/interactions/click", {
        "channel_id": machine.facts["channel_id"], "message_id": open_issues[0]["id"], "custom_id": button,
        "user_id": machine.facts["user_id"]})
    findings.equal("a click is answered %s" % when, outcome["status"], 200)
    deadline = time.monotonic() + 15
    while time.monotonic() < deadline:
        now = next(message for message in machine.channel() if message["id"] == open_issues[0]["id"])
        if now["components"][0]["components"][0]["label"] == "Fixed":
            return findings.that("and reaches Notion and the message", [])
        time.sleep(0.3)
    findings.that("and reaches Notion and the message", [str(now)[:300]])


# -- its life

def again(machine, findings):
    tree = machine.tree
    before, pid = tree.listing(*OURS), main_pid(tree)
    done = tree.run(*INSTALL)
    after = tree.listing(*OURS)
    findings.that("installing again changes no file", [path for path in sorted(set(before) | set(after))
                                                        if before.get(path) != after.get(path)])
    findings.equal("and leaves the responder alone", (done.returncode, main_pid(tree)), (0, pid))


def rotate(machine, findings):
    """The responder follows by itself."""
    tree = machine.tree
    done = tree.run("guildhall", "key", "rotate")
    findings.that("the sealing key is rotated", [] if done.returncode == 0 else [done.stdout + done.stderr])
    owners = tree.must("sh", "-c", "stat -c '%a %U %G' /etc/guildhall/credentials/* | sort -u").splitlines()
    findings.equal("and its files are the hall's alone", owners, ["600 guildhall guildhall"])
    tree.must("systemctl", "restart", "guildhall")


def follow(machine, findings):
    """What became of a job, in the database and in the journal."""
    job = re.search(r"[0-9a-f-]{36}", machine.tree.must("journalctl", "-o", "cat", "-t", "guildhall", "-g", '"job"')).group(0)
    found = machine.tree.run("guildhall", "log", job)
    findings.that("guildhall log reads the journal", [] if found.returncode == 0 and found.stdout else [found.stderr])


def main_pid(tree):
    return tree.must("systemctl", "show", "-P", "MainPID", "guildhall").strip()


class Asking:
    """Somebody who keeps asking, without a pause."""

    def __init__(self, machine):
        self.machine, self.isover, self.answers = machine, threading.Event(), []
        self.thread = threading.Thread(target=self.go)

    def go(self):
        while not self.isover.is_set():
            self.answers.append(self.machine.ask("GET", "/health")[0])

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.isover.set()
        self.thread.join()

    @property
    def refusals(self):
        return [status for status in self.answers if status != 200]


def upgrade(machine, findings):
    tree, before = machine.tree, machine.tree.must("readlink", "/usr/local/lib/guildhall/current")
    pid, backups = main_pid(tree), json.loads(tree.must("guildhall", "backup", "list", "--json"))
    time.sleep(1)  # a backup is named by its second
    with open(tree.path + "/root/programs/guildhall", "ab") as file:
        file.write(b"another version")
    with Asking(machine) as asking:
        done = tree.run(*INSTALL)
        time.sleep(1)
    findings.that("an upgrade goes through while somebody keeps asking", [] if done.returncode == 0 else [done.stderr[-800:]])
    findings.that("%d requests meanwhile, none refused" % len(asking.answers), asking.refusals)
    changed = before != tree.must("readlink", "/usr/local/lib/guildhall/current") and pid != main_pid(tree)
    findings.that("the new programs are in use", [] if changed else ["still " + before])
    findings.equal("a backup was taken before",
                   len(json.loads(tree.must("guildhall", "backup", "list", "--json"))), len(backups) + 1)
    findings.equal("the ones before are kept", len(tree.must("ls", "/usr/local/lib/guildhall/releases").split()), 2)


def crash(machine, findings):
    tree = machine.tree
    tree.must("systemctl", "kill", "-s", "KILL", "guildhall")
    findings.equal("after a kill it answers again", machine.ask("GET", "/health")[0], 200)
    pid = main_pid(tree)
    tree.must("systemctl", "kill", "-s", "STOP", "guildhall")
    begun = time.monotonic()
    while main_pid(tree) in (pid, "0") and time.monotonic() - begun < 90:
        time.sleep(1)
    findings.that("a hung responder is replaced by the watchdog (%.0f s)" % (time.monotonic() - begun),
                  [] if main_pid(tree) not in (pid, "0") else ["still there"])
    findings.equal("and the new one answers", machine.ask("GET", "/health")[0], 200)


def timers(machine, findings):
    tree = machine.tree
    tree.must(*INSTALL, "--timers")
    names = ["guildhall-%s.timer" % name for name in BATCH]
    findings.equal("with --timers, timers are active", tree.run("systemctl", "is-active", *names).stdout.split(), ["active"] * 5)
    findings.equal("and cron is silent", os.path.exists(tree.path + "/etc/cron.d/guildhall"), False)
    for name in BATCH:
        done = tree.run("systemctl", "start", "guildhall-%s.service" % name)
        result = tree.must("systemctl", "show", "-P", "Result", "guildhall-%s.service" % name).strip()
        findings.equal("guildhall-%s ends well" % name, (done.returncode, result), (0, "success"))
    before = tree.listing(*OURS)
    tree.must(*INSTALL)
    findings.equal("timers stay when installing again", tree.listing(*OURS), before)
    restore(machine, findings, names)
    tree.must(*INSTALL, "--cron")
    restore(machine, findings, ["cron.service"])
    findings.equal("and back to cron", (os.path.exists(tree.path + "/etc/cron.d/guildhall"),
                                        set(tree.run("systemctl", "is-active", *names).stdout.split())), (True, {"inactive"}))


def restore(machine, findings, units):
    """As the documents and the help of restore say, whatever starts the batch programs."""
    tree = machine.tree
    tree.must("guildhall", "backup")
    newest = json.loads(tree.must("guildhall", "backup", "list", "--json"))[-1]["path"]
    tree.must("systemctl", "stop", "cron", "guildhall*")
    done = tree.run("guildhall", "restore", newest)
    findings.that("a backup is restored", [] if done.returncode == 0 else [done.stderr])
    tree.must("guildhall", "migrate")
    tree.must("systemctl", "start", "guildhall.service", "cron", "timers.target")
    found = tree.run("systemctl", "is-active", "guildhall.socket", *units).stdout.split()
    findings.equal("and everything runs again: %s" % units[0], found, ["active"] * (1 + len(units)))
    findings.equal("and answers", machine.ask("GET", "/health")[0], 200)


def quiet(machine, findings):
    """The line that Swift's runtime would write into the journal in each program."""
    found = machine.tree.run("journalctl", "-q", "-o", "short", "-g", "thread priority").stdout
    findings.that("no program complains of its priority", found.splitlines())


def uninstall(machine, findings):
    tree = machine.tree
    kept = tree.must("sha256sum", "/etc/guildhall/guildhall.conf", "/etc/guildhall/credentials/ENCRYPTION_KEYS")
    with AtWork(machine) as run:
        findings.that("uninstalling ends a run that cron started", run.taken_away())
        findings.equal("which was asked to end, by SIGTERM", run.exit_code(), 128 + signal.SIGTERM)
    left = [path for path in tree.listing(*OURS, "/var/cache/nginx", "/var/log")
            if re.search("guildhall|notion-sync", path) and not path.startswith(KEPT)]
    findings.that("it leaves nothing but what was kept", left)
    findings.equal("and keeps settings and keys", tree.must("sha256sum", "/etc/guildhall/guildhall.conf",
                                                            "/etc/guildhall/credentials/ENCRYPTION_KEYS"), kept)
    tree.must(*INSTALL, "--timers")
    with AtWork(machine, by_timer=True) as run:
        findings.that("uninstalling ends a run that a timer started", run.taken_away())
    tree.must(*INSTALL)
    well(machine, findings, "after coming back")


class AtWork:
    """A notion-sync in the middle of its work: the services are frozen, and it waits for them."""

    def __init__(self, machine, by_timer=False):
        self.tree, self.by_timer, self.process = machine.tree, by_timer, None

    def __enter__(self):
        self.tree.must("systemctl", "kill", "-s", "STOP", "sandbox")
        if self.by_timer:  # its slot may have been run
            self.tree.must("install", "-D", "/dev/stdin", "/run/systemd/system/guildhall-sync.service.d/now.conf", stdin=NOW % "notion-sync")
            self.tree.must("systemctl", "daemon-reload")
            self.tree.must("systemctl", "start", "--no-block", "guildhall-sync")
        else:
            self.process = self.tree.start("runuser", "-u", "guildhall", "--", "timeout", "-k", "10", "600", CURRENT + "notion-sync")
        deadline = time.monotonic() + 20
        while not [line for line in self.running() if "notion-sync" in line]:
            if time.monotonic() > deadline:
                raise Trouble("notion-sync did not start.")
            time.sleep(0.1)
        return self

    def __exit__(self, *_):
        self.tree.must("systemctl", "kill", "-s", "CONT", "sandbox")

    def running(self):
        return [line for line in self.tree.run("sh", "-c", "ls -l /proc/[0-9]*/exe").stdout.splitlines()
                if "/usr/local/lib/guildhall/" in line]

    def exit_code(self):
        try:
            return self.process.wait(10)
        except subprocess.TimeoutExpired:
            return None

    def taken_away(self):
        """What was left running by an uninstall, and a complaint when that had to wait too long."""
        begun = time.monotonic()
        self.tree.must(*INSTALL[:1], "--uninstall")
        waited = time.monotonic() - begun
        return self.running() + (["it took %.0f s" % waited] if waited > 9 else [])


def prove(machine, findings):
    from_nothing(machine, findings)
    connect(machine, findings)
    places(machine, findings)
    cron(machine, findings)
    well(machine, findings, "at first")
    again(machine, findings)
    upgrade(machine, findings)
    crash(machine, findings)
    rotate(machine, findings)
    follow(machine, findings)
    timers(machine, findings)
    well(machine, findings, "in the end")
    quiet(machine, findings)
    uninstall(machine, findings)


def main():
    parser = argparse.ArgumentParser(prog="scripts/prove install")
    parser.add_argument("--bin", required=True, help=argparse.SUPPRESS)
    parser.add_argument("--mirror", default="http://deb.debian.org/debian", help="where Debian comes from")
    parser.add_argument("--keep", action="store_true", help="keep the tree, whatever comes out")
    options = parser.parse_args()
    if os.getuid() != 0:
        print("A tree is made and booted by root alone.", file=sys.stderr)
        return 77
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    findings, machine = Findings(), Machine(options.bin, options.mirror)
    try:
        prove(machine, findings)
    except Trouble as trouble:
        findings.that("the walk itself", [str(trouble)])
    finally:
        machine.tree.stop()
        if findings.holds and not options.keep:
            machine.tree.remove()
        else:
            print("The tree is kept in %s." % machine.tree.path)
    return 0 if findings.holds else 1


if __name__ == "__main__":
    sys.exit(main())
