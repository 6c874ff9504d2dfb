"""What members allow: being written to, by topic. Where nothing was said they may be, until they
say no; letters about what they asked for themselves need no consent.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from django.db import transaction

from common import bulk, clock
from common.ids import named
from events import outbox
from members.models import Consent, Member

CONSENT_SPACE = uuid.UUID("0d1c2f5e-51a4-4c53-9f3c-6d3a1a9be6f4")
SURVEYS = "surveys"


def record(member: Member, *, topic: str, is_given: bool, actor: str) -> Consent:
    """Write down what a member says. Saying the same again changes nothing."""
    with transaction.atomic():
        row, made = Consent.objects.select_for_update().get_or_create(
            member=member,
            topic=topic,
            defaults={
                "id": named(CONSENT_SPACE, str(member.pk), topic),
                "is_given": is_given,
                "said_at": clock.now(),
                "actor": actor,
            },
        )
        if made or row.is_given != is_given:
            row.is_given, row.said_at, row.actor = is_given, clock.now(), actor
            row.save(update_fields=["is_given", "said_at", "actor"])
            outbox.publish(
                "consent_changed",
                member_id=member.pk,
                payload={"topic": topic, "is_given": is_given, "actor": actor},
            )
    return row


def refused(members: Iterable[uuid.UUID], *, topic: str) -> set[uuid.UUID]:
    """Those of the members who said no."""
    rows = Consent.objects.filter(member__in=bulk.these(members), topic=topic, is_given=False)
    return set(rows.values_list("member_id", flat=True))


def is_refused(member: Member, *, topic: str) -> bool:
    """Whether this member said no."""
    return bool(refused([member.pk], topic=topic))
