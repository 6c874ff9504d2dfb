"""Benefits: what a plan gives, used one by one. A use is final, and ends the right to a refund."""

from __future__ import annotations

import dataclasses
import functools
import operator
import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Aggregate, Count, Max, Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from common import clock
from common.errors import translate
from common.text import number
from members import lineage
from members.models import Member
from plans import periods, subscribing, terms
from plans.errors import REFUSALS, BenefitTooSoon, BenefitUnknown, BenefitUsedUp, NotSubscribed
from plans.models import BenefitUse, PlanBenefit, Subscription
from program import catalog
from program.models import Program

Given = Sequence[tuple[PlanBenefit, Subscription]]


@dataclasses.dataclass(frozen=True, slots=True)
class Allowance:
    """How often a benefit can still be used now, None for as often as one likes; and from when on
    it can be used again, None where that is now.
    """

    benefit: PlanBenefit
    left: int | None
    again_at: datetime | None


def use(member: Member, *, plan: str, benefit: str, actor: str, reference: str = "") -> BenefitUse:
    """Write down that a member used a benefit of a plan they have, now.

    The same `reference` again gets the first answer. Raises NotSubscribed, BenefitUnknown,
    BenefitUsedUp where the plan allows no further use for now, and BenefitTooSoon right after
    another.
    """
    program = catalog.current()
    with transaction.atomic(), translate(REFUSALS):
        row = periods.locked(_latest(member, plan), program=program)
        uses = BenefitUse.objects.filter(
            subscription=row, member=member, benefit__plan=plan, benefit__code=benefit
        )
        known = uses.filter(reference=reference).first() if reference else None
        if known is not None:
            return known
        now = clock.now()
        if not row.is_live or (row.period_ends_at is not None and row.period_ends_at <= now):
            raise NotSubscribed("The plan has ended. Nothing was used.", plan=plan)
        found = PlanBenefit.objects.filter(plan=plan, code=benefit, is_active=True).first()
        if found is None:
            raise BenefitUnknown(_("The plan has no benefit of this code. Nothing was used."))
        _check_allowance(found, row, program=program)
        _check_pause(found, row, program=program)
        made = BenefitUse.objects.create(
            member=member,
            subscription=row,
            benefit=found,
            used_at=now,
            reference=reference,
            actor=actor,
        )
        payload = {"plan": plan, "benefit": benefit, "actor": actor}
        periods.publish("benefit_used", row, payload, at=now)
    return made


def _latest(member: Member, plan: str) -> Subscription:
    """The member's subscription, the one that runs or the one that has ended last. Raises
    NotSubscribed.
    """
    rows = Subscription.objects.filter(member=member, plan=plan)
    ended = rows.filter(state=Subscription.State.ENDED).order_by("-ended_at", "-id")
    return rows.live().first() or ended.first() or subscribing.of(member, plan)


def allowances(
    rows: Sequence[Subscription], *, program: Program
) -> dict[uuid.UUID, list[Allowance]]:
    """What each of a member's live subscriptions gives by now, by the subscription's id.

    Two queries, however many plans and benefits; none where nothing is limited.
    """
    given = {row.pk: _given(row, program=program) for row in rows}
    together = [one for ones in given.values() for one in ones]
    lefts, moments = _lefts(together, program=program), _agains(together)
    return {
        pk: [Allowance(one, lefts.get(one.pk), moments.get(one.pk)) for one, _row in ones]
        for pk, ones in given.items()
    }


def left(benefit: PlanBenefit, row: Subscription, *, program: Program) -> int | None:
    """How often a benefit can still be used now; None for as often as one likes."""
    return _lefts([(benefit, row)], program=program).get(benefit.pk)


def again_at(benefit: PlanBenefit, row: Subscription) -> datetime | None:
    """From when on a benefit can be used again; None where that is now."""
    return _agains([(benefit, row)]).get(benefit.pk)


def pause(minutes: int) -> str:
    """A stretch of time in words: `2 hours`, `90 minutes`."""
    hours, rest = divmod(minutes, 60)
    if rest:
        return ngettext("%(n)s minute", "%(n)s minutes", minutes) % {"n": number(minutes)}
    return ngettext("%(n)s hour", "%(n)s hours", hours) % {"n": number(hours)}


def _given(row: Subscription, *, program: Program) -> list[tuple[PlanBenefit, Subscription]]:
    plan = terms.plan(row.plan_id, program=program)
    return [(one, row) for one in plan.benefits.all() if one.is_active]


def _lefts(given: Given, *, program: Program) -> dict[uuid.UUID, int]:
    """How often each benefit with an allowance can still be used, by its id."""
    most = {one.pk: one.at_most for one, _row in given if one.at_most is not None}
    periods_now = [
        Q(benefit=one, used_at__gte=_since(one, row, program=program))
        for one, row in given
        if one.pk in most
    ]
    used = _of_uses(given, periods_now, Count("pk"))
    return {pk: max(0, count - used.get(pk, 0)) for pk, count in most.items()}


def _agains(given: Given) -> dict[uuid.UUID, datetime]:
    """From when on each benefit that was used too lately can be used again, by its id."""
    now = clock.now()
    apart = {
        one.pk: timedelta(minutes=one.minutes_apart)
        for one, _row in given
        if one.minutes_apart is not None
    }
    lately = [Q(benefit=pk, used_at__gt=now - pause) for pk, pause in apart.items()]
    last = _of_uses(given, lately, Max("used_at"))
    return {pk: moment + apart[pk] for pk, moment in last.items()}


def _of_uses(given: Given, stretches: Sequence[Q], figure: Aggregate) -> dict[uuid.UUID, Any]:
    """A figure of a member's uses within a stretch of time of each benefit, by benefit; also of
    those recorded under a card that was merged. One query, and none for no stretch.
    """
    if not stretches:
        return {}
    whose = lineage.among({row.member_id for _one, row in given})
    rows = BenefitUse.objects.filter(functools.reduce(operator.or_, stretches), member__in=whose)
    return dict(rows.order_by().values_list("benefit").annotate(figure))


def _since(benefit: PlanBenefit, row: Subscription, *, program: Program) -> datetime:
    """When the period began in which uses count; also those of an earlier subscription."""
    if benefit.per == PlanBenefit.Per.PAID:
        return row.period_starts_at
    today = clock.local_date(clock.now(), program.time_zone)
    if benefit.per == PlanBenefit.Per.WEEK:
        first = today - timedelta(days=today.weekday())
    else:
        first = clock.start_of_period(today, benefit.per)
    return clock.start_of_day(first, program.time_zone)


def _check_allowance(benefit: PlanBenefit, row: Subscription, *, program: Program) -> None:
    if left(benefit, row, program=program) == 0:
        raise BenefitUsedUp(
            _("%(benefit)s: %(count)s in %(period)s, and all of it is used. Nothing was used.")
            % {
                "benefit": benefit.name,
                "count": benefit.at_most,
                "period": benefit.get_per_display(),
            },
            at_most=benefit.at_most,
            per=benefit.per,
        )


def _check_pause(benefit: PlanBenefit, row: Subscription, *, program: Program) -> None:
    again = again_at(benefit, row)
    if again is None:
        return
    there = again.astimezone(ZoneInfo(program.time_zone))
    raise BenefitTooSoon(
        _("%(benefit)s: once every %(pause)s, and again from %(time)s on. Nothing was used.")
        % {
            "benefit": benefit.name,
            "pause": pause(benefit.minutes_apart or 0),
            "time": f"{there:%Y-%m-%d %H:%M}",
        },
        again_at=again.isoformat(),
    )
