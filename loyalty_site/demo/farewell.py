"""The last lines of `make demo`: addresses, logins, and a call of the API that works as printed."""

from __future__ import annotations

from loyalty_site.demo.state import State

# The reference carries the time, so each run of the line is a new stay; the same reference twice
# would be answered with the first result.
CURL = """\
  curl -sS -X POST {base}/api/v1/activities \\
    -H 'Authorization: Bearer {key}' -H 'Content-Type: application/json' \\
    -d '{{"reference": "demo-'"$(date +%s)"'", "type": "stay",
         "member": {{"card": "{card}"}}, "location": "city-hotel",
         "occurred_at": "'"$(date -u +%Y-%m-%dT%H:%M:%SZ)"'",
         "attributes": {{"outcome": "stayed", "nights": 7, "suite": true, "revenue": "1180.00"}}}}'
"""


def text(state: State, *, base: str, seconds: float) -> str:
    """What is printed once the page answers."""
    rows = [
        ("Portal", f"{base}/"),
        ("Mails", f"{base}/demo/mail/"),
        ("Admin", f"{base}/admin/"),
        ("API", f"{base}/api/v1/schema"),
    ]
    who = f"{state.member_name}, in the portal"
    logins = [
        ("Member", state.member_email, state.member_password, who),
        ("Clerk", state.clerk_email, state.clerk_password, "in the admin"),
        ("Owner", state.owner_email, state.owner_password, "in the admin"),
    ]
    lines = ["", f"Ready after {seconds:.0f} s.", ""]
    lines += [f"  {name:<8}{address}" for name, address in rows]
    lines += [""]
    lines += [f"  {role:<8}{email:<22}{secret:<32}{what}" for role, email, secret, what in logins]
    lines += ["          The member may also ask for a code; the mail with it is under Mails.", ""]
    lines += ["A partner posts a stay of seven nights in a suite:", ""]
    lines += [CURL.format(base=base, key=state.api_key, card=state.member_card)]
    lines += ["Ctrl-C stops everything. `make demo FRESH=1` starts over.", ""]
    return "\n".join(lines)
