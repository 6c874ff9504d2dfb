"""The program is edited in forms that know the database, and refuse with a sentence."""

from __future__ import annotations

import pytest
from django.urls import reverse

from earning.models import Milestone, Rule, RuleCondition
from program import catalog
from program.models import ActivityType, Location, Partner, Program, Unit
from rewards.models import Reward, RewardPrice
from tests import cast
from tests.desk import forms
from tests.desk.counter import Counter, listing, page, text
from tiers.models import Ladder, Tier, TierRoute


def rule(code: str) -> Rule:
    return Rule.objects.get(code=code)


def test_a_form_saved_as_it_is_changes_nothing(manager: Counter) -> None:
    rows = [
        Program.objects.get(),
        Unit.objects.get(code="point"),
        ActivityType.objects.get(code="visit"),
        Partner.objects.get(code="till"),
        Ladder.objects.get(),
        Reward.objects.get(code="cake"),
        rule("terrace"),
    ]
    before = catalog.current().version
    tables = [list(row._meta.model.objects.values()) for row in rows]
    tiers, prices = list(Tier.objects.values()), list(RewardPrice.objects.values())
    conditions = list(RuleCondition.objects.values())
    for row in rows:
        response = forms.save(manager, page(row))
        assert response.status_code == 302, (row, text(response))
    assert [list(row._meta.model.objects.values()) for row in rows] != []
    changed = [list(row._meta.model.objects.values()) for row in rows]
    assert changed[1:] == tables[1:]
    assert changed[0][0] | {"version": 0} == tables[0][0] | {"version": 0}
    assert list(Tier.objects.values()) == tiers
    assert list(RewardPrice.objects.values()) == prices
    assert list(RuleCondition.objects.values()) == conditions
    assert catalog.current().version >= before


def test_a_change_reaches_the_program_in_memory(manager: Counter) -> None:
    assert catalog.of(catalog.current()).units["point"].plural == "points"
    forms.save(manager, page(Unit.objects.get(code="point")), plural="shells", singular="shell")
    assert catalog.of(catalog.current()).units["point"].plural == "shells"


def test_the_program_is_one(manager: Counter, owner: Counter) -> None:
    assert owner.get(reverse("admin:program_program_add")).status_code == 403
    program = Program.objects.get()
    url = reverse("admin:program_program_delete", args=[program.pk])
    assert owner.post(url, {"post": "yes"}).status_code == 403
    assert manager.get(listing(Program))["Location"] == page(program)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"currency": "euros"}, "at most 3 characters"),
        ({"currency": "12"}, "three letters of the currency"),
        ({"time_zone": "Mars/Olympus"}, "Select a valid choice"),
        ({"brand_accent": "red"}, "Use a color of the form #1a2b3c"),
        ({"logo": "no/such.svg"}, "There is no such file below static/"),
        ({"name": ""}, "This field is required"),
    ],
)
def test_a_program_that_cannot_be_says_why(
    manager: Counter, changed: dict[str, str], said: str
) -> None:
    response = forms.save(manager, page(Program.objects.get()), **changed)
    assert said in text(response)
    assert Program.objects.get().name == "Quay Club"


def test_what_is_for_life_is_not_in_the_form(manager: Counter) -> None:
    point = Unit.objects.get(code="point")
    forms.save(manager, page(point), code="x", kind="counter", decimals="2")
    point.refresh_from_db()
    assert (point.code, point.kind, point.decimals) == ("point", "spendable", 0)
    place = Location.objects.get()
    forms.save(manager, page(Partner.objects.get(code="till")), **{"locations-0-code": "other"})
    place.refresh_from_db()
    assert place.code == "north-pier"


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"expiry_count": ""}, "Say after how many days or months it ends"),
        ({"expiry": "fixed_day"}, "A fixed day of the year needs its month and its day."),
        ({"expiry_counts": "types"}, "Choose the activities that keep points alive."),
        ({"singular": ""}, "This field is required"),
    ],
)
def test_a_constraint_comes_back_as_a_sentence_on_the_form(
    manager: Counter, changed: dict[str, str], said: str
) -> None:
    point = Unit.objects.get(code="point")
    response = forms.save(manager, page(point), **({"plural": "shells"} | changed))
    assert said in text(response)
    assert b"shells" in response.content
    point.refresh_from_db()
    assert point.plural == "points"


