# Made by `npm run docs` from _async_transport.py.
"""Sends requests, again where that is safe."""

from __future__ import annotations

import time
from functools import partial
from typing import Any, Iterator, Callable, Dict, Mapping, Optional, Type, TypeVar

import httpx

from ._answers import (
    RETRY_SECONDS_MAX,
    answer_of,
    csv_of,
    encode,
    error_of,
    is_worth_it,
    query_texts,
    unanswered,
    wait_before,
    within,
)
from ._page import Page
from ._version import __version__
from .errors import AirtimeError

T = TypeVar("T")


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
        answers: Type[T],
        only_try: Optional[float] = None,
    ) -> T:
        """The JSON of the answer, if it is of this type. Only what is `repeatable` is sent again: a repeat of it is the same request.

        `sign` makes the headers of each try, instead of the key: a signature may be used only once. `only_try` is for
        how many seconds to try, once.
        """
        content = None if body is None else encode(body)
        sent = {} if sign else {**self._authorization(needs_key), **(headers or {})}
        made = (lambda: sign(content or b"")) if sign else (lambda: sent)
        return self.send(
            method,
            path,
            query=query,
            content=content,
            headers=made,
            read=partial(answer_of, kind=answers),
            repeatable=repeatable,
            only_try=only_try,
        )

    def page(
        self, method: str, path: str, *, query: Optional[Mapping[str, Any]] = None, answers: Type[Any], repeatable: bool
    ) -> Page[Any]:
        answer = self.call(method, path, query=query, answers=answers, repeatable=repeatable)

        def fetch(cursor: str) -> Page[Any]:
            more = {**(query or {}), "cursor": cursor}
            return self.page(method, path, query=more, answers=answers, repeatable=repeatable)

        return Page(answer, fetch)

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
        return self.send(
            method, path, query=query, headers=lambda: headers, read=csv_of, repeatable=repeatable
        )

    def send(
        self,
        method: str,
        path: str,
        *,
        query: Optional[Mapping[str, Any]] = None,
        content: Optional[bytes] = None,
        headers: Callable[[], Mapping[str, str]],
        read: Callable[[httpx.Response], T],
        repeatable: bool,
        only_try: Optional[float] = None,
    ) -> T:
        """What is read in the answer, if it is a success. `headers` are made for each try."""
        tries = 0
        unclear = False
        while True:
            try:
                response = self._try(method, path, query or {}, content, headers(), only_try)
                if response.is_success:
                    return read(response)
                raise error_of(response)
            except httpx.RequestError as error:
                failure: AirtimeError = unanswered(f"No answer from {self._base_url}", error)
            except AirtimeError as error:
                failure = error
            failure.unclear = failure.unclear and method != "GET"
            may_repeat = repeatable and only_try is None and is_worth_it(failure)
            # A try that may have been accepted stays one, whatever the next is answered.
            unclear = failure.unclear = unclear or failure.unclear
            wait = wait_before(failure, tries)
            if not may_repeat or tries >= self._max_retries or (failure.retry_after or 0) > RETRY_SECONDS_MAX:
                raise failure
            tries += 1
            self.sleep(wait)

    def _try(
        self,
        method: str,
        path: str,
        query: Mapping[str, Any],
        content: Optional[bytes],
        headers: Mapping[str, str],
        only_try: Optional[float],
    ) -> httpx.Response:
        sent = {
            "Accept": "application/json",
            "User-Agent": f"airtime-python/{__version__}",
            **({} if content is None else {"Content-Type": "application/json"}),
            **headers,
        }
        url = self._base_url + path
        timeout = httpx.USE_CLIENT_DEFAULT if only_try is None else within(only_try)
        return self.http.request(
            method, url, params=query_texts(query), content=content, headers=sent, timeout=timeout
        )

    def _authorization(self, needs_key: bool) -> Dict[str, str]:
        if not needs_key:
            return {}
        if not self._api_key:
            raise ValueError("This needs an API key: Airtime(api_key=...), or AIRTIME_KEY in the environment.")
        return {"Authorization": f"Api-Key {self._api_key}"}
