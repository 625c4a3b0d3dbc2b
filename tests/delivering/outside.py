"""A mail server and a server of robots that keep what they are given, and refuse or hang up when told to."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from aiosmtpd.controller import Controller

from crm_servers.waiting import free_ports


class MailBoxes:
    """What a mail server was given. ``answers`` are its next ones to DATA, in their order; then it takes everything."""

    def __init__(self) -> None:
        self.letters: list[EmailMessage] = []
        self.answers: list[str] = []
        self.port = 0

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        """Take a letter, or give the next answer; ``lost`` takes it and hangs up before the answer."""
        answer = self.answers.pop(0) if self.answers else "250 OK"
        if answer.startswith(("250", "lost")):
            self.letters.append(message_from_bytes(envelope.content, policy=policy.default))
        if answer == "lost":
            _server.transport.abort()
        return answer

    def subjects(self) -> list[str]:
        """What the letters are about, in the order of their arrival."""
        return [str(each["Subject"]) for each in self.letters]


@contextmanager
def mail_server() -> Iterator[MailBoxes]:
    """Listening on this machine, on a port of its own."""
    boxes = MailBoxes()
    [boxes.port] = free_ports(1)
    controller = Controller(boxes, hostname="127.0.0.1", port=boxes.port)
    controller.start()
    try:
        yield boxes
    finally:
        controller.stop()


class ChatGroups:
    """What robots posted: path and body. ``answers`` are ``(status, body)``, in their order; then all is well."""

    def __init__(self) -> None:
        self.posts: list[tuple[str, dict[str, Any]]] = []
        self.answers: list[tuple[int, dict[str, Any]]] = []
        self.url = ""

    def texts(self) -> list[str]:
        """What was posted, whichever robot's way it was written."""
        return [body["text"]["content"] if "text" in body else body["content"]["text"] for _, body in self.posts]


@contextmanager
def chat_server() -> Iterator[ChatGroups]:
    """Listening on this machine, on a port of its own."""
    groups = ChatGroups()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            status, answer = groups.answers.pop(0) if groups.answers else (200, {"errcode": 0, "code": 0})
            groups.posts.append((self.path, body))
            if status == 0:
                self.close_connection = True
                return
            text = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        def log_message(self, *_: Any) -> None:
            """Nothing is said on the terminal."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    groups.url = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield groups
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
