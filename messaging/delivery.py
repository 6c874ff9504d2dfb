"""Delivery: events become letters, letters are sent, and nothing is lost or sent again and again.

Two steps, each of which can be cut off anywhere. `prepare` reads the outbox and writes letters in
one transaction: an event makes one letter or comes again. `send` takes one letter in hand, commits,
speaks to the mail server, and writes down what came of it. A letter that is found in hand much
later was cut off between sending and writing down: nobody knows whether it arrived. It is sent once
more, under the same Message-ID, and then never again. A letter that cannot be written or sent is no
other's misfortune.
"""

from __future__ import annotations

import smtplib
from datetime import timedelta
from email.utils import parseaddr

import structlog
from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.db.models import Q
from django.utils import translation

from common import bulk, clock
from common.carrier import REFUSALS, Carrier, NotConnected, is_final
from common.errors import LoyaltyError
from events import reading
from events.models import Event
from members import consent
from members.models import Member
from messaging import registry, stopping, writing
from messaging.models import Letter
from messaging.registry import About, Kind, Told
from program import catalog
from program.models import Program

log = structlog.get_logger("pennant.letters")

READER = "messaging"
BATCH = 500
IN_HAND = timedelta(minutes=10)  # much longer than a mail server takes; then it was cut off
PAUSES_MIN = (1, 5, 15, 60, 240, 720)  # between attempts; after the last one it is given up
OLDEST = timedelta(days=7)  # a letter that could not leave for a week is no longer news


def drain(*, limit: int = 200) -> int:
    """Prepare everything that is new, then send what is due. Returns how many were sent."""
    while prepare() == BATCH:
        pass
    return send(limit=limit)


@transaction.atomic
def prepare(*, limit: int = BATCH) -> int:
    """Make the letters of the next events. Returns how many events were read."""
    events = reading.take(READER, types=list(registry.kinds()), limit=limit)
    letters = [_letter(event) for event in events if event.member_id is not None]
    known = Letter.objects.filter(
        member_id__in=[one.member_id for one in letters],
        event_id__in=[one.event_id for one in letters],
    )
    written = set(known.values_list("event_id", flat=True)) if letters else set()
    bulk.insert(Letter, [one for one in letters if one.event_id not in written])
    return len(events)


def _letter(event: Event) -> Letter:
    assert event.member_id is not None
    return bulk.new(
        Letter,
        member_id=event.member_id,
        event_id=event.pk,
        event_type=event.type,
        event_subject=event.subject,
        payload=event.payload,
        due_at=clock.now(),
        made_at=clock.now(),
    )


def send(*, limit: int = 200) -> int:
    """Send the letters that are due, one after the other, over one connection. Returns how many
    left.

    One that breaks off for what nobody foresaw is put off; the others are sent, then it is raised.
    """
    with Carrier() as carrier:
        return _send_each(carrier, limit=limit)


def _send_each(carrier: Carrier, *, limit: int) -> int:
    sent = seen = 0
    while seen < limit and (letters := take_in_hand(limit=1)):  # whoever dies has one in hand
        seen += 1
        try:
            sent += _deliver(letters[0], carrier)
        except Exception as error:
            _again(letters[0], error)
            _send_each(carrier, limit=limit - seen)
            raise
    return sent


def take_in_hand(*, limit: int) -> list[Letter]:
    """Letters that nobody else sends, marked so before anything leaves."""
    now = clock.now()
    due = Q(status=Letter.Status.WAITING, due_at__lte=now)
    cut_off = Q(status=Letter.Status.SENDING, taken_at__lte=now - IN_HAND)
    with transaction.atomic():
        rows = Letter.objects.select_for_update(skip_locked=True, of=("self",))
        rows = rows.filter(due | cut_off).order_by("due_at").select_related("member")
        letters = list(rows[:limit])
        for letter in letters:
            letter.doubts += letter.status == Letter.Status.SENDING
            letter.attempts += 1
            letter.status, letter.taken_at = Letter.Status.SENDING, now
        Letter.objects.bulk_update(letters, ["status", "taken_at", "attempts", "doubts"])
    return letters


