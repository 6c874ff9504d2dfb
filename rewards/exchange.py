"""Exchange:

one unit for another, in whole steps. What does not fill a step stays with the member. The posting
that gives names its conversion, so that what was exchanged in a period can be told.
"""

from __future__ import annotations

import dataclasses
import uuid

import structlog
from django.db import DatabaseError, transaction
from django.db.models import Sum
from django.utils import translation
from django.utils.translation import gettext as _

from common import clock
from common.errors import LoyaltyError
from common.ids import public_id
from events import outbox
from members import lineage
from members.models import Member
from points import ledger
from points.books import Books
from points.errors import AmountInvalid, InsufficientPoints, SourceUsed
from points.ledger import Credit, Earning
from points.models import Entry, Posting
from points.wording import in_units
from program import catalog
from program.catalog import versioned
from program.models import Program, Unit
from rewards.errors import ExchangeLimit, RewardUnavailable
from rewards.models import Conversion
from tiers import standing
from tiers.ladders import rules

PROGRAM = "system:conversions"  # who exchanges what goes by itself
REASON_MOST = 240  # characters that an entry's reason has room for
log = structlog.get_logger("pennant.exchange")


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


def room(member: Member, *, conversion: Conversion, program: Program) -> int | None:
    """How much more a member can exchange this way in the period that runs, in the smallest part;
    None where there is no limit. Who was merged counts with whom they became part of.
    """
    if conversion.most is None:
        return None
    today = clock.local_date(clock.now(), program.time_zone)
    since = clock.start_of_day(clock.start_of_period(today, conversion.per), program.time_zone)
    whose = lineage.among([member.pk])
    given = Posting.objects.filter(
        member__in=whose,
        source__startswith="conversion:",
        source__endswith=f":{conversion.code}",
        occurred_at__gte=since,
    )
    sources = [one.rpartition(":")[0] for one in given.values_list("source", flat=True)]
    spent = Entry.objects.filter(
        member__in=whose, posting__source__in=sources, account__unit=conversion.takes_id
    )
    taken = -int(spent.aggregate(total=Sum("amount"))["total"] or 0)
    return max(0, conversion.most - taken)


def _require_room(member: Member, *, conversion: Conversion, amount: int, program: Program) -> None:
    """Refuse what goes above the most of a period, read under the lock of the accounts."""
    left = room(member, conversion=conversion, program=program)
    if left is None or amount <= left:
        return
    words = {
        Unit.Per.DAY: _("You can exchange %(left)s more today. Nothing was taken."),
        Unit.Per.MONTH: _("You can exchange %(left)s more this month. Nothing was taken."),
        Unit.Per.YEAR: _("You can exchange %(left)s more this year. Nothing was taken."),
    }
    unit = catalog.of(program).units[conversion.takes_id]
    said = words[Unit.Per(conversion.per)] % {"left": in_units(left, unit)}
    raise ExchangeLimit(said, left=left, pointer="/amount")


def exchange(
    member: Member, *, conversion: Conversion, amount: int, attempt: uuid.UUID, actor: str
) -> Exchanged:
    """Take the whole steps of `amount` and give the other unit for them.

    Raises RewardUnavailable, AmountInvalid, ExchangeLimit, InsufficientPoints, and SourceUsed for
    an attempt that was made before.
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
        _require_room(member, conversion=conversion, amount=taken, program=program)
        spent = ledger.spend(
            member,
            unit=conversion.takes_id,
            amount=taken,
            source=source,
            actor=actor,
            reason=told,
        )
        credit = Credit(unit=conversion.gives_id, amount=given, reason=told)
        earning = Earning(member.pk, f"{source}:{conversion.code}", clock.now(), [credit])
        earned = ledger.post(earning, actor=actor)
        standing.reassess(member, actor=actor)
        payload = {"conversion": conversion.code, "taken": taken, "given": given, "actor": actor}
        outbox.publish("units_exchanged", member_id=member.pk, payload=payload)
    return Exchanged(taken=taken, given=given, spent=spent, earned=earned)


def by_itself(
    member: Member, *, conversion: Conversion, amount: int, attempt: uuid.UUID, program: Program
) -> bool:
    """Exchange for a member who did not ask, as far as the limit of a period goes. Whether anything
    was: what was done before, spent meanwhile or is used up is left; what cannot be done is logged,
    and holds nobody else up.
    """
    try:
        left = room(member, conversion=conversion, program=program)
        wanted = amount if left is None else min(amount, left)
        exchange(member, conversion=conversion, amount=wanted, attempt=attempt, actor=PROGRAM)
    except (SourceUsed, AmountInvalid, InsufficientPoints, ExchangeLimit):
        return False
    except (LoyaltyError, DatabaseError) as error:
        log.error("not_converted", member=public_id("mem", member.pk), exc_info=error)
        return False
    return True
