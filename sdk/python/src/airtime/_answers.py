"""What answers mean, and what is sent: everything about requests that waits for nothing."""

from __future__ import annotations

import email.utils
import json
import random
import time
from decimal import Decimal
from typing import Any, Dict, Mapping, Optional

import httpx

from .errors import AirtimeError

RETRY_SECONDS_MAX = 60.0
"""Whoever asks for a longer wait gets none: the error says how long it is."""

PASSING = (408, 429, 500, 502, 503, 504)
"""Statuses after which the same request may succeed."""

NEVER_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)


def is_worth_it(failure: AirtimeError) -> bool:
    """Whether the same request may have another answer soon. A refusal of its content never has."""
    if failure.status is None:
        return True
    return failure.status in PASSING and (failure.code is None or failure.retryable)


def wait_before(failure: AirtimeError, tries: int) -> float:
    """What the API asks for, and half a second, doubled each time, less a random part, lest many come back at once."""
    longest: float = min(8.0, 0.5 * 2**tries)
    return (failure.retry_after or 0.0) + longest * (0.5 + random.random() / 2)


def error_of(response: httpx.Response) -> AirtimeError:
    try:
        said = decode(response)
    except AirtimeError:
        said = None
    problem = said if isinstance(said, dict) and isinstance(said.get("code"), str) else {}
    detail = problem.get("detail") or problem.get("title") or response.reason_phrase
    parts = [f"{response.status_code} {problem.get('code') or 'without a code'}: {detail}", problem.get("fix") or ""]
    request_id = problem.get("request_id") or response.headers.get("x-request-id")
    parts.append(f"(request {request_id})" if request_id else "")
    error = AirtimeError(
        " ".join(part for part in parts if part),
        status=response.status_code,
        problem=problem,
        request_id=request_id,
        retry_after=seconds_of(response.headers.get("retry-after")),
    )
    # A refusal with a code was decided before anything was accepted. An answer without one comes from a gateway.
    is_decided = error.code is not None and error.status != 500
    error.unclear = error.status in PASSING and not is_decided
    return error


def seconds_of(retry_after: Optional[str]) -> Optional[float]:
    """Both forms of HTTP: seconds, or a date."""
    if retry_after is None:
        return None
    if retry_after.isascii() and retry_after.isdigit():
        return float(retry_after)
    try:
        return max(0.0, email.utils.parsedate_to_datetime(retry_after).timestamp() - time.time())
    except (TypeError, ValueError):
        return None


def encode(body: Mapping[str, Any]) -> bytes:
    return json.dumps(body, allow_nan=False, default=decimal_text).encode()


def decimal_text(value: object) -> str:
    if isinstance(value, Decimal) and value.is_finite():
        return format(value, "f")
    raise TypeError(f"{value!r} cannot be sent.")


def decode(response: httpx.Response) -> Any:
    """JSON with exact numbers: a float would not be the amount of money that was sent."""
    try:
        return json.loads(response.content, parse_float=Decimal)
    except ValueError as error:
        raise AirtimeError(f"The answer is no JSON ({error}).", status=response.status_code) from error


def query_texts(query: Mapping[str, Any]) -> Dict[str, str]:
    return {name: "true" if value is True else "false" if value is False else str(value) for name, value in query.items()}
