"""Malformed programs: what a hurried or unlucky hand makes of a file, from a seed, kind by kind.

A file is taken apart, one or two things in it are made wrong, and it is written again; some are
spoiled as text instead, as a lost connection or an editor would.
"""

from __future__ import annotations

import copy
import dataclasses
import random
import tomllib
from collections.abc import Callable, Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Any

Node = dict[str, Any] | list[Any]
Place = tuple[Node, Any]  # what holds it, and under which key or number
Spoil = Callable[[Any, random.Random], Any]

WORDS = [
    "",
    " ",
    "\x00",
    "code\x00",
    "nowhere",
    "Ünïcode ☃ 🏴",
    "\u202eevil",
    "a" * 41,
    "a" * 300,
    "x" * 20_000,
    "'; DROP TABLE program_program; --",
    "../../etc/passwd",
    "{{ 7 * 7 }}",
    "%s %(amount)s {0}",
    "null",
    "-1",
    "\n",
    "\t\r\n",
    "\x1b[31m",
    "\ufeffpoint",
]
NUMBERS = [
    0,
    -1,
    1,
    2**31,
    2**63 - 1,
    2**63,
    2**200,
    10**4299,
    -(2**63),
    Decimal("0.00001"),
    Decimal("-0.5"),
    Decimal("1e30"),
    Decimal("1e-30"),
    Decimal("99999999.99999"),
    Decimal("1e999999"),
    Decimal("nan"),
    Decimal("inf"),
    Decimal("-inf"),
    Decimal("-0.0"),
]
DATES = [
    date(1, 1, 1),
    date(9999, 12, 31),
    date(2024, 2, 29),
    date(1969, 12, 31),
    datetime(2026, 3, 29, 2, 30),  # noqa: DTZ001  a moment that Europe does not have
    datetime(9999, 12, 31, 23, 59, 59),  # noqa: DTZ001
]
OTHERS: list[Any] = ["text", 7, True, Decimal("1.5"), [], {}, [[]], [{}], {"a": 1}, ["a", 1]]


@dataclasses.dataclass(frozen=True, slots=True)
class Mutant:
    """A file that may be wrong, and what was done to it."""

    number: int
    kind: str
    data: bytes


def mutants(text: str, *, seed: str, count: int) -> Iterator[Mutant]:
    """So many mutants of one file, the same for the same seed, every kind in turn."""
    tree = tomllib.loads(text, parse_float=Decimal)
    for number in range(count):
        dice = random.Random(f"{seed}:{number}")
        kind = list(SPOILERS)[number % len(SPOILERS)]
        spoil = SPOILERS[kind]
        data: bytes
        if kind in ON_TEXT:
            data = spoil(text, dice)
        else:
            mutant = copy.deepcopy(tree)
            for _ in range(1 + (dice.random() < 0.2)):
                spoil(mutant, dice)
            data = written(mutant).encode("utf-8", "surrogatepass")
        yield Mutant(number, kind, data)


def written(tree: dict[str, Any]) -> str:
    """A tree as TOML, every key of its top level on a line."""
    return "".join(f"{_key(name)} = {_value(value)}\n" for name, value in tree.items())


def _value(value: Any) -> str:
    match value:
        case dict():
            inside = ", ".join(f"{_key(name)} = {_value(one)}" for name, one in value.items())
            return f"{{ {inside} }}" if inside else "{}"
        case list():
            return "[" + ", ".join(_value(one) for one in value) + "]"
        case bool():
            return str(value).lower()
        case Decimal():
            return _decimal(value)
        case int():
            return hex(value) if value > 2**70 else str(value)  # no limit on hexadecimal digits
        case date():  # and its moments
            return value.isoformat()
        case str():
            return _text(value)
    raise TypeError(type(value))


def _decimal(value: Decimal) -> str:
    if not value.is_finite():
        return "nan" if value.is_nan() else ("-inf" if value < 0 else "inf")
    text = str(value).lower()
    return text if "." in text or "e" in text else f"{text}.0"


def _text(text: str) -> str:
    return '"' + "".join(_escaped(one) for one in text) + '"'


def _escaped(one: str) -> str:
    return f"\\u{ord(one):04x}" if one in '"\\' or ord(one) < 32 or ord(one) == 127 else one


def _key(name: str) -> str:
    return name if name.replace("_", "a").isalnum() and name.isascii() else _text(name)


def _places(node: Any) -> Iterator[Place]:
    items: Any = node.items() if isinstance(node, dict) else enumerate(node)
    for name, value in items:
        yield node, name
        if isinstance(value, dict | list):
            yield from _places(value)


def _one(tree: Any, dice: random.Random, *kinds: type) -> Place | None:
    found = [
        (holder, name)
        for holder, name in _places(tree)
        if not kinds or isinstance(holder[name], kinds)
    ]
    return dice.choice(found) if found else None


def _delete(tree: Any, dice: random.Random) -> None:
    place = _one(tree, dice)
    if place:
        del place[0][place[1]]


def _rename(tree: Any, dice: random.Random) -> None:
    tables = [tree, *(h[n] for h, n in _places(tree) if isinstance(h[n], dict) and h[n])]
    table = dice.choice(tables)
    name = dice.choice(sorted(table))
    new = dice.choice([name[:-1], name + "s", name.upper(), name[::-1], "", "\x00", "code", "ü"])
    table[new] = table.pop(name)


