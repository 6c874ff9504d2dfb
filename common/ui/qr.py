"""Codes to be scanned, as inline SVG: black on white in every scheme, with the quiet zone the
standard asks for.
"""

from __future__ import annotations

from io import BytesIO

import segno

QUIET = 4  # modules of white around the code, ISO/IEC 18004


def svg(text: str, *, label: str) -> str:
    """A QR code that grows with its box. `label` is what a screen reader says instead."""
    out = BytesIO()
    code = segno.make_qr(text, error="m")
    code.save(
        out, kind="svg", xmldecl=False, svgns=False, nl=False, omitsize=True, border=QUIET,
        dark="#000", light="#fff", svgclass="qr", lineclass=None, title=None,
    )  # fmt: skip
    drawn = out.getvalue().decode()
    return drawn.replace("<svg ", f'<svg role="img" aria-label="{label}" ', 1)
