"""A real mail server for tests: it keeps what it is sent."""

from __future__ import annotations

import email
import email.policy
import re
import socket
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller
from django.core.mail.backends.locmem import EmailBackend


class Postbox:
    """What a mail server does with letters: it keeps them."""

    def __init__(self) -> None:
        self.letters: list[EmailMessage] = []

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        message = email.message_from_bytes(envelope.content, policy=email.policy.default)
        assert isinstance(message, EmailMessage)
        self.letters.append(message)
        return "250 Kept"

    def text(self) -> str:
        """The newest letter, as it is read where there is no HTML."""
        body = self.letters[-1].get_body(preferencelist=("plain",))
        assert body is not None
        return str(body.get_content())

    def links(self) -> list[str]:
        """The addresses in it."""
        return re.findall(r"https?://\S+", self.text())


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Moody(Postbox):
    """A mail server with moods. Letters are told apart by the address they go to.

    `no` answers an address; `most` is how many letters it takes of a connection, with a 421 for the
    next; it hangs up after the letters in `hangs_up`, and instead of an answer to those in `cuts`,
    which it has kept by then; after that one `moves`.
    """

    def __init__(self, settings: Any) -> None:
        super().__init__()
        self.settings = settings
        self.no: dict[str, str] = {}
        self.most = 0
        self.hangs_up: set[str] = set()
        self.cuts: set[str] = set()
        self.moves = False
        self.seen: Counter[Any] = Counter()  # letters begun, by connection

    @property
    def connections(self) -> int:
        return len(self.seen)

    async def handle_MAIL(  # noqa: N802
        self, server: Any, session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        self.seen[session.peer] += 1
        if self.most and self.seen[session.peer] > self.most:
            return "421 4.7.0 Too many letters in this connection"
        envelope.mail_from = address
        return "250 Go on"

    async def handle_RCPT(  # noqa: N802
        self, server: Any, session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        if address in self.no:
            return self.no[address]
        envelope.rcpt_tos.append(address)
        return "250 Go on"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        answer = await super().handle_DATA(server, session, envelope)
        address = envelope.rcpt_tos[0]
        if address in self.cuts:
            self.cuts.remove(address)
            if self.moves:
                self.settings.EMAIL_PORT = free_port()
            server.transport.abort()
        elif address in self.hangs_up:
            await server.push(answer)
            server.transport.close()
        return answer

    def got(self) -> list[str]:
        """Who was written to, in order."""
        return [str(letter["To"]) for letter in self.letters]


@contextmanager
def serving(settings: Any, box: Postbox | None = None) -> Iterator[Postbox]:
    """The site sends its letters to this server for as long as the block lasts."""
    box = Postbox() if box is None else box
    server = Controller(box, hostname="127.0.0.1", port=free_port())
    server.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST = "127.0.0.1"
    settings.EMAIL_PORT = server.port
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
    try:
        yield box
    finally:
        server.stop()


class Odd(EmailBackend):
    """A mail server that breaks in a way that nobody foresaw, when it has the letter."""

    times = 0

    def send_messages(self, messages: Any) -> int:
        done = super().send_messages(messages)
        if Odd.times:
            Odd.times -= 1
            raise RuntimeError("odd")
        return done
