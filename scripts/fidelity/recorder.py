"""A relay between a client and a service that keeps what was said, both ways, byte for byte."""

import http.client
import json
import socketserver
import threading
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlsplit

DROPPED = {"connection", "keep-alive", "transfer-encoding", "content-length", "host", "server"}


@dataclass
class Exchange:
    """One request and its answer. Header names are in lower case."""

    method: str
    path: str
    query: list
    headers: dict
    body: bytes
    status: int
    answer_headers: dict
    answer: bytes

    @property
    def json(self):
        return decoded(self.body)

    @property
    def answer_json(self):
        return decoded(self.answer)


def decoded(content):
    return json.loads(content) if content else None


class Recorder:
    """Listens on a port of its own and hands everything on to `target` (scheme, host and port)."""

    def __init__(self, target):
        self.exchanges = []
        self.target = urlsplit(target)
        self.server = Relay(("127.0.0.1", 0), self.handler())
        self.url = "http://127.0.0.1:%d" % self.server.server_address[1]
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()

    def stop(self):
        self.server.shutdown()
        self.server.server_close()

    def handler(recorder):
        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def relay(self):
                body = self.rfile.read(int(self.headers.get("content-length") or 0))
                sent = {name.lower(): value for name, value in self.headers.items()}
                answer, content = recorder.forward(self.command, self.path, sent, body)
                received = {name.lower(): value for name, value in answer.getheaders()}
                place = urlsplit(self.path)
                recorder.exchanges.append(Exchange(
                    self.command, place.path, parse_qsl(place.query, keep_blank_values=True), sent, body,
                    answer.status, received, content))
                self.send_response_only(answer.status)
                for name, value in received.items():
                    if name not in DROPPED:
                        self.send_header(name, value)
                self.send_header("content-length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = relay

            def log_message(self, *_):
                pass

        return Handler

    def forward(self, method, path, headers, body):
        connection = http.client.HTTPConnection(self.target.hostname, self.target.port, timeout=60)
        try:
            kept = {name: value for name, value in headers.items() if name not in DROPPED | {"accept-encoding"}}
            connection.request(method, path, body, kept)
            answer = connection.getresponse()
            return answer, answer.read()
        finally:
            connection.close()


class Relay(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, request, client_address):
        """A client that went away is none of our business; anything else shows as an answer that never came."""


socketserver.TCPServer.allow_reuse_address = True
