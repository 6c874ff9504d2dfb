"""A real mail server for tests: it keeps what it is sent."""

from __future__ import annotations

import email
import email.policy
import re
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller


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
