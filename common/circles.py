"""Circles: things of a program that would feed each other without an end. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping

Feeds = Mapping[str, tuple[Collection[str], str | None]]  # by code: what it gives, what it takes


def find(feeds: Feeds) -> list[str]:
    """The first circle of two or more, from one of them around to itself; empty where
    there is none.
    """
    after = {
        code: [
            other
            for other, (_gives, takes) in feeds.items()
            if other != code and takes is not None and takes in gives
        ]
        for code, (gives, _takes) in feeds.items()
    }
    done: set[str] = set()
    for code in feeds:
        if circle := _from(code, after, [], done):
            return circle
    return []


def _from(code: str, after: Mapping[str, list[str]], way: list[str], done: set[str]) -> list[str]:
    if code in way:
        return [*way[way.index(code) :], code]
    if code in done:
        return []
    for other in after[code]:
        if circle := _from(other, after, [*way, code], done):
            return circle
    done.add(code)
    return []
