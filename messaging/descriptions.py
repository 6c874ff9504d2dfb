"""What the keys of letters mean."""

from __future__ import annotations

from messaging.sections import LetterTable
from program.describing import describe


def install() -> None:
    """Say it; called once, when the app is ready."""
    describe(
        LetterTable,
        "The words of a letter. Without them, the house's own are used. Names in braces are filled "
        "in; a line that is just {scale} becomes the scale that can be tapped.",
        {
            "event": ("What it is about.", '"survey_invited"'),
            "subject": ("Its subject.", '"How was it, {name}?"'),
            "text": ("Its text.", '"{question}\\n\\n{scale}"'),
            "language": ("The language of these words.", '"de"'),
        },
    )