def _deliver(letter: Letter, carrier: Carrier) -> bool:
    """Send one letter that is in hand; write down what came of it."""
    if letter.doubts > 1:
        _ended(letter, Letter.Status.FAILED, "Nobody knows whether it arrived; sent twice.")
        return False
    kind = registry.kinds().get(letter.event_type)
    program = catalog.current()
    why_not = _why_not(letter, kind, program)
    if why_not or kind is None:
        _ended(letter, Letter.Status.REFUSED, why_not or "Nothing says how to write it.")
        return False
    language = letter.member.language or program.language
    with translation.override(language):
        told = _told(letter, kind)
    if told.why_not:
        _ended(letter, Letter.Status.REFUSED, told.why_not)
        return False
    stop_url = stopping.url(letter.member, topic=kind.topic) if kind.topic else ""
    written = writing.write(
        kind, told, values=values(letter.member.first_name, program), program=program,
        language=language, stop_url=stop_url,
    )  # fmt: skip
    letter.subject, letter.address = written.subject[:240], letter.member.email
    try:
        carrier.hand_over(_message(letter, written, stop_url=stop_url, program=program))
    except (*REFUSALS, NotConnected) as error:
        _again(letter, error)  # the server said no, or was not there: surely it did not arrive
        return False
    except ValueError as error:  # what is no address, or no header, is never handed over
        _ended(letter, Letter.Status.FAILED, f"{type(error).__name__}: {error}"[:240])
        return False
    except (OSError, smtplib.SMTPException) as error:
        letter.doubts += 1  # cut off while it was handed over: it may have arrived
        _again(letter, error)
        return False
    except Exception:
        letter.doubts += 1  # nobody foresaw it, so nobody knows where it broke off
        raise
    _ended(letter, Letter.Status.SENT, "")
    return True


def _told(letter: Letter, kind: Kind) -> Told:
    """What the letter is filled with; what it is about may be gone by now."""
    about = About(letter.member, letter.event_subject, letter.payload, letter.pk)
    try:
        return kind.tell(about)
    except LoyaltyError as error:
        return Told(why_not=error.message[:240])


def _why_not(letter: Letter, kind: Kind | None, program: Program) -> str:
    """Why a letter must not leave, asked at the last moment."""
    member = letter.member
    if member.status != Member.Status.ACTIVE:
        return "No longer a member."
    if not member.email:
        return "No e-mail address is known."
    if letter.made_at < clock.now() - OLDEST:
        return "It is too old to be news."
    if kind is not None and kind.topic and consent.is_refused(member, topic=kind.topic):
        return "The member does not want letters of this kind."
    return ""


def values(name: str, program: Program) -> dict[str, str]:
    """What every letter may speak of."""
    return {
        "name": name,
        "program": program.name,
        "business": program.business,
        "home": settings.PUBLIC_URL + "/",
    }


def _message(
    letter: Letter, written: writing.Written, *, stop_url: str, program: Program
) -> EmailMultiAlternatives:
    """The letter as the mail server takes it."""
    sender = parseaddr(settings.DEFAULT_FROM_EMAIL)[1]
    domain = sender.partition("@")[2] or "localhost"
    headers = {"Message-ID": f"<{letter.public_id}@{domain}>", "Auto-Submitted": "auto-generated"}
    if stop_url:
        headers["List-Unsubscribe"] = f"<{stop_url}>"
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message = EmailMultiAlternatives(
        written.subject, written.text, to=[letter.address], headers=headers,
        reply_to=[program.support_email] if program.support_email else None,
    )  # fmt: skip
    message.attach_alternative(written.html, "text/html")
    return message


def _again(letter: Letter, error: Exception) -> None:
    """Try later, or give up. What a server refuses for good is not tried again."""
    why = f"{type(error).__name__}: {error}"[:240]
    if letter.attempts > len(PAUSES_MIN) or letter.doubts > 1 or is_final(error):
        _ended(letter, Letter.Status.FAILED, why)
        return
    letter.status, letter.taken_at, letter.why = Letter.Status.WAITING, None, why
    letter.due_at = clock.now() + timedelta(minutes=PAUSES_MIN[letter.attempts - 1])
    _save(letter)
    log.warning("letter_delayed", letter=letter.public_id, why=why)


def _ended(letter: Letter, status: str, why: str) -> None:
    letter.status, letter.taken_at, letter.why = status, None, why
    letter.sent_at = clock.now() if status == Letter.Status.SENT else None
    _save(letter)


def _save(letter: Letter) -> None:
    """Only what is still in our hand: another worker may have found it there meanwhile."""
    Letter.objects.filter(
        pk=letter.pk, status=Letter.Status.SENDING, attempts=letter.attempts
    ).update(
        status=letter.status, taken_at=letter.taken_at, why=letter.why, due_at=letter.due_at,
        sent_at=letter.sent_at, subject=letter.subject, address=letter.address,
        doubts=letter.doubts,
    )  # fmt: skip
