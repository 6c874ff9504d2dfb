#!/usr/bin/env python
"""Django's command line, with reasons not to start as one sentence."""

import os
import sys


def main() -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "loyalty_site.settings")
    if sys.argv[1:2] == ["demo"]:
        os.environ |= {"DEMO": "1", "DEBUG": "0"}
    from django.core.management import execute_from_command_line

    from loyalty_site.errors import CannotStart

    try:
        execute_from_command_line(sys.argv)
    except CannotStart as error:
        print(f"Pennant does not start: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
