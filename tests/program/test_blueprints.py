"""Blueprints: a mistake is named by table, number, code and remedy, and nothing is written."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from earning.models import Rule
from program import blueprint
from program.errors import BlueprintInvalid, ProgramMissing
from program.models import Program, Revision, Unit
from rewards.models import Reward
from tests import cast
from tests.cast import ROOT, variant
from tiers.models import Tier

pytestmark = pytest.mark.django_db

POINT = 'singular = "point"\nplural = "points"\n'
COIN = 'singular = "coin"\nplural = "coins"\n'
WHEN = 'when = [{ attribute = "table", is = "terrace" }]'
COFFEE = 'unit = "point"\nprice = [{ amount = 10 }]\n\n[[reward]]\ncode = "cake"'
GOLD = 'name = "Gold"\nthreshold = 6'

# what is written in place of what, and every piece that the answer has to contain
MISTAKES: dict[str, tuple[str, str, list[str]]] = {
    "a key that does not exist": (
        "default = true",
        "defalt = true",
        ['[[unit]] number 1 ("point")', "no key 'defalt'", "Did you mean 'default'?"],
    ),
    "a key nothing is like": (COIN, COIN + "zzz = 1\n", ['number 2 ("coin")', "Leave it out"]),
    "a key of another table": (COIN, COIN + "stars = 1\n", ["no key 'stars'", "one of: code, k"]),
    "a table that does not exist": (
        '[[ladder]]\ncode = "flags"',
        "[[lader]]",
        ["'lader'", "'ladder'"],
    ),
    "a word for a number": (
        "decimals = 2",
        'decimals = "two"',
        ['[[unit]] number 3 ("cent"), dec'],
    ),
    "too many decimals": (
        "decimals = 2",
        "decimals = 3",
        ['number 3 ("cent"), decimals', "2 or less"],
    ),
    "a missing key": ('singular = "coin"\n', "", ['number 2 ("coin")', "'singular'"]),
    "a kind nobody knows": ('kind = "counter"', 'kind = "score"', ['("visit"), kind', "'score'"]),
    "a code with blanks": ('code = "coin"', 'code = "Gold coin"', ["[[unit]] number 2", "code"]),
    "a time zone that is none": (
        "Europe/Berlin",
        "Europe/Atlantis",
        ["in program, time_zone", "Europe/Atlantis", "Europe/Lisbon"],
    ),
    "a currency that is none": ('"EUR"', '"euro"', ["in program, currency"]),
    "a color that is none": ("#b3392f", "red", ["in program, brand, accent"]),
    "no name": ('name = "Quay Club"', 'name = ""', ["in program, name"]),
    "a very long name": ('"Quay Club"', f'"{"Q" * 81}"', ["in program, name", "80"]),
    "a very long unit": ('"point"\nplural', f'"{"p" * 41}"\nplural', ['("point"), singular', "40"]),
    "a very long rule": ('"On the terrace"', f'"{"T" * 81}"', ['[[rule]] number 3 ("terrace"), n']),
    "a very long tier": ('name = "Gold"', f'name = "{"G" * 61}"', ['("gold"), name', "60"]),
    "a very long language": (
        'currency = "EUR"',
        'currency = "EUR"\nlanguage = "as spoken at the quay"',
        ["in program, language"],
    ),
    "a unit twice": ('code = "coin"', 'code = "point"', ["in [[unit]]", '"point" is given twice']),
    "a partner twice": ('code = "web"', 'code = "till"', ["in [[partner]]", '"till"', "twice"]),
    "an activity twice": (
        '[[activity_type]]\ncode = "survey"',
        '[[activity_type]]\ncode = "visit"',
        ["in [[activity_type]]", '"visit"', "twice"],
    ),
    "an attribute twice": ('code = "note"', 'code = "paid"', ["activity_type.attribute", "twice"]),
    "a tier twice": ('code = "gold"\nname', 'code = "blue"\nname', ["ladder.tier", '"blue"']),
    "a reward twice": ('code = "cake"', 'code = "coffee"', ["in [[reward]]", '"coffee"', "twice"]),
    "a rule twice": ('code = "terrace"', 'code = "paid"', ['[[rule]] "paid"', "twice", "until"]),
    "two units that come first": (COIN, COIN + "default = true\n", ["[[unit]]", "default", "one"]),
    "a counter that comes first": (
        'code = "visit"\nkind = "counter"',
        'code = "visit"\ndefault = true\nkind = "counter"',
        ["[[unit]]", "default"],
    ),
    "an expiry of nothing": (
        "{ months = 1 }",
        "{}",
        ['[[unit]] number 1 ("point"), expiry', "exactly one of months, days"],
    ),
    "an expiry of both": (
        "{ months = 1 }",
        "{ months = 1, days = 3 }",
        ["exactly one of months, days"],
    ),
    "a counter that expires": (
        'plural = "visits"\n\n[[partner]]',
        'plural = "visits"\nexpiry = { days = 3 }\n\n[[partner]]',
        ['[[unit]] "visit", expiry', "never expires"],
    ),
    "a choice of nothing": (
        'choices = { inside = "Inside", terrace = "Terrace" }\n',
        "",
        ['[[activity_type]] "visit", attribute "table"', "needs choices"],
    ),
    "least above most": ("least = 1\nmost = 20", "least = 21\nmost = 20", ['attribute "guests"']),
    "tiers out of order": (GOLD, 'name = "Gold"\nthreshold = 2', ['[[ladder]] "flags"', "lowest"]),
    "two tiers of one height": (GOLD, 'name = "Gold"\nthreshold = 3', ['[[ladder]] "flags"']),
    "a threshold of nothing": (GOLD, 'name = "Gold"\nthreshold = 0', ["threshold", "above 0"]),
    "half a visit": (
        GOLD,
        'name = "Gold"\nthreshold = 6.5',
        ['in [[ladder.tier]] "gold", threshold', "0 decimals"],
    ),
    "a ladder that climbs points": ('counter = "visit"', 'counter = "point"', ['"flags", counter']),
    "a unit that does not exist": (
        'unit = "coin"\nfixed = 3',
        'unit = "mile"\nfixed = 3',
        ['[[rule]] "survey", unit', 'no "mile"', '"coin"'],
    ),
    "an activity that does not exist": (
        'activity = "survey"',
        'activity = "poll"',
        ['[[rule]] "survey", activity', '"poll"'],
    ),
    "no effect": (
        'unit = "coin"\nfixed = 3',
        'unit = "coin"',
        ['[[rule]] "survey"', "exactly one"],
    ),
    "two effects": ("fixed = 3", "fixed = 3\npercent = 5", ['[[rule]] "survey"', "exactly one"]),
    "a base of percents": (
        'class = "bonus"\npercent = 50',
        "percent = 50",
        ['[[rule]] "blue-bonus"', 'class = "bonus"'],
    ),
    "paid by a word": (
        'attribute = "paid", a',
        'attribute = "note", a',
        ['"paid", per, attribute'],
    ),
    "an amount of nothing": ("fixed = 3", "fixed = 0", ['[[rule]] number 5 ("survey")', "above 0"]),
    "an endless amount": (
        "fixed = 3",
        "fixed = 1e999",
        ['number 5 ("survey"), fixed', "at most 15 digits before the point"],
    ),
    "a very large amount": ("fixed = 3", "fixed = 1e9", ['number 5 ("survey")', "8 digits"]),
    "an amount that is none": (
        "fixed = 3",
        "fixed = nan",
        ['number 5 ("survey"), fixed', "is not a number"],
    ),
    "a finer rate than is kept": ("fixed = 3", "fixed = 0.00001", ['("survey")', "4 digits after"]),
    "an end before the start": (
        "fixed = 3",
        "fixed = 3\nfrom = 2026-02-01\nuntil = 2026-02-01",
        ['[[rule]] "survey"', "until"],
    ),
    "a reward for counters": (
        COFFEE,
        COFFEE.replace("point", "visit"),
        ['[[reward]] "coffee", unit'],
    ),
    "a price of nothing": (COFFEE, COFFEE.replace("10", "0"), ['[[reward]] number 1 ("coffee")']),
    "half a point": (
        COFFEE,
        COFFEE.replace("10", "9.5"),
        ['[[reward]] "coffee", price', "0 decimals"],
    ),
    "no price for everybody": (
        COFFEE,
        COFFEE.replace("10 }", '10, tier_at_least = "blue" }'),
        ['[[reward]] "coffee"', "everybody"],
    ),
    "two prices at once": (
        COFFEE,
        COFFEE.replace("[{ amount = 10 }", "[{ amount = 10 }, { amount = 9, from = 2026-01-01 }"),
        ['[[reward]] "coffee", price', "overlap"],
    ),
    "a price that ends first": (
        COFFEE,
        COFFEE.replace("10 }", "10, from = 2026-01-01, until = 2025-01-01 }"),
        ['[[reward]] "coffee", price', "until"],
    ),
    "a tier nobody has": (
        'tier_at_least = "gold"',
        'tier_at_least = "red"',
        ['"boat-trip"', '"red"'],
    ),
    "a condition without a test": (
        WHEN,
        'when = [{ attribute = "table" }]',
        ['[[rule]] "terrace", when'],
    ),
    "a test of nothing": (
        WHEN,
        'when = [{ is = "terrace" }]',
        ['"terrace", when', "one condition"],
    ),
    "an empty condition": (WHEN, "when = [{}]", ['[[rule]] "terrace", when', "one condition"]),
    "two conditions in one": (
        WHEN,
        'when = [{ attribute = "table", is = "terrace", not_in = ["inside"] }]',
        ['[[rule]] "terrace", when', "one condition"],
    ),
    "two values for one test": (
        WHEN,
        'when = [{ attribute = "table", is = "terrace", in = ["inside"] }]',
        ['[[rule]] "terrace", when', "one condition"],
    ),
    "an attribute nobody reports": (
        WHEN,
        WHEN.replace("table", "view"),
        ["when, attribute", '"view"'],
    ),
    "a choice nobody has": (
        WHEN,
        WHEN.replace('"terrace" }', '"roof" }'),
        ["when", '"roof"', '"inside"'],
    ),
    "a word for a number in a condition": (
        WHEN,
        'when = [{ attribute = "guests", in = ["many"] }]',
        ['[[rule]] "terrace", when', '"many"', "number"],
    ),
    "yes for a number": (WHEN, 'when = [{ attribute = "guests", is = true }]', ["when", "number"]),
    "a number for yes": (
        WHEN,
        'when = [{ attribute = "is_birthday", is = 1 }]',
        ["when", "true or"],
    ),
    "a day that is none": (
        WHEN,
        'when = [{ attribute = "booked_on", is = "soon" }]',
        ['[[rule]] "terrace", when', '"soon"', "2026-03-31"],
    ),
    "at least a word": (
        WHEN,
        'when = [{ attribute = "table", at_least = 2 }]',
        ["when", "at_least"],
    ),
    "a weekday that is none": (
        WHEN,
        'when = [{ weekday = ["today"] }]',
        ['number 3 ("terrace")', "'today'"],
    ),
    "a partner nobody knows": (WHEN, 'when = [{ partner = ["bar"] }]', ["when, partner", '"bar"']),
    "a place nobody knows": (
        WHEN,
        'when = [{ location = ["attic"] }]',
        ["when, location", '"attic"'],
    ),
    "a flag nobody flies": (WHEN, 'when = [{ tier = ["red"] }]', ["when, tier", '"red"']),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_named_and_nothing_is_written(tmp_path: Path, mistake: str) -> None:
    old, new, said = MISTAKES[mistake]
    folder = variant(tmp_path, (old, new))
    with pytest.raises(BlueprintInvalid) as refused:
        blueprint.apply(folder, actor="test")
    assert all(piece in refused.value.message for piece in said), refused.value.message
    assert not Program.objects.exists()
    assert not Unit.objects.exists()


def test_a_unit_to_spend_is_needed(tmp_path: Path) -> None:
    text = (cast.QUAY / "program.toml").read_text().split("[[unit]]")[0]
    text += '[[unit]]\ncode = "visit"\nkind = "counter"\nsingular = "visit"\nplural = "visits"\n'
    (tmp_path / "program.toml").write_text(text)
    with pytest.raises(BlueprintInvalid, match="at least one unit of the kind spendable"):
        blueprint.apply(tmp_path, actor="test")


def test_a_counter_alone_cannot_come_first_either(tmp_path: Path) -> None:
    counter = 'code = "visit"\nkind = "counter"'
    folder = variant(tmp_path, ("default = true\n", ""), (counter, counter + "\ndefault = true"))
    with pytest.raises(BlueprintInvalid, match='"visit", default: only a spendable unit'):
        blueprint.apply(folder, actor="test")


def test_two_ladders_have_no_tier_of_one_name(tmp_path: Path) -> None:
    text = (cast.QUAY / "program.toml").read_text()
    ladder = text[text.index("[[ladder]]") : text.index("[[reward]]")]
    (tmp_path / "program.toml").write_text(text + "\n" + ladder.replace('"flags"', '"other"'))
    with pytest.raises(BlueprintInvalid, match='"white" is given twice'):
        blueprint.apply(tmp_path, actor="test")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"[program\n", "is not TOML"),
        (b"[program]\nname = 'Caf\xe9'\n", "is not UTF-8"),
        (b"", "program"),
    ],
)
def test_a_file_that_cannot_be_read_is_named(tmp_path: Path, content: bytes, said: str) -> None:
    (tmp_path / "program.toml").write_bytes(content)
    with pytest.raises(BlueprintInvalid, match=said) as refused:
        blueprint.apply(tmp_path, actor="test")
    assert str(tmp_path) in refused.value.message


def test_a_folder_without_a_blueprint_is_named(tmp_path: Path) -> None:
    with pytest.raises(BlueprintInvalid, match=r"Name a folder that holds a program\.toml"):
        blueprint.apply(tmp_path / "nowhere", actor="test")


def test_the_command_says_it_in_one_sentence(tmp_path: Path) -> None:
    folder = variant(tmp_path, ("default = true", "defalt = true"))
    with pytest.raises(CommandError, match="Did you mean 'default'"):
        call_command("program", "apply", str(folder))


def test_without_a_program_the_remedy_is_named() -> None:
    from program import catalog

    with pytest.raises(ProgramMissing, match="program apply blueprints/hotel"):
        catalog.current()


@pytest.mark.parametrize(
    ("name", "units", "rules", "tiers", "rewards"),
    [("hotel", 2, 10, 6, 12), ("shop", 2, 2, 2, 6), ("cafe", None, None, None, None)],
)
def test_the_blueprints_of_the_house_load(
    name: str, units: int | None, rules: int | None, tiers: int | None, rewards: int | None
) -> None:
    changes = blueprint.apply(ROOT / "blueprints" / name, actor="test")
    assert changes
    counts = [model.objects.count() for model in (Unit, Rule, Tier, Reward)]  # type: ignore[attr-defined]
    wanted = [units, rules, tiers, rewards]
    assert all(want in (None, count) for want, count in zip(wanted, counts, strict=True))
    assert Revision.objects.get().blueprint == name


@pytest.mark.parametrize("name", ["hotel", "shop", "cafe"])
def test_applying_twice_changes_nothing(name: str) -> None:
    folder = ROOT / "blueprints" / name
    blueprint.apply(folder, actor="test")
    assert blueprint.apply(folder, actor="test") == []
    assert Revision.objects.count() == 1
