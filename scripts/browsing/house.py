"""The whole house as `scripts/run` brings it up, on a port and in a folder of its own."""

import json
import os
import shutil
import signal
import socket
import subprocess
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


class House:
    def __enter__(self):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        self.folder = tempfile.mkdtemp(prefix="guildhall-browser.")
        self.run = subprocess.Popen(
            [ROOT + "/scripts/run"], stdout=subprocess.PIPE, stderr=open(self.folder + "/run.log", "w"), text=True,
            env=dict(os.environ, PORT=str(port), STATE_DIR=self.folder + "/state"), start_new_session=True)
        for line in self.run.stdout:
            if line.startswith("ready "):
                _, self.url, facts = line.split()
                self.facts = json.load(open(facts))
                return self
        raise SystemExit("scripts/run ended before it was ready:\n" + open(self.folder + "/run.log").read()[-2000:])

    def __exit__(self, *_):
        self.run.send_signal(signal.SIGTERM)
        self.run.wait(30)
        shutil.rmtree(self.folder, ignore_errors=True)
