"""What a member may choose for milestones, in words: how many, until when, and what of."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.db.models.functions import JSONObject
from django.http import Http404
from django.utils.translation import gettext as _

from common import clock
from common.ids import parse_public_id
from earning import choosing, milestone_words
from earning.errors import ChoiceUnknown
from earning.models import MilestoneChoice, MilestoneOption
from members import lineage
from members.models import Member

MOST = 20  # options that one choice can hold; a form with more is nobody's


@dataclasses.dataclass(frozen=True, slots=True)
class Waiting:
    """A choice that is open, as home tells of it."""

    public_id: str
    milestone: str
    many: int
    due_at: datetime | None


@dataclasses.dataclass(frozen=True, slots=True)
class Pick:
    """An option, how often it is chosen, and how often it can be."""

    option: MilestoneOption
    times: int
    most: int


@dataclasses.dataclass(frozen=True, slots=True)
class Page:
    """A choice with its options; `picks` are those chosen, or about to be."""

    choice: MilestoneChoice
    level: str
    picks: list[Pick]

    @property
    def name(self) -> str:
        return self.choice.reached.milestone.name

    @property
    def is_open(self) -> bool:
        is_due = self.choice.due_at is not None and self.choice.due_at <= clock.now()
        return self.choice.status == MilestoneChoice.Status.OPEN and not is_due

    @property
    def otherwise(self) -> str:
        """What is given when nothing is chosen in time; empty where that is nothing."""
        given = [(pick.option.name, pick.option.default) for pick in self.picks]
        return ", ".join(
            name if times == 1 else f"{times} × {name}" for name, times in given if times
        )

    @property
    def chosen(self) -> list[Pick]:
        return [pick for pick in self.picks if pick.times]


def rows(member: Member) -> QuerySet[MilestoneChoice, Any]:
    """What a member may choose now as JSON values, what ends first before the rest."""
    running = Q(due_at__isnull=True) | Q(due_at__gt=clock.now())
    found = MilestoneChoice.objects.filter(
        running, member__in=lineage.ids(member), status=MilestoneChoice.Status.OPEN
    )
    parts = {"id": "id", "name": "reached__milestone__name", "many": "many", "due": "due_at"}
    return found.order_by("due_at", "id").values(row=JSONObject(**parts))


def told(found: list[Mapping[str, Any]]) -> list[Waiting]:
    """The same, as home shows it."""
    return [
        Waiting(
            public_id=choosing.public(row["id"]),
            milestone=row["name"],
            many=row["many"],
            due_at=datetime.fromisoformat(row["due"]) if row["due"] else None,
        )
        for row in found
    ]


def one(member: Member, public_id: str, *, picked: Mapping[str, int] | None = None) -> Page:
    """A choice of a member's with what was chosen, or is `picked` to be; a 404 for any other."""
    try:
        choice = choosing.one(member, parse_public_id("chc", public_id))
    except (ValueError, ChoiceUnknown) as error:
        raise Http404(_("There is no such choice of yours.")) from error
    taken = dict(choice.picks.values_list("option__code", "times"))
    milestone = choice.reached.milestone
    known = [one for one in milestone.options.all() if one.is_active or one.code in taken]
    chosen = taken or picked or {}
    return Page(
        choice=choice,
        level=milestone_words.level(milestone, choice.reached.level),
        picks=[
            Pick(option, chosen.get(option.code, 0), min(option.at_most or MOST, choice.many))
            for option in known[:MOST]
        ],
    )


def picked(data: Mapping[str, str], page: Page) -> dict[str, int]:
    """What a form says is chosen: one option by its code, or how many of each."""
    found = {}
    for pick in page.picks:
        said = data.get(f"pick_{pick.option.code}", "")
        if said.isdecimal() and len(said) < 4 and int(said):
            found[pick.option.code] = int(said)
    option = data.get("option", "")
    return found or ({option: 1} if option else {})
