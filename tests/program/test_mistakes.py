"""Mistakes are told in the words of whoever wrote them: where, what stands there, what should."""

from __future__ import annotations

from pathlib import Path

import pytest

from program import blueprint
from program.errors import BlueprintInvalid
from tests.cast import QUAY, variant

EXPIRY = "expiry = { months = 1 }"
CASES = [
    ('code = "visit"\nkind = "counter"', 'code = "visit"\nkind = "counting"',
     '[[unit]] number 4 ("visit"), kind: "counting" is none of: spendable, counter. Did you mean'),
    ('validity = "life"', 'validity = "always"', '"always" is none of: life, next_year, a table.'),
    ('code = "till"\nname', 'code = "Till 1"\nname',
     '"Till 1" cannot stand here: a code is lower-case letters, digits and hyphens'),
    ('accent = "#b3392f"', 'accent = "red"', '"red" cannot stand here: a color is written #1a2b3c'),
    ("fixed = 5\nwhen = [{", 'fixed = 5\nwhen = { x = 1 } #[{',
     "Put it in brackets: [{ x = 1 }]."),
    ("decimals = 2", "decimals = 3", "3 stands here, and it takes this: whole number, 0 to 2."),
    ("default = true", 'default = "yes"', '"yes" stands here, and it takes this: true or false.'),
    (EXPIRY, "expiry = { month = 1 }", "there is no key 'month' here. Did you mean 'months'?"),
    ('fixed = 3\n', "fixed = 3\nlimit = [{ amount = 1 }]\n", "the key 'per' is missing. Add it."),
    ("price = [{ amount = 10 }]\n\n[[reward]]\ncode = \"cake\"",
     "price = 10\n\n[[reward]]\ncode = \"cake\"",
     "10 stands here, and it takes this: list of tables."),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "said"), CASES)
def test_a_mistake_says_what_to_write(tmp_path: Path, old: str, new: str, said: str) -> None:
    with pytest.raises(BlueprintInvalid) as refused:
        blueprint.load(variant(tmp_path, (old, new)))
    assert said in str(refused.value)


def test_the_program_itself_has_none() -> None:
    assert blueprint.load(QUAY)
