"""What every refusal of the API means, and what to do about it, chapter by chapter."""

from __future__ import annotations

from common import bodies
from common import problems as http
from common.errors import BrokenRule, InvalidInput, LoyaltyError
from earning import errors as earning
from members import errors as members
from partners import errors as partners
from partners.offer_advice import OFFERS
from partners.plan_advice import PLANS
from partners.reward_advice import REWARDS
from partners.submitted import DateInvalid
from points import errors as points
from program import errors as program

Advice = tuple[type[LoyaltyError], str, str]
KEYS: list[Advice] = [
    (
        http.Unauthenticated,
        "The request has no header Authorization with a bearer key.",
        "Send `Authorization: Bearer pn_live_…`. Keys are never read from the address.",
    ),
    (
        partners.KeyUnknown,
        "No key has this text: it was cut off, mistyped or made up.",
        "Copy all of it: pn_live_ or pn_test_, and 52 letters and digits.",
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
        partners.KeyPlaceDenied,
        "The key acts for some of the partner's places, and the call names another, or none.",
        "Name one of the places that `detail` lists, or use another key.",
    ),
    (
        partners.RoleMissing,
        "The place takes no part in earning, or none in burning; `role` says which.",
        "Name another place, or ask whoever runs the program.",
    ),
    (
        partners.ValueLimitReached,
        "The key has a limit on what it may credit in a day, and this would exceed it.",
        "Go on tomorrow (UTC), or have the limit raised. Nothing of the call was recorded.",
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
REPEATS: list[Advice] = [
    (
        partners.IdempotencyKeyMissing,
        "A call that changes something came without the header Idempotency-Key.",
        "Send one, new for every call, and the same when you send a call again.",
    ),
    (
        partners.IdempotencyKeyInvalid,
        "The key is longer than 255 characters or has characters that are not printable ASCII.",
        "Send a UUID.",
    ),
    (
        partners.IdempotencyKeyReused,
        "The key was sent with another address or body in the last 30 days. Nothing was done.",
        "Use a new key for a new call. For a repeat, send exactly the same again.",
    ),
    (
        partners.TwinRunning,
        "A call with the same key is being answered at this moment.",
        "Send it again after the seconds in the header Retry-After, and get the first answer.",
    ),
]
PAGES: list[Advice] = [
    (
        partners.CursorInvalid,
        "The cursor is not one that an answer gave you.",
        "Take it from `next`, as it is, or leave it out.",
    ),
    (
        partners.ParameterInvalid,
        "A parameter of the address is unknown or cannot be read.",
        "Correct it as `detail` says.",
    ),
    (
        partners.NothingThere,
        "The id is mistyped, made up, or of something that is not yours.",
        "Take ids from answers, as they are.",
    ),
]
WEBHOOKS: list[Advice] = [
    (
        partners.WebhookInvalid,
        "The address, the events, the contact or the range cannot be used.",
        "Correct what `errors` names.",
    ),
    (
        partners.AddressForbidden,
        "The address leads into a network that is not public.",
        "Give an address that anybody could call.",
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
        earning.ToldTooLate,
        "A choice was told after its last day, which `detail` names. Nothing was recorded.",
        "Leave the attribute out: then its default holds.",
    ),
    (
        earning.ActivityUnknown,
        "The activity never was pending, so there is nothing to confirm.",
        "Look at its `status`: what is recorded counts already.",
    ),
    (
        earning.ActivityCancelled,
        "The activity was cancelled, and nothing of it can be changed any more.",
        "Report what happened instead as a new activity.",
    ),
    (
        earning.ChangeReused,
        "A change with this reference and other content came before; `change` is its id.",
        "For a new change, use a new reference. For a repeat, send exactly the same content.",
    ),
    (
        earning.ChangeInvalid,
        "The change says nothing, not why, or two things of one attribute.",
        "Correct what `errors` names.",
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
        members.IdentifierTaken,
        "Another member is known by that e-mail address, phone number or reference.",
        "Find that member instead.",
    ),
    (
        InvalidInput,
        "A name, phone number or other detail cannot be kept as it is.",
        "Correct what `errors` names.",
    ),
    (
        members.MemberInactive,
        "The membership is closed.",
        "Ask whoever runs the program to open it again.",
    ),
    (
        members.MemberMerged,
        "The membership became part of another one while you called.",
        "Look the member up again, and send the call under a new Idempotency-Key.",
    ),
    (
        members.MemberErased,
        "The person behind this membership asked to be forgotten; nothing is recorded any more.",
        "Forget the card and whatever else you know the member by.",
    ),
]
CHOICES: list[Advice] = [
    (
        earning.ChoiceInvalid,
        "An option is none of this choice, or there are more of one, or in all, than can be had.",
        "Take codes from `options`, no more of one than its `at_most`, and as many as `choose`.",
    ),
    (
        earning.ChoiceClosed,
        "It was chosen already, by the member, by staff, or by the program after the last day.",
        "Get the choice again and read what was `chosen`. Nothing can be chosen anew.",
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
IMPORTS: list[Advice] = [
    (
        partners.FileUnreadable,
        "The file as a whole cannot be read: it is empty, no CSV or NDJSON, cut off, or too long.",
        "Correct the file as `detail` says, and send it again.",
    ),
    (
        partners.ImportStands,
        "The import is not checked yet, was stopped, or is done; `state` says which.",
        "Read the import again, and do what its state allows.",
    ),
]
CHAPTERS: dict[str, list[Advice]] = {
    "Keys": KEYS,
    "Bodies": BODIES,
    "Repeats": REPEATS,
    "Pages and ids": PAGES,
    "Activities": ACTIVITIES,
    "Members": MEMBERS,
    "Offers": OFFERS,
    "Plans": PLANS,
    "Milestones": CHOICES,
    "Rewards and vouchers": REWARDS,
    "Webhooks": WEBHOOKS,
    "Imports": IMPORTS,
    "Anywhere": GENERAL,
}
