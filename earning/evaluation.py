"""Evaluation: which rules pay for an activity, and how much. Pure Python: no database, no clock, no
framework.

The order is fixed: base awards, then fixed and per-unit bonuses, then percentages of the base, then
limits. In a group the best base award and the best bonus pay, of those that are not used up.
Bonuses never multiply each other. Arithmetic is exact; each award is rounded once, the way its unit
says.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from earning.ages import age_on, birthday_in, months_since, part_of
from earning.limits import Limit, Usage, each_of


@dataclasses.dataclass(frozen=True, slots=True)
class Condition:
    """One test on the facts.

    `kind` is attribute, tier, partner, location, weekday, month, month_day, hour, segment, plan,
    offer, birthday, age, first or membership_months. The weekday, month and month_day are the
    activity's own, or those of the day in `attribute`.
    """

    kind: str
    operator: str
    values: tuple[Any, ...]
    attribute: str = ""


@dataclasses.dataclass(frozen=True, slots=True)
class RuleSpec:
    """A rule revision.

    `amount` is in whole units (fixed), per `step` of `attribute` (per), or a percentage of the base
    awards in the unit `percent_of`.
    """

    code: str
    effect: str
    amount: Fraction
    unit: str
    decimals: int = 0
    rounding: str = "down"
    is_bonus: bool = False
    attribute: str = ""
    step: Fraction = Fraction(1)
    whole_steps: bool = False
    above: Decimal = Decimal(0)  # only what lies above it counts
    up_to: Decimal | None = None  # and only up to here
    percent_of: str = ""
    percent_decimals: int = 0
    group: str = ""
    limits: tuple[Limit, ...] = ()
    starts_on: date | None = None
    ends_on: date | None = None
    conditions: tuple[Condition, ...] = ()
    key: Any = None  # what the caller knows the rule by
    counted_by: tuple[str, ...] = ()  # counters that count what it pays
    counts: str = ""  # where the rule only counts so: the unit that it pays


@dataclasses.dataclass(frozen=True, slots=True)
class Facts:
    """All that rules may look at, for one activity.

    `on` is the activity's local day; `rated_on` the day that decides which rules are in force,
    where it is another. `tiers` are the codes held before the activity, `tiers_reached` with every
    code below them. `member` and `partner` name the owners of limits.
    """

    on: date
    attributes: Mapping[str, Any]
    partner: str = ""
    location: str = ""
    tiers: frozenset[str] = frozenset()
    tiers_reached: frozenset[str] = frozenset()
    rated_on: date | None = None
    hour: int | None = None
    member: str = ""
    joined_on: date | None = None
    birthday: date | None = None
    segments: frozenset[str] = frozenset()
    plans: frozenset[str] = frozenset()
    offers: frozenset[str] = frozenset()
    is_first: bool = False


@dataclasses.dataclass(frozen=True, slots=True)
class Outcome:
    """What one rule pays, in the unit's smallest part, and the quantity and base it came from.

    `counted` is the part of the quantity that lies in the rule's band. `uncut` is what it would
    have paid without the limit `limited_by`; `exact` is the amount in whole units before it was
    rounded.
    """

    rule: RuleSpec
    amount: int
    quantity: Decimal | int | None = None
    base: int | None = None
    counted: Decimal | int | None = None
    uncut: int | None = None
    limited_by: Limit | None = None
    exact: Fraction = Fraction(0)


class Plan(tuple[RuleSpec, ...]):
    """Rules prepared for many activities: each distinct condition is asked once for all the rules
    that have it, and rules are bits of one number. The same rules apply as one by one.
    """

    DAYS = 4096  # which rules are in force is remembered for so many days

    def __init__(self, rules: Iterable[RuleSpec] = ()) -> None:
        having: dict[Condition, int] = {}
        for bit, rule in enumerate(self):
            for condition in rule.conditions:
                having[condition] = having.get(condition, 0) | 1 << bit
        # what rules out most is asked first: then less is left to ask
        self.asked = sorted(having.items(), key=lambda one: -one[1].bit_count())
        self._in_force: dict[date, int] = {}

    def live(self, facts: Facts) -> list[RuleSpec]:
        """The rules that apply, in their order."""
        left = self._on(facts.rated_on or facts.on)
        for condition, bits in self.asked:
            if left & bits and not holds(condition, facts):
                left &= ~bits
        found = []
        while left:
            lowest = left & -left
            found.append(self[lowest.bit_length() - 1])
            left ^= lowest
        return found

    def _on(self, day: date) -> int:
        """The rules in force on a day, as bits."""
        known = self._in_force.get(day)
        if known is None:
            if len(self._in_force) >= self.DAYS:
                self._in_force.clear()
            known = sum(1 << bit for bit, rule in enumerate(self) if in_force(rule, day))
            self._in_force[day] = known
        return known


def evaluate(
    rules: Sequence[RuleSpec],
    facts: Facts,
    usage: Usage | None = None,
    *,
    stated: Facts | None = None,
) -> list[Outcome]:
    """What the rules pay for an activity, in the fixed order; rules that pay nothing are left out.

    What is paid is counted in `usage`. Where a part of the activity came back, `stated` is what it
    was whole: of each award stays the share that its arithmetic still carries, so that what is
    taken back is rounded down, however many steps it comes in.
    """
    usage = usage or Usage()
    before = _uncut(rules, stated, {}, usage) if stated else []
    whole = {one.rule.code: one for one in before}
    paid = [one for one in _uncut(rules, facts, whole, usage) if one.amount > 0]
    cut = [_limited(one, facts, usage) for one in paid]
    return [outcome for outcome in cut if outcome.amount > 0]


def _uncut(
    rules: Sequence[RuleSpec], facts: Facts, whole: Mapping[str, Outcome], usage: Usage
) -> list[Outcome]:
    """What the rules would pay without limits."""
    if isinstance(rules, Plan):
        live = rules.live(facts)
    else:
        live = [rule for rule in rules if applies(rule, facts)]
    plain = [rule for rule in live if rule.effect != "percent"]
    shares = [rule for rule in live if rule.effect == "percent"]

    def best(outcomes: list[Outcome]) -> list[Outcome]:
        return _best(outcomes, facts, usage)

    base = best([_simple(rule, facts, whole) for rule in plain if not rule.is_bonus])
    totals = _totals(base)
    derived = best([_percent(rule, totals, whole) for rule in shares if not rule.is_bonus])
    totals = _totals([*base, *derived])
    bonuses = [_simple(rule, facts, whole) for rule in plain if rule.is_bonus]
    bonuses += [_percent(rule, totals, whole) for rule in shares if rule.is_bonus]
    return [*base, *derived, *best(bonuses)]


def applies(rule: RuleSpec, facts: Facts) -> bool:
    """Whether the rule is in force on the day that decides, and all its conditions hold."""
    is_on = in_force(rule, facts.rated_on or facts.on)
    return is_on and all(holds(condition, facts) for condition in rule.conditions)


def in_force(rule: RuleSpec, day: date) -> bool:
    """Whether the day lies within the rule's dates, the last one exclusive."""
    has_begun = rule.starts_on is None or rule.starts_on <= day
    return has_begun and (rule.ends_on is None or day < rule.ends_on)


