"""What answers mean, and what is sent: everything about requests that waits for nothing."""

from __future__ import annotations

import email.utils
import json
import random
import time
from decimal import Decimal
from typing import Any, Dict, Mapping, Optional, Type, TypeVar, Union, cast

import httpx

from .errors import AirtimeConnectionError, AirtimeError, SdkErrorCode

T = TypeVar("T")

RETRY_SECONDS_MAX = 60.0
"""Whoever asks for a longer wait gets none: the error says how long it is."""

NEVER_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)


def is_worth_it(failure: AirtimeError) -> bool:
    """Whether the same request may have another answer soon. A refusal of its content never has.

    A repeat under the same reference also finds out what an unclear answer did not say.
    """
    if failure.status is None or failure.unclear:
        return True
    return is_passing(failure.status) and failure.retryable


def is_passing(status: int) -> bool:
    """Whether the same request may be answered otherwise soon. 2xx: an answer that could not be read."""
    return status in (408, 429) or status >= 500 or 200 <= status < 300


def wait_before(failure: AirtimeError, tries: int) -> float:
    """What the API asks for, and half a second, doubled each time, less a random part, lest many come back at once."""
    longest: float = min(8.0, 0.5 * 2 ** min(tries, 10))
    return (failure.retry_after or 0.0) + longest * (0.5 + random.random() / 2)


def error_of(response: httpx.Response) -> AirtimeError:
    try:
        said = decode(response)
    except AirtimeError:
        said = None
    if not is_problem(said):
        return not_ours(response, "Something on the way to Airtime answered this.")
    error = failed(response, said)
    # A refusal with another code was decided before anything was accepted.
    error.unclear = error.code == "internal_error"
    return error


def failed(response: httpx.Response, problem: Mapping[str, Any]) -> AirtimeError:
    detail = problem.get("detail") or problem.get("title") or response.reason_phrase
    parts = [f"{response.status_code} {problem['code']}: {detail}", problem.get("fix") or ""]
    request_id = problem.get("request_id") or response.headers.get("x-request-id")
    parts.append(f"(request {request_id})" if request_id else "")
    return AirtimeError(
        " ".join(part for part in parts if part),
        status=response.status_code,
        problem=problem,
        request_id=request_id,
        retry_after=seconds_of(response.headers.get("retry-after")),
    )


def is_problem(said: Any) -> bool:
    """Whether an answer is ours: a gateway's own may have a `code`, too."""
    return isinstance(said, dict) and isinstance(said.get("code"), str) and isinstance(said.get("retryable"), bool)


def within(seconds: float) -> httpx.Timeout:
    """Parts that add up to the whole: to get a connection, to open it and encrypt it, to write and to read."""
    return httpx.Timeout(pool=seconds / 16, connect=seconds * 3 / 16, write=seconds / 16, read=seconds / 2)


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
        return parse(response.content)
    except ValueError as error:
        raise not_ours(response, f"The answer is no JSON ({error}).") from error


def answer_of(response: httpx.Response, kind: Type[T]) -> T:
    said = decode(response)
    if not has_most(said, kind):
        raise not_ours(response, "The answer has not the fields that ours has.")
    return cast(T, said)


def has_most(said: Any, kind: Any) -> bool:
    """Whether JSON is what was asked for, and no `{"ok":true}` of a proxy.

    Headers do not say it: a proxy takes some out and has an `X-Request-Id` of its own. Most of the fields are enough: an
    API that is a release behind lacks the newest.
    """
    fields = kind.__required_keys__
    return isinstance(said, dict) and 2 * len(fields & said.keys()) > len(fields)


def csv_of(response: httpx.Response) -> httpx.Response:
    if not response.headers.get("content-type", "").startswith("text/csv"):
        raise not_ours(response, "The answer is no CSV.")
    return response


def not_ours(response: httpx.Response, detail: str) -> AirtimeError:
    """Of what a gateway or a proxy answered, which may have passed the request on, whatever its status."""
    fix = "Check the base URL, and what is between you and it."
    retryable = is_passing(response.status_code)
    error = failed(response, {"code": "unclear_answer", "detail": detail, "fix": fix, "retryable": retryable})
    error.unclear = True
    return error


def unanswered(message: str, cause: httpx.RequestError) -> AirtimeConnectionError:
    """Of a request without an answer."""
    error = AirtimeConnectionError(f"{message}: {cause!r}", code=code_of(cause))
    error.unclear = not isinstance(cause, NEVER_SENT)
    error.__cause__ = cause
    return error


def code_of(cause: httpx.RequestError) -> SdkErrorCode:
    return "timed_out" if isinstance(cause, httpx.TimeoutException) else "connection_failed"


def parse(content: Union[bytes, bytearray]) -> Any:
    """JSON; raises `ValueError` for anything else, be it nested too deep or with a number too large."""
    try:
        return json.loads(content, parse_float=Decimal)
    except (RecursionError, ArithmeticError) as error:
        raise ValueError(f"cannot be parsed: {error!r}") from error


def query_texts(query: Mapping[str, Any]) -> Dict[str, str]:
    return {name: "true" if value is True else "false" if value is False else str(value) for name, value in query.items()}
