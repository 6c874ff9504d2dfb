"""Exchange:

one unit for another, in whole steps. What does not fill a step stays with the member.
"""

from __future__ import annotations

import dataclasses
import uuid

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from common import clock
from events import outbox
from members.models import Member
from points import ledger
from points.books import Books
from points.errors import AmountInvalid
from points.ledger import Credit, Earning
from points.models import Posting
from points.wording import in_units
from program import catalog
from program.catalog import versioned
from program.models import Program
from rewards.errors import RewardUnavailable
from rewards.models import Conversion
from tiers import standing
from tiers.ladders import rules

REASON_MOST = 240  # characters that an entry's reason has room for


@dataclasses.dataclass(frozen=True, slots=True)
class Exchanged:
    """What was taken and given, in the units' smallest parts, and the two postings that did it."""

    taken: int
    given: int
    spent: Posting
    earned: Posting


@versioned
def offered(program: Program) -> tuple[Conversion, ...]:
    """The conversions that are offered, kept in memory."""
    return tuple(Conversion.objects.filter(is_active=True).select_related("takes", "gives"))


def quote(conversion: Conversion, amount: int) -> tuple[int, int]:
    """What would be taken of `amount`, and given for it: whole steps, and a bonus for every whole
    bonus step.

    Raises AmountInvalid below the least, or below one step.
    """
    taken = amount // conversion.step * conversion.step
    if taken < max(conversion.least, conversion.step):
        least = max(conversion.least, conversion.step)
        raise AmountInvalid(
            _("The least that can be exchanged is %(least)s.")
            % {"least": in_units(least, conversion.takes)},
            pointer="/amount",
        )
    given = taken // conversion.step * conversion.amount
    if conversion.bonus_step and conversion.bonus_amount:
        given += taken // conversion.bonus_step * conversion.bonus_amount
    return taken, given


def sentence(conversion: Conversion, *, taken: int, given: int, program: Program) -> str:
    """The arithmetic of an exchange, in the program's language: `Coins: 99 points, 1 coin for every
    3 points = 33 coins`; with a bonus, where there is one.
    """
    takes, gives = (
        catalog.of(program).units[code] for code in (conversion.takes_id, conversion.gives_id)
    )
    with translation.override(program.language):
        words = {
            "conversion": conversion.name,
            "taken": in_units(taken, takes),
            "given": in_units(given, gives),
            "step": in_units(conversion.step, takes),
            "rate": in_units(conversion.amount, gives),
        }
        if not conversion.bonus_step or taken < conversion.bonus_step:
            return _("%(conversion)s: %(taken)s, %(rate)s for every %(step)s = %(given)s") % words
        words["every"] = in_units(conversion.bonus_step, takes)
        words["bonus"] = in_units(conversion.bonus_amount or 0, gives)
        return (
            _(
                "%(conversion)s: %(taken)s, %(rate)s for every %(step)s and %(bonus)s on top for "
                "every %(every)s = %(given)s"
            )
            % words
        )


def exchange(
    member: Member, *, conversion: Conversion, amount: int, attempt: uuid.UUID, actor: str
) -> Exchanged:
    """Take the whole steps of `amount` and give the other unit for them.

    Raises RewardUnavailable, AmountInvalid, InsufficientPoints, and SourceUsed for an attempt that
    was made before.
    """
    if not conversion.is_active:
        raise RewardUnavailable(_("This exchange is not offered any more. Nothing was taken."))
    taken, given = quote(conversion, amount)
    source = f"conversion:{attempt}"
    program = catalog.current()
    told = sentence(conversion, taken=taken, given=given, program=program)[:REASON_MOST]
    with transaction.atomic():
        counters = {unit for rule in rules(program) for unit in rule.units}
        touched = counters | {conversion.takes_id, conversion.gives_id}
        Books.open({(member.pk, unit) for unit in touched})
        spent = ledger.spend(
            member,
            unit=conversion.takes_id,
            amount=taken,
            source=source,
            actor=actor,
            reason=told,
        )
        credit = Credit(unit=conversion.gives_id, amount=given, reason=told)
        earning = Earning(member.pk, f"{source}:given", clock.now(), [credit])
        earned = ledger.post(earning, actor=actor)
        standing.reassess(member, actor=actor)
        payload = {"conversion": conversion.code, "taken": taken, "given": given, "actor": actor}
        outbox.publish("units_exchanged", member_id=member.pk, payload=payload)
    return Exchanged(taken=taken, given=given, spent=spent, earned=earned)