def test_a_constraint_on_a_field_that_is_only_shown_counts_too(manager: Counter) -> None:
    visit = Unit.objects.get(code="visit")
    response = forms.save(manager, page(visit), is_default="on")
    assert "Only a unit that can be spent can be shown first." in text(response)


def test_what_only_the_database_knows_is_said_and_nothing_typed_is_lost(
    manager: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    coin = Unit.objects.get(code="coin")

    # Another manager is quicker: right when it was checked, wrong when it is saved.
    monkeypatch.setattr("desk.admin.base.HouseForm._ask_constraints", lambda *_, **__: None)
    response = forms.save(manager, page(coin), is_default="on", plural="golden coins")
    assert "Another unit is shown first already" in text(response)
    assert b"golden coins" in response.content
    coin.refresh_from_db()
    assert coin.plural == "coins"


def test_a_rule_that_has_paid_is_read_only_and_says_how_to_succeed_it(manager: Counter) -> None:
    cast.visit(cast.ana())
    paid = rule("paid")
    response = manager.get(page(paid))
    assert "has paid, so it is not edited any more" in text(response)
    assert "program apply" in text(response)
    assert b'name="_save"' not in response.content
    assert manager.post(page(paid), {"amount": "2"}).status_code == 403
    url = reverse("admin:earning_rule_delete", args=[paid.pk])
    assert manager.post(url, {"post": "yes"}).status_code == 403
    paid.refresh_from_db()
    assert paid.amount == 1


def test_a_rule_that_has_not_paid_is_edited(manager: Counter) -> None:
    cast.visit(cast.ana())
    response = forms.save(
        manager, page(rule("terrace")), amount="7", **{"conditions-0-values": "Inside, Terrace"}
    )
    assert response.status_code == 302
    assert rule("terrace").amount == 7
    assert rule("terrace").conditions.get().values == ["inside", "terrace"]
    cast.visit(cast.ana(name="Rui"), attributes={"paid": "1.00", "table": "inside"})
    assert rule("terrace").awards.get().amount == 7


def test_a_rule_that_has_not_paid_may_go(manager: Counter) -> None:
    url = reverse("admin:earning_rule_delete", args=[rule("terrace").pk])
    manager.post(url, {"post": "yes"})
    assert not Rule.objects.filter(code="terrace").exists()


def test_a_new_rule_with_a_condition_pays(manager: Counter) -> None:
    url = reverse("admin:earning_rule_add")
    fields = forms.shown(manager, url) | {
        "name": "Weekend",
        "code": "weekend",
        "type": "visit",
        "unit": "point",
        "award_class": "bonus",
        "effect": "fixed",
        "amount": "3",
    }
    fields = forms.add_row(
        fields,
        "conditions",
        kind="weekday",
        attribute="",
        operator="in",
        values="mon, tue, wed, thu, fri, sat, sun",
    )
    response = manager.post(url, fields)
    assert response.status_code == 302, text(response)
    assert cast.awarded(cast.visit(cast.ana()))["weekend"] == 3


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"amount": "0"}, "A rule pays something"),
        ({"effect": "per"}, "needs its attribute"),
        ({"effect": "percent", "award_class": "base"}, "A percentage is a bonus on the base"),
        ({"starts_on": "2026-03-02", "ends_on": "2026-03-01"}, "lies after its start"),
        ({"conditions-0-values": "roof"}, "Use one of: inside, terrace"),
        ({"conditions-0-attribute": ""}, "Visit has no such attribute"),
        ({"step": "0"}, "A step is above zero"),
    ],
)
def test_a_rule_that_cannot_be_says_why(
    manager: Counter, changed: dict[str, str], said: str
) -> None:
    response = forms.save(manager, page(rule("terrace")), **({"name": "On the roof"} | changed))
    assert said in text(response)
    assert b"On the roof" in response.content
    assert rule("terrace").name == "On the terrace"


