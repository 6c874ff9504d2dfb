"""Typed attributes: what an activity may say about itself, checked at the door.

Values come from JSON or from a file; they leave as Python values (int, Decimal, str, bool, date).
No float gets in: a number with a fraction is a Decimal or a text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from program.errors import AttributesInvalid
from program.models import ActivityAttribute, ActivityType

Kind = ActivityAttribute.Kind
DIGITS = (
    12  # before the point; points computed from it stay far below what a JSON number keeps exact
)
NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?")
TEXT_LENGTH = 200
COUNTED = (Kind.INTEGER, Kind.DECIMAL, Kind.MONEY)
SHOWN = 40  # characters of a wrong value that a message repeats


def check(type: ActivityType, given: Mapping[str, Any]) -> dict[str, Any]:
    """The attributes as typed values.

    Raises AttributesInvalid naming every attribute that does not fit, and why.
    """
    known = type.told
    errors = [
        _error(code, f"{type.name} has no attribute {code!r}. Leave it out or correct the name.")
        for code in given
        if code not in known
    ]
    values: dict[str, Any] = {}
    for code, attribute in known.items():
        raw = given.get(code) or attribute.default or given.get(code)
        if raw is None or raw == "":
            if attribute.is_required:
                errors.append(
                    _error(
                        code, f"{attribute.name} is missing. Every {type.name.lower()} needs it."
                    )
                )
            continue
        try:
            values[code] = _value(attribute, raw)
        except ValueError as error:
            errors.append(_error(code, f"{attribute.name}: {error}"))
    if errors:
        raise AttributesInvalid(" ".join(e["detail"] for e in errors), errors=errors)
    return values


def plain(values: Mapping[str, Any]) -> dict[str, Any]:
    """Typed values in the form that is stored as JSON: decimals and dates as text."""
    return {
        code: value
        if isinstance(value, bool | int | str)
        else (format(value, "f") if isinstance(value, Decimal) else value.isoformat())
        for code, value in values.items()
    }


def typed(type: ActivityType, stored: Mapping[str, Any]) -> dict[str, Any]:
    """Stored values back as typed ones; they were checked when they came."""
    kinds = type.told
    return {
        code: READERS[kinds[code].kind](kinds[code], value)
        for code, value in stored.items()
        if code in kinds
    }


def amounts(type: ActivityType, given: Mapping[str, Any]) -> dict[str, int | Decimal]:
    """Amounts of attributes that came back, each above nothing.

    Raises AttributesInvalid naming every one that does not fit, and why.
    """
    known = {one.code: one for one in type.told.values() if one.kind in COUNTED}
    errors, values = [], {}
    for code, raw in given.items():
        if code not in known:
            detail = f"{type.name} has no amount {code!r} that could come back. Correct the name."
            errors.append(_error(code, detail, of="returned"))
            continue
        try:
            values[code] = READERS[known[code].kind](known[code], raw)
            if values[code] <= 0:
                raise ValueError(f"{_shown(raw)} is not above nothing. Give what came back.")
        except ValueError as error:
            errors.append(_error(code, f"{known[code].name}: {error}", of="returned"))
    if errors:
        raise AttributesInvalid(" ".join(e["detail"] for e in errors), errors=errors)
    return values


def less(
    type: ActivityType, stated: Mapping[str, Any], returned: Mapping[str, int | Decimal]
) -> dict[str, Any]:
    """What is left of stated values when amounts came back; of none less than nothing.

    Raises AttributesInvalid for one that more came back of than there was.
    """
    names = {one.code: one.name for one in type.told.values()}
    errors = [
        _error(
            code,
            f"{names[code]}: {amount} came back in all, and there was only "
            f"{stated.get(code, 0)}. Correct the amount.",
            of="returned",
        )
        for code, amount in returned.items()
        if amount > (stated.get(code) or 0)
    ]
    if errors:
        raise AttributesInvalid(" ".join(e["detail"] for e in errors), errors=errors)
    return {
        code: value - returned[code] if code in returned else value
        for code, value in stated.items()
    }


def fitting(
    known: Mapping[str, ActivityAttribute], stored: Mapping[str, Any], *, is_bounded: bool = True
) -> tuple[dict[str, Any], list[str]]:
    """Stored values as typed ones, as far as they fit attributes that may have changed since, and
    the codes of those that do not. What is left after a return is not bounded.
    """
    values: dict[str, Any] = {}
    wrong = []
    read = _value if is_bounded else _read
    for code, raw in stored.items():
        try:
            values[code] = read(known[code], raw)
        except (KeyError, ValueError):
            wrong.append(code)
    return values, wrong


def _read(attribute: ActivityAttribute, raw: Any) -> Any:
    return READERS[attribute.kind](attribute, raw)


def _value(attribute: ActivityAttribute, raw: Any) -> Any:
    value = _read(attribute, raw)
    if attribute.kind in COUNTED:
        _require_within(attribute, value, raw)
    return value


def _require_within(attribute: ActivityAttribute, number: int | Decimal, raw: Any) -> None:
    if attribute.least is not None and number < attribute.least:
        least = f"{attribute.least.normalize():f}"
        raise ValueError(f"{_shown(raw)} is below {least}, the least there can be.")
    if attribute.most is not None and number > attribute.most:
        most = f"{attribute.most.normalize():f}"
        raise ValueError(f"{_shown(raw)} is above {most}, the most there can be.")


def _integer(attribute: ActivityAttribute, raw: Any) -> int:
    number = _decimal(attribute, raw)
    if number != number.to_integral_value():
        raise ValueError(f"{_shown(raw)} is not a whole number.")
    return int(number)


def _money(attribute: ActivityAttribute, raw: Any) -> Decimal:
    number = _decimal(attribute, raw)
    if number != round(number, 2):
        raise ValueError(f"{_shown(raw)} has more than two digits after the point.")
    return round(number, 2)


def _decimal(attribute: ActivityAttribute, raw: Any) -> Decimal:
    if isinstance(raw, bool) or not isinstance(raw, int | Decimal | str):
        raise ValueError(f"{_shown(raw)} is not a number.")
    if isinstance(raw, str) and not NUMBER.fullmatch(raw.strip()):
        raise ValueError(f"{_shown(raw)} is not a number. Write it like 1234.50.")
    number = Decimal(raw.strip() if isinstance(raw, str) else raw)
    if not number.is_finite() or number.adjusted() >= DIGITS:
        raise ValueError(f"{_shown(raw)} is too large. At most {DIGITS} digits before the point.")
    if -number.as_tuple().exponent > 6:  # type: ignore[operator]
        raise ValueError(f"{_shown(raw)} has more than six digits after the point.")
    return number


def _text(attribute: ActivityAttribute, raw: Any) -> str:
    if not isinstance(raw, str) or len(raw) > TEXT_LENGTH:
        raise ValueError(f"write a text of at most {TEXT_LENGTH} characters.")
    if "\x00" in raw:
        raise ValueError("a text cannot hold the character NUL.")
    return raw


def _choice(attribute: ActivityAttribute, raw: Any) -> str:
    if not isinstance(raw, str) or raw not in attribute.choices:
        raise ValueError(f"{_shown(raw)} is not one of {', '.join(attribute.choices)}.")
    return raw


def _boolean(attribute: ActivityAttribute, raw: Any) -> bool:
    if isinstance(raw, bool):
        return raw
    if isinstance(raw, str) and raw.lower() in ("true", "false"):
        return raw.lower() == "true"
    raise ValueError(f"{_shown(raw)} is not true or false.")


def _date(attribute: ActivityAttribute, raw: Any) -> date:
    if isinstance(raw, date):
        return raw
    try:
        if len(raw) != len("2026-03-31"):  # other spellings of ISO 8601 are read by few
            raise ValueError(raw)
        return date.fromisoformat(raw)
    except (TypeError, ValueError):
        raise ValueError(f"{_shown(raw)} is not a date. Write it like 2026-03-31.") from None


READERS: dict[str, Callable[[ActivityAttribute, Any], Any]] = {
    Kind.INTEGER: _integer,
    Kind.DECIMAL: _decimal,
    Kind.MONEY: _money,
    Kind.TEXT: _text,
    Kind.CHOICE: _choice,
    Kind.BOOLEAN: _boolean,
    Kind.DATE: _date,
}


def _shown(raw: Any) -> str:
    """What was sent, short enough for a message: texts in quotes, numbers as they are."""
    text = str(raw) if isinstance(raw, Decimal | int) else repr(raw)
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}…"


def _error(code: str, detail: str, *, of: str = "attributes") -> dict[str, str]:
    place = code.replace("~", "~0").replace("/", "~1")  # RFC 6901
    return {"pointer": f"/{of}/{place}", "code": "attribute_invalid", "detail": detail}
