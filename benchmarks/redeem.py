"""One redemption, over HTTP with everything around it, beside one PL/pgSQL function a call on
tables made for nothing else.
"""

from __future__ import annotations

from benchmarks import callers, figures, hotel, limit, served

CLIENTS = 8


def run() -> None:
    """Measure in turn, and print. Everybody takes the same reward, of which there is no end."""
    with hotel.opened() as world:
        with served.web() as port:

            def call(seconds: int = hotel.SECONDS) -> float:
                return callers.load(
                    port=port,
                    token=world.token,
                    kind="redeem",
                    guests=hotel.GUESTS,
                    seconds=seconds,
                    clients=CLIENTS,
                )

            call(hotel.WARM_S)
            rates = figures.in_turn(
                {
                    "over HTTP": call,
                    "limit": lambda: limit.rate(
                        "redeem", members=hotel.GUESTS, seconds=hotel.SECONDS, clients=CLIENTS
                    ),
                },
                rounds=hotel.ROUNDS,
            )
        print(f"One redemption, {CLIENTS} clients, {hotel.GUESTS:,} members, calls a second")
        figures.tell_rates(rates)
