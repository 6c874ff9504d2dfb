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
    """Write down what a member says. Saying again what holds already changes nothing."""
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
        if made or row.is_given != is_given or is_refused(member, topic=topic) == is_given:
            row.is_given, row.said_at, row.actor = is_given, clock.now(), actor
            row.save(update_fields=["is_given", "said_at", "actor"])
            outbox.publish(
                "consent_changed",
                member_id=member.pk,
                payload={"topic": topic, "is_given": is_given, "actor": actor},
            )
    return row


def refused(members: Iterable[uuid.UUID], *, topic: str) -> set[uuid.UUID]:
    """Those of the members whose last word was no, under whichever membership of theirs they said
    it: a merge takes nothing back, and neither does its undoing.
    """
    ids = bulk.these(members)
    said = Consent.objects.filter(topic=topic)
    own = said.filter(member__in=ids).values_list("said_at", "is_given", "member")
    joined = said.filter(member__merged_into__in=ids)
    words = [*own, *joined.values_list("said_at", "is_given", "member__merged_into")]
    words.sort(key=lambda word: (word[0], not word[1]))  # of two at one moment the no is the last
    last = {member: is_given for _at, is_given, member in words}
    return {member for member, is_given in last.items() if member is not None and not is_given}


def is_refused(member: Member, *, topic: str) -> bool:
    """Whether this member said no."""
    return bool(refused([member.pk], topic=topic))
