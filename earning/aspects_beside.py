"""What a draft means for what earns beside rules: milestones, occasions, invitations, dividends;
and for those who report: partners and their kinds of activities.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from functools import partial

from django.db.models import Count, Q

from common import clock
from common.text import counted
from earning import milestone_words
from earning.models import (
    Activity,
    DividendShare,
    Milestone,
    MilestoneChoice,
    MilestoneReached,
    Occasion,
    Offer,
    OfferActivation,
    PendingActivity,
    Referral,
    ReferralTerms,
)
from earning.models.dividends import Dividend
from points.wording import in_units
from program.differences import Aspect, Finding, Said, register, told
from program.models import ActivityType, Partner, Program
from program.verbs import Progress

Sayings = dict[str, Said]
LATELY = timedelta(days=30)


def _milestones(program: Program) -> Sayings:
    rows = Milestone.objects.filter(is_active=True).select_related("counter", "type", "unit")
    return {row.code: Said(row.name, _mark(row)) for row in rows.prefetch_related("options")}


def _mark(row: Milestone) -> str:
    """`140 nights pay 1 block`, `3 months in a row are a choice of 2 of 5`."""
    words = f"{milestone_words.level(row, row.at)}"
    if row.every is not None:
        words += f", and every {milestone_words.level(row, row.every)}"
    if row.up_to is not None:
        words += f" up to {milestone_words.level(row, row.up_to)}"
    if row.window != Milestone.Window.LIFETIME:
        count = f"{row.window_count} " if row.window_count else ""
        words += f" ({count}{row.get_window_display()})"
    gives = []
    if row.unit is not None and row.amount is not None:
        gives.append(in_units(row.amount, row.unit))
    if row.choose:
        names = ", ".join(one.name for one in row.options.all() if one.is_active)
        gives.append(f"a choice of {row.choose} of {names}")
    return f"{words} for {' and '.join(gives)}"


def _who_passed(code: str) -> str:
    rows = MilestoneReached.objects.filter(milestone=code, voids__isnull=True)
    sums = rows.aggregate(times=Count("id"), who=Count("member", distinct=True))
    if not sums["times"]:
        return "Nobody has passed it yet."
    times = counted(sums["times"], "time", "times")
    words = f"{counted(sums['who'], 'member', 'members')} passed it, {times}; that stays."
    waiting = MilestoneChoice.objects.filter(reached__milestone=code, status="open").count()
    if waiting:
        words += f" {counted(waiting, 'choice is', 'choices are')} still to be made."
    return words


def _offers(program: Program) -> Sayings:
    rows = Offer.objects.filter(is_active=True).select_related("segment", "lowest_tier")
    return {row.code: Said(row.name, _offered(row)) for row in rows}


def _offered(row: Offer) -> str:
    """`activated once until 2026-09-30, by regular and above, 14 days each time`."""
    often = "as often as one likes" if row.times is None else counted(row.times, "time", "times")
    words = [f"activated {often}"]
    if row.times is not None and row.per != Offer.Per.EVER:
        words[0] += f" {row.get_per_display()}"
    if row.starts_on:
        words.append(f"from {row.starts_on}" + (" on, and since then" if row.counts_before else ""))
    words += [f"before {row.ends_on}"] if row.ends_on else []
    words += [f"for {counted(row.days, 'day', 'days')} each time"] if row.days else []
    words += ["for a day that is picked"] if row.picks_day else []
    words += [f"{counted(row.ahead_days, 'day', 'days')} ahead"] if row.ahead_days else []
    words += [f"at the longest before {row.holds_until}"] if row.holds_until else []
    words += [f"{row.places} in all"] if row.places else []
    words += [f"by {row.segment.name}"] if row.segment else []
    words += [f"by {row.lowest_tier.name} and above"] if row.lowest_tier else []
    return ", ".join(words)


def _who_activated(code: str) -> str:
    rows = OfferActivation.objects.filter(offer=code, undone_at__isnull=True)
    now = clock.now()
    running = rows.filter(Q(ends_at__isnull=True) | Q(ends_at__gt=now)).count()
    holds = counted(running, "activation holds", "activations hold")
    return f"It was activated {counted(rows.count(), 'time', 'times')}; {holds} still, and stay."


def _occasions(program: Program) -> Sayings:
    rows = Occasion.objects.filter(is_active=True).select_related("type", "partner")
    return {
        row.code: Said(row.code, f"{row.get_on_display()} records {row.type.name}") for row in rows
    }


def _referrals(program: Program) -> Sayings:
    rows = ReferralTerms.objects.filter(is_active=True)
    return {row.code: Said(row.name, f'"{row.summary}"') for row in rows}


def _who_invites(code: str) -> str:
    waiting = Referral.objects.filter(terms=code, status__in=["open", "doubted"]).count()
    return f"{counted(waiting, 'invitation waits', 'invitations wait')} under its terms."


def _dividends(program: Program) -> Sayings:
    rows = Dividend.objects.filter(is_active=True).select_related("counter", "less", "unit")
    return {
        row.code: Said(
            row.name,
            f"a share of {row.counter.plural}"
            + (f" less {row.less.plural}" if row.less else "")
            + f" in {row.unit.plural}",
        )
        for row in rows
    }


def _who_was_paid(code: str) -> str:
    shares = DividendShare.objects.filter(declaration__dividend=code)
    who = shares.aggregate(who=Count("member", distinct=True))["who"]
    return f"It was paid to {counted(who, 'member', 'members')}; that stays."


def _partners(program: Program) -> Sayings:
    rows = Partner.objects.filter(is_active=True).annotate(places=Count("locations"))
    return {row.code: Said(row.name, counted(row.places, "place", "places")) for row in rows}


def _types(program: Program) -> Sayings:
    return {row.code: Said(row.name, _confirmed(row)) for row in ActivityType.objects.all()}


def _confirmed(row: ActivityType) -> str:
    words = f"counts {row.get_confirm_display()}"
    if row.confirm_days is not None:
        words += f" ({counted(row.confirm_days, 'day', 'days')})"
    if row.claim_days is not None:
        words += f", reported within {counted(row.claim_days, 'day', 'days')}"
    return words


def _who_reports(column: str, code: str) -> str:
    rows = Activity.objects.filter(**{column: code}, recorded_at__gt=clock.now() - LATELY)
    words = f"{counted(rows.count(), 'activity', 'activities')} in the last 30 days."
    waiting = PendingActivity.objects.filter(**{column: code}, status="waiting").count()
    if waiting:
        words += f" {counted(waiting, 'activity waits', 'activities wait')}, and keep their day."
    return words


def _compare(
    title: str,
    touched: Callable[[str], str],
    before: Sayings,
    after: Sayings,
    progress: Progress,
) -> Sequence[Finding]:
    return told(title, before, after, touched=touched)


def _aspect(
    name: str, title: str, read: Callable[[Program], Sayings], touched: Callable[[str], str]
) -> Aspect:
    return Aspect(name, read, partial(_compare, title, touched))


def install() -> None:
    """Register these aspects."""
    register(
        _aspect("milestones", "Milestones", _milestones, _who_passed),
        _aspect("offers", "Offers", _offers, _who_activated),
        _aspect("occasions", "Occasions", _occasions, lambda code: ""),
        _aspect("referrals", "Invitations", _referrals, _who_invites),
        _aspect("dividends", "Dividends", _dividends, _who_was_paid),
        _aspect("partners", "Partners", _partners, partial(_who_reports, "partner")),
        _aspect("activity types", "Activities", _types, partial(_who_reports, "type")),
    )
