"""What refusals about offers mean, and what to do about them."""

from __future__ import annotations

from common.errors import LoyaltyError
from earning import errors as earning

OFFERS: list[tuple[type[LoyaltyError], str, str]] = [
    (
        earning.OfferUnknown,
        "No offer has this code, or it was withdrawn.",
        "List the member's offers, and use a code of these.",
    ),
    (
        earning.OfferUnavailable,
        "The offer cannot be activated today, or not by this member; `tier` names what is needed.",
        "Read `detail` to the member.",
    ),
    (
        earning.OfferUsedUp,
        "It was activated as often as it can be, by the member or by all together.",
        "Read `detail` to the member. Nothing was activated.",
    ),
    (
        earning.OfferDayInvalid,
        "The offer asks for a day, for another one, or for none.",
        "Send `day` as `detail` says, or leave it out.",
    ),
    (
        earning.ActivationUnknown,
        "The member has no such activation of this offer.",
        "List the member's offers: each has its `activations` with their ids.",
    ),
    (
        earning.ActivationClosed,
        "The activation has paid already, or is over.",
        "Leave it as it is.",
    ),
]
