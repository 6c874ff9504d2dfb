from __future__ import annotations

from common.errors import BrokenRule, InvalidInput, LoyaltyError, Refusal


class TemplateInvalid(InvalidInput):
    """The words of a letter name something that the letter does not know."""

    code = "template_invalid"
    title = "The words of the letter cannot be filled in"


class LinkRefused(LoyaltyError):
    """A signed link was cut off, changed, or made by somebody else."""

    code = "link_refused"
    status = 404
    title = "This link opens nothing here"


REFUSALS: dict[str, Refusal] = {
    "messaging_template_once_a_language": (
        BrokenRule,
        "There are words for this event in that language already. Change those.",
    ),
    "messaging_template_says_something": (
        BrokenRule,
        "A letter has a subject and a text.",
    ),
}
