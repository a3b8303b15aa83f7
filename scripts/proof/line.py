"""The line between Guildhall and the services, which can fail below HTTP: refuse, swallow, or be cut."""

import contextlib
import socket
import struct
import threading


class Line:
    """Listens on a port of its own and joins each connection to `target` (scheme, host and port).

    Its state is one of: `open`; `refused`, where nothing listens; `silent`, where connections are taken and nothing is
    ever said; `cut`, where a request reaches the service and its answer is met by a reset.
    """

    def __init__(self, target):
        host, port = target.split("//")[1].split(":")
        self.target = (host, int(port))
        self.state = "open"
        self.listener = None
        self.open_listener(0)
        self.port = self.listener.getsockname()[1]
        self.url = "http://127.0.0.1:%d" % self.port

    def open_listener(self, port):
        self.listener = socket.socket()
        self.listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.listener.bind(("127.0.0.1", port))
        self.listener.listen(128)
        threading.Thread(target=self.accept, args=(self.listener,), daemon=True).start()

    def close_listener(self):
        if self.listener:
            self.listener.shutdown(socket.SHUT_RDWR)  # wakes the thread that accepts
            self.listener.close()
            self.listener = None

    def become(self, state):
        self.state = state
        if state == "refused":
            self.close_listener()
        elif not self.listener:
            self.open_listener(self.port)

    def stop(self):
        self.become("refused")

    def accept(self, listener):
        with contextlib.suppress(OSError):  # closed: the line is refused from now on
            while True:
                near, _ = listener.accept()
                threading.Thread(target=self.join, args=(near,), daemon=True).start()

    def join(self, near):
        with contextlib.suppress(OSError), near, socket.create_connection(self.target) as far:
            back = threading.Thread(target=self.hand_on, args=(far, near, True), daemon=True)
            back.start()
            self.hand_on(near, far, False)
            back.join()

    def hand_on(self, source, sink, is_answer):
        with contextlib.suppress(OSError):
            while content := source.recv(65536):
                if self.state in ("silent", "refused"):
                    continue
                if self.state == "cut" and is_answer:
                    sink.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                    sink.close()
                    return
                sink.sendall(content)
            sink.shutdown(socket.SHUT_WR)
