"""Line icons drawn for the house on a grid of 24, one stroke weight, round ends."""

from __future__ import annotations

ICONS: dict[str, str] = {
    "home": "M6 2.5v19M6 4l13.5 4.8L6 13.6",
    "rewards": "M3.5 6h17v3.6a2.4 2.4 0 0 0 0 4.8V18h-17v-3.6a2.4 2.4 0 0 0 0-4.8z"
    "M14 6.2v1.6m0 3.4v1.6m0 3.4v1.6",
    "card": "M3 5.5h18v13H3zM3 9.8h18M6.8 14.6h4.4",
    "activity": "M4.5 6h.01M4.5 12h.01M4.5 18h.01M9 6h11M9 12h7.5M9 18h9.5",
    "profile": "M12 11.8a4 4 0 1 0 0-8 4 4 0 0 0 0 8z"
    "M4.2 20.5c.9-3.7 4-5.6 7.8-5.6s6.9 1.9 7.8 5.6",
    "arrow": "M4.5 12h15M13 5.5 19.5 12 13 18.5",
    "back": "M19.5 12h-15M11 5.5 4.5 12l6.5 6.5",
    "check": "M4.5 12.500l5 5L19.5 7",
    "close": "M6 6l12 12M18 6 6 18",
    "clock": "M12 6.500V12l3.6 2.200M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18z",
    "lock": "M5.5 11h13v9.500h-13zM8.3 11V7.700a3.7 3.7 0 0 1 7.4 0V11",
    "down": "M6 9.500l6 6 6-6",
}


def svg(name: str, *, size: int = 24) -> str:
    """One icon as inline SVG in the color of the text around it. Hidden from screen readers."""
    return (
        f'<svg class="icon" viewBox="0 0 24 24" width="{size}" height="{size}"'
        ' aria-hidden="true" fill="none" stroke="currentColor" stroke-width="1.8"'
        ' stroke-linecap="round" stroke-linejoin="round">'
        f'<path d="{ICONS[name]}"/></svg>'
    )
