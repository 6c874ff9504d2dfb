"""Notices to the people behind a partner's system, who are no members: a letter to the contact of a
webhook that was paused, and to that of a partner whose key nears what it may credit in a day.

What must stay true: every pause is told once, a key's limit once a day, and nothing is sent inside
a transaction. A notice is made in the transaction of what it tells of. It is taken in hand, which
is committed; the mail server is spoken to; what came of it is written down. One that is found in
hand much later was cut off in between: nobody knows whether it arrived. It is sent once more, under
the same Message-ID, and then never again. What surely did not arrive is tried again for as long as
it is news, unless the server says that the address will never take a letter.
"""

from __future__ import annotations

import smtplib
from datetime import date, timedelta

import structlog
from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import translation
from django.utils.translation import gettext as _

from common import clock
from common.carrier import REFUSALS, Carrier, NotConnected, is_final
from common.clock import local_date
from common.text import number
from partners.models import ApiKey, Endpoint, KeyDay, Notice
from program import catalog
from program.models import Program

AT_ONCE = 20  # in a run: the worker has webhooks to deliver, too
IN_HAND = timedelta(minutes=10)  # much longer than a mail server takes; then it was cut off
PAUSES_MIN = (1, 5, 15, 60)  # between attempts; the last one repeats
Status = Notice.Status
log = structlog.get_logger("pennant.webhooks")


def of_pause(endpoint: Endpoint) -> Notice:
    """Have the contact of an endpoint told that it is paused; in the transaction that says so."""
    return _made(Notice(endpoint=endpoint))


def of_limit(row: KeyDay) -> Notice | None:
    """Have the contact of a live key told that it nears its limit of a day, once for each day; in
    the transaction that notes it. Test keys are nobody's concern.
    """
    return _made(Notice(key_day=row)) if row.key.kind == ApiKey.Kind.LIVE else None


def _made(notice: Notice) -> Notice:
    notice.made_at = notice.due_at = clock.now()
    notice.save(force_insert=True)
    return notice


def tell(*, limit: int = AT_ONCE) -> int:
    """Send the notices that are due, one after the other, over one connection. Returns how many
    left.

    Safe to run in several workers at once. One that breaks off for what nobody foresaw is put off;
    the others are sent, then it is raised.
    """
    with Carrier() as carrier:
        return _tell_each(carrier, limit=limit)


def _tell_each(carrier: Carrier, *, limit: int) -> int:
    told = seen = 0
    while seen < limit and (notice := take_in_hand()):
        seen += 1
        try:
            told += _deliver(notice, carrier)
        except Exception as error:
            _again(notice, error)
            _tell_each(carrier, limit=limit - seen)
            raise
    return told


def take_in_hand() -> Notice | None:
    """The next notice that is due and that nobody else sends, marked so before it leaves."""
    now = clock.now()
    due = Q(status=Status.WAITING, due_at__lte=now)
    cut_off = Q(status=Status.SENDING, taken_at__lte=now - IN_HAND)
    with transaction.atomic():
        rows = Notice.objects.select_for_update(skip_locked=True, of=("self",))
        rows = rows.filter(due | cut_off).filter(_is_for_somebody()).order_by("due_at", "id")
        notice = rows.select_related("endpoint", "key_day__key__partner").first()
        if notice is not None:
            notice.doubts += notice.status == Status.SENDING
            notice.attempts += 1
            notice.status, notice.taken_at = Status.SENDING, now
            notice.save(update_fields=["status", "taken_at", "attempts", "doubts"])
    return notice


def _is_for_somebody() -> Q:
    """There is a contact, or it is too late for one: a key's limit waits for one to be named."""
    hooks = Endpoint.objects.filter(partner=OuterRef("key_day__key__partner")).exclude(
        status=Endpoint.Status.REMOVED
    )
    return (
        Q(endpoint__isnull=False)
        | Q(key_day__day__lt=_first_day())
        | Q(key_day__key__partner__contact__gt="")
        | Q(Exists(hooks))
    )


def _first_day() -> date:
    """The first day whose limit is still news: yesterday (UTC), when the mail server was away."""
    return clock.now().date() - timedelta(days=1)


def _deliver(notice: Notice, carrier: Carrier) -> bool:
    """Send one notice that is in hand; write down what came of it."""
    if notice.doubts > 1:
        _ended(notice, Status.FAILED, "Nobody knows whether it arrived; sent twice.")
        return False
    if why_not := _why_not(notice):
        _ended(notice, Status.OVER, why_not)
        return False
    message, doubts = _message(notice, catalog.current()), notice.doubts
    if not message.to:
        _again(notice, LookupError("The contact was taken away meanwhile."))
        return False
    notice.doubts += 1  # until the server has answered
    try:
        carrier.hand_over(message)
    except (*REFUSALS, NotConnected) as error:
        notice.doubts = doubts  # the server said no, or was not there: surely it did not arrive
        _again(notice, error)
        return False
    except ValueError as error:  # what is no address, or no header, is never handed over
        notice.doubts = doubts
        _ended(notice, Status.FAILED, f"{type(error).__name__}: {error}"[:240])
        return False
    except (OSError, smtplib.SMTPException) as error:
        _again(notice, error)  # cut off while it was handed over: it may have arrived
        return False
    notice.doubts = doubts
    _ended(notice, Status.SENT, "")
    return True


