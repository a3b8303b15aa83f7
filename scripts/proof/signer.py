"""Somebody who signs what he sends with PyNaCl, and so knows every byte that was acknowledged to him."""

import hashlib
import json
import threading
import time
import urllib.error
import urllib.request

import nacl.signing


class Signer:
    """Files issues, sends each of them again, and sends forgeries in between."""

    def __init__(self, hall):
        self.hall = hall
        self.key = nacl.signing.SigningKey(bytes.fromhex(hall.facts["private_key"]))
        #: The SHA-256 of each body that was acknowledged, by the id in it.
        self.acknowledged = {}
        #: The title of each issue that was filed.
        self.filed = []
        self.forged = []
        self.faults = []
        self.number = 0
        self.isover = threading.Event()
        self.thread = threading.Thread(target=self.work)

    def start(self):
        self.thread.start()

    def stop(self):
        self.isover.set()
        self.thread.join()

    def work(self):
        while not self.isover.wait(1.5):
            title = "Filed and signed %d" % self.number
            body, id = self.form(title)
            first = self.insist(body)
            self.acknowledged[id] = hashlib.sha256(body).hexdigest()
            self.filed.append((id, title, first))
            if self.insist(body) != first:
                self.faults.append("%s was answered differently the second time" % id)
            self.forge()

    def form(self, title):
        self.number += 1
        form = self.hall.filing(title)
        form["id"] = str(2_000_000_000_000_000_000 + self.number)
        return json.dumps(form).encode(), form["id"]

    def insist(self, body):
        """Sends it until it is acknowledged, and returns the answer."""
        while True:
            status, answer = self.send(body)
            if status == 200:
                return answer
            time.sleep(0.2)

    def blank(self):
        """A form that is refused to the person in words: kept with its answer, and nothing follows from it."""
        body, id = self.form(" ")
        status, _ = self.send(body)
        if status == 200:
            self.acknowledged[id] = hashlib.sha256(body).hexdigest()
        return status

    def forge(self):
        """One byte is another than was signed."""
        body, id = self.form("Filed by nobody")
        self.forged.append(id)
        status, _ = self.send(body, body.replace(b"nobody", b"somebody"))
        if status not in (0, 401, 502, 504):
            self.faults.append("a forgery was answered %d" % status)

    def send(self, body, changed=None):
        """The status and the raw answer; status 0 when none came."""
        stamp = str(int(time.time())).encode()
        headers = {"Content-Type": "application/json", "X-Signature-Timestamp": stamp.decode(),
                   "X-Signature-Ed25519": self.key.sign(stamp + body).signature.hex()}
        request = urllib.request.Request(self.hall.url + "/discord/interactions", changed or body, headers)
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                return answer.status, answer.read()
        except urllib.error.HTTPError as refusal:
            return refusal.code, refusal.read()
        except OSError:
            return 0, b""
