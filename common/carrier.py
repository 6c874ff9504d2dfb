"""The carrier: takes the letters of one run to the mail server, over one connection.

What must stay true: what is said of a letter is what a connection of its own would have said. So a
connection is asked whether it still answers before it takes another letter; what it refuses after
it has taken others is handed over once more on a new one, because the no may be meant for the
connection; and one on which anything failed takes no further letter. What may have arrived is never
handed over again here: a letter that was cut off is for whoever keeps the books.
"""

from __future__ import annotations

import contextlib
import smtplib
from types import TracebackType
from typing import Self

from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend

REFUSALS = (smtplib.SMTPResponseException, smtplib.SMTPRecipientsRefused)  # surely not taken
OK = 250


class NotConnected(Exception):
    """The mail server could not be reached, so surely nothing arrived."""


class Carrier:
    """A connection to the mail server that is opened for the first letter, and closed at the end of
    the block.
    """

    def __init__(self) -> None:
        self._link: BaseEmailBackend | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._let_go()

    def hand_over(self, message: EmailMessage) -> None:
        """Give one letter to the mail server, which has taken it when this returns.

        Raises NotConnected, the server's refusals, and whatever cut it off.
        """
        if self._link is not None and _answers(self._link):
            with contextlib.suppress(*REFUSALS):  # asked again on one that has taken nothing yet
                self._give(self._link, message)
                return
        self._give(self._connected(), message)

    def _connected(self) -> BaseEmailBackend:
        """A new connection. Raises NotConnected."""
        self._let_go()
        self._link = link = get_connection()
        try:
            link.open()
        except OSError as error:  # all that smtplib raises is one
            self._let_go()
            raise NotConnected(f"{type(error).__name__}: {error}") from error
        return link

    def _give(self, link: BaseEmailBackend, message: EmailMessage) -> None:
        try:
            link.send_messages([message])
        except BaseException:
            self._let_go()
            raise

    def _let_go(self) -> None:
        """Close the connection. What it says to that is about no letter."""
        link, self._link = self._link, None
        if link is not None:
            with contextlib.suppress(OSError):
                link.close()


def is_final(error: Exception) -> bool:
    """Whether the server said that this address will never take a letter (a 5xx for it)."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return all(code >= 500 for code, _words in error.recipients.values())
    return False


def _answers(link: BaseEmailBackend) -> bool:
    """Whether a connection that was used is still there. Only a mail server hangs up."""
    wire = getattr(link, "connection", None)
    if not isinstance(wire, smtplib.SMTP):
        return True
    try:
        return wire.noop()[0] == OK
    except OSError:
        return False
