"""Our signatures against the reference library of Standard Webhooks, and its published example."""

from __future__ import annotations

import base64
import time
from datetime import UTC, datetime

import pytest
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from integrations.connectors.webhook import signing
from tests.integrations.connectors.webhook.fake import NEW, OLD

BODY = '{"type":"ping","data":{"name":"Müller 🎈"}}'.encode()


def key_of(secret: str) -> bytes:
    return base64.b64decode(secret.removeprefix("whsec_"))


def test_the_published_example_has_the_published_signature() -> None:
    secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    headers = signing.headers(
        "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}', [key_of(secret)]
    )

    assert headers["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_the_library_signs_as_we_do() -> None:
    at = 1795425300
    theirs = Webhook(NEW).sign("msg_1", datetime.fromtimestamp(at, tz=UTC), BODY.decode())

    assert signing.headers("msg_1", at, BODY, [key_of(NEW)]) == {
        "webhook-id": "msg_1",
        "webhook-timestamp": str(at),
        "webhook-signature": theirs,
    }


@pytest.mark.parametrize("secret", [OLD, NEW])
def test_the_library_verifies_what_is_signed_with_two_secrets(secret: str) -> None:
    headers = signing.headers("msg_1", int(time.time()), BODY, [key_of(NEW), key_of(OLD)])

    Webhook(secret).verify(BODY, headers)
    with pytest.raises(WebhookVerificationError):
        Webhook(secret).verify(BODY + b" ", headers)
