"""What the Python client says of a webhook that did not come from Pennant."""

from __future__ import annotations

import importlib.util
from typing import Any

import pytest

from tests.conftest import ROOT

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"  # the standard's own example
BODY = b'{"test": 2432232314}'
GOOD = {
    "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
    "webhook-timestamp": "1614265330",
    "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
}


@pytest.fixture(scope="module")
def webhooks() -> Any:
    path = ROOT / "clients" / "python" / "pennant_client" / "webhooks.py"
    spec = importlib.util.spec_from_file_location("client_webhooks", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_standards_own_example_is_taken(webhooks: Any) -> None:
    assert webhooks.verify(SECRET, GOOD, BODY, now=1614265330) == {"test": 2432232314}


@pytest.mark.parametrize(
    "wrong",
    [
        {"webhook-timestamp": ""},
        {"webhook-timestamp": "\N{SUPERSCRIPT TWO}"},
        {"webhook-timestamp": "1" * 5000},
        {"webhook-timestamp": "1614260000"},
        {"webhook-signature": "v1,\N{LATIN SMALL LETTER E WITH ACUTE}"},
        {"webhook-signature": "v1,\udce9"},
        {"webhook-id": "msg_other"},
        {"webhook-id": "\udce9"},
    ],
)
def test_whatever_does_not_fit_is_an_invalid_signature(
    webhooks: Any, wrong: dict[str, str]
) -> None:
    with pytest.raises(webhooks.InvalidSignature):
        webhooks.verify(SECRET, GOOD | wrong, BODY, now=1614265330)
