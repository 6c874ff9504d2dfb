"""A lane's own side: `python -m common.lane PIPE PARENT`, which `common.lanes` starts."""

from __future__ import annotations

import signal
import sys
from multiprocessing.connection import Connection

import django

KEPT_S = 60  # without work: long enough for the next slice of a file, or the file after it


def main(pipe: str, parent: str) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for whoever holds the pipe
    django.setup()
    from common import lanes

    lanes.serve(Connection(int(pipe)), parent=int(parent), kept_s=KEPT_S)


if __name__ == "__main__":
    main(*sys.argv[1:])