def holds(condition: Condition, facts: Facts) -> bool:
    """Whether one condition holds.

    An attribute that was not given meets no condition, not even a negative one.
    """
    if condition.kind in ("tier", "segment", "plan", "offer"):
        return _holds_any(condition, facts)
    value = _fact(condition, facts)
    if value is None:
        return False
    if condition.operator == "in":
        return value in condition.values
    if condition.operator == "not_in":
        return value not in condition.values
    limit = condition.values[0]
    if condition.operator == "before":
        return bool(value < limit)
    return bool(value >= limit if condition.operator == "at_least" else value <= limit)


def _holds_any(condition: Condition, facts: Facts) -> bool:
    """Sets that a member belongs to: some tier (or one at least as high), segment, plan, offer."""
    match condition.kind:
        case "segment":
            held = facts.segments
        case "plan":
            held = facts.plans
        case "offer":
            held = facts.offers
        case _:
            held = facts.tiers_reached if condition.operator == "at_least" else facts.tiers
    is_held = any(code in held for code in condition.values)
    return not is_held if condition.operator == "not_in" else is_held


def _fact(condition: Condition, facts: Facts) -> Any:
    match condition.kind:
        case "attribute":
            return facts.attributes.get(condition.attribute)
        case "birthday":
            return _birthday(condition.values, facts)
        case "first":
            return facts.is_first
        case "membership_months":
            return None if facts.joined_on is None else months_since(facts.joined_on, facts.on)
        case "age":
            return None if facts.birthday is None else age_on(facts.birthday, facts.on)
        case "weekday" | "month" | "month_day" as kind:
            day = facts.attributes.get(condition.attribute) if condition.attribute else facts.on
            return part_of(day, kind) if isinstance(day, date) else None
        case kind:
            return {"partner": facts.partner, "location": facts.location, "hour": facts.hour}[kind]


def _birthday(spans: tuple[Any, ...], facts: Facts) -> Any:
    """The first of the named spans (day, week, month) that holds the activity's day, else None.

    Somebody born on 29 February has a birthday on the 28th where there is no 29th.
    """
    born = facts.birthday
    if born is None:
        return None
    # a week may reach over the new year
    days = [birthday_in(facts.on.year + step, born) for step in (-1, 0, 1)]
    is_in = {
        "day": facts.on in days,
        "week": facts.on.isocalendar()[:2] in {day.isocalendar()[:2] for day in days},
        "month": born.month == facts.on.month,
    }
    return next((span for span in spans if is_in[span]), None)


