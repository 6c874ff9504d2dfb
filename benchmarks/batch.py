"""Activities in batches of a thousand over HTTP, beside the same activities one call each.

The limit here is ourselves: a till that was offline must be caught up with in little time.
"""

from __future__ import annotations

from benchmarks import callers, figures, hotel, served

CLIENTS = 1  # who sends batches sends one after another
SECONDS = 8  # of a round: a batch takes a while
ROUNDS = 5
TARGET = 8.0


def run() -> None:
    """Measure in turn, and print."""
    with hotel.opened() as world, served.web() as port:

        def calls(kind: str) -> float:
            return callers.load(
                port=port,
                token=world.token,
                kind=kind,
                guests=hotel.GUESTS,
                seconds=SECONDS,
                clients=CLIENTS,
            )

        calls("post with a key")
        calls("batch")
        rates = figures.in_turn(
            {
                "in batches": lambda: calls("batch") * callers.BATCH,
                "in single calls": lambda: calls("post with a key"),
            },
            rounds=ROUNDS,
        )
    print(f"Activities a second over HTTP, {CLIENTS} client")
    figures.tell_rates(rates)
    figures.tell("target", f"{TARGET:.1f}")
