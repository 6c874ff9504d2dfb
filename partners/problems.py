"""The catalogue of problems: every code the API can answer with, what it means, what to do.

Codes, statuses and titles are those of the error classes, so the pages, docs/API.md and the answers
cannot say different things.
"""

from __future__ import annotations

import dataclasses

from common import bodies
from common import problems as http
from common.errors import BrokenRule, LoyaltyError
from earning import errors as earning
from members import errors as members
from partners import errors as partners
from partners.submitted import DateInvalid
from points import errors as points
from program import errors as program

Advice = tuple[type[LoyaltyError], str, str]


@dataclasses.dataclass(frozen=True, slots=True)
class Entry:
    """One code of the catalogue."""

    code: str
    status: int
    title: str
    meaning: str
    remedy: str


KEYS: list[Advice] = [
    (
        http.Unauthenticated,
        "The request has no header Authorization with a bearer key.",
        "Send `Authorization: Bearer pn_live_…`. Keys are never read from the address.",
    ),
    (
        partners.KeyUnknown,
        "No key has this text: it was cut off, mistyped or made up.",
        "Copy all of it: pn_live_ and 52 letters and digits.",
    ),
    (
        partners.KeyRevoked,
        "Somebody has revoked the key.",
        "Ask whoever runs the program for a new one.",
    ),
    (
        partners.KeyExpired,
        "The key had an end, and it is past.",
        "Ask whoever runs the program for a new one.",
    ),
    (
        partners.PartnerInactive,
        "The partner of this key no longer takes part.",
        "Ask whoever runs the program.",
    ),
    (
        partners.ScopeMissing,
        "The key is good, but not for this call. `scope` names the scope that is needed.",
        "Use a key with that scope, or ask for one.",
    ),
]
BODIES: list[Advice] = [
    (
        bodies.BodyMalformed,
        (
            "The body is not UTF-8 or not JSON, a field is there twice, a number is none (NaN, "
            "Infinity, an exponent without measure), or a text holds what no database keeps."
        ),
        "Correct the body; `detail` names the place.",
    ),
    (
        bodies.BodyInvalid,
        "The body is JSON of another shape: a field is missing, unknown or of another type.",
        "Correct the fields in `errors`.",
    ),
    (
        http.BodyTooLarge,
        "A body may have 256 KiB.",
        "Send less in one request.",
    ),
    (
        http.LengthRequired,
        "The body came in chunks, so nobody can tell its length before reading it.",
        "Send the body in one piece, with its Content-Length.",
    ),
    (
        http.MediaTypeUnsupported,
        "The body is not declared as JSON, or it is compressed.",
        "Send `Content-Type: application/json` and the body as it is.",
    ),
]
ACTIVITIES: list[Advice] = [
    (
        earning.ReferenceReused,
        (
            "An activity with this reference and other content was posted before; `activity` is "
            "its id. Nothing was recorded."
        ),
        "For a new activity, use a new reference. For a repeat, send exactly the same content.",
    ),
    (
        earning.ReferenceInvalid,
        "The reference is empty, too long or has characters that cannot be printed.",
        "Use 1 to 100 printable characters, such as your booking number.",
    ),
    (
        program.UnknownActivityType,
        "The program has no activity type with this code.",
        "Use one of the codes that `detail` lists.",
    ),
    (
        program.UnknownLocation,
        "The location is none of the partner's.",
        "Correct the code, leave the location out, or have it added.",
    ),
    (
        program.UnknownPartner,
        "The key's partner is not part of the program any more.",
        "Ask whoever runs the program.",
    ),
    (
        program.AttributesInvalid,
        "Attributes are missing, unknown, or have values that do not fit.",
        "Correct every attribute in `errors`; all of them are listed.",
    ),
    (
        DateInvalid,
        "`occurred_at` is neither a moment with its offset nor a date.",
        "Write 2026-03-31T18:00:00+01:00, or 2026-03-31.",
    ),
    (
        earning.OccurredInFuture,
        "The activity has not happened yet. Clocks may be five minutes ahead.",
        "Post it once it has happened.",
    ),
    (
        earning.ReportedTooLate,
        "Activities of this type can be posted only for so many days.",
        "Ask whoever runs the program to put it right by hand.",
    ),
    (
        points.AmountInvalid,
        "A rule would pay more than 2^53 - 1, which no JSON reader keeps exact.",
        "Check the attributes; if they are right, tell whoever runs the program.",
    ),
]
MEMBERS: list[Advice] = [
    (
        members.CardNumberInvalid,
        "The card number does not have twelve digits, or its check digit is wrong.",
        "Scan or type it again.",
    ),
    (
        earning.MemberNameInvalid,
        "Nobody can be known by this e-mail address, phone number or reference.",
        "Check it for a typing error.",
    ),
    (
        members.MemberNotFound,
        "The number is well formed, and no member has it.",
        "Check it against the card; a replaced card finds nobody.",
    ),
    (
        members.MemberErased,
        "The person behind this membership asked to be forgotten; nothing is recorded any more.",
        "Forget the card and whatever else you know the member by.",
    ),
]
GENERAL: list[Advice] = [
    (
        http.BadRequest,
        "The request could not be understood.",
        "Check its address and headers against the documentation.",
    ),
    (http.Forbidden, "This is not allowed with the key that was sent.", "Use another key."),
    (
        http.AddressUnknown,
        "There is nothing at this address.",
        "Check it against /api/v1/docs. Addresses do not end with a slash.",
    ),
    (
        http.MethodNotAllowed,
        "The address does not take this method.",
        "Use one that the header Allow lists.",
    ),
    (
        http.NotAcceptable,
        "The schema cannot be had in the format that was asked for.",
        "Ask for JSON or YAML, or leave the header Accept out.",
    ),
    (
        http.TooManyRequests,
        "Too many requests came in a short time.",
        "Wait for the seconds in the header Retry-After.",
    ),
    (
        BrokenRule,
        "The database refused a change that should have been refused before.",
        "Tell whoever runs the program, with the request id.",
    ),
    (
        http.Failure,
        "Something failed on our side.",
        "Send the same again later: what was recorded is not recorded twice.",
    ),
    (
        http.Busy,
        "A lock or a connection could not be had in time.",
        "Send the same again after the seconds in the header Retry-After: it counts once.",
    ),
    (
        program.ProgramMissing,
        "No program has been set up yet.",
        "Tell whoever runs the program.",
    ),
]
CHAPTERS: dict[str, list[Advice]] = {
    "Keys": KEYS,
    "Bodies": BODIES,
    "Activities": ACTIVITIES,
    "Members": MEMBERS,
    "Anywhere": GENERAL,
}


def entries(chapter: str) -> list[Entry]:
    """The problems of one chapter."""
    return [
        Entry(kind.code, kind.status, str(kind.title), meaning, remedy)
        for kind, meaning, remedy in CHAPTERS[chapter]
    ]


def catalogue() -> dict[str, Entry]:
    """Every problem by its code."""
    return {entry.code: entry for chapter in CHAPTERS for entry in entries(chapter)}


def as_markdown() -> str:
    """The catalogue as the section of docs/API.md."""
    lines: list[str] = []
    for chapter in CHAPTERS:
        lines += [f"### {chapter}", "", "| Code | Status | What it means | What to do |"]
        lines += ["|---|---|---|---|"]
        lines += [
            f"| `{one.code}` | {one.status} | {one.meaning} | {one.remedy} |"
            for one in entries(chapter)
        ]
        lines += [""]
    return "\n".join(lines)
