# Made by `npm run docs` from async_client.py.
"""The client."""

from __future__ import annotations

import os
from types import TracebackType
from typing import Optional, Type

import httpx

from ._operations import Resources
from ._transport import Transport
from ._request import key_of

TIMEOUT = httpx.Timeout(35.0, connect=5.0)
"""A POST of an order waits up to 25 seconds for its outcome, and no request is answered later than after 30."""


class Airtime(Resources):
    """A client of the Airtime API. Many callers may share it; close it, or use it in `with`.

    A request that fails is sent again, up to `max_retries` times and after the seconds in `Retry-After`, but only where
    that is safe: reads; requests with a reference of yours, under the same one; and any request of which the answer
    says that it accepted nothing.
    """

    def __init__(
        self,
        api_key: Optional[str] = None,
        *,
        base_url: Optional[str] = None,
        max_retries: int = 3,
        http_client: Optional[httpx.Client] = None,
    ) -> None:
        """Makes a client.

        api_key: `atk_live_…` or `atk_test_…`; by default `AIRTIME_KEY` of the environment.
        base_url: Where the API is, such as `http://localhost:8080`; by default `AIRTIME_URL` of the environment.
        http_client: A client of yours, for proxies or certificates. It is not closed with this one.
        """
        url = (base_url or os.environ.get("AIRTIME_URL") or "").rstrip("/")
        if not url.startswith(("https://", "http://")):
            raise ValueError("Where is the API? `base_url`, or AIRTIME_URL.")
        key = key_of(api_key or os.environ.get("AIRTIME_KEY"))
        self._http = http_client or httpx.Client(timeout=TIMEOUT)
        self._is_own = http_client is None
        super().__init__(
            Transport(
                api_key=key,
                base_url=url,
                max_retries=max_retries,
                http_client=self._http,
            )
        )

    def close(self) -> None:
        if self._is_own:
            self._http.close()

    def __enter__(self) -> Airtime:
        return self

    def __exit__(
        self,
        kind: Optional[Type[BaseException]],
        error: Optional[BaseException],
        traceback: Optional[TracebackType],
    ) -> None:
        self.close()
