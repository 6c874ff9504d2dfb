"""Notices to the people behind a partner's system, who are no members: a letter to the contact of a
webhook that was paused, and to that of a partner whose key nears what it may credit in a day.

What must stay true: every pause is told once, a key's limit once a day. A letter that nobody knows
of leaves again under the same Message-ID.
"""

from __future__ import annotations

import smtplib
import uuid
from datetime import timedelta

import structlog
from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import translation
from django.utils.translation import gettext as _

from common import clock
from common.clock import local_date
from common.text import number
from partners.models import ApiKey, Endpoint, KeyDay
from program import catalog
from program.models import Program

AT_ONCE = 20
log = structlog.get_logger("pennant.webhooks")


def tell() -> int:
    """Write to the contacts of paused webhooks, and of keys near their limit, who were not told
    yet. Returns how many were.

    Safe to run in several workers at once; what the mail server refuses is tried again.
    """
    paused = Endpoint.objects.filter(status=Endpoint.Status.PAUSED, told_at__isnull=True)
    told = sum(_tell(pk) for pk in list(paused.values_list("pk", flat=True)[:AT_ONCE]))
    days = list(_untold().values_list("pk", flat=True)[:AT_ONCE])
    return told + sum(_tell_of_limit(pk) for pk in days)


def _untold() -> QuerySet[KeyDay]:
    """Days of live keys near their limit of which a contact could be told: today's, and
    yesterday's, when the mail server was away.
    """
    since = clock.now().date() - timedelta(days=1)
    rows = KeyDay.objects.filter(alerted_at__isnull=False, told_at__isnull=True, day__gte=since)
    live = rows.filter(key__kind=ApiKey.Kind.LIVE)
    hooks = Endpoint.objects.filter(partner=OuterRef("key__partner")).exclude(
        status=Endpoint.Status.REMOVED
    )
    return live.filter(~Q(key__partner__contact="") | Exists(hooks))


def contacts(key: ApiKey) -> list[str]:
    """Who is written to about a key: its partner's contact, else those of its webhooks."""
    if key.partner.contact:
        return [key.partner.contact]
    hooks = key.partner.endpoints.exclude(status=Endpoint.Status.REMOVED)
    return sorted(set(hooks.values_list("contact", flat=True)))


def _tell_of_limit(pk: uuid.UUID) -> bool:
    with transaction.atomic():
        rows = KeyDay.objects.select_for_update(no_key=True, skip_locked=True, of=("self",))
        row = rows.filter(pk=pk, told_at__isnull=True).select_related("key__partner").first()
        if row is None:
            return False
        try:
            limit_letter(row, catalog.current()).send()
        except (OSError, smtplib.SMTPException) as error:
            log.warning("contact_not_told", key=row.key.public_id, exc_info=error)
            return False
        row.told_at = clock.now()
        row.save(update_fields=["told_at"])
    return True


def limit_letter(row: KeyDay, program: Program) -> EmailMessage:
    """What the contact reads: which key, how much of how much, whether calls were refused."""
    key = row.key
    with translation.override(program.language):
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
        text = (
            _(
                "Hello,\n\nthe key %(key)s has credited %(used)s of the %(limit)s that it may "
                "credit on %(day)s (in smallest parts of units). "
            )
            % words
            + what
            + _(
                "\n\nIf this is more than usual, see whether somebody else uses the key. If it is "
                "not, ask %(program)s for a higher limit."
            )
            % words
        )
    return EmailMessage(
        subject,
        text,
        settings.DEFAULT_FROM_EMAIL,
        contacts(key),
        headers={
            "Message-ID": f"<limit-{row.pk.hex}@pennant>",
            "Auto-Submitted": "auto-generated",
        },
    )


def _tell(pk: uuid.UUID) -> bool:
    with transaction.atomic():
        rows = Endpoint.objects.select_for_update(no_key=True, skip_locked=True)
        row = rows.filter(pk=pk, status=Endpoint.Status.PAUSED, told_at__isnull=True).first()
        if row is None:
            return False
        try:
            letter(row, catalog.current()).send()
        except (OSError, smtplib.SMTPException) as error:
            log.warning("contact_not_told", endpoint=row.public_id, exc_info=error)
            return False
        row.told_at = clock.now()
        row.save(update_fields=["told_at"])
    return True


def letter(row: Endpoint, program: Program) -> EmailMessage:
    """What the contact reads: which address, since when, what waits, how it goes on."""
    since = row.failing_since or clock.now()
    mark = f"{row.pk.hex}.{int(since.timestamp())}"
    with translation.override(program.language):
        words = {
            "program": program.name,
            "url": row.url,
            "since": local_date(since, program.time_zone).isoformat(),
            "call": f"POST /api/v1/webhooks/{row.public_id}/resume",
        }
        subject = _("%(program)s: your webhook is paused") % words
        text = (
            _(
                "Hello,\n\nnothing could be delivered to %(url)s since %(since)s, so %(program)s "
                "has stopped calling it. What happens is kept for three days and waits for you."
                "\n\nOnce it answers again, resume it:\n%(call)s\n\nWhat is older can be sent "
                "again, one by one or for a range of time."
            )
            % words
        )
    return EmailMessage(
        subject,
        text,
        settings.DEFAULT_FROM_EMAIL,
        [row.contact],
        headers={"Message-ID": f"<webhook-{mark}@pennant>", "Auto-Submitted": "auto-generated"},
    )
