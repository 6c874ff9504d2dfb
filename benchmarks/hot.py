"""Everybody posts to one member: the callers queue for the lock of one account."""

from __future__ import annotations

from benchmarks import post


def run() -> None:
    """Measure and print."""
    post.run(guests=1)
