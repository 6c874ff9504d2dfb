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
    "partners_key_hash_is_unique": (BrokenRule, "This key exists already. Make another."),
}
