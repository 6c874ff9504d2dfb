"""Notices to the people behind a partner's system, who are no members: a letter to the contact of a
webhook that was paused.

What must stay true: every pause is told once. A letter that nobody knows of leaves again under the
same Message-ID.
"""

from __future__ import annotations

import smtplib
import uuid

import structlog
from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from common import clock
from common.clock import local_date
from partners.models import Endpoint
from program import catalog
from program.models import Program

AT_ONCE = 20
log = structlog.get_logger("pennant.webhooks")


def tell() -> int:
    """Write to the contacts of paused webhooks who were not told yet. Returns how many were.

    Safe to run in several workers at once; what the mail server refuses is tried again.
    """
    paused = Endpoint.objects.filter(status=Endpoint.Status.PAUSED, told_at__isnull=True)
    return sum(_tell(pk) for pk in list(paused.values_list("pk", flat=True)[:AT_ONCE]))


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
