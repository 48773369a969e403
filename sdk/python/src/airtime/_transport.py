# Made by `npm run docs` from _async_transport.py.
"""Sends requests, again where that is safe."""

from __future__ import annotations

import time
from typing import Any, Iterator, Callable, Dict, Mapping, Optional

import httpx

from ._answers import (
    NEVER_SENT,
    RETRY_SECONDS_MAX,
    decode,
    encode,
    error_of,
    is_worth_it,
    query_texts,
    wait_before,
)
from ._page import Page
from ._version import __version__
from .errors import AirtimeConnectionError, AirtimeError


class Transport:
    def __init__(
        self,
        *,
        api_key: Optional[str],
        base_url: str,
        max_retries: int,
        http_client: httpx.Client,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._api_key = api_key
        self._base_url = base_url
        self._max_retries = max_retries
        self.http = http_client
        self.sleep = sleep

    def call(
        self,
        method: str,
        path: str,
        *,
        query: Optional[Mapping[str, Any]] = None,
        body: Optional[Mapping[str, Any]] = None,
        headers: Optional[Mapping[str, str]] = None,
        sign: Optional[Callable[[bytes], Mapping[str, str]]] = None,
        repeatable: bool,
        needs_key: bool = True,
    ) -> Any:
        """The JSON of the answer. `repeatable` requests are sent again also where the first may have been accepted.

        `sign` makes the headers of each try, instead of the key: a signature may be used only once.
        """
        content = None if body is None else encode(body)
        sent = {} if sign else {**self._authorization(needs_key), **(headers or {})}
        made = (lambda: sign(content or b"")) if sign else (lambda: sent)
        response = self.send(method, path, query=query, content=content, headers=made, repeatable=repeatable)
        try:
            return decode(response)
        except AirtimeError as error:
            error.unclear = method != "GET"
            raise

    def page(self, method: str, path: str, *, query: Optional[Mapping[str, Any]] = None, repeatable: bool) -> Page[Any]:
        answer = self.call(method, path, query=query, repeatable=repeatable)
        return Page(
            answer,
            lambda cursor: self.page(method, path, query={**(query or {}), "cursor": cursor}, repeatable=repeatable),
        )

    def text(self, method: str, path: str, *, query: Optional[Mapping[str, Any]] = None, repeatable: bool) -> str:
        return (self._csv(method, path, query or {}, repeatable)).text

    def parts(
        self, method: str, path: str, *, query: Optional[Mapping[str, Any]] = None, repeatable: bool
    ) -> Iterator[str]:
        """The parts of a file, each fetched when it is needed."""
        part = self._csv(method, path, query or {}, repeatable)
        while True:
            yield part.text
            link = part.links.get("next", {}).get("url")
            cursor = None if link is None else httpx.URL(link).params.get("cursor")
            if cursor is None:
                return
            part = self._csv(method, path, {**(query or {}), "cursor": cursor}, repeatable)

    def _csv(self, method: str, path: str, query: Mapping[str, Any], repeatable: bool) -> httpx.Response:
        headers = {**self._authorization(True), "Accept": "text/csv"}
        return self.send(method, path, query=query, headers=lambda: headers, repeatable=repeatable)

    def send(
        self,
        method: str,
        path: str,
        *,
        query: Optional[Mapping[str, Any]] = None,
        content: Optional[bytes] = None,
        headers: Callable[[], Mapping[str, str]],
        repeatable: bool,
    ) -> httpx.Response:
        """The answer, if it is a success. `headers` are made for each try."""
        tries = 0
        unclear = False
        while True:
            cause: Optional[httpx.RequestError] = None
            try:
                response = self._try(method, path, query or {}, content, headers())
            except httpx.RequestError as error:
                cause = error
                failure: AirtimeError = AirtimeConnectionError(f"No answer from {self._base_url}: {error!r}")
                failure.unclear = not isinstance(error, NEVER_SENT)
            else:
                if response.is_success:
                    return response
                failure = error_of(response)
            may_repeat = is_worth_it(failure) and (repeatable or not failure.unclear)
            # A try that may have been accepted stays one, whatever the next is answered.
            unclear = failure.unclear = method != "GET" and (unclear or failure.unclear)
            wait = wait_before(failure, tries)
            if not may_repeat or tries >= self._max_retries or (failure.retry_after or 0) > RETRY_SECONDS_MAX:
                raise failure from cause
            tries += 1
            self.sleep(wait)

    def _try(
        self,
        method: str,
        path: str,
        query: Mapping[str, Any],
        content: Optional[bytes],
        headers: Mapping[str, str],
    ) -> httpx.Response:
        sent = {
            "Accept": "application/json",
            "User-Agent": f"airtime-python/{__version__}",
            **({} if content is None else {"Content-Type": "application/json"}),
            **headers,
        }
        url = self._base_url + path
        return self.http.request(method, url, params=query_texts(query), content=content, headers=sent)

    def _authorization(self, needs_key: bool) -> Dict[str, str]:
        if not needs_key:
            return {}
        if not self._api_key:
            raise ValueError("This needs an API key: Airtime(api_key=...), or AIRTIME_KEY in the environment.")
        return {"Authorization": f"Api-Key {self._api_key}"}
