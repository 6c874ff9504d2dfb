"""Delivery: events become letters, letters are sent, and nothing is lost or sent again and again.

Two steps, each of which can be cut off anywhere. `prepare` reads the outbox and writes letters in
one transaction: an event makes one letter or comes again. `send` sends them as `common.mailing`
sends all mail of which books are kept.
"""

from __future__ import annotations

from datetime import timedelta
from email.utils import parseaddr

from django.conf import settings
from django.core.mail import EmailMessage, EmailMultiAlternatives
from django.db import transaction
from django.utils import translation

from common import bulk, clock
from common.errors import LoyaltyError
from common.mailing import Mailing, Unwanted
from events import reading
from events.models import Event
from members import consent
from members.models import Member
from messaging import registry, stopping, writing
from messaging.models import Letter
from messaging.registry import About, Kind, Told
from program import catalog
from program.models import Program

READER = "messaging"
BATCH = 500
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
    """Send the letters that are due. Returns how many left."""
    return LETTERS.send(limit=limit)


def _write(letter: Letter) -> EmailMessage:
    """A letter as it is by now. Raises Unwanted for what must not leave."""
    kind = registry.kinds().get(letter.event_type)
    program = catalog.current()
    if why_not := _why_not(letter, kind, program):
        raise Unwanted(why_not)
    if kind is None:
        raise Unwanted("Nothing says how to write it.")
    language = letter.member.language or program.language
    with translation.override(language):
        told = _told(letter, kind)
    if told.why_not:
        raise Unwanted(told.why_not)
    stop_url = stopping.url(letter.member, topic=kind.topic) if kind.topic else ""
    written = writing.write(
        kind, told, values=values(letter.member.first_name, program), program=program,
        language=language, stop_url=stop_url,
    )  # fmt: skip
    letter.subject, letter.address = written.subject[:240], letter.member.email
    return _message(letter, written, stop_url=stop_url, program=program)


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


LETTERS = Mailing(
    name="letter",
    rows=lambda: Letter.objects.select_related("member"),
    write=_write,
    unwanted=Letter.Status.REFUSED,
    pauses=PAUSES_MIN,
    written=("subject", "address"),
)
