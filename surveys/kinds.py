"""The four kinds of survey: their wording, scale and direction are fixed, so that answers of one
kind are one series for ever.

NPS asks from 0 to 10 how likely somebody is to recommend; CES 2.0 from 1 to 7 how easy it was; CSAT
from 1 to 5 how satisfied they are; the CLI asks three things from 1, definitely yes, to 6,
definitely no.
"""

from __future__ import annotations

import dataclasses
from typing import Any

from django.utils.translation import gettext_lazy as _

NPS, CES, CSAT, CLI = "nps", "ces", "csat", "cli"


@dataclasses.dataclass(frozen=True, slots=True)
class Item:
    """One question on a kind's scale. Its words name `%(business)s`."""

    code: str
    words: Any


@dataclasses.dataclass(frozen=True, slots=True)
class Kind:
    """A kind of survey: how it is asked, and how its numbers are read.

    `mapping` names how a number becomes a measure; it is stored with each answer, with the scale.
    """

    code: str
    name: Any
    items: tuple[Item, ...]
    least: int
    most: int
    is_high_good: bool
    low_words: Any
    high_words: Any
    mapping: str

    @property
    def scale(self) -> range:
        """Every number that can be given, in order."""
        return range(self.least, self.most + 1)

    @property
    def series(self) -> str:
        """What may be counted together: the kind, its scale and its direction."""
        way = "up" if self.is_high_good else "down"
        return f"{self.code}:{self.least}-{self.most}:{way}:{self.mapping}"


KINDS: dict[str, Kind] = {
    kind.code: kind
    for kind in (
        Kind(
            NPS, _("Recommendation (NPS)"),
            (Item("recommend", _(
                "How likely are you to recommend %(business)s to a friend or colleague?"
            )),),
            0, 10, True, _("Not at all likely"), _("Extremely likely"), "promoters-detractors",
        ),
        Kind(
            CES, _("Effort (CES 2.0)"),
            (Item("easy", _("%(business)s made it easy for me to handle my issue.")),),
            1, 7, True, _("Strongly disagree"), _("Strongly agree"), "mean",
        ),
        Kind(
            CSAT, _("Satisfaction (CSAT)"),
            (Item("satisfied", _("How satisfied are you with %(business)s?")),),
            1, 5, True, _("Very dissatisfied"), _("Very satisfied"), "share-4-5",
        ),
        Kind(
            CLI, _("Loyalty (CLI)"),
            (
                Item("recommend", _("Would you recommend %(business)s?")),
                Item("again", _("Would you choose %(business)s again?")),
                Item("other", _("Would you try other things that %(business)s offers?")),
            ),
            1, 6, False, _("Definitely yes"), _("Definitely no"), "1-6-to-100-0",
        ),
    )
}  # fmt: skip
CHOICES = [(kind.code, kind.name) for kind in KINDS.values()]


def of(code: str) -> Kind:
    """The kind of this code."""
    return KINDS[code]
