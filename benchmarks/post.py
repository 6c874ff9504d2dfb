"""One activity, posted: over HTTP with everything around it, and in one process without HTTP.

Two limits stand beside it, both one PL/pgSQL function a call: on tables made for nothing else, and
on Pennant's own tables with all their guards (the limit that the target is about). All of them know
an activity by its reference; what a caller's Idempotency-Key costs on top is told, too.
"""

from __future__ import annotations

from benchmarks import callers, figures, hotel, limit, served

CLIENTS = 8
TARGET = 0.30  # of the rate by hand on our tables, over HTTP


def run(*, guests: int = hotel.GUESTS) -> None:
    """Measure in turn, and print. With one guest, every client posts to the same account."""
    with hotel.opened() as world:
        with served.web() as port:

            def call(seconds: int = hotel.SECONDS, kind: str = "post") -> float:
                return callers.load(
                    port=port,
                    token=world.token,
                    kind=kind,
                    guests=guests,
                    seconds=seconds,
                    clients=CLIENTS,
                )

            call(hotel.WARM_S)
            over_http = figures.in_turn(
                {
                    "over HTTP": call,
                    "limit": lambda: limit.rate("post", members=guests, seconds=hotel.SECONDS),
                    "by hand on our tables": lambda: _by_hand(world, guests, CLIENTS),
                    "over HTTP, with a key of its own": lambda: call(kind="post with a key"),
                },
                rounds=hotel.ROUNDS,
            )
        here = figures.in_turn(
            {
                "in one process": lambda: hotel.record_for(hotel.SECONDS, guests=guests),
                "limit": lambda: limit.rate(
                    "post", members=guests, seconds=hotel.SECONDS, clients=1
                ),
                "by hand on our tables": lambda: _by_hand(world, guests, 1),
            },
            rounds=hotel.ROUNDS,
        )
        whom = f"{guests:,} members" if guests > 1 else "one member"
        print(f"One activity, {CLIENTS} clients, {whom}, calls a second")
        figures.tell_rates(over_http)
        target = f"{TARGET:.2f}" if guests > 1 else "none"
        figures.tell("target, over HTTP / by hand on our tables", target)
        print(f"One activity, one client, {whom}, calls a second")
        figures.tell_rates(here)


def _by_hand(world: hotel.Hotel, guests: int, clients: int) -> float:
    return limit.rate(
        "house",
        members=guests,
        seconds=hotel.SECONDS,
        clients=clients,
        given={"key": world.key.key_hash},
    )
