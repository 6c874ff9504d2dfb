"""The program in memory: as fresh as the database says, whoever changed it and however it ended."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import connection, transaction

from earning import rules
from earning.models import Rule
from program import catalog
from program.errors import UnknownActivityType, UnknownLocation, UnknownPartner
from program.models import Location, Partner, Program, Unit
from tiers import ladders
from tiers.models import Tier

pytestmark = pytest.mark.django_db


def name_of(unit: str) -> str:
    return catalog.of(catalog.current()).units[unit].plural


def test_what_has_not_changed_is_not_read_again(
    quay: Program, django_assert_num_queries: Callable[..., object]
) -> None:
    first = catalog.of(catalog.current())
    with django_assert_num_queries(1):
        assert catalog.of(catalog.current()) is first


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE program_unit SET plural = 'points!' WHERE code = 'point'",
        "DELETE FROM program_location",
        "UPDATE program_partner SET name = 'Bar' WHERE code = 'web'",
        "UPDATE program_activitytype SET plural = 'x'",
        "UPDATE program_activityattribute SET name = 'x'",
        "UPDATE earning_rule SET name = 'x'",
        "DELETE FROM earning_rulecondition",
        "UPDATE tiers_ladder SET name = 'x'",
        "UPDATE tiers_tier SET name = 'x'",
        "UPDATE program_program SET time_zone = 'Asia/Tokyo'",
    ],
)
def test_every_change_is_a_new_version_even_in_raw_sql(quay: Program, statement: str) -> None:
    before = catalog.current().version
    with connection.cursor() as cursor:
        cursor.execute(statement)
    assert catalog.current().version > before


def test_a_change_is_seen_at_once(quay: Program) -> None:
    assert name_of("point") == "points"
    Unit.objects.filter(code="point").update(plural="miles")
    assert name_of("point") == "miles"


def test_what_was_rolled_back_was_never_seen(quay: Program) -> None:
    assert name_of("point") == "points"
    with transaction.atomic():
        Unit.objects.filter(code="point").update(plural="miles")
        assert name_of("point") == "miles"
        transaction.set_rollback(True)
    assert name_of("point") == "points"


def test_a_change_after_a_rollback_is_not_mistaken_for_it(quay: Program) -> None:
    """Versions are moments, not a count: two states never share one."""
    with transaction.atomic():
        Unit.objects.filter(code="point").update(plural="miles")
        lost = catalog.current().version
        assert name_of("point") == "miles"
        transaction.set_rollback(True)
    Unit.objects.filter(code="point").update(plural="stars")
    assert catalog.current().version > lost
    assert name_of("point") == "stars"


def test_rules_and_ladders_follow_too(quay: Program) -> None:
    program = catalog.current()
    assert rules.compiled(program)["survey"][0].amount == 3
    assert ladders.rules(program)[0].zone == "Europe/Berlin"
    Rule.objects.filter(code="survey").update(amount=4)
    Tier.objects.filter(code="gold").update(threshold=9)
    Program.objects.update(time_zone="Asia/Tokyo")
    program = catalog.current()
    assert rules.compiled(program)["survey"][0].amount == 4
    rule = ladders.rules(program)[0]
    assert rule.zone == "Asia/Tokyo"
    assert rule.rungs[-1].routes[-1].needs[0].at_least == 9


def test_what_is_not_in_the_program_is_named(quay: Program) -> None:
    known = catalog.of(catalog.current())
    with pytest.raises(UnknownActivityType, match="visit, survey"):
        known.type("stay")
    with pytest.raises(UnknownPartner):
        known.partner("bar")
    with pytest.raises(UnknownLocation, match="north-pier"):
        known.location("web", "north-pier")
    assert known.location("web", "") is None
    place = known.location("till", "north-pier")
    assert place is not None
    assert place.name == "North Pier"


def test_a_partner_that_is_not_active_is_unknown(quay: Program) -> None:
    Partner.objects.filter(code="web").update(is_active=False)
    with pytest.raises(UnknownPartner):
        catalog.of(catalog.current()).partner("web")


def test_a_place_with_a_code_of_its_own_is_found_by_its_partner(quay: Program) -> None:
    Location.objects.create(partner_id="web", code="north-pier", name="Web pier")
    known = catalog.of(catalog.current())
    place = known.location("web", "north-pier")
    assert place is not None
    assert place.name == "Web pier"
