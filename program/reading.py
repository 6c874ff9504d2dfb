"""Reading TOML: what a file says, before anybody asks whether it is right.

Numbers with a fraction are read as decimals, never as floats. What no file of ours ever means is
refused here, once, with its place: text that is no TOML, numbers that are none or have no end,
characters that no database keeps.
"""

from __future__ import annotations

import re
import tomllib
from decimal import Decimal
from typing import Any

from program.errors import BlueprintInvalid

DIGITS_MOST = 15  # before the point: more than all the money there is, in the smallest coin
FRACTION_MOST = 9  # after it
DEEPEST = 12  # tables within tables: those of a program go down to six


def parse(text: str, *, name: str) -> dict[str, Any]:
    """What the text of a file says. Raises BlueprintInvalid naming the file and the place."""
    try:
        raw = tomllib.loads(text, parse_float=Decimal)
    except tomllib.TOMLDecodeError as error:
        raise BlueprintInvalid(f"{name} is not TOML: {error}") from error
    except RecursionError as error:
        raise BlueprintInvalid(
            f"in the file: {name} has brackets within brackets without end. Close what is open."
        ) from error
    except ValueError as error:  # thousands of digits, a day that no month has
        raise BlueprintInvalid(f"in the file: {name} is not TOML: {error}") from error
    try:
        _check(raw, "", depth=0)
    except _Strange as strange:
        raise BlueprintInvalid(f"{name}: in {place(strange.path, raw)}: {strange.what}") from None
    return raw


class _Strange(Exception):
    def __init__(self, path: str, what: str) -> None:
        super().__init__(what)
        self.path, self.what = path, what


def _check(node: Any, path: str, *, depth: int) -> None:
    """Look at everything. Raises _Strange for what no file of ours means."""
    if depth > DEEPEST:
        raise _Strange(path, f"tables go {DEEPEST} deep at most. Close what is open.")
    match node:
        case dict():
            for key, value in node.items():
                _check_text(key, path)
                _check(value, f"{path}.{key}", depth=depth + 1)
        case list():
            for index, value in enumerate(node):
                _check(value, f"{path}[{index}]", depth=depth + 1)
        case str():
            _check_text(node, path)
        case Decimal() | int():
            _check_number(Decimal(node), path)


def _check_text(text: str, path: str) -> None:
    if "\x00" in text:
        raise _Strange(path, "there is a NUL character (\\u0000), which no text has. Take it out.")


def _check_number(number: Decimal, path: str) -> None:
    if not number.is_finite():
        raise _Strange(path, f"{number} is not a number that can be counted with. Write digits.")
    if number and number.adjusted() >= DIGITS_MOST:
        raise _Strange(path, f"a number has at most {DIGITS_MOST} digits before the point.")
    exponent = number.as_tuple().exponent
    if isinstance(exponent, int) and -exponent > FRACTION_MOST:
        raise _Strange(path, f"a number has at most {FRACTION_MOST} digits after the point.")


def place(path: str, raw: Any) -> str:
    """`.rule[2].per` as `[[rule]] number 3 ("suite"), per`."""
    words: list[str] = []
    node = raw
    for name, index in re.findall(r"\.([\w-]+)|\[(\d+)\]", path):
        try:
            node = node[name] if name else node[int(index)]
        except (KeyError, IndexError, TypeError):
            node = {}
        if name:
            words.append(name)
        elif words:
            label = node.get("code") if isinstance(node, dict) else None
            words[-1] = f"[[{words[-1]}]] number {int(index) + 1}" + (
                f' ("{label}")' if label else ""
            )
    return ", ".join(words) or "the file"
