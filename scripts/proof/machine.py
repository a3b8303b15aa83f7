"""Looks at what stands around the programs, without installing it: the units by systemd's own tools, the site by nginx
and by requests."""

import argparse
import concurrent.futures
import http.client
import json
import os
import re
import shutil
import signal
import ssl
import subprocess
import sys
import tempfile
import time

from findings import Findings
from hall import ROOT, Hall, Trouble, free_port

EXPOSURE = 1.5
NAME = "hall.example.org"
# A location of one's own, as docs/operations.md shows it.
# A machine may have no IPv6 at all.
SIX = os.path.exists("/proc/net/if_inet6")
REAL_IP = "set_real_ip_from 127.0.0.9; real_ip_header X-Forwarded-For;\n"
PROMETHEUS = "location = /metrics { allow 127.0.0.1; allow 127.0.0.3; deny all; fastcgi_pass guildhall; }\n"


# -- units

def units(binaries, findings):
    tree = tempfile.mkdtemp(prefix="guildhall-tree.")
    try:
        install = [ROOT + "/scripts/install", "--root", tree, "--binaries", binaries, "--host", NAME]
        first = subprocess.run(install, capture_output=True, text=True)
        findings.that("scripts/install lays a tree", [] if first.returncode == 0 else [first.stderr])
        before = listing(tree)
        again = subprocess.run(install, capture_output=True, text=True)
        findings.equal("and changes nothing the second time", (again.returncode, listing(tree)), (0, before))
        names = sorted(name for name in os.listdir(tree + "/etc/systemd/system") if re.search(r"\.(service|socket|timer)$", name))
        verify(tree, names, findings)
        for name in names:
            if name.endswith(".service"):
                findings.that("%s is exposed by %.1f at most" % (name, EXPOSURE), exposed(tree, name))
        timers(tree, findings)
        findings.equal("the commands have manual pages", sorted(os.listdir(tree + "/usr/local/share/man/man1")),
                       ["guildhall.1", "notion-sync.1"])
        findings.that("each shell completes both commands", completions(tree))
        findings.that("scripts/install --help ends with its last option", helped())
        settings(tree, install[:-1], findings)
        gone(tree, findings)
    finally:
        shutil.rmtree(tree)


def completions(tree):
    share = tree + "/usr/local/share/"
    paths = [share + form % name for name in ("guildhall", "notion-sync")
             for form in ("bash-completion/completions/%s", "zsh/site-functions/_%s", "fish/vendor_completions.d/%s.fish")]
    return [path for path in paths if not os.path.exists(path) or os.path.getsize(path) < 500]


def helped():
    done = subprocess.run([ROOT + "/scripts/install", "--help"], capture_output=True, text=True)
    lines = done.stdout.splitlines()
    return [] if done.returncode == 0 and lines[-1].startswith("  --root DIR ") else lines[-3:] + [done.stderr]


def settings(tree, install, findings):
    """A name and folders that are changed in the settings arrive with the next run."""
    drop_in = tree + "/etc/systemd/system/guildhall-.service.d/folders.conf"
    findings.equal("no drop-in where folders are the usual ones", os.path.exists(drop_in), False)
    with open(tree + "/etc/guildhall/guildhall.conf") as file:
        before = file.read()
    with open(tree + "/etc/guildhall/guildhall.conf", "w") as file:
        file.write(before.replace("STATE_DIR=/var/lib/guildhall", "STATE_DIR = '/srv/my hall'")
                   .replace("https://" + NAME, "https://new." + NAME) + "BACKUP_DIR=/srv/copies\n")
    done = subprocess.run([*install, "new." + NAME], capture_output=True, text=True)
    findings.equal("changed settings are taken up", (done.returncode, done.stderr if done.returncode else ""), (0, ""))
    with open(drop_in) as file:
        written = file.read().splitlines()[-2:]
    findings.equal("the units may write into the folders they name", written,
                   ['ReadWritePaths="-/srv/my hall"', 'ReadWritePaths="-/srv/copies"'])
    verify(tree, ["guildhall.service", "guildhall-backup.service"], findings)
    certificate = subprocess.run(["openssl", "x509", "-noout", "-subject", "-in", tree + "/etc/ssl/guildhall/self-signed.pem"],
                                 capture_output=True, text=True).stdout.strip()
    findings.equal("a certificate of our own has the new name", certificate, "subject=CN = new." + NAME)
    with open(tree + "/etc/guildhall/guildhall.conf", "w") as file:
        file.write(before)
    subprocess.run([*install, NAME], capture_output=True, text=True)
    findings.equal("and the drop-in goes with them", os.path.exists(drop_in), False)