def test_a_code_that_is_taken_is_refused(manager: Counter) -> None:
    url = reverse("admin:earning_rule_add")
    fields = forms.shown(manager, url) | {
        "name": "Twice", "code": "paid", "type": "visit", "unit": "point",
        "award_class": "base", "effect": "fixed", "amount": "3",
    }  # fmt: skip
    assert "There is a rule with that code already" in text(manager.post(url, fields))


def test_thresholds_are_written_in_whole_units_and_rise(manager: Counter) -> None:
    ladder = Ladder.objects.get()
    assert forms.save(manager, page(ladder), **{"tiers-1-threshold": "4"}).status_code == 302
    assert Tier.objects.get(code="blue").threshold == 4
    response = forms.save(manager, page(ladder), **{"tiers-1-threshold": "60"})
    assert "Gold ranks above Blue, so it takes more than Blue does." in text(response)


def test_after_thresholds_changed_members_are_re_examined_on_demand(manager: Counter) -> None:
    ana = cast.ana()
    cast.visit(ana)
    forms.save(manager, page(Ladder.objects.get()), **{"tiers-0-threshold": "2"})
    assert ana.standings.exists()
    url = reverse("admin:tiers_ladder_reassess")
    assert "worked out anew" in text(manager.get(url))
    assert "The worker re-examines every member now" in text(manager.post(url, follow=True))
    assert not ana.standings.exists()


def test_a_clerk_re_examines_nobody(clerk: Counter) -> None:
    url = reverse("admin:tiers_ladder_reassess")
    assert "Ask a manager" in text(clerk.post(url, follow=True))


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"tiers-0-colors": "#fff"}, "is not a color of the form #1a2b3c"),
        ({"tiers-0-colors": "#ffffff"}, "A pennant has two or three colors."),
        ({"tiers-0-rank": "2"}, "already"),
        ({"window": "months"}, "needs their number"),
        ({"year_starts": "13"}, "a month from 1 to 12"),
    ],
)
def test_a_ladder_that_cannot_be_says_why(
    manager: Counter, changed: dict[str, str], said: str
) -> None:
    response = forms.save(manager, page(Ladder.objects.get()), **({"name": "Pennants"} | changed))
    assert said in text(response), text(response)
    assert Ladder.objects.get().name == "Flags"


def test_prices_may_not_overlap(manager: Counter) -> None:
    cake = Reward.objects.get(code="cake")
    fields = forms.shown(manager, page(cake))
    more = forms.add_row(fields, "prices", tier="", amount="12", starts_on="", ends_on="")
    assert "Two prices for the same people hold on the same day" in text(
        manager.post(page(cake), more)
    )
    dated = forms.add_row(
        fields, "prices", tier="", amount="12", starts_on="2027-01-01", ends_on=""
    )
    first = next(index for index in range(2) if fields[f"prices-{index}-tier"] == "")
    dated[f"prices-{first}-ends_on"] = "2027-01-01"
    assert manager.post(page(cake), dated).status_code == 302
    assert RewardPrice.objects.filter(reward=cake).count() == 3


def test_a_new_reward_keeps_its_price_in_the_smallest_part(manager: Counter) -> None:
    url = reverse("admin:rewards_reward_add")
    fields = forms.shown(manager, url) | {
        "name": "Towel", "code": "towel", "category": "To take home", "summary": "Dry again.",
        "unit": "cent", "valid_days": "30",
    }  # fmt: skip
    fields = forms.add_row(fields, "prices", tier="", amount="12.50", starts_on="", ends_on="")
    fields = forms.add_row(fields, "stock", slot="0", left="4")
    response = manager.post(url, fields)
    assert response.status_code == 302, text(response)
    towel = Reward.objects.with_stock().get(code="towel")
    assert (towel.prices.get().amount, towel.left) == (1250, 4)  # type: ignore[attr-defined]
    assert "12.50 credits" in text(manager.get(listing(Reward)))
    assert forms.shown(manager, page(towel))["prices-0-amount"] == "12.50"


