"""Mail of which books are kept: taken in hand, handed over outside of transactions, written down.

What must stay true: a piece of mail is in hand, and that is committed, before the mail server is
spoken to, and only whose hand it is in writes down what came of it. One that is found in hand much
later was cut off in between: nobody knows whether it arrived. It is handed over once more, under
the same Message-ID, and then never again. None is another's misfortune. Why one did not
arrive stands in its row and in no log: servers repeat the address in what they say.
"""

from __future__ import annotations

import dataclasses
import smtplib
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any, Generic, TypeVar

import structlog
from django.core.mail import EmailMessage
from django.db import models, transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from common import clock
from common.carrier import REFUSALS, Carrier, NotConnected, is_final

IN_HAND = timedelta(minutes=10)  # much longer than a mail server takes; then it was cut off
DOUBTS_MAX = 2

log = structlog.get_logger("pennant.mail")


class Mail(models.Model):
    """What the books say of one piece of mail. Its kind says with `status`, which is one of
    `waiting`, `sending`, `sent`, `failed` and a word for what must not leave, how far it is.
    """

    status: models.CharField[Any, Any]
    why = models.CharField(max_length=240, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    doubts = models.PositiveSmallIntegerField(
        default=0, help_text=_("How often nobody knows whether it arrived.")
    )
    due_at = models.DateTimeField()
    taken_at = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True


def index(name: str) -> models.Index:
    """The index of what is to be sent, under the name of its kind."""
    due = Q(status__in=["waiting", "sending"])
    return models.Index(fields=["due_at"], condition=due, name=f"{name}_waiting")


def constraints(name: str, *, unwanted: str) -> list[models.BaseConstraint]:
    """What holds of every row, under the name of its kind; `unwanted` marks what must not leave."""

    def only(status: str, moment: str) -> Q:
        has = Q(**{f"{moment}__isnull": False})
        return (Q(status=status) & has) | (~Q(status=status) & ~has)

    return [
        models.CheckConstraint(
            condition=only("sent", "sent_at"), name=f"{name}_sent_has_its_moment"
        ),
        models.CheckConstraint(
            condition=only("sending", "taken_at"), name=f"{name}_in_hand_has_its_moment"
        ),
        models.CheckConstraint(
            condition=~Q(status__in=["failed", unwanted]) | ~Q(why=""),
            name=f"{name}_unsent_says_why",
        ),
        models.CheckConstraint(
            condition=Q(doubts__lte=DOUBTS_MAX), name=f"{name}_is_doubted_twice_at_most"
        ),
    ]


class Unwanted(Exception):
    """A piece of mail must not leave; the text says why."""


class NotYet(Exception):
    """A piece of mail cannot leave now, but may later; the text says why."""


M = TypeVar("M", bound=Mail)


@dataclasses.dataclass(frozen=True, slots=True)
class Mailing(Generic[M]):
    """How one kind of mail is sent.

    `rows` are those that may be sent by now. `write` makes the message of one, asked at the last
    moment, and raises Unwanted, NotYet; what it changes of the row beside (`written`) is kept.
    `pauses` are the minutes between attempts; after the last one mail is given up, or, if the kind
    `goes_on`, tried again with the last of them.
    """

    name: str
    rows: Callable[[], QuerySet[M]]
    write: Callable[[M], EmailMessage]
    unwanted: str
    pauses: Sequence[int]
    goes_on: bool = False
    written: tuple[str, ...] = ()

    def send(self, *, limit: int) -> int:
        """Send what is due, one after the other, over one connection. Returns how many left.

        Safe to run in several workers at once. One that breaks off for what nobody foresaw is put
        off; the others are sent, then it is raised.
        """
        with Carrier() as carrier:
            return self._send_each(carrier, limit=limit)

    def take(self) -> M | None:
        """The next that is due and that nobody else sends, marked so before it leaves."""
        now = clock.now()
        due = Q(status="waiting", due_at__lte=now)
        cut_off = Q(status="sending", taken_at__lte=now - IN_HAND)
        with transaction.atomic():
            rows = self.rows().select_for_update(skip_locked=True, of=("self",))
            mail = rows.filter(due | cut_off).order_by("due_at", "pk").first()
            if mail is not None:
                mail.doubts = min(DOUBTS_MAX, mail.doubts + (mail.status == "sending"))
                mail.attempts += 1
                mail.status, mail.taken_at = "sending", now
                mail.save(update_fields=["status", "taken_at", "attempts", "doubts"])
        return mail

    def end(self, mail: M, status: str, why: str = "") -> None:
        """Write down that it was sent, must not leave, or is given up."""
        mail.status, mail.taken_at, mail.why = status, None, why[:240]
        mail.sent_at = clock.now() if status == "sent" else None
        self._save(mail)
        if status == "failed":
            log.error("mail_given_up", kind=self.name, mail=str(mail.pk))

    def _send_each(self, carrier: Carrier, *, limit: int) -> int:
        sent = seen = 0
        while seen < limit and (mail := self.take()):  # whoever dies has one in hand
            seen += 1
            try:
                sent += self._deliver(mail, carrier)
            except Exception as error:
                self._again(mail, _told(error), is_over=is_final(error))
                self._send_each(carrier, limit=limit - seen)
                raise
        return sent

    def _deliver(self, mail: M, carrier: Carrier) -> bool:
        """Send one that is in hand; write down what came of it."""
        if mail.doubts >= DOUBTS_MAX:
            self.end(mail, "failed", "Nobody knows whether it arrived; sent twice.")
            return False
        try:
            message = self.write(mail)
        except Unwanted as reason:
            self.end(mail, self.unwanted, str(reason))
            return False
        except NotYet as reason:
            self._again(mail, str(reason))
            return False
        mail.doubts += 1  # until the server has answered
        try:
            carrier.hand_over(message)
        except (*REFUSALS, NotConnected) as error:
            mail.doubts -= 1  # the server said no, or was not there: surely it did not arrive
            self._again(mail, _told(error), is_over=is_final(error))
            return False
        except ValueError as error:  # what is no address, or no header, is never handed over
            mail.doubts -= 1
            self.end(mail, "failed", _told(error))
            return False
        except (OSError, smtplib.SMTPException) as error:
            self._again(mail, _told(error))  # cut off while it was handed over: it may have arrived
            return False
        mail.doubts -= 1
        self.end(mail, "sent")
        return True

    def _again(self, mail: M, why: str, *, is_over: bool = False) -> None:
        """Try later, or give up: what a server refuses for good, what was in doubt twice, and what
        was tried often enough.
        """
        is_last = mail.attempts > len(self.pauses) and not self.goes_on
        if is_over or is_last or mail.doubts >= DOUBTS_MAX:
            self.end(mail, "failed", why)
            return
        mail.status, mail.taken_at, mail.why = "waiting", None, why[:240]
        pause = self.pauses[min(mail.attempts, len(self.pauses)) - 1]
        mail.due_at = clock.now() + timedelta(minutes=pause)
        self._save(mail)
        log.warning("mail_delayed", kind=self.name, mail=str(mail.pk))

    def _save(self, mail: M) -> None:
        """Only what is still in our hand: another worker may have found it there meanwhile."""
        names = ("status", "taken_at", "why", "due_at", "sent_at", "doubts", *self.written)
        mine = type(mail)._default_manager.filter(
            pk=mail.pk, status="sending", attempts=mail.attempts
        )
        mine.update(**{name: getattr(mail, name) for name in names})


def _told(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"
