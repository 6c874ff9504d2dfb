"""What the OpenAPI document says of each call: the words, the shapes and the examples.

The examples of requests run as they are against the demo.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse, extend_schema

from common.problems import PROBLEM_JSON, PROBLEMS
from partners import problems

JSON, CSV = "application/json", "text/csv"
INTRODUCTION = f"""\
What tills, booking engines and web shops say to the program.

Send your key with every call: `Authorization: Bearer pn_live_…`. What you post stands under your
own reference and counts once, however often you send it. Every refusal is `{PROBLEM_JSON}` with a
stable `code`; [all of them are listed]({PROBLEMS.rstrip("/")}). Within version 1 there are only
additions.
"""
KEYED = [
    "idempotency_key_missing",
    "idempotency_key_invalid",
    "idempotency_key_reused",
    "twin_running",
]
BODIES = [
    "body_malformed",
    "body_invalid",
    "length_required",
    "body_too_large",
    "media_type_unsupported",
]
PAGES = {
    "limit": "Rows of a page, 1 to 200; 50 unless said.",
    "cursor": "`next` of the page before, as it is.",
}
NAMED = [
    "body_malformed",
    "body_invalid",
    "card_number_invalid",
    "member_name_invalid",
    "member_not_found",
    "member_erased",
]
ADDRESSED = [  # a member in an address
    "card_number_invalid",
    "member_name_invalid",
    "member_not_found",
    "member_erased",
    "nothing_there",
]


def shape(name: str) -> dict[str, Any]:
    """A reference to the component that a struct of that name has become."""
    return {"$ref": f"#/components/schemas/{name}"}


def answer(name: str, words: str, *examples: OpenApiExample) -> OpenApiResponse:
    """An answer of the shape of a struct."""
    return OpenApiResponse(shape(name), description=words, examples=list(examples))


def refusals(*codes: str) -> dict[tuple[int, str], OpenApiResponse]:
    """The refusals of a call by status, each code with an example."""
    known = problems.catalogue()
    anywhere = ["key_missing", "key_unknown", "key_revoked", "key_expired", "partner_inactive"]
    anywhere += ["scope_missing", "too_many_requests", "internal_error", "busy", "program_missing"]
    by_status: dict[int, list[problems.Entry]] = {}
    for code in dict.fromkeys([*codes, *anywhere]):
        by_status.setdefault(known[code].status, []).append(known[code])
    return {
        (status, PROBLEM_JSON): OpenApiResponse(
            shape("Problem"),
            description=_listed(entries),
            examples=[_example(entry) for entry in entries],
        )
        for status, entries in sorted(by_status.items())
    }


def _listed(entries: Sequence[problems.Entry]) -> str:
    return "\n".join(f"- `{entry.code}`: {entry.meaning}" for entry in entries)


def _example(entry: problems.Entry) -> OpenApiExample:
    return OpenApiExample(
        entry.code,
        value={
            "type": f"{PROBLEMS}{entry.code}",
            "title": entry.title,
            "status": entry.status,
            "detail": f"{entry.meaning} {entry.remedy}",
            "instance": "/api/v1/activities",
            "code": entry.code,
            "request_id": "4f9d1c0e7b7a4c0f9a55d2f3c1c0b7aa",
            "errors": [],
        },
        media_type=PROBLEM_JSON,
        response_only=True,
        status_codes=[str(entry.status)],
    )


def call(
    operation_id: str,
    *,
    tag: str,
    summary: str,
    words: str,
    scope: str,
    answers: Mapping[int, tuple[str, str, Any]],
    codes: Sequence[str] = (),
    body: str = "",
    examples: Mapping[str, Any] = MappingProxyType({}),
    path: Mapping[str, tuple[str, str]] = MappingProxyType({}),
    query: Mapping[str, str] = MappingProxyType({}),
    idempotency: str = "none",
    files: Mapping[str, str] = MappingProxyType({}),
    table: str = "",
) -> Any:
    """The document of one call.

    `answers` by status: the shape (several: one of them; empty: no body), words, an example;
    `examples` of bodies by name; `path` and `query` parameters with words (and, in the path, an
    example). `idempotency` is "needed", "possible" or "none". `files` are bodies by media type and
    an example of each; `table` is an example of a file of CSV that is answered.
    """
    parameters = _parameters(path, query)
    if idempotency != "none":
        parameters += [*_keyed(is_required=idempotency == "needed"), _replayed(answers)]
    more = [*codes, *_codes(body=body, query=query, idempotency=idempotency)]
    return extend_schema(
        operation_id=operation_id,
        tags=[tag],
        summary=summary,
        description=f"{words}\n\nNeeds the scope `{scope}`.",
        parameters=parameters,
        request={JSON: shape(body)} if body else (dict.fromkeys(files, str) or None),
        responses={
            **{status: _answered(name, told) for status, (name, told, _) in answers.items()},
            **({(200, CSV): OpenApiResponse(str, description="The file.")} if table else {}),
            **refusals(*more),
        },
        examples=[*_examples(examples, answers), *_texts(files, table)],
    )


def _texts(files: Mapping[str, str], table: str) -> list[OpenApiExample]:
    """Examples of bodies and answers that are text."""
    sent = [
        OpenApiExample(f"file-{number}", value=text, media_type=media, request_only=True)
        for number, (media, text) in enumerate(files.items(), start=1)
    ]
    if not table:
        return sent
    got = OpenApiExample(
        "file", value=table, media_type=CSV, response_only=True, status_codes=["200"]
    )
    return [*sent, got]


def _parameters(path: Mapping[str, tuple[str, str]], query: Mapping[str, str]) -> list[Any]:
    found = [
        OpenApiParameter(
            name,
            str,
            OpenApiParameter.PATH,
            description=about,
            examples=[OpenApiExample(name, value=value)],
        )
        for name, (about, value) in path.items()
    ]
    asked = [
        OpenApiParameter(name, str, OpenApiParameter.QUERY, description=about)
        for name, about in query.items()
    ]
    return found + asked


def _codes(*, body: str, query: Mapping[str, str], idempotency: str) -> list[str]:
    """The refusals that every call of this form can have."""
    found = ["parameter_invalid"]
    if "cursor" in query:
        found.append("cursor_invalid")
    if idempotency != "none":
        found += KEYED if idempotency == "needed" else KEYED[1:]
    if body or idempotency != "none":
        found += BODIES
    return found


def _examples(
    bodies: Mapping[str, Any], answers: Mapping[int, tuple[str, str, Any]]
) -> list[OpenApiExample]:
    sent = [
        _shown(name, value, summary=name.capitalize(), request_only=True)
        for name, value in bodies.items()
    ]
    got = [
        _shown(
            f"answer-{status}",
            value,
            summary=told,
            response_only=True,
            status_codes=[str(status)],
        )
        for status, (name, told, value) in answers.items()
        if name
    ]
    return sent + got


def _answered(names: str, words: str) -> OpenApiResponse:
    """An answer of one shape, of one of several, or of none."""
    known = names.split()
    if len(known) > 1:
        return OpenApiResponse({"oneOf": [shape(name) for name in known]}, description=words)
    return answer(known[0], words) if known else OpenApiResponse(None, description=words)


def _keyed(*, is_required: bool) -> list[OpenApiParameter]:
    words = (
        "A text of your own (a UUID does), new for every call and the same when you send a call "
        "again: it counts once. Kept for 30 days."
    )
    return [
        OpenApiParameter(
            "Idempotency-Key",
            str,
            OpenApiParameter.HEADER,
            required=is_required,
            description=words,
            examples=[OpenApiExample("key", value="2b1f9b0e-5c61-4b4e-9d0e-6a1d0a6a2c11")],
        )
    ]


def _replayed(answers: Mapping[int, Any]) -> OpenApiParameter:
    return OpenApiParameter(
        "Idempotent-Replayed",
        str,
        OpenApiParameter.HEADER,
        description="`true` when this is the first answer again.",
        response=list(answers),
    )


def _shown(name: str, value: Any, *, summary: str, **where: Any) -> OpenApiExample:
    return OpenApiExample(name, value=value, summary=summary, media_type=JSON, **where)
