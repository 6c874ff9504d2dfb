"""Card numbers: eleven random digits and a check digit that catches every single wrong or swapped
digit.

The check digit is Damm's (H. M. Damm, "Total anti-symmetrische Quasigruppen", 2004). Luhn's is left
to payment cards on purpose: a loyalty number must never look like one.
"""

from __future__ import annotations

import secrets

from members.errors import CardNumberInvalid

LENGTH = 12
DAMM = (
    (0, 3, 1, 7, 5, 9, 8, 6, 4, 2),
    (7, 0, 9, 2, 1, 5, 4, 8, 6, 3),
    (4, 2, 0, 6, 8, 7, 1, 3, 5, 9),
    (1, 7, 5, 0, 9, 8, 3, 4, 2, 6),
    (6, 1, 2, 3, 0, 4, 5, 9, 7, 8),
    (3, 6, 7, 4, 2, 0, 9, 5, 8, 1),
    (5, 8, 6, 9, 7, 2, 0, 1, 3, 4),
    (8, 9, 4, 5, 3, 6, 2, 0, 1, 7),
    (9, 4, 3, 8, 6, 1, 7, 2, 0, 5),
    (2, 5, 8, 1, 4, 3, 6, 7, 9, 0),
)


def check_digit(digits: str) -> str:
    """Damm's check digit for a string of digits."""
    interim = 0
    for digit in digits:
        interim = DAMM[interim][int(digit)]
    return str(interim)


def new_number() -> str:
    """A fresh random card number with its check digit; never starts with zero."""
    body = str(secrets.randbelow(9 * 10 ** (LENGTH - 2)) + 10 ** (LENGTH - 2))
    return body + check_digit(body)


def clean(text: str) -> str:
    """A typed or scanned number without spaces and hyphens.

    Raises CardNumberInvalid when it is mistyped.
    """
    number = "".join(text.split()).replace("-", "")
    if not (number.isascii() and number.isdigit()) or len(number) != LENGTH:
        raise CardNumberInvalid(f"A card number has {LENGTH} digits. Check it against the card.")
    if check_digit(number[:-1]) != number[-1]:
        raise CardNumberInvalid(
            "At least one digit of this card number is wrong. Check it against the card."
        )
    return number


def format_number(number: str) -> str:
    """`482109376623` as `4821 0937 6623`, easy to read aloud."""
    return " ".join(number[start : start + 4] for start in range(0, len(number), 4))
