"""Checks what is posted to your webhook endpoint, and signs payouts of campaigns. Both need no client."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import math
import re
import time
import uuid
from typing import Dict, Mapping, Optional, Sequence, Union, cast

from ._answers import parse
from .errors import WebhookVerificationError
from .types import AnyEvent

TOLERANCE_SECONDS = 300


def verify_webhook(
    raw_body: bytes,
    headers: Mapping[str, str],
    secret: Union[str, Sequence[str]],
    tolerance: float = TOLERANCE_SECONDS,
    *,
    allow_plain: bool = False,
) -> AnyEvent:
    """The event, if the request is by us; raises `WebhookVerificationError` if it is not.

    `raw_body` is the body as received, byte for byte: JSON that was parsed and serialised again is another body.
    While a secret is being changed, pass the old and the new one. `allow_plain` accepts a request that has only
    `X-Airtime-Signature`: it has no timestamp, so whoever saw a request once can repeat it. Leave it out unless
    something on the way to you removes the `webhook-...` headers. `tolerance` is a finite number of seconds.
    """
    if not math.isfinite(tolerance) or tolerance < 0:
        raise ValueError("tolerance must be a finite number of seconds, or any timestamp would do.")
    if not isinstance(raw_body, (bytes, bytearray)):
        raise TypeError("raw_body must be the bytes as received.")
    found = {name.lower(): value for name, value in headers.items()}
    secrets = [secret] if isinstance(secret, str) else list(secret)
    has_standard = any(name in found for name in ("webhook-id", "webhook-timestamp", "webhook-signature"))
    if allow_plain and not has_standard:
        expected = [plain_signature(each, raw_body) for each in secrets]
        given = [found.get("x-airtime-signature", "")]
    else:
        event_id, timestamp = found.get("webhook-id", ""), found.get("webhook-timestamp", "")
        if not re.fullmatch("[0-9]{1,12}", timestamp):
            raise WebhookVerificationError("webhook-timestamp is missing, or not a number of seconds.")
        if abs(time.time() - int(timestamp)) > tolerance:
            raise WebhookVerificationError(f"webhook-timestamp is more than {tolerance:g} seconds from this clock.")
        expected = [standard_signature(each, event_id, timestamp, raw_body) for each in secrets]
        given = found.get("webhook-signature", "").split(" ")
    # Every pair is compared, so that the time says nothing about which one differs.
    matches = [hmac.compare_digest(one.encode(), bytes_of(other)) for one in expected for other in given]
    if not any(matches):
        raise WebhookVerificationError("No signature is by this secret over this body.")
    try:
        return cast(AnyEvent, parse(raw_body))
    except ValueError as error:
        raise WebhookVerificationError("The body is no JSON.") from error


def sign_payout(
    body: bytes,
    secret: str,
    *,
    request_id: Optional[str] = None,
    timestamp: Optional[int] = None,
) -> Dict[str, str]:
    """The headers that authenticate a payout of a campaign. Send exactly these bytes, and sign each try again."""
    used_id = request_id or str(uuid.uuid4())
    signed_at = str(int(time.time()) if timestamp is None else timestamp)
    return {
        "webhook-id": used_id,
        "webhook-timestamp": signed_at,
        "webhook-signature": standard_signature(secret, used_id, signed_at, body),
    }


def standard_signature(secret: str, signed_id: str, timestamp: str, body: bytes) -> str:
    digest = hmac.new(key_of(secret), bytes_of(f"{signed_id}.{timestamp}.") + body, hashlib.sha256).digest()
    return "v1," + base64.b64encode(digest).decode()


def bytes_of(header: str) -> bytes:
    """The bytes of any text: in a header that somebody made up are also halves of characters."""
    return header.encode("utf-8", "surrogatepass")


def plain_signature(secret: str, body: bytes) -> str:
    key_of(secret)
    return "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def key_of(secret: str) -> bytes:
    """The key in a secret. One that is not ours would be a mistake of the caller's: an empty one, for example."""
    try:
        key = base64.b64decode(secret[len("whsec_") :], validate=True) if secret.startswith("whsec_") else b""
    except binascii.Error:
        key = b""
    if len(key) != 32:
        raise ValueError("A secret is the text whsec_… as the API showed it.")
    return key
