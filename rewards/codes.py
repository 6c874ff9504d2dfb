"""Voucher codes: twelve letters of Crockford's base 32, 60 random bits, unguessable and easy to
read aloud.
"""

from __future__ import annotations

import secrets

from common.ids import ALPHABET

LENGTH = 12  # with a million live codes and ten guesses a second, thousands of years to a hit
LOOKALIKE = str.maketrans({"O": "0", "I": "1", "L": "1"})


def new() -> str:
    """A fresh code in upper case, without separators."""
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH)).upper()


def clean(text: str) -> str:
    """A typed or scanned code as it is stored: upper case, no separators, look-alike letters read
    as digits.
    """
    return "".join(c for c in text.upper() if c.isalnum()).translate(LOOKALIKE)


def format(code: str) -> str:
    """In groups of four: `7KQ2-9XAB-03TM`."""
    return "-".join(code[start : start + 4] for start in range(0, len(code), 4))