def gone(tree, findings):
    done = subprocess.run([ROOT + "/scripts/install", "--root", tree, "--uninstall"], capture_output=True, text=True)
    findings.equal("uninstalling ends well", done.returncode, 0)
    findings.equal("and leaves settings, keys and a certificate alone", sorted(path[len(tree):] for path, _, _ in listing(tree)), [
        "/etc/guildhall/credentials/ENCRYPTION_KEYS", "/etc/guildhall/guildhall.conf", "/etc/ssl/guildhall/self-signed.key",
        "/etc/ssl/guildhall/self-signed.pem"])


def listing(tree):
    return sorted((path, os.lstat(path).st_mtime_ns, os.lstat(path).st_mode) for folder, _, files in os.walk(tree)
                  for path in [os.path.join(folder, name) for name in files])


def verify(tree, names, findings):
    """Units of the machine itself are missing in the tree; what is ours must be without a complaint."""
    done = subprocess.run(["systemd-analyze", "verify", "--man=no", "--recursive-errors=no", "--root", tree, *names],
                          capture_output=True, text=True)
    ours = [line for line in done.stderr.splitlines() if "guildhall" in line and "not found" not in line]
    findings.that("systemd-analyze verify has no complaint", ours)


def exposed(tree, name):
    done = subprocess.run(["systemd-analyze", "security", "--offline=true", "--no-pager", "--root", tree, name],
                          capture_output=True, text=True)
    found = re.search(r"Overall exposure level for .*: ([0-9.]+)", done.stdout)
    level = float(found.group(1)) if found else 10.0
    return [] if level <= EXPOSURE else ["%.1f %s" % (level, done.stderr.strip())]


def timers(tree, findings):
    """Timers and cron start the same programs in the same slots, and only one of the two is there."""
    folder = tree + "/etc/systemd/system/"
    commands = set()
    for name in os.listdir(folder):
        if name.endswith(".timer"):
            with open(folder + name.replace(".timer", ".service")) as file:
                commands.add(re.search(r"^ExecStart=/usr/local/lib/guildhall/current/(.*)$", file.read(), re.M).group(1))
    with open(tree + "/etc/cron.d/guildhall") as file:
        lines = set(re.findall(r" guildhall timeout -k 10 \S+ (.*?) 2>&1", file.read()))
    findings.equal("cron and timers start the same programs", lines, commands)
    findings.that("no timer is enabled beside cron", os.listdir(folder + "timers.target.wants")
                  if os.path.isdir(folder + "timers.target.wants") else [])


# -- the site