def test_a_price_finer_than_its_unit_is_refused(manager: Counter) -> None:
    coffee = Reward.objects.get(code="coffee")
    response = forms.save(manager, page(coffee), **{"prices-0-amount": "9.50"})
    assert "Points are whole numbers." in text(response)


def test_a_milestone_is_written_in_whole_units(manager: Counter) -> None:
    url = reverse("admin:earning_milestone_add")
    fields = forms.shown(manager, url) | {
        "name": "Ten visits", "code": "ten-visits", "counter": "visit", "at": "10", "every": "",
        "unit": "cent", "amount": "2.50", "is_active": "on",
    }  # fmt: skip
    response = manager.post(url, fields)
    assert response.status_code == 302, text(response)
    milestone = Milestone.objects.get()
    assert (milestone.at, milestone.every, milestone.amount) == (10, None, 250)
    assert "2.50 credits" in text(manager.get(listing(Milestone)))
    assert forms.save(manager, page(milestone), every="5").status_code == 302
    milestone.refresh_from_db()
    assert (milestone.every, milestone.amount) == (5, 250)


def test_a_route_asks_for_something(manager: Counter) -> None:
    url = reverse("admin:tiers_tierroute_add")
    gold = Tier.objects.get(code="gold")
    fields = forms.shown(manager, url) | {"tier": str(gold.pk)}
    need = {"unit": "visit", "held": "", "at_least": "2", "window": "year", "window_months": ""}
    empty = fields | {"needs-TOTAL_FORMS": "0"}
    assert "A route asks for something" in text(manager.post(url, empty))
    first = {f"needs-0-{name}": value for name, value in need.items()}
    response = manager.post(url, fields | first)
    assert response.status_code == 302, text(response)
    assert "2 visits (a program year)" in text(manager.get(listing(TierRoute)))
    route = TierRoute.objects.get()
    assert manager.post(page(route).replace("change", "delete"), {"post": "yes"}).status_code == 302
    assert not TierRoute.objects.exists()


def test_one_price_holds_for_everybody(manager: Counter) -> None:
    coffee = Reward.objects.get(code="coffee")
    blue = str(Tier.objects.get(code="blue").pk)
    response = forms.save(manager, page(coffee), **{"prices-0-tier": blue})
    assert "Give one price that holds for everybody" in text(response)


def test_a_withdrawn_reward_is_kept(manager: Counter) -> None:
    coffee = Reward.objects.get(code="coffee")
    fields = forms.shown(manager, page(coffee))
    fields.pop("is_active")
    manager.post(page(coffee), fields)
    coffee.refresh_from_db()
    assert not coffee.is_active
    url = reverse("admin:rewards_reward_delete", args=[coffee.pk])
    assert manager.post(url, {"post": "yes"}).status_code == 403


def test_choices_are_written_one_a_line(manager: Counter) -> None:
    visit = ActivityType.objects.get(code="visit")
    index = list(visit.attributes.values_list("code", flat=True)).index("table")
    name = f"attributes-{index}-choices"
    assert (
        forms.save(manager, page(visit), **{name: "inside = Inside\nroof = Roof"}).status_code
        == 302
    )
    assert visit.attributes.get(code="table").choices == {"inside": "Inside", "roof": "Roof"}
    response = forms.save(manager, page(visit), **{name: "inside"})
    assert "Write one choice a line: code = words." in text(response)
    response = forms.save(manager, page(visit), **{name: ""})
    assert "A choice needs its choices" in text(response)
