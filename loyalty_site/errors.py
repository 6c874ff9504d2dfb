"""Reasons not to start. Whoever started us reads one sentence, not a traceback."""


class CannotStart(Exception):
    """The message says what is wrong and what to do about it."""
