"""Card numbers: whoever mistypes one digit, or swaps two, is told so."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from members import cards
from members.errors import CardNumberInvalid

numbers = st.integers(10**10, 10**11 - 1).map(lambda n: f"{n}{cards.check_digit(str(n))}")


def test_the_published_example() -> None:
    """H. M. Damm: the check digit of 572 is 4."""
    assert cards.check_digit("572") == "4"


def test_the_table_is_a_totally_anti_symmetric_quasigroup() -> None:
    """What the code promises follows from these three properties, for numbers of any length."""
    digits = range(10)
    table = cards.DAMM
    assert all(sorted(row) == list(digits) for row in table)
    assert all(sorted(table[x][y] for x in digits) == list(digits) for y in digits)
    assert all(table[x][x] == 0 for x in digits)
    for start in digits:
        for x in digits:
            for y in digits:
                assert x == y or table[table[start][x]][y] != table[table[start][y]][x]


@given(number=numbers, place=st.integers(0, 11), digit=st.integers(0, 9))
def test_every_wrong_digit_is_caught(number: str, place: int, digit: int) -> None:
    wrong = f"{number[:place]}{digit}{number[place + 1 :]}"
    if wrong == number:
        assert cards.clean(wrong) == number
        return
    with pytest.raises(CardNumberInvalid):
        cards.clean(wrong)


@given(number=numbers, place=st.integers(0, 10))
def test_every_swap_of_neighbors_is_caught(number: str, place: int) -> None:
    swapped = f"{number[:place]}{number[place + 1]}{number[place]}{number[place + 2 :]}"
    if swapped == number:
        return
    with pytest.raises(CardNumberInvalid):
        cards.clean(swapped)


def test_every_error_in_one_number_exhaustively() -> None:
    number = "482109376623"[:11]
    number += cards.check_digit(number)
    for place in range(12):
        for digit in "0123456789":
            wrong = number[:place] + digit + number[place + 1 :]
            if wrong != number:
                with pytest.raises(CardNumberInvalid):
                    cards.clean(wrong)


@pytest.mark.parametrize("typed", ["{0} {1} {2}", "{0}-{1}-{2}", " {0}{1}{2} ", "{0}\t{1} - {2}"])
def test_a_number_may_be_typed_with_spaces_and_hyphens(typed: str) -> None:
    number = cards.new_number()
    assert cards.clean(typed.format(number[:4], number[4:8], number[8:])) == number


@pytest.mark.parametrize(
    "typed", ["", "1234", "4821093766231", "48210937662x", "４８２１０９３７６６２３", "-" * 12]
)
def test_what_is_no_number_is_refused(typed: str) -> None:
    with pytest.raises(CardNumberInvalid, match="12 digits"):
        cards.clean(typed)


def test_new_numbers_are_right_and_never_start_with_zero() -> None:
    made = {cards.new_number() for _ in range(500)}
    assert len(made) == 500
    assert all(cards.clean(number) == number and number[0] != "0" for number in made)


def test_a_number_is_shown_in_groups_of_four() -> None:
    assert cards.format_number("482109376623") == "4821 0937 6623"
