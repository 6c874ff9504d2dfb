"""Bodies are read strictly: nothing is guessed, nothing dropped, and no text breaks the house."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common import bodies
from common.bodies import BodyMalformed
from earning.models import Activity
from tests.till import STAY, Till, code, marta


def test_numbers_are_exact() -> None:
    found = bodies.read(b"[1, -0, 1.10, 1e2, 123456789012345678901234567890, 0.1]")
    assert found == [
        1,
        0,
        Decimal("1.10"),
        Decimal("1e2"),
        Decimal(123456789012345678901234567890),
        Decimal("0.1"),
    ]
    assert not any(isinstance(number, float) for number in found)


MALFORMED = {
    "empty": b"",
    "open": b'{"a": 1',
    "two values": b"{} {}",
    "not UTF-8": b'{"a": "\xff"}',
    "UTF-16": '{"a": 1}'.encode("utf-16"),
    "byte order mark": b"\xef\xbb\xbf{}",
    "single quotes": b"{'a': 1}",
    "trailing comma": b'{"a": 1,}',
    "comment": b'{"a": 1} // one',
    "NaN": b'{"a": NaN}',
    "Infinity": b'{"a": -Infinity}',
    "leading zero": b'{"a": 01}',
    "beyond decimals": b'{"a": 1e99999999999999999999}',
    "beyond measure": b'{"a": 1e100001}',
    "next to nothing": b'{"a": 1e-100001}',
    "a field twice": b'{"a": 1, "a": 1}',
    "a field twice, deep": b'{"a": {"b": 1, "b": 2}}',
    "the same field, escaped": b'{"a": 1, "\\u0061": 2}',
    "NUL": b'{"a": "\\u0000"}',
    "NUL in a name": b'{"\\u0000": 1}',
    "half a pair": b'{"a": "\\ud800"}',
    "deep": b"[" * 100_000,
    "deep objects": b'{"a":' * 50_000,
}


@pytest.mark.parametrize("case", MALFORMED)
def test_what_is_not_plain_json_is_refused(case: str) -> None:
    with pytest.raises(BodyMalformed) as error:
        bodies.read(MALFORMED[case])
    assert len(error.value.message) < 200


@pytest.mark.parametrize("case", MALFORMED)
def test_it_is_a_problem_over_http(till: Till, case: str) -> None:
    if not MALFORMED[case]:
        return  # an empty body is another answer: no body at all
    assert code(till.post(MALFORMED[case])) == "body_malformed"


@pytest.mark.parametrize("body", [b"[]", b'"a"', b"1", b"null", b"true", b""])
def test_a_body_that_is_no_object_is_refused(till: Till, body: bytes) -> None:
    assert code(till.post(body)) == "body_invalid"


def test_a_long_number_takes_no_long_time(till: Till) -> None:
    marta()
    body = json.dumps(STAY).replace('"1180.00"', "9" * 200_000)
    response = till.post(body)
    assert response.status_code == 400
    assert len(response.content) < 1000


@pytest.mark.parametrize("text", ["東京-7", "Ñandú", "🏨 7", "a'b\"c;--", "%s{}", "<script>"])
def test_any_printable_reference_is_a_reference(till: Till, text: str) -> None:
    marta()
    response = till.post(reference=text)
    assert response.status_code == 201
    assert response.json()["reference"] == text
    assert Activity.objects.get().reference == text


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@given(field=st.sampled_from([*STAY, "other"]), value=JSON)
def test_whatever_a_field_holds_there_is_an_answer(till: Till, field: str, value: object) -> None:
    response = till.post(json.dumps(STAY | {field: value}))
    assert response.status_code in (200, 201, 202, 400, 409)
    if response.status_code >= 400:
        assert code(response)


@given(attributes=st.dictionaries(st.sampled_from([*STAY["attributes"], "room_type"]), JSON))
def test_whatever_attributes_hold_there_is_an_answer(
    till: Till, attributes: dict[str, object]
) -> None:
    response = till.post(json.dumps(STAY | {"attributes": STAY["attributes"] | attributes}))
    assert response.status_code in (200, 201, 202, 400, 409)
    assert len(response.content) < 4000


@given(raw=st.binary(max_size=60))
def test_whatever_bytes_come_there_is_an_answer(till: Till, raw: bytes) -> None:
    assert till.post(raw).status_code == 400


@given(card=st.text(min_size=1, max_size=20))
def test_whatever_is_asked_for_as_a_card_there_is_an_answer(till: Till, card: str) -> None:
    from urllib.parse import quote

    response = till.member(quote(card.encode("utf-8", "surrogatepass"), safe=""))
    assert response.status_code in (400, 404)
    assert code(response) in ("card_number_invalid", "member_not_found", "not_found")
