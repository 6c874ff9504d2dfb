"""One activity against 200 rules in memory, compiled once: median microseconds of processor time.
The limit is the
same decision written as one function by hand, without rules as data, sentences or limits.
"""

from __future__ import annotations

import time
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

from benchmarks import figures
from earning.evaluation import Condition, Facts, Plan, RuleSpec, evaluate

RULES = 200
TIMES = 2_000  # activities in a round
TARGET_US = 60
DAY = date(2026, 6, 15)
PLACES = ("north", "south", "east", "west")


def rules() -> list[RuleSpec]:
    """A large program: a base rate, and 199 bonuses by place, class, weekday, tier and dates, of
    which a handful hold for any one activity.
    """
    made = [
        RuleSpec("base", "per", Fraction(10), "point", attribute="paid"),
        RuleSpec("nights", "per", Fraction(1), "night", attribute="nights"),
    ]
    for number in range(RULES - len(made)):
        place, room = PLACES[number % 4], ("standard", "suite", "sea")[number % 3]
        tests = (
            Condition("location", "in", (place,)),
            Condition("attribute", "in", (room,), attribute="room"),
            Condition("attribute", "at_least", (Fraction(50 * (number % 20)),), attribute="paid"),
            Condition("weekday", "in", (1 + number % 7,)),
            Condition("tier", "at_least", (("silver", "gold", "platinum")[number % 3],)),
        )
        start = DAY - timedelta(days=30 * (number % 12))
        made.append(
            RuleSpec(
                f"bonus-{number}",
                "percent" if number % 2 else "fixed",
                Fraction(5 + number % 20),
                "point",
                is_bonus=True,
                starts_on=start,
                ends_on=start + timedelta(days=180),
                conditions=tests[: 2 + number % 4],
            )
        )
    return made


def facts(number: int) -> Facts:
    """One of many different activities."""
    return Facts(
        on=DAY + timedelta(days=number % 60),
        attributes={
            "paid": Decimal(100 + number % 900),
            "nights": 1 + number % 9,
            "room": ("standard", "suite", "sea")[number % 3],
        },
        location=PLACES[number % 4],
        tiers=frozenset({"gold"}),
        tiers_reached=frozenset({"silver", "gold"}),
        member="m",
    )


def by_hand(found: Facts, table: dict[tuple[str, str], list[Any]]) -> int:
    """What somebody would write who had one program and no wish to ever change it."""
    paid = found.attributes["paid"]
    base = int(paid * 10)
    total, day, weekday = base, found.on, found.on.isoweekday()
    for start, end, least, on_weekday, tier, amount, is_share in table[
        found.location, found.attributes["room"]
    ]:
        if (
            start <= day < end
            and paid >= least
            and (not on_weekday or weekday == on_weekday)
            and (not tier or tier in found.tiers_reached)
        ):
            total += base * amount // 100 if is_share else amount
    return total


def hand_table() -> dict[tuple[str, str], list[Any]]:
    """The bonuses as the hand-written function wants them."""
    table: dict[tuple[str, str], list[Any]] = {}
    for spec in rules()[2:]:
        values = {(one.kind, one.attribute): one.values[0] for one in spec.conditions}
        key = (values["location", ""], values["attribute", "room"])
        table.setdefault(key, []).append(
            (
                spec.starts_on,
                spec.ends_on,
                Decimal(int(values.get(("attribute", "paid"), 0))),
                values.get(("weekday", ""), 0),
                values.get(("tier", ""), ""),
                int(spec.amount),
                spec.effect == "percent",
            )
        )
    return table


def run() -> None:
    """Measure and print."""
    plan, given, table = Plan(rules()), [facts(number) for number in range(TIMES)], hand_table()
    check = sum(one.amount for one in evaluate(plan, given[7]) if one.rule.unit == "point")
    assert check == by_hand(given[7], table), "both must pay the same"

    def ours() -> None:
        for one in given:
            evaluate(plan, one)

    def limit() -> None:
        for one in given:
            by_hand(one, table)

    mine, hand = figures.interleaved(ours, limit, clock=time.process_time)
    print(f"One activity against {RULES} rules, {TIMES:,} different activities a round")
    figures.tell("ours, microseconds of processor time", f"{mine / TIMES * 1e6:.1f}")
    figures.tell("target, microseconds", f"{TARGET_US}")
    figures.tell("written by hand, microseconds", f"{hand / TIMES * 1e6:.1f}")
    figures.tell_ratio(1 / mine, 1 / hand)
    compiling = figures.seconds(lambda: Plan(rules()))
    figures.tell("compiling once, milliseconds", f"{compiling * 1e3:.1f}")
