"""`python -m benchmarks NAME`: measure one path and print it beside its limit."""

from __future__ import annotations

import importlib
import os
import platform
import sys

NAMES = ("evaluate", "simulate", "post", "hot", "batch", "redeem", "surveys", "imports")


def main(arguments: list[str]) -> int:
    """Run the benchmarks that are named. Returns the exit code."""
    if not arguments or set(arguments) - set(NAMES):
        print(f"Name one or several of: {', '.join(NAMES)}.", file=sys.stderr)
        return 2
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "loyalty_site.settings")
    import django

    django.setup()
    from benchmarks import figures

    figures.tell(f"Python {platform.python_version()}", platform.python_compiler())
    figures.tell("a plain loop, milliseconds of processor time", f"{figures.plain_loop():.1f}")
    for name in arguments:
        importlib.import_module(f"benchmarks.{name}").run()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
