"""Python looks for garbage again when the last who put it off is done, and not before."""

from __future__ import annotations

import gc
import threading

from common import bulk

HANG_S = 60  # a hang, not a slow machine


def test_it_is_put_off_until_the_last_is_done() -> None:
    inside, leave = threading.Event(), threading.Event()

    def long() -> None:
        with bulk.unswept():
            inside.set()
            leave.wait(HANG_S)

    assert gc.isenabled()
    thread = threading.Thread(target=long)
    with bulk.unswept():
        thread.start()
        assert inside.wait(HANG_S)
        with bulk.unswept():
            assert not gc.isenabled()
    assert not gc.isenabled()
    leave.set()
    thread.join(HANG_S)
    assert gc.isenabled()


def test_it_stays_off_where_it_was_off() -> None:
    gc.disable()
    try:
        with bulk.unswept():
            pass
        assert not gc.isenabled()
    finally:
        gc.enable()
