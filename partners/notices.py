"""Notices to the people behind a partner's system, who are no members: a letter to the contact of a
webhook that was paused, and to that of a partner whose key nears what it may credit in a day.

What must stay true: every pause is told once, a key's limit once a day, and nothing is sent inside
a transaction. A notice is made in the transaction of what it tells of, and sent as `common.mailing`
sends all mail of which books are kept. What surely did not arrive is tried again for as long as it
is news, unless the server says that the address will never take a letter.
"""

from __future__ import annotations

from datetime import date, timedelta

from django.conf import settings
from django.core.mail import EmailMessage
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import translation
from django.utils.translation import gettext as _

from common import clock
from common.clock import local_date
from common.mailing import Mailing, NotYet, Unwanted
from common.text import number
from partners.models import ApiKey, Endpoint, KeyDay, Notice
from program import catalog
from program.models import Program

AT_ONCE = 20  # in a run: the worker has webhooks to deliver, too
PAUSES_MIN = (1, 5, 15, 60)  # between attempts; the last one repeats


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
    """Send the notices that are due. Returns how many left."""
    return NOTICES.send(limit=limit)


def _rows() -> QuerySet[Notice]:
    rows = Notice.objects.filter(_is_for_somebody())
    return rows.select_related("endpoint", "key_day__key__partner")


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


def contacts(key: ApiKey) -> list[str]:
    """Who is written to about a key: its partner's contact, else those of its webhooks."""
    if key.partner.contact:
        return [key.partner.contact]
    hooks = key.partner.endpoints.exclude(status=Endpoint.Status.REMOVED)
    return sorted(set(hooks.values_list("contact", flat=True)))


def _write(notice: Notice) -> EmailMessage:
    """A notice as it is by now, in the language of the program. Raises Unwanted, NotYet."""
    if why_not := _why_not(notice):
        raise Unwanted(why_not)
    program = catalog.current()
    with translation.override(program.language):
        if notice.endpoint is not None:
            kind, people = "webhook", [notice.endpoint.contact]
            subject, text = _about_pause(notice.endpoint, program)
        else:
            assert notice.key_day is not None
            kind, people = "limit", contacts(notice.key_day.key)
            subject, text = _about_limit(notice.key_day, program)
    if not people:
        raise NotYet("The contact was taken away meanwhile.")
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


NOTICES = Mailing(
    name="notice",
    rows=_rows,
    write=_write,
    unwanted=Notice.Status.OVER,
    pauses=PAUSES_MIN,
    goes_on=True,
)
