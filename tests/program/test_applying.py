"""Applying a changed blueprint: what moves, what is protected, and that it is all or nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from program import blueprint
from program.errors import BlueprintInvalid, HistoryProtected
from program.models import ActivityAttribute, Location, Partner, Program, Revision, Unit
from rewards.models import Reward, RewardPrice, RewardStock
from tests import cast
from tests.cast import ana, earn, variant, visit
from tiers import standing
from tiers.models import Tier

pytestmark = pytest.mark.django_db
BLUE = 'name = "Blue"\nthreshold = 3'
GOLD = 'name = "Gold"\nthreshold = 6'


def apply(folder: Path) -> list[str]:
    return blueprint.apply(folder, actor="staff:1")


def test_what_changed_is_said_and_kept(quay: Program, tmp_path: Path) -> None:
    changes = apply(variant(tmp_path, ('name = "Quay Club"', 'name = "Quay Society"')))
    assert changes == ["Program Quay Society changed: name."]
    revision = Revision.objects.first()
    assert revision is not None
    assert (revision.changes, revision.actor) == (changes, "staff:1")
    assert "Quay Society" in revision.text
    assert Program.objects.get().name == "Quay Society"


def test_an_error_in_the_last_section_leaves_everything(quay: Program, tmp_path: Path) -> None:
    folder = variant(
        tmp_path,
        ('name = "Quay Club"', 'name = "Quay Society"'),
        ('tier_at_least = "gold"\nprice', 'tier_at_least = "red"\nprice'),
    )
    with pytest.raises(BlueprintInvalid):
        apply(folder)
    assert Program.objects.get().name == "Quay Club"


def test_one_deployment_is_one_program(quay: Program) -> None:
    with pytest.raises(HistoryProtected, match='"quay"'):
        apply(cast.ROOT / "blueprints" / "hotel")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('code = "coin"\nkind = "spendable"', 'code = "coin"\nkind = "counter"'),
        ("decimals = 2", "decimals = 1"),
        ('name = "Guests"\ntype = "integer"', 'name = "Guests"\ntype = "decimal"'),
    ],
)
def test_what_is_for_life_stays(quay: Program, tmp_path: Path, old: str, new: str) -> None:
    with pytest.raises(HistoryProtected):
        apply(variant(tmp_path, (old, new)))


def test_another_unit_may_come_first(quay: Program, tmp_path: Path) -> None:
    coin = 'code = "coin"\nkind = "spendable"'
    folder = variant(tmp_path, ("default = true\n", ""), (coin, coin + "\ndefault = true"))
    assert apply(folder)
    assert Unit.objects.get(is_default=True).code == "coin"
    assert apply(folder) == []
    assert apply(cast.QUAY)
    assert Unit.objects.get(is_default=True).code == "point"


def test_a_new_expiry_holds_for_what_comes(quay: Program, tmp_path: Path) -> None:
    assert apply(variant(tmp_path, ("{ months = 1 }", '{ days = 90, round_to = "quarter" }')))
    unit = Unit.objects.get(code="point")
    assert (unit.expiry, unit.expiry_count, unit.expiry_round_to) == ("days", 90, "quarter")


def test_a_partner_that_is_gone_is_kept_and_no_longer_active(quay: Program, tmp_path: Path) -> None:
    folder = variant(tmp_path, ('[[partner]]\ncode = "web"\nname = "Web shop"\n', ""))
    assert apply(folder) == ["Partner Web shop is no longer active."]
    assert not Partner.objects.get(code="web").is_active
    assert apply(folder) == []
    assert apply(cast.QUAY) == ["Partner Web shop changed: is_active."]


def test_a_place_gets_a_new_name(quay: Program, tmp_path: Path) -> None:
    assert apply(variant(tmp_path, ('name = "North Pier"', 'name = "Old Pier"')))
    assert Location.objects.get().name == "Old Pier"


def test_an_attribute_may_go(quay: Program, tmp_path: Path) -> None:
    note = '[[activity_type.attribute]]\ncode = "note"\nname = "Note"\ntype = "text"\n'
    member = ana()
    visit(member, attributes={"paid": "10.00", "note": "By the window"}, reference="one")
    folder = variant(tmp_path, (note + "required = false\n", ""))
    assert apply(folder) == ["Visit, Note was removed."]
    assert not ActivityAttribute.objects.filter(code="note").exists()
    assert member.activities.get().attributes["note"] == "By the window"


def test_all_thresholds_may_move_past_each_other(quay: Program, tmp_path: Path) -> None:
    """White takes the height that blue had, and blue the one that gold had."""
    folder = variant(
        tmp_path,
        ('name = "White"\nthreshold = 1', 'name = "White"\nthreshold = 3'),
        (BLUE, BLUE.replace("3", "6")),
        (GOLD, GOLD.replace("6", "9")),
    )
    changes = apply(folder)
    assert changes == [f"Tier {name} changed: threshold." for name in ("White", "Blue", "Gold")]
    heights = Tier.objects.order_by("rank").values_list("code", "threshold")
    assert list(heights) == [("white", 3), ("blue", 6), ("gold", 9)]
    assert apply(folder) == []
    apply(cast.QUAY)
    assert list(Tier.objects.order_by("rank").values_list("threshold", flat=True)) == [1, 3, 6]


def test_a_rung_may_come_between(quay: Program, tmp_path: Path) -> None:
    rung = GOLD.replace("Gold", "Green").replace("6", "5")
    pennant = 'pennant = { colors = ["#ffffff", "#14213d"], field = "disc", outline = "flag" }'
    gold = '[[ladder.tier]]\ncode = "gold"'
    folder = variant(
        tmp_path, (gold, f'[[ladder.tier]]\ncode = "green"\n{rung}\n{pennant}\n\n{gold}')
    )
    apply(folder)
    assert list(Tier.objects.order_by("rank").values_list("code", flat=True)) == [
        "white",
        "blue",
        "green",
        "gold",
    ]
    assert apply(folder) == []


def test_a_lower_threshold_lifts_members_without_an_activity(quay: Program, tmp_path: Path) -> None:
    member = ana()
    for _ in range(5):
        visit(member)
    assert standing.current(member) == Tier.objects.get(code="blue")
    apply(variant(tmp_path, (GOLD, GOLD.replace("6", "5"))))
    assert standing.current(member) == Tier.objects.get(code="gold")


def test_a_tier_somebody_has_held_stays(quay: Program, tmp_path: Path) -> None:
    visit(ana())
    text = (cast.QUAY / "program.toml").read_text()
    white = text[
        text.index('[[ladder.tier]]\ncode = "white"') : text.index('[[ladder.tier]]\ncode = "blue"')
    ]
    with pytest.raises(HistoryProtected, match='held tier "white"'):
        apply(variant(tmp_path, (white, "")))


def test_a_tier_that_rewards_are_tied_to_stays_until_they_are_free(
    quay: Program, tmp_path: Path
) -> None:
    text = (cast.QUAY / "program.toml").read_text()
    start = text.index('[[ladder.tier]]\ncode = "gold"')
    gold = text[start : text.index("[[reward]]")]
    freed = ('tier_at_least = "gold"\n', "")
    with pytest.raises(HistoryProtected, match='tied to tier "gold"'):
        apply(variant(tmp_path / "at-once", (gold, ""), freed))
    apply(variant(tmp_path / "first", freed))
    apply(variant(tmp_path / "then", (gold, ""), freed))
    assert not Tier.objects.filter(code="gold").exists()


def test_prices_are_made_to_say_what_the_blueprint_says(quay: Program, tmp_path: Path) -> None:
    folder = variant(
        tmp_path,
        (
            "[{ amount = 10 }, { amount = 8, tier",
            (
                "[{ amount = 12, until = 2030-01-01 }, { amount = 14, from = 2030-01-01 }, "
                "{ amount = 8, tier"
            ),
        ),
    )
    assert apply(folder) == ["Prices of Cake changed."]
    assert apply(folder) == []
    assert RewardPrice.objects.filter(reward__code="cake").count() == 3


def test_a_reward_that_is_gone_is_kept_and_no_longer_on_offer(
    quay: Program, tmp_path: Path
) -> None:
    text = (cast.QUAY / "program.toml").read_text()
    coffee = text[
        text.index('[[reward]]\ncode = "coffee"') : text.index('[[reward]]\ncode = "cake"')
    ]
    folder = variant(tmp_path, (coffee, ""))
    assert "Reward Coffee is no longer on offer." in apply(folder)
    assert apply(folder) == []
    assert not Reward.objects.get(code="coffee").is_active


def test_stock_that_was_taken_is_not_put_back(quay: Program, tmp_path: Path) -> None:
    member = ana()
    earn(member, 50)
    cast.redeem(member, "print")
    apply(cast.QUAY)
    assert RewardStock.objects.get().left == 0
    assert apply(variant(tmp_path, ("stock = 1\n", ""))) == ["Print no longer has a limit."]
    assert apply(cast.QUAY) == ["Print: 1 in stock."]


def test_another_order_is_said_once(quay: Program, tmp_path: Path) -> None:
    text = (cast.QUAY / "program.toml").read_text(encoding="utf-8")
    start = text.index('[[reward]]\ncode = "coffee"')
    end = text.index('[[reward]]\ncode = "cake"')
    moved = text[:start] + text[end:] + "\n" + text[start:end]
    (tmp_path / "program.toml").write_text(moved, encoding="utf-8")
    assert apply(tmp_path) == ["The order of rewards changed."]
    assert Reward.objects.values_list("code", flat=True).last() == "coffee"
    assert apply(tmp_path) == []


def test_years_on_another_ladder_are_refused_with_what_to_do_instead(
    quay: Program, tmp_path: Path
) -> None:
    said = """[[ladder]]
code = "life"
name = "For life"
counter = "visit"
validity = "life"

[[ladder.tier]]
code = "keeper"
name = "Keeper"
pennant = { colors = ["#ffffff", "#14213d"], field = "solid", outline = "flag" }
route = [{ need = [{ years_at = "blue", at_least = 5 }] }]

"""
    place = '[[reward]]\ncode = "coffee"\n'
    with pytest.raises(BlueprintInvalid, match=r'"blue" is on another.*for_life = true'):
        apply(variant(tmp_path, (place, said + place)))