def _double(tree: Any, dice: random.Random) -> None:
    """One of a list is given twice; often, the second says something else."""
    place = _one(tree, dice, list)
    if place and place[0][place[1]]:
        many = place[0][place[1]]
        many.insert(dice.randrange(len(many) + 1), copy.deepcopy(dice.choice(many)))


def _retype(tree: Any, dice: random.Random) -> None:
    place = _one(tree, dice)
    if place:
        place[0][place[1]] = copy.deepcopy(dice.choice(OTHERS))


def _refer(tree: Any, dice: random.Random) -> None:
    """A word is replaced by one that stands elsewhere in the file, so it often exists."""
    place = _one(tree, dice, str)
    if place:
        codes = [h[n] for h, n in _places(tree) if n in ("code", "unit", "activity", "counter")]
        words = [word for word in codes if isinstance(word, str)] or ["nowhere"]
        place[0][place[1]] = dice.choice([*words, "nowhere"])


def _cycle(tree: Any, dice: random.Random) -> None:
    """Two tables of one list change their codes, so that what refers to one means the other; or
    something refers to itself.
    """
    lists = [h[n] for h, n in _places(tree) if isinstance(h[n], list) and len(h[n]) > 1]
    coded = [m for m in lists if all(isinstance(o, dict) and "code" in o for o in m)]
    if not coded:
        return
    one, other = dice.sample(dice.choice(coded), 2)
    if dice.random() < 0.5:
        one["code"], other["code"] = other["code"], one["code"]
    else:
        names = [name for name, value in one.items() if isinstance(value, str)]
        one[dice.choice(names)] = one["code"]


def _swell(tree: Any, dice: random.Random) -> None:
    place = _one(tree, dice, int, Decimal)
    if place:
        place[0][place[1]] = dice.choice(NUMBERS)


def _misdate(tree: Any, dice: random.Random) -> None:
    """A date of another century; where there is none, one is put where a rule may have it."""
    place = _one(tree, dice, date)
    if place is None or dice.random() < 0.3:
        tables = [h[n] for h, n in _places(tree) if isinstance(h[n], dict)]
        place = dice.choice(tables), dice.choice(["from", "until", "since", "on"])
    place[0][place[1]] = dice.choice(DATES)


def _misword(tree: Any, dice: random.Random) -> None:
    place = _one(tree, dice, str)
    if place:
        place[0][place[1]] = dice.choice(WORDS)


def _empty(tree: Any, dice: random.Random) -> None:
    place = _one(tree, dice, list, dict, str)
    if place:
        place[0][place[1]] = type(place[0][place[1]])()


def _shuffle(tree: Any, dice: random.Random) -> None:
    place = _one(tree, dice, list)
    if place:
        dice.shuffle(place[0][place[1]])


def _transplant(tree: Any, dice: random.Random) -> None:
    """A value of one key under another: a price where a threshold was."""
    place, other = _one(tree, dice), _one(tree, dice)
    if place and other:
        place[0][place[1]] = copy.deepcopy(other[0][other[1]])


def _graft(tree: Any, dice: random.Random) -> None:
    """A key of one table in another one, of which there may be none like it."""
    tables = [h[n] for h, n in _places(tree) if isinstance(h[n], dict) and h[n]]
    one, other = dice.choice(tables), dice.choice(tables)
    name = dice.choice(sorted(other))
    one[name] = copy.deepcopy(other[name])


def _break(text: str, dice: random.Random) -> bytes:
    """Text that is cut off, has a sign too many, or a line twice."""
    at = dice.randrange(len(text))
    lines = text.splitlines(keepends=True)
    line = dice.randrange(len(lines))
    ways = [
        text[:at],
        text[:at] + dice.choice('[]{}="\\\n\x00#') + text[at:],
        text[:at] + text[at + dice.randint(1, 5) :],
        "".join([*lines[:line], lines[line], *lines[line:]]),
        "".join([*lines[:line], *lines[line + 1 :]]),
        text[:at] + dice.choice(["2026-13-01", "1e", "0x", "++1", "1__0", "9" * 5000]) + text[at:],
        text + "\nunit = " + "[" * 2000 + "]" * 2000,
    ]
    return dice.choice(ways).encode()


def _bytes(text: str, dice: random.Random) -> bytes:
    """Bytes that are no UTF-8, or another encoding's."""
    raw = text.encode()
    at = dice.randrange(len(raw))
    ways = [
        raw[:at] + bytes([dice.randrange(128, 256)]) + raw[at:],
        text.encode("utf-16"),
        text.encode("latin-1", "replace"),
        b"\xef\xbb\xbf" + raw,
        b"",
        bytes(dice.randrange(256) for _ in range(200)),
    ]
    return dice.choice(ways)


SPOILERS: dict[str, Spoil] = {
    "deleted": _delete,
    "renamed": _rename,
    "doubled": _double,
    "of another type": _retype,
    "referring elsewhere": _refer,
    "exchanged": _cycle,
    "a number gone wrong": _swell,
    "a date gone wrong": _misdate,
    "a word gone wrong": _misword,
    "emptied": _empty,
    "shuffled": _shuffle,
    "transplanted": _transplant,
    "grafted": _graft,
    "broken text": _break,
    "broken bytes": _bytes,
}
ON_TEXT = {"broken text", "broken bytes"}
