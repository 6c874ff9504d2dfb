from common.errors import BrokenRule, InvalidInput, LoyaltyError, Refusal
from common.problems import Unauthenticated


class KeyUnknown(Unauthenticated):
    """One answer for keys that are mistyped, made up or deleted."""

    code = "key_unknown"
    title = "This key is not known"


class KeyRevoked(Unauthenticated):
    code = "key_revoked"
    title = "This key was revoked"


class KeyExpired(Unauthenticated):
    code = "key_expired"
    title = "This key has expired"


class PartnerInactive(LoyaltyError):
    code = "partner_inactive"
    status = 403
    title = "This partner takes part no more"


class ScopeMissing(LoyaltyError):
    """The key is good, and is not for this. `data` has `scope`, the one that is needed."""

    code = "scope_missing"
    status = 403
    title = "This key may not do that"


class KeyInvalid(InvalidInput):
    """What a key should be made with cannot be: its name, its scopes or its end."""

    code = "key_invalid"
    title = "The key cannot be made like that"


class KeyPlaceDenied(LoyaltyError):
    """The key acts for some of the partner's places only, and this is another, or none."""

    code = "location_denied"
    status = 403
    title = "This key may not act for that place"


class RoleMissing(LoyaltyError):
    """The place does not earn, or does not burn."""

    code = "role_missing"
    status = 403
    title = "This place has no part in that"


class ValueLimitReached(LoyaltyError):
    """The key has credited as much as it may in a day. Nothing of the call was recorded."""

    code = "value_limit_reached"
    status = 403
    title = "This key has credited enough for today"


class IdempotencyKeyMissing(InvalidInput):
    code = "idempotency_key_missing"
    title = "The header Idempotency-Key is missing"


class IdempotencyKeyInvalid(InvalidInput):
    code = "idempotency_key_invalid"
    title = "The header Idempotency-Key cannot be used"


class IdempotencyKeyReused(LoyaltyError):
    code = "idempotency_key_reused"
    status = 422
    title = "This Idempotency-Key stands for another call"


class TwinRunning(LoyaltyError):
    """The same call is being answered at this moment."""

    code = "twin_running"
    title = "The same call is still running"
    wait = 1  # seconds after which its answer can be had


class CursorInvalid(InvalidInput):
    code = "cursor_invalid"
    title = "The page cannot be found"


class ParameterInvalid(InvalidInput):
    """Something after the question mark of the address is unknown or cannot be read."""

    code = "parameter_invalid"
    title = "A parameter of the address cannot be used"


class NothingThere(LoyaltyError):
    """One answer for ids that are mistyped, made up, or another partner's."""

    code = "nothing_there"
    status = 404
    title = "Nothing has this id"


class WebhookInvalid(InvalidInput):
    """Its address, its events or its contact cannot be used."""

    code = "webhook_invalid"
    title = "The webhook cannot be made like that"


class FileUnreadable(InvalidInput):
    """The file as a whole cannot be read; single lines that cannot are reported by line."""

    code = "file_unreadable"
    title = "The file cannot be read"


class ImportStands(LoyaltyError):
    """The import is not in the state that this needs. `state` says in which it is."""

    code = "import_stands"
    title = "The import cannot do that now"


class AddressForbidden(LoyaltyError):
    """The address leads into a network that is not public. Never shown with what it leads to."""

    code = "address_forbidden"
    status = 400
    title = "This address may not be called"


REFUSALS: dict[str, Refusal] = {
    "partners_key_has_scopes": (
        KeyInvalid,
        "Give the key at least one scope, and only scopes that there are.",
    ),
    "partners_key_has_a_name": (KeyInvalid, "Name the key after what will use it."),
    "partners_key_expires_after_it_starts": (
        KeyInvalid,
        "Let the key end after the moment it is made, or never.",
    ),
    "partners_key_slot_is_free": (
        KeyInvalid,
        "Two keys of this name work already. Revoke one of them, or use another name.",
    ),
    "partners_call_is_remembered_once": (
        TwinRunning,
        "The same call is still running. Send it again in a second.",
    ),
    "partners_import_waits_once": (
        ImportStands,
        "The same file is waiting already. Look for it among the imports.",
    ),
    "partners_key_hash_is_unique": (BrokenRule, "This key exists already. Make another."),
}
