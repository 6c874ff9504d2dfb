"""What does not fit is told in a marketer's words: where it is, what to write, what there is."""

from __future__ import annotations

import pytest

from program import blueprint
from program.errors import BlueprintInvalid
from tests.cast import QUAY

QUAY_TEXT = (QUAY / "program.toml").read_text(encoding="utf-8")
UNIT = 'code = "point"\nkind = "spendable"'
LADDER = 'validity = "life"'
WRONG = {
    UNIT: [
        (UNIT.replace("point", "Point"), 'number 1 ("Point"), code: write lower-case letters'),
        (UNIT.replace("spendable", "money"), "no 'money' here. Use one of: spendable, counter."),
    ],
    "expiry = { months = 1 }": [
        ("expiry = 1", "expiry: write a table of keys in { }, not a whole number."),
        ('expiry = { months = "1" }', "months: write a whole number, not a text."),
        ("expiry = { months = 601 }", "months: write a whole number, 600 or less."),
        ("expiry = { months = 1.5 }", "months: write a whole number, not a number."),
        ('expiry = { days = 9, since = "soon" }', "write a day like 2026-03-31, without quotes."),
    ],
    "default = true": [('default = "yes"', "default: write true or false, not a text.")],
    'currency = "EUR"': [
        ('currency = "euro"', "currency: write three capital letters, like EUR."),
    ],
    'when = [{ tier_at_least = "blue" }]': [
        ('when = "blue"', "when: write a list in [ ], not a text."),
        ('when = [{ weekday = ["sunday"] }]', "Use one of: mon, tue, wed, thu, fri, sat, sun."),
    ],
    '["#ffffff", "#14213d"]': [
        ('["#ffffff"]', "colors: write a list of 2 or more."),
        ('["white", "blue"]', "write a color like #1a2b3c."),
    ],
    'name = "White"': [('name = ""', "name: write a text of 1 or more characters.")],
    "percent = 50": [('percent = "half"', "percent: write a number.")],
    LADDER: [("validity = true", "write a text in quotes or a table of keys in { }, not true or")],
    "price = [{ amount = 100 }]": [("amount = 100", "reward]] number 4")],
}


@pytest.mark.parametrize(
    ("old", "new", "says"), [(old, new, says) for old, all_ in WRONG.items() for new, says in all_]
)
def test_what_does_not_fit_says_what_to_write(old: str, new: str, says: str) -> None:
    assert QUAY_TEXT.count(old) == 1, old
    with pytest.raises(BlueprintInvalid) as refused:
        blueprint.read(QUAY_TEXT.replace(old, new))
    assert says in str(refused.value)
    assert "`" not in str(refused.value)
