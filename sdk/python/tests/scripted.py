"""An API that answers as a test says, and a client of it that does not wait."""

from __future__ import annotations

import json
from typing import Any, Callable, Dict, List, Optional, Tuple, Type, Union

import httpx

from airtime import Airtime, types

Answer = Union[httpx.Response, Exception]


class Script:
    """Answers one after the other; requests and waits are kept."""

    def __init__(self, *answers: Answer, api_key: Optional[str] = "atk_test_x", max_retries: int = 3) -> None:
        self.answers: List[Answer] = list(answers)
        self.requests: List[httpx.Request] = []
        self.waits: List[float] = []
        http_client = httpx.Client(transport=httpx.MockTransport(self._answer))
        self.client = Airtime(
            api_key, base_url="http://api.example/", max_retries=max_retries, http_client=http_client
        )
        self.client.orders._transport.sleep = self.waits.append

    def _answer(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    @property
    def bodies(self) -> List[Any]:
        return [json.loads(request.content) for request in self.requests]


def ok(body: Any, status: int = 200, **headers: str) -> httpx.Response:
    return httpx.Response(status, json=body, headers=headers)


def ours(kind: Any, **fields: Any) -> Dict[str, Any]:
    """An answer of this type: every field that is always there is there."""
    return {**{name: None for name in kind.__required_keys__}, **fields}


def csv(text: str, **headers: str) -> httpx.Response:
    return httpx.Response(200, text=text, headers={"content-type": "text/csv; charset=utf-8", **headers})


def refused(status: int, code: str, retryable: bool = True, **headers: str) -> httpx.Response:
    problem: Dict[str, Any] = {
        "type": f"/docs/errors#{code}",
        "title": "A title",
        "status": status,
        "detail": "This case.",
        "code": code,
        "fix": "Do this.",
        "retryable": retryable,
        "request_id": "req_1",
    }
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return httpx.Response(status, json=problem, headers=named)


def order(status: str = "success", **fields: Any) -> Dict[str, Any]:
    final = status not in ("pending", "unknown")
    said = {"id": "ord_1", "agent_reference": "a-1", "status": status, "final": final, "amount": 5, **fields}
    return ours(types.OrderInFull, **said)


def raises(kind: Union[Type[BaseException], Tuple[Type[BaseException], ...]], call: Callable[[], Any]) -> Any:
    try:
        call()
    except kind as error:
        return error
    raise AssertionError(f"No {kind} was raised.")
