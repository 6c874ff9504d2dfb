"""Bodies that partners send: JSON read strictly, fitted to a struct that says what may be there.

Nothing is guessed and nothing is dropped: a field named twice, a field nobody knows, a number that
is none, a text that the database cannot hold are refused with the place (a JSON pointer, RFC 6901)
and the remedy. Numbers are int or Decimal, never float.
"""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Iterable
from decimal import Decimal, InvalidOperation
from typing import Any, TypeVar

import msgspec

from common.errors import InvalidInput

T = TypeVar("T", bound=msgspec.Struct)

DIGITS = 18  # an int of that many is exact and cheap to read; longer ones are Decimals
MAGNITUDE = 100_000  # digits before or after the point: what decimal arithmetic takes in its stride
PATH = re.compile(r"\.([^.`\[\]]+)|\[([^\]]*)\]")
KIND = re.compile(r"`([^`]*)`")
UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
WORDS = {
    "array": "a list",
    "bool": "true or false",
    "decimal": "a number",
    "int": "a whole number",
    "null": "null",
    "object": "an object",
    "str": "a text",
}


class BodyMalformed(InvalidInput):
    """The body is not JSON, or says something twice or in a way that has no one meaning."""

    code = "body_malformed"
    title = "The body cannot be read as JSON"


class BodyInvalid(InvalidInput):
    """The body is JSON of another shape than the call takes; `errors` names the place."""

    code = "body_invalid"
    title = "The body does not have the expected shape"


def read(raw: bytes) -> Any:
    """The JSON value of a UTF-8 body. Raises BodyMalformed."""
    if not raw:
        raise BodyMalformed("The body is empty. Send JSON, with its Content-Length.")
    try:
        text = raw.decode()
    except UnicodeDecodeError as error:
        raise BodyMalformed(f"Byte {error.start} is not UTF-8. Send the body in UTF-8.") from None
    try:
        return _strict().decode(text)
    except json.JSONDecodeError as error:
        raise BodyMalformed(
            f"Line {error.lineno}, column {error.colno}: {error.msg}. Send one JSON object."
        ) from None
    except RecursionError:
        raise BodyMalformed("The body is nested too deeply.") from None


@functools.cache
def _strict() -> json.JSONDecoder:
    return json.JSONDecoder(
        object_pairs_hook=_object,
        parse_float=_number,
        parse_int=_number,
        parse_constant=_refuse_constant,
    )


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise BodyMalformed(f"The field {_short(twice)} is there twice. Send it once.")
    for text in _texts(pairs):
        if UNSTORABLE.search(text):
            raise BodyMalformed(
                f"{_short(text)} holds NUL or half of a surrogate pair. Leave such characters out."
            )
    return found


def _texts(pairs: list[tuple[str, Any]]) -> Iterable[str]:
    for name, value in pairs:
        yield name
        if isinstance(value, str):
            yield value


def _number(text: str) -> int | Decimal:
    if len(text) <= DIGITS and text.lstrip("-").isdigit():
        return int(text)
    try:
        number = Decimal(text)
    except InvalidOperation:
        number = Decimal("Infinity")
    if not number.is_finite() or (number and abs(number.adjusted()) > MAGNITUDE):
        raise BodyMalformed(f"The number {_short(text)} is far too large, or too close to zero.")
    return number


def _refuse_constant(text: str) -> None:
    raise BodyMalformed(f"{text} is not a number in JSON. Leave the field out, or send a number.")


def fit(value: Any, shape: type[T]) -> T:
    """A read value as a struct of type `shape`. Raises BodyInvalid with the place."""
    try:
        return msgspec.convert(value, shape, strict=True)
    except msgspec.ValidationError as error:
        raise _invalid(str(error)) from None


def _invalid(message: str) -> BodyInvalid:
    """Turn msgspec's words ("Expected `str`, got `int` - at `$.member.card`") into ours."""
    fact, _, place = message.partition(" - at ")
    pointer = "".join(f"/{escape(name or index)}" for name, index in PATH.findall(place))
    field = fact[fact.find("`") + 1 : fact.rfind("`")]
    if fact.startswith("Object missing required field"):
        pointer, code, detail = (
            f"{pointer}/{escape(field)}",
            "field_missing",
            f"{field} is missing.",
        )
    elif fact.startswith("Object contains unknown field"):
        pointer, code = f"{pointer}/{escape(field)}", "field_unknown"
        detail = f"There is no field {_short(field)} here. Leave it out or correct its name."
    else:
        code, detail = "field_invalid", _expectation(fact)
        if place.startswith("`key"):
            detail = f"A name in it does not fit. {detail}"
    where = pointer or "The body"
    return BodyInvalid(
        f"{where}: {detail}", errors=[{"pointer": pointer, "code": code, "detail": detail}]
    )


def _expectation(fact: str) -> str:
    """`Expected `str`, got `int`` as "This must be a text, and is a whole number."."""
    words = KIND.sub(lambda found: _kind(found.group(1)), fact)
    words = words.replace("Expected ", "This must be ").replace(", got ", ", and is ")
    words = words.replace("of length <=", "of length at most")
    return f"{words.replace('of length >=', 'of length at least').rstrip('.')}."


def _kind(name: str) -> str:
    kinds = [part for part in name.split(" | ") if part != "null"] or ["null"]
    return " or ".join(WORDS.get(part, part) for part in kinds)


def escape(name: str) -> str:
    """One step of a JSON pointer (RFC 6901)."""
    return name.replace("~", "~0").replace("/", "~1")


def _short(text: str) -> str:
    shown = text if len(text) <= 40 else f"{text[:40]}…"
    return ascii(shown)