def _best(outcomes: list[Outcome], facts: Facts, usage: Usage) -> list[Outcome]:
    """Without the outcomes that a better one of the same group and unit beats; the first of equals
    stays.

    One whose limits are used up beats nothing: the next best pays.
    """
    best: dict[tuple[str, str], tuple[tuple[bool, int], Outcome]] = {}
    for one in outcomes:
        key = (one.rule.group, one.rule.unit)
        worth = (not one.rule.group or _has_room(one.rule, facts, usage), one.amount)
        if one.rule.group and (key not in best or worth > best[key][0]):
            best[key] = worth, one
    stays = {id(one) for _, one in best.values()}
    return [one for one in outcomes if not one.rule.group or id(one) in stays]


def _has_room(rule: RuleSpec, facts: Facts, usage: Usage) -> bool:
    """Whether the limits of a rule, as they were before the activity, leave it anything."""
    return all(
        limit.per == "activity" or usage.room(limit, owner=owner(limit, facts), day=facts.on) != 0
        for limit in rule.limits
    )


def _totals(outcomes: Iterable[Outcome]) -> dict[str, int]:
    totals: dict[str, int] = {}
    for outcome in outcomes:
        totals[outcome.rule.unit] = totals.get(outcome.rule.unit, 0) + outcome.amount
    return totals


def _simple(rule: RuleSpec, facts: Facts, whole: Mapping[str, Outcome]) -> Outcome:
    if rule.effect == "fixed":
        return Outcome(rule, rounded(rule.amount, rule), exact=rule.amount)
    quantity = facts.attributes.get(rule.attribute)
    if isinstance(quantity, bool) or not isinstance(quantity, int | Decimal):
        return Outcome(rule, 0)
    counted = _between(quantity, rule)
    steps = Fraction(counted) / rule.step
    if rule.whole_steps:
        steps = Fraction(math.floor(steps))
    exact = steps * rule.amount
    paid = _kept(rule, exact, whole)
    return Outcome(rule, paid, quantity=quantity, counted=counted, exact=exact)


def _between(quantity: Decimal | int, rule: RuleSpec) -> Decimal | int:
    """The part of a quantity that lies in the band the rule pays for."""
    if not rule.above and rule.up_to is None:
        return quantity
    top = quantity if rule.up_to is None else min(Decimal(quantity), rule.up_to)
    return max(Decimal(0), top - rule.above)


def _percent(rule: RuleSpec, totals: Mapping[str, int], whole: Mapping[str, Outcome]) -> Outcome:
    of = rule.percent_of or rule.unit
    decimals = rule.percent_decimals if rule.percent_of else rule.decimals
    base = totals.get(of, 0)
    exact = Fraction(base, 10**decimals) * rule.amount / 100
    return Outcome(rule, _kept(rule, exact, whole), base=base, exact=exact)


def _kept(rule: RuleSpec, exact: Fraction, whole: Mapping[str, Outcome]) -> int:
    """The amount, rounded; or, where a part came back, the share that stays of the whole award.

    Of 33 points for 10.00, 3.33 that come back take floor(33 x 3.33 / 10.00) = 10.
    """
    before = whole.get(rule.code)
    if before is None or not 0 < exact < before.exact:
        return rounded(exact, rule)
    return math.ceil(before.amount * exact / before.exact)


def _limited(outcome: Outcome, facts: Facts, usage: Usage) -> Outcome:
    """The outcome cut to the room that its limits leave, and counted against them."""
    amount, binding = outcome.amount, None
    for limit in outcome.rule.limits:
        if limit.per == "activity":
            room = limit.amount
        else:
            room = usage.room(limit, owner=owner(limit, facts), day=facts.on)
        if room is not None and room < amount:
            amount, binding = room, limit
    for limit in outcome.rule.limits:
        if limit.per != "activity" and amount > 0:
            usage.take(limit, owner=owner(limit, facts), day=facts.on, amount=amount)
    if binding is None:
        return outcome
    return dataclasses.replace(outcome, amount=amount, uncut=outcome.amount, limited_by=binding)


def owner(limit: Limit, facts: Facts) -> str:
    """Whose use of a limit an activity adds to: a member, a partner, or everybody's.

    A limit that counts for each brand, or place, has as many uses as there are brands.
    """
    whose = {"member": facts.member, "partner": facts.partner, "budget": ""}[limit.per]
    return each_of(whose, _each(limit.each, facts)) if limit.each else whose


def _each(what: str, facts: Facts) -> Any:
    if what in facts.attributes or what not in ("location", "partner"):
        return facts.attributes.get(what)
    return facts.location if what == "location" else facts.partner


def rounded(exact: Fraction, rule: RuleSpec) -> int:
    """An exact amount of whole units in the unit's smallest part, rounded once, as the unit says.

    Never below zero.
    """
    parts, whole = max(0, exact.numerator) * 10**rule.decimals, exact.denominator
    if rule.rounding == "up":
        return -(-parts // whole)
    if rule.rounding == "half_up":
        return (2 * parts + whole) // (2 * whole)
    return parts // whole
