"""The rules of a blueprint, from what is stored: `earning.sections` backwards.

Every revision is exported with its days, so that a late activity still earns what was promised on
its day. What has ended and speaks of things that are gone is left out: nothing could say it.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from common import clock
from earning.conditions import WEEKDAYS, WhenTable
from earning.models import Offer, Rule, RuleCondition, RuleLimit
from earning.sections import (
    LimitTable,
    PerTable,
    RuleExpiryTable,
    RuleTable,
)
from plans.models import Plan
from program import catalog
from program.exports import literal, plain, whole
from program.models import ActivityAttribute, Location, Partner, Unit
from tiers.models import Tier

DAYS = {number: name for name, number in WEEKDAYS.items()}
KEYS = {  # where a condition on a kind stands in a blueprint, by its operator
    ("tier", "in"): "tier",
    ("tier", "at_least"): "tier_at_least",
    ("tier", "not_in"): "not_tier",
    ("partner", "in"): "partner",
    ("partner", "not_in"): "not_partner",
    ("location", "in"): "location",
    ("location", "not_in"): "not_location",
    ("month", "in"): "month",
    ("month_day", "in"): "month_day",
    ("age", "at_least"): "age_at_least",
    ("age", "at_most"): "age_at_most",
    ("weekday", "in"): "weekday",
    ("hour", "at_least"): "from_hour",
    ("hour", "at_most"): "to_hour",
    ("segment", "in"): "segment",
    ("segment", "not_in"): "not_segment",
    ("plan", "in"): "plan",
    ("plan", "not_in"): "not_plan",
    ("offer", "in"): "offer",
    ("offer", "not_in"): "not_offer",
    ("birthday", "in"): "birthday",
    ("first", "in"): "first",
    ("membership_months", "at_least"): "member_for_months",
    ("membership_months", "at_most"): "member_up_to_months",
    ("attribute", "in"): "in_",
    ("attribute", "not_in"): "not_in",
    ("attribute", "at_least"): "at_least",
    ("attribute", "at_most"): "at_most",
    ("attribute", "before"): "until",
}
LISTS = {
    "tier", "not_tier", "partner", "not_partner", "location", "not_location", "weekday", "month",
    "month_day", "segment", "not_segment", "plan", "not_plan", "offer", "not_offer",
    "in_", "not_in",
}  # fmt: skip


def rules() -> list[RuleTable]:
    """Every rule, each of its revisions in the order of time."""
    rows = Rule.objects.select_related("unit").prefetch_related("conditions", "limits")
    today, known = clock.local_date(clock.now(), catalog.current().time_zone), _Known()
    by_code: dict[str, list[Rule]] = {}
    for row in rows:
        if not (row.ends_on and row.ends_on <= today) or known.has_all(row):
            by_code.setdefault(row.code, []).append(row)
    return [
        _rule(row)
        for versions in by_code.values()
        for row in sorted(versions, key=lambda one: one.starts_on or date.min)
    ]


def _rule(row: Rule) -> RuleTable:
    amount = plain(row.amount) or Decimal(0)
    per = PerTable(
        attribute=row.attribute or "-",
        amount=amount,
        step=plain(row.step) or Decimal(1),
        whole_steps=row.whole_steps,
        above=plain(row.above) or Decimal(0),
        up_to=plain(row.up_to),
    )
    return RuleTable(
        code=row.code,
        name=row.name,
        activity=row.type_id,
        unit=row.unit_id,
        class_=literal(row.award_class),
        fixed=amount if row.effect == Rule.Effect.FIXED else None,
        per=per if row.effect == Rule.Effect.PER else None,
        percent=amount if row.effect == Rule.Effect.PERCENT else None,
        of=row.percent_of_id,
        group=row.group or None,
        limit=[_limit(limit, row) for limit in row.limits.all()],
        when=[_when(condition) for condition in row.conditions.all()],
        expiry=_expiry(row),
        counted=row.is_counted,
        from_=row.starts_on,
        until=row.ends_on,
    )


def _expiry(row: Rule) -> RuleExpiryTable | None:
    if not row.expiry:
        return None
    return RuleExpiryTable(
        months=row.expiry_count if row.expiry == Unit.Expiry.MONTHS else None,
        days=row.expiry_count if row.expiry == Unit.Expiry.DAYS else None,
        on=row.expiry_on,
        never=row.expiry == Unit.Expiry.NEVER,
        round_to=literal(row.expiry_round_to),
    )


def _limit(row: RuleLimit, rule: Rule) -> LimitTable:
    is_own = row.code == "-".join((rule.code, row.per, row.period))
    return LimitTable(
        per=literal(row.per),
        period=literal(row.period),
        amount=None if row.amount is None else whole(row.amount, rule.unit),
        times=row.times,
        code=None if is_own else row.code,
        each=row.each or None,
    )


def _when(row: RuleCondition) -> WhenTable:
    key, values = KEYS[row.kind, row.operator], list(row.values)
    if key == "in_" and len(values) == 1:
        key = "is_"
    if key == "weekday":
        values = [DAYS[number] for number in values]
    if key == "until" or (key == "at_least" and _is_day(values[0])):
        key = "until" if key == "until" else "from_"
        values = [date.fromisoformat(value) for value in values]
    elif key in ("at_least", "at_most"):
        values = [Decimal(value) if isinstance(value, str) else value for value in values]
    value: Any = values if key in LISTS else values[0]
    return WhenTable(attribute=row.attribute or None, **{key: value})


def _is_day(value: Any) -> bool:
    """Whether a stored bound is a day: those of numbers have no hyphen between digits."""
    return isinstance(value, str) and "-" in value[1:]


class _Known:
    """What the program still has of the things that a rule can name."""

    def __init__(self) -> None:
        self.attributes = set(ActivityAttribute.objects.values_list("type", "code"))
        partners = Partner.objects.filter(is_active=True).values_list("code", flat=True)
        places = Location.objects.filter(partner__is_active=True).values_list("code", flat=True)
        self.named = {
            "partner": set(partners),
            "location": set(places),
            "tier": set(Tier.objects.values_list("code", flat=True)),
            "offer": set(Offer.objects.filter(is_active=True).values_list("code", flat=True)),
            "plan": set(Plan.objects.filter(is_active=True).values_list("code", flat=True)),
        }

    def has_all(self, rule: Rule) -> bool:
        """Whether everything that a rule names is there."""
        conditions = list(rule.conditions.all())
        attributes = {rule.attribute, *(one.attribute for one in conditions)} - {""}
        return all((rule.type_id, code) in self.attributes for code in attributes) and all(
            set(one.values) <= self.named.get(one.kind, set(one.values)) for one in conditions
        )
