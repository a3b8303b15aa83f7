"""A bare Debian in a folder, booted with its own systemd and its own network, by debootstrap and systemd-nspawn."""

import os
import shutil
import signal
import subprocess
import tempfile
import time

from hall import ROOT, Trouble

KEPT = ROOT + "/.build/tree"
SOURCES = ["scripts", "nginx", "cron.d", "systemd", "logrotate", "docs"]


def bare(mirror):
    """A tree with nothing but Debian and systemd; made once, and copied after that."""
    if not os.path.exists(KEPT + "/bookworm/etc/apt/sources.list"):
        shutil.rmtree(KEPT, ignore_errors=True)
        os.makedirs(KEPT)
        call("debootstrap", "--variant=minbase", "--include=systemd-sysv,dbus", "bookworm", KEPT + "/partial", mirror)
        os.rename(KEPT + "/partial", KEPT + "/bookworm")
    return KEPT + "/bookworm"


def call(*command, codes=(0,)):
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode not in codes:
        raise Trouble("%s ended with %d: %s" % (" ".join(command[:4]), done.returncode, (done.stdout + done.stderr)[-2000:]))
    return done.stdout


class Tree:
    def __init__(self, mirror):
        self.path = tempfile.mkdtemp(prefix="guildhall-machine.", dir="/var/tmp")
        self.container = None
        self.leader = None
        call("cp", "-a", bare(mirror) + "/.", self.path)

    def put(self, source, path):
        call("cp", "-r", source, self.path + path)

    def write(self, path, text, append=False):
        os.makedirs(os.path.dirname(self.path + path), exist_ok=True)
        with open(self.path + path, "a" if append else "w") as file:
            file.write(text)

    def read(self, path):
        with open(self.path + path) as file:
            return file.read()

    # -- before it is booted

    def prepare(self, *command):
        """Runs a command in the tree with this machine's network and no systemd, as an image is made."""
        policy = self.path + "/usr/sbin/policy-rc.d"
        self.write("/usr/sbin/policy-rc.d", "#!/bin/sh\nexit 101\n")
        os.chmod(policy, 0o755)
        done = subprocess.run(["systemd-nspawn", "-q", "--register=no", "--keep-unit", "--pipe", "--resolv-conf=copy-host",
                               "-D", self.path, *command], stdin=subprocess.DEVNULL, capture_output=True, text=True)
        os.unlink(policy)
        return done

    # -- booted

    def boot(self):
        log = open(self.path + ".log", "w")
        self.container = subprocess.Popen(
            ["systemd-nspawn", "-q", "--register=no", "--keep-unit", "--private-network", "-b", "-D", self.path,
             "--console=pipe"], stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True)
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            self.leader = call("pgrep", "-P", str(self.container.pid), codes=(0, 1)).strip()
            if self.leader and self.run("systemctl", "is-system-running").stdout.strip() in ("running", "degraded"):
                return
            time.sleep(0.3)
        raise Trouble("The tree did not boot; the log is %s.log." % self.path)

    def run(self, *command, stdin=None):
        """Runs a command in the booted tree as root."""
        return subprocess.run(self.inside(*command), input=stdin, capture_output=True, text=True)

    def start(self, *command):
        """Likewise, and does not wait for its end."""
        return subprocess.Popen(self.inside(*command), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                stderr=subprocess.DEVNULL)

    def inside(self, *command):
        return ["nsenter", "-t", self.leader, "-m", "-u", "-i", "-n", "-p", "--", "env", "-i",
                "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LANG=C.UTF-8", "HOME=/root", *command]

    def must(self, *command, stdin=None):
        done = self.run(*command, stdin=stdin)
        if done.returncode != 0:
            raise Trouble("%s ended with %d: %s" % (" ".join(command), done.returncode, (done.stdout + done.stderr)[-2000:]))
        return done.stdout

    def outside(self, *command):
        """A command of this machine in the tree's network, where tools are that the tree has not."""
        return ["nsenter", "-t", self.leader, "-n", "--", *command]

    def stop(self):
        if self.container and self.container.poll() is None:
            self.run("systemctl", "poweroff")
            try:
                self.container.wait(30)
            except subprocess.TimeoutExpired:
                os.killpg(self.container.pid, signal.SIGKILL)
                self.container.wait()

    def remove(self):
        shutil.rmtree(self.path, ignore_errors=True)
        os.unlink(self.path + ".log") if os.path.exists(self.path + ".log") else None

    # -- what can be compared

    def listing(self, *folders):
        """Every file with all that tells whether it was touched."""
        found = {}
        for folder in folders:
            for place, _, names in os.walk(self.path + folder):
                for path in [place] + [os.path.join(place, name) for name in names]:
                    status = os.lstat(path)
                    found[path[len(self.path):]] = (status.st_mode, status.st_uid, status.st_gid, status.st_ino, status.st_mtime_ns)
        return found
