"""What members allow: being written to, by topic. Where nothing was said they may be, until they
say no; letters about what they asked for themselves need no consent.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Coalesce

from common import bulk, clock
from common.ids import named
from events import outbox
from members import lineage
from members.models import Consent, Member

CONSENT_SPACE = uuid.UUID("0d1c2f5e-51a4-4c53-9f3c-6d3a1a9be6f4")
SURVEYS = "surveys"
SAID = ("said_at", "is_given")


def record(member: Member, *, topic: str, is_given: bool, actor: str) -> Consent:
    """Write down what a member says. Saying the same again changes nothing, unless they have said
    something else meanwhile under another membership of theirs.
    """
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
        if made or row.is_given != is_given or _last_word(member, topic).is_given != is_given:
            row.is_given, row.said_at, row.actor = is_given, clock.now(), actor
            row.save(update_fields=["is_given", "said_at", "actor"])
            outbox.publish(
                "consent_changed",
                member_id=member.pk,
                payload={"topic": topic, "is_given": is_given, "actor": actor},
            )
    return row


def _last_word(member: Member, topic: str) -> Consent:
    """What the person behind a member, who said something of the topic, said last of it."""
    them = Member.objects.filter(pk=member.pk).values(them=Coalesce("merged_into", "pk"))
    theirs = Q(member__in=them) | Q(member__merged_into__in=them)
    return Consent.objects.filter(theirs, topic=topic).order_by("-said_at", "is_given")[0]


def refused(members: Iterable[uuid.UUID], *, topic: str) -> set[uuid.UUID]:
    """Those of the members who said no last, under whichever of their memberships."""
    wanted = list(members)
    rows = Consent.objects.filter(topic=topic).order_by()
    own = rows.filter(member__in=bulk.these(wanted)).values_list("member", *SAID)
    merged = rows.filter(member__merged_into__in=bulk.these(wanted))
    words = [*own, *merged.values_list("member__merged_into", *SAID)]
    last = {pk: is_given for pk, _at, is_given in sorted(words, key=_when)}
    return {pk for pk, is_given in last.items() if not is_given}


def said(member: Member) -> dict[str, bool]:
    """What a member said last of each topic, under whichever of their memberships."""
    rows = Consent.objects.filter(member__in=lineage.among([member.pk]))
    words = rows.values_list("topic", *SAID)
    return {topic: is_given for topic, _at, is_given in sorted(words, key=_when)}


def _when(word: tuple[Any, datetime, bool]) -> tuple[datetime, bool]:
    """The order of what was said; a no after a yes of the same moment."""
    _of, at, is_given = word
    return at, not is_given


def is_refused(member: Member, *, topic: str) -> bool:
    """Whether this member said no."""
    return bool(refused([member.pk], topic=topic))
