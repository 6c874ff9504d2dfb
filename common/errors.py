"""Refusals: every foreseeable one is a LoyaltyError that says what to do, and every database
constraint has its own.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, ClassVar

from django.db import IntegrityError


class LoyaltyError(Exception):
    """A refusal a caller can act on: a stable `code`, an HTTP `status`, a message for people, data
    for programs.
    """

    code: ClassVar[str] = "refused"
    status: ClassVar[int] = 409
    title: ClassVar[str] = "The request was refused"

    def __init__(self, message: str, **data: Any) -> None:
        super().__init__(message)
        self.message = message
        self.data = data


class InvalidInput(LoyaltyError):
    """Something in the input is wrong.

    `pointer` names the place as a JSON pointer or a file position.
    """

    code = "invalid_input"
    status = 400
    title = "The input is not valid"


class BrokenRule(LoyaltyError):
    """A database constraint refused a write that the code above it should have refused first."""

    code = "broken_rule"
    title = "The database refused the change"


Refusal = tuple[type[LoyaltyError], str]


@contextmanager
def translate(refusals: dict[str, Refusal]) -> Iterator[None]:
    """Turn an IntegrityError into the domain error registered for the constraint that was violated.

    `refusals` maps a constraint's name to the error's class and its message. Unknown constraints
    pass through.
    """
    try:
        yield
    except IntegrityError as error:
        name = constraint_name(error)
        if name in refusals:
            kind, message = refusals[name]
            raise kind(message, constraint=name) from error
        raise


def constraint_name(error: BaseException) -> str:
    """The name of the constraint behind a database error, or an empty string."""
    diag = getattr(error.__cause__, "diag", None)
    return getattr(diag, "constraint_name", None) or ""
