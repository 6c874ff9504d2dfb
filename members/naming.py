"""How much of a name somebody else may read."""

from __future__ import annotations

SHORT = "\N{HORIZONTAL ELLIPSIS}"


def masked(name: str) -> str:
    """The first letter of every word: enough to recognise whom one means, not to learn who it is.

    `Bruno Lima` is `B… L…`.
    """
    return " ".join(word[0] + SHORT for word in name.split())


def familiar(name: str) -> str:
    """The first name, and the first letter of the last: `Bruno L.`; for people who share
    something.
    """
    words = name.split()
    return words[0] if len(words) < 2 else f"{words[0]} {words[-1][0]}."
