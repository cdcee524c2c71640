"""What notices are sent to in tests, a web server and a mail server on the loopback address; and their sending."""

import socket
import socketserver
import ssl
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import cast

from engine.bootstrap import build_engine
from engine.engine import Engine
from engine.settings import NoticeSettings, Settings
from engine.store.deliveries import WEBHOOK
from tests.builders import Office
from tests.clock import ManualClock
from timers.channels import Channel, channels_of
from timers.delivery import send_next
from timers.sweep import deliver, sweep

PUBLIC = "https://approval.example.org"
PLAIN = NoticeSettings(public_url=PUBLIC, tries=4)


def send(engine: Engine, name: str = WEBHOOK, channel: Channel | None = None) -> int:
    """Sends what is due; returns how many messages were tried."""
    channel, tried = channel or channels_of(engine)[name], 0
    while send_next(engine, name, channel):
        tried += 1
    return tried


def send_from_elsewhere(settings: Settings) -> None:
    """The same in a process of its own, with an engine of its own, whose clock stands still."""
    send(build_engine(settings, ManualClock()))


def send_at_once(engines: Sequence[Engine], name: str = WEBHOOK) -> None:
    """Each engine sends what is due, all from the same instant on."""
    barrier = threading.Barrier(len(engines))

    def run(engine: Engine) -> None:
        barrier.wait()
        send(engine, name)

    threads = [threading.Thread(target=run, args=(engine,)) for engine in engines]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def overdue(office: Office) -> str:
    """A case of which two steps are late and their section heads are told, in the application."""
    case_id = office.accept("B02")
    deliver(office.engine)
    office.clock.advance(days=30)
    sweep(office.engine)
    deliver(office.engine)
    return case_id


@dataclass
class Hook:
    """A web server that keeps what is posted to it. ``answers`` are the next statuses, then it is 204."""

    port: int = 0
    posted: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)
    before_answering: Callable[[], None] = field(default=lambda: None)

    @property
    def url(self) -> str:
        """Where to post to."""
        return f"http://127.0.0.1:{self.port}/notices"

    @property
    def keys(self) -> list[str]:
        """The key of each post, in order."""
        return [headers["Idempotency-Key"] for headers, _ in self.posted]


@contextmanager
def web_server() -> Iterator[Hook]:
    """A running web server."""
    hook = Hook()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            hook.posted.append((dict(self.headers), self.rfile.read(int(self.headers["Content-Length"]))))
            hook.before_answering()
            self.send_response(hook.answers.pop(0) if hook.answers else 204)
            self.send_header("Location", "http://127.0.0.1:1/elsewhere")
            self.end_headers()

        do_GET = do_POST

        def log_message(self, format: str, *args: object) -> None:
            """Nothing is printed."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    hook.port = server.server_port
    with _running(server):
        yield hook


@dataclass
class Postbox:
    """A mail server that keeps what it takes. ``refusals`` are the next answers to a recipient, then it is 250.

    With ``tls`` it offers STARTTLS; ``commands`` are what it was told.
    """

    port: int = 0
    tls: ssl.SSLContext | None = None
    letters: list[tuple[str, EmailMessage]] = field(default_factory=list)
    refusals: list[str] = field(default_factory=list)
    commands: list[str] = field(default_factory=list)

    def read(self) -> list[tuple[str, str, str]]:
        """Recipient, subject, plain text of each letter."""
        return [
            (recipient, str(letter["Subject"]), cast(EmailMessage, letter.get_body(("plain",))).get_content())
            for recipient, letter in self.letters
        ]


class _Talk(socketserver.BaseRequestHandler):
    """One talk with a client, as far as RFC 5321 is needed here."""

    box: Postbox

    def handle(self) -> None:
        self.listen_on(self.request)
        self.say("220 ready")
        if not self.talk(self.request):
            return
        self.say("220 go on")
        assert self.box.tls is not None
        try:
            with self.box.tls.wrap_socket(self.request, server_side=True) as protected:
                self.listen_on(protected)
                self.talk(protected)
                self.lines.close()
        except OSError:
            return  # the client does not trust the certificate

    def listen_on(self, connection: socket.socket) -> None:
        self.connection, self.lines = connection, connection.makefile("rb")

    def say(self, line: str) -> None:
        self.connection.sendall(f"{line}\r\n".encode())

    def talk(self, connection: socket.socket) -> bool:
        """Answers until the end; True when the client wants to go on protected."""
        recipient = ""
        while line := self.lines.readline().decode().strip():
            self.box.commands.append(line)
            verb = line.upper().partition(" ")[0]
            if verb == "STARTTLS":
                return True
            if verb == "RCPT":
                recipient = line.partition(":")[2].strip("<>")
                self.say(self.box.refusals.pop(0) if self.box.refusals else "250 ok")
            elif verb == "DATA":
                self.say("354 go on")
                data = b"".join(iter(self.lines.readline, b".\r\n"))
                self.box.letters.append((recipient, message_from_bytes(data, policy=default)))
                self.say("250 taken")
            else:
                self.say(self.answer(verb))
        return False

    def answer(self, verb: str) -> str:
        offered = "250-here\r\n250-STARTTLS\r\n250 AUTH PLAIN" if self.box.tls else "250 here"
        return {"EHLO": offered, "AUTH": "235 ok", "QUIT": "221 bye"}.get(verb, "250 ok")


@contextmanager
def mail_server(tls: ssl.SSLContext | None = None) -> Iterator[Postbox]:
    """A running mail server."""
    box = Postbox(tls=tls)
    talk = type("Talk", (_Talk,), {"box": box})
    server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), talk)
    server.daemon_threads = True
    box.port = server.server_address[1]
    with _running(server):
        yield box


@contextmanager
def _running(server: socketserver.BaseServer) -> Iterator[None]:
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