def _why_not(notice: Notice) -> str:
    """Why a notice must not leave, asked at the last moment."""
    if notice.endpoint is None:
        assert notice.key_day is not None
        return "It is too old to be news." if notice.key_day.day < _first_day() else ""
    if notice.endpoint.status != Endpoint.Status.PAUSED:
        return "The webhook is not paused any more."
    if notice.endpoint.notices.filter(pk__gt=notice.pk).exists():
        return "A later notice tells of it."
    return ""


def _again(notice: Notice, error: Exception) -> None:
    """Try later, or give up: what a server refuses for good, and what was in doubt twice."""
    why = f"{type(error).__name__}: {error}"[:240]
    if notice.doubts > 1 or is_final(error):
        _ended(notice, Status.FAILED, why)
        return
    notice.status, notice.taken_at, notice.why = Status.WAITING, None, why
    pause = PAUSES_MIN[min(notice.attempts, len(PAUSES_MIN)) - 1]
    notice.due_at = clock.now() + timedelta(minutes=pause)
    _save(notice)
    log.warning("contact_not_told", notice=str(notice.pk), why=why)


def _ended(notice: Notice, status: str, why: str) -> None:
    notice.status, notice.taken_at, notice.why = status, None, why
    notice.sent_at = clock.now() if status == Status.SENT else None
    _save(notice)
    if status == Status.FAILED:
        log.error("contact_never_told", notice=str(notice.pk), why=why)


def _save(notice: Notice) -> None:
    """Only what is still in our hand: another worker may have found it there meanwhile."""
    Notice.objects.filter(
        pk=notice.pk, status=Status.SENDING, attempts=notice.attempts
    ).update(
        status=notice.status, taken_at=notice.taken_at, why=notice.why, due_at=notice.due_at,
        sent_at=notice.sent_at, doubts=notice.doubts,
    )  # fmt: skip


def contacts(key: ApiKey) -> list[str]:
    """Who is written to about a key: its partner's contact, else those of its webhooks."""
    if key.partner.contact:
        return [key.partner.contact]
    hooks = key.partner.endpoints.exclude(status=Endpoint.Status.REMOVED)
    return sorted(set(hooks.values_list("contact", flat=True)))


def _message(notice: Notice, program: Program) -> EmailMessage:
    """The notice as the mail server takes it, in the language of the program."""
    with translation.override(program.language):
        if notice.endpoint is not None:
            kind, people = "webhook", [notice.endpoint.contact]
            subject, text = _about_pause(notice.endpoint, program)
        else:
            assert notice.key_day is not None
            kind, people = "limit", contacts(notice.key_day.key)
            subject, text = _about_limit(notice.key_day, program)
    headers = {
        "Message-ID": f"<{kind}-{notice.pk.hex}@pennant>",
        "Auto-Submitted": "auto-generated",
    }
    return EmailMessage(subject, text, settings.DEFAULT_FROM_EMAIL, people, headers=headers)


def _about_limit(row: KeyDay, program: Program) -> tuple[str, str]:
    """Subject and text: which key, how much of how much, whether calls were refused."""
    key = row.key
    words = {
        "program": program.name,
        "key": f"{key.name} ({key.hint})",
        "used": number(row.points),
        "limit": number(key.points_per_day or 0),
        "day": row.day.isoformat(),
    }
    if row.refused_at is None:
        subject = _("%(program)s: a key nears its daily limit") % words
        what = _("What goes beyond it will be refused, and can be sent again tomorrow (UTC).")
    else:
        subject = _("%(program)s: a key has reached its daily limit") % words
        what = _("What went beyond it was refused, and can be sent again tomorrow (UTC).")
    begin = _(
        "Hello,\n\nthe key %(key)s has credited %(used)s of the %(limit)s that it may "
        "credit on %(day)s (in smallest parts of units). "
    )
    end = _(
        "\n\nIf this is more than usual, see whether somebody else uses the key. If it is "
        "not, ask %(program)s for a higher limit."
    )
    return subject, begin % words + what + end % words


def _about_pause(row: Endpoint, program: Program) -> tuple[str, str]:
    """Subject and text: which address, since when, what waits, how it goes on."""
    since = row.failing_since or clock.now()
    words = {
        "program": program.name,
        "url": row.url,
        "since": local_date(since, program.time_zone).isoformat(),
        "call": f"POST /api/v1/webhooks/{row.public_id}/resume",
    }
    subject = _("%(program)s: your webhook is paused") % words
    text = _(
        "Hello,\n\nnothing could be delivered to %(url)s since %(since)s, so %(program)s "
        "has stopped calling it. What happens is kept for three days and waits for you."
        "\n\nOnce it answers again, resume it:\n%(call)s\n\nWhat is older can be sent "
        "again, one by one or for a range of time."
    )
    return subject, text % words