class Site:
    """The installed site, on free ports in a folder of a running hall, in front of the hall's responder."""

    def __init__(self, hall):
        self.hall = hall
        self.folder = hall.folder + "/site"
        os.makedirs(self.folder + "/own")
        with open(self.folder + "/own/prometheus.conf", "w") as file:
            file.write(PROMETHEUS + REAL_IP)
        self.ports = {"http": free_port(), "https": free_port()}
        self.tls = ssl.create_default_context()
        self.tls.check_hostname = False
        self.tls.verify_mode = ssl.CERT_NONE

    def configure(self):
        subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=" + NAME,
                        "-keyout", self.folder + "/key", "-out", self.folder + "/certificate"],
                       check=True, capture_output=True)
        values = {"HOST": NAME, "SOCKET": self.hall.folder + "/responder.sock", "NGINX": ROOT + "/nginx",
                  "HTTP": "127.0.0.1:%d" % self.ports["http"], "HTTPS": "127.0.0.1:%d" % self.ports["https"],
                  "HTTP6": "[::1]:%d" % self.ports["http"], "HTTPS6": "[::1]:%d" % self.ports["https"],
                  "CACHE": self.folder + "/cache", "LOG": self.folder + "/access.log", "OWN": self.folder + "/own",
                  "CERTIFICATE": self.folder + "/certificate", "CERTIFICATE_KEY": self.folder + "/key"}
        with open(ROOT + "/nginx/guildhall.conf.in") as file:
            lines = [line for line in file if SIX or not re.search("@HTTPS?6@", line)]
        site = re.sub(r"@([A-Z_0-9]+)@", lambda found: values[found.group(1)], "".join(lines))
        places = "".join("%s_temp_path %s/%s; " % (name, self.folder, name)
                         for name in ("client_body", "fastcgi", "proxy", "uwsgi", "scgi"))
        with open(self.folder + "/nginx.conf", "w") as file:
            file.write("%sdaemon off; pid %s/pid; error_log %s/error.log; events {}\nhttp { %s\n%s }\n" % (
                "user root; " if os.getuid() == 0 else "", self.folder, self.folder, places, site))
        return ["nginx", "-e", self.folder + "/error.log", "-p", self.folder, "-c", self.folder + "/nginx.conf"]

    def wait(self):
        deadline = time.monotonic() + 10
        while True:
            try:
                return self.ask("GET", "/", scheme="http")
            except OSError:
                if time.monotonic() > deadline:
                    raise Trouble("nginx did not start with the site; the log is in %s." % self.folder)
                time.sleep(0.05)

    def ask(self, method, path, body=None, headers=None, scheme="https", source=None):
        """The status and the headers."""
        return self.whole(method, path, body, headers, scheme, source)[:2]

    def whole(self, method, path, body=None, headers=None, scheme="https", source=None, host="127.0.0.1"):
        """The status, the headers, and the body."""
        connection = (http.client.HTTPSConnection(host, self.ports["https"], context=self.tls, timeout=10,
                                                  source_address=source) if scheme == "https"
                      else http.client.HTTPConnection(host, self.ports["http"], timeout=10))
        try:
            connection.request(method, path, body, dict({"Host": NAME}, **(headers or {})))
            answer = connection.getresponse()
            text = answer.read().decode()
            return answer.status, dict((name.lower(), value) for name, value in answer.getheaders()), text
        finally:
            connection.close()


def site(hall, findings):
    hall.start()
    place = Site(hall)
    command = place.configure()
    tested = subprocess.run([*command, "-t"], capture_output=True, text=True)
    findings.that("nginx -t takes the site", [] if tested.returncode == 0 and "[warn]" not in tested.stderr else [tested.stderr])
    hall.spawn("site", command)
    place.wait()
    plain_http(place, findings)
    sizes(place, findings)
    rates(place, findings)
    access(place, findings)
    six(place, findings)
    refusals(hall, place, findings)


def six(place, findings):
    """Over IPv6 too; and whoever has 2^64 addresses has one limit, also behind a proxy."""
    if SIX:
        findings.equal("IPv6 is answered, with and without TLS", [
            place.whole("GET", "/health", scheme=scheme, host="::1")[0] for scheme in ("http", "https")], [301, 200])

    def seen(addresses):
        return [place.ask("GET", "/oauth/nowhere", headers={"X-Forwarded-For": address}, source=("127.0.0.9", 0))[0]
                for address in addresses]

    findings.that("a household of IPv6 has one limit", [] if 429 in seen("2001:db8:1:2::%x" % n for n in range(1, 13)) else ["none"])
    findings.equal("and the next one its own", seen(["2001:db8:1:3::1", "2001:db8::1"]), [404, 404])


# What nginx itself refuses: a path, the size of what is sent there, and how that is told.
PROBLEM, PAGE = "application/problem+json", "text/html"
LARGE = [("/api/nowhere", 257, PROBLEM), ("/notion/webhook", 1025, PROBLEM), ("/discord/interactions", 1025, PROBLEM),
         ("/nowhere", 257, PAGE), ("/oauth/nowhere", 9, PAGE)]


