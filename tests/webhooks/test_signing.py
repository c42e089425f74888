"""Signatures that any library of Standard Webhooks takes."""

from __future__ import annotations

import base64
from datetime import UTC, datetime

import pytest

from copilot.webhooks.signing import headers_of, new_secret


def test_a_signature_is_that_of_the_standards_own_libraries() -> None:
    # Signed by the standard's Python library, version 1.1.0, with the example of its tests.
    at = datetime.fromtimestamp(1614265330, UTC)
    found = headers_of(
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_p5jXN8AQM9LWM0D4loKWxJek", at, b'{"test": 2432232314}'
    )
    assert found == {
        "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "webhook-timestamp": "1614265330",
        "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    }


@pytest.mark.slow
def test_secrets_have_the_length_the_standard_asks_for_and_are_never_the_same() -> None:
    made = {new_secret() for _ in range(50)}
    assert len(made) == 50
    for secret in made:
        assert secret.startswith("whsec_")
        assert 24 <= len(base64.b64decode(secret.removeprefix("whsec_"), validate=True)) <= 64
