"""Plans that members have, and the benefits of these."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

from msgspec import Meta, Struct

from partners.answers import one_of
from partners.shapes import shown
from plans.models import PlanBenefit, Subscription


@shown
class BenefitAnswer(Struct):
    """One thing that a plan gives, and how often it can still be used."""

    code: str
    name: str
    at_most: Annotated[int | None, Meta(description="Null: as often as one likes.")]
    per: Annotated[str | None, one_of(PlanBenefit.Per.values)]
    left: Annotated[int | None, Meta(description="How often now; null: there is no limit.")]
    again_at: Annotated[
        datetime | None, Meta(description="From when on it can be used again; null: now.")
    ]


@shown
class PlanAnswer(Struct):
    """A plan that the member has."""

    id: str
    plan: str
    name: str
    state: Annotated[str, one_of(Subscription.State.values)]
    last_day: Annotated[date | None, Meta(description="Of its period; null: for life.")]
    benefits: list[BenefitAnswer]


@shown
class PlansAnswer(Struct):
    """The plans of a member that have not ended."""

    member: str
    data: list[PlanAnswer]


@shown
class BenefitUsed(Struct, forbid_unknown_fields=True):
    """Your own number for the use: the same again gets the first answer."""

    reference: Annotated[str, Meta(max_length=100)] = ""


@shown
class BenefitUseAnswer(Struct):
    """A use that was written down. It is final."""

    member: str
    plan: str
    benefit: str
    used_at: datetime
    left: Annotated[int | None, Meta(description="How often now; null: there is no limit.")]
    again_at: Annotated[
        datetime | None, Meta(description="From when on it can be used again; null: now.")
    ]
