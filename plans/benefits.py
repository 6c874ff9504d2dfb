"""Benefits: what a plan gives, used one by one. A use is final, and ends the right to a refund."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from common import clock
from common.errors import translate
from common.text import number
from members import lineage
from members.models import Member
from plans import periods, subscribing
from plans.errors import REFUSALS, BenefitTooSoon, BenefitUnknown, BenefitUsedUp, NotSubscribed
from plans.models import BenefitUse, PlanBenefit, Subscription
from program import catalog
from program.models import Program


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


def left(benefit: PlanBenefit, row: Subscription, *, program: Program) -> int | None:
    """How often a benefit can still be used now; None for as often as one likes."""
    if benefit.at_most is None:
        return None
    since = _since(benefit, row, program=program)
    whose = lineage.among([row.member_id])
    uses = BenefitUse.objects.filter(member__in=whose, benefit=benefit, used_at__gte=since)
    return max(0, benefit.at_most - uses.count())


def again_at(benefit: PlanBenefit, row: Subscription) -> datetime | None:
    """From when on a benefit can be used again; None where that is now."""
    if benefit.minutes_apart is None:
        return None
    pause = timedelta(minutes=benefit.minutes_apart)
    whose = lineage.among([row.member_id])
    uses = BenefitUse.objects.filter(member__in=whose, benefit=benefit)
    last = uses.filter(used_at__gt=clock.now() - pause).order_by("-used_at").first()
    return last.used_at + pause if last else None


def pause(minutes: int) -> str:
    """A stretch of time in words: `2 hours`, `90 minutes`."""
    hours, rest = divmod(minutes, 60)
    if rest:
        return ngettext("%(n)s minute", "%(n)s minutes", minutes) % {"n": number(minutes)}
    return ngettext("%(n)s hour", "%(n)s hours", hours) % {"n": number(hours)}


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