def refusals(hall, place, findings):
    for path, size, form in LARGE:
        told(findings, place.whole("POST", path, b" " * 1024 * size), 413, form, path)
    time.sleep(2)
    for path, form in ("/oauth/nowhere", PAGE), ("/api/nowhere", PROBLEM):
        with concurrent.futures.ThreadPoolExecutor(16) as many:
            found = list(many.map(lambda _: place.whole("GET", path), range(150)))
        told(findings, next((answer for answer in found if answer[0] == 429), found[-1]), 429, form, path)
    time.sleep(1)
    os.unlink(hall.folder + "/responder.sock")
    for path, form in ("/", PAGE), ("/api/nowhere", PROBLEM), ("/health", PROBLEM):
        told(findings, place.whole("GET", path), 502, form, path)


def told(findings, answer, status, form, path):
    faults = [] if (answer[0], answer[1].get("content-type")) == (status, form) else [repr(answer)]
    if form == PROBLEM and not faults:
        faults = [] if json.loads(answer[2])["status"] == status else [answer[2]]
    elif not faults:
        faults = [] if "<h1>" in answer[2] and "nginx" not in answer[2] else [answer[2]]
    findings.that("%d of nginx for %s is told as %s" % (status, path, form), faults)


def plain_http(place, findings):
    status, headers = place.ask("GET", "/servers?x=1", scheme="http")
    findings.equal("http is sent to https", (status, headers.get("location")), (301, "https://%s/servers?x=1" % NAME))
    for path in ["/discord/interactions", "/discord/events", "/notion/webhook", "/api/sync/webhook"]:
        findings.equal("http POST %s is refused, not redirected" % path,
                       place.ask("POST", path, b"{}", scheme="http")[0], 403)
    findings.equal("a certificate's challenge is looked for over http",
                   place.ask("GET", "/.well-known/acme-challenge/x", scheme="http")[0], 404)


def sizes(place, findings):
    kibibyte = b" " * 1024
    for path, size, status in [
            ("/discord/interactions", 1000, 401), ("/discord/interactions", 1025, 413), ("/discord/events", 1025, 413),
            ("/notion/webhook", 1025, 413), ("/nowhere", 250, 404), ("/nowhere", 257, 413), ("/oauth/nowhere", 7, 404),
            ("/oauth/nowhere", 9, 413)]:
        findings.equal("POST %s of %d KiB" % (path, size), place.ask("POST", path, kibibyte * size)[0], status)
    findings.equal("a header of 9 KB", place.ask("GET", "/", headers={"X-Long": "x" * 9000})[0], 400)


def rates(place, findings):
    time.sleep(2)  # what was asked before is forgotten
    found = [place.ask("GET", "/oauth/nowhere")[0] for _ in range(12)]
    findings.that("six logins at once, then 429", [] if found[:4] == [404] * 4 and 429 in found else [str(found)])
    found = [place.ask("POST", "/discord/interactions", b"{}")[0] for _ in range(150)]
    findings.equal("150 clicks at once are all taken", sorted(set(found)), [401])


def access(place, findings):
    for path in "/ready", "/metrics":
        here, there = place.ask("GET", path)[0], place.ask("GET", path, source=("127.0.0.2", 0))[0]
        findings.that("%s is shown to this machine alone" % path, [] if here != 403 and there == 403 else [str((here, there))])
    findings.equal("where a location of one's own allows it, nginx leaves /metrics to the responder",
                   place.ask("GET", "/metrics", source=("127.0.0.3", 0))[0], 401)
    status, headers = place.ask("GET", "/health?secret=canary")
    findings.equal("/health, with HSTS", (status, headers.get("strict-transport-security")), (200, "max-age=31536000"))
    time.sleep(0.2)  # nginx writes its line after the answer
    with open(place.folder + "/access.log") as file:
        log = file.read()
    findings.that("the log tells paths and no queries", [] if '"GET /health","status":"200"' in log and "canary" not in log else [log[-300:]])


def main():
    parser = argparse.ArgumentParser(prog="scripts/prove machine")
    parser.add_argument("--bin", required=True, help=argparse.SUPPRESS)
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    findings, hall = Findings(), Hall(options.bin)
    try:
        units(options.bin, findings)
        site(hall, findings)
    except Trouble as trouble:
        findings.that("the look itself", [str(trouble)])
    finally:
        hall.stop()
        hall.remove()
    return 0 if findings.holds else 1


if __name__ == "__main__":
    sys.exit(main())
