# Made by `npm run docs` from _async_comfort.py.
"""What the client does beyond single operations."""

from __future__ import annotations

import time
from functools import partial
from typing import Iterator, Optional, Tuple, Union

import httpx

from . import types
from ._answers import code_of, is_worth_it, not_ours
from ._resource import Resource
from ._request import given, segment
from .errors import AirtimeConnectionError, AirtimeError, OrderNotFinal
from .webhooks import sign_payout


TRY_SECONDS_MAX = 15.0
"""How long one poll may take, however much time is left."""

LAST_POLL_SECONDS = 1.0
"""Before the end there is a poll that has this long; and so has the first, where there is less."""

LEAST_POLL_SECONDS = 0.1
"""With less time than this left, the order is not asked for again."""


class OrdersComfort(Resource):
    def wait_for_final(self, order: Union[str, types.Order], *, timeout: float = 120.0) -> types.OrderInFull:
        """The order once its outcome is decided; raises `OrderNotFinal` if it is not within `timeout` seconds.

        An outage meanwhile is waited out, and so is 429. It asks once at least, and takes up to a second for that.

        Some outcomes take hours. Do not hold a request of yours for one: a webhook says it when it is known.

        order: The order, its `agent_reference` or its id.
        """
        if not timeout >= 0:
            raise ValueError("timeout must be a number of seconds from 0 on.")
        reference = order if isinstance(order, str) else order["agent_reference"]
        deadline = time.monotonic() + timeout
        last = min(LAST_POLL_SECONDS, timeout / 2)
        known: Optional[types.OrderInFull] = None
        wait = 1.0
        left = max(timeout, LAST_POLL_SECONDS)
        while left > 0:
            now, asked = self._poll(reference, left)
            known = now or known
            if now and now["final"]:
                return now
            rest = max(deadline - time.monotonic(), 0.0)
            if rest < LEAST_POLL_SECONDS:
                self._transport.sleep(rest)
                break
            # A poll that has time to be answered, and then one or two close to the end.
            gap = min(wait, rest - last) if rest > last else rest * 0.75
            self._transport.sleep(min(rest, max(asked, gap)))
            wait = min(wait * 1.5, 15.0)
            left = deadline - time.monotonic()
        raise OrderNotFinal(known, reference)

    def _poll(self, reference: str, left: float) -> Tuple[Optional[types.OrderInFull], float]:
        """The order, or for how many seconds to leave an API alone that does not answer."""
        path = f"/api/v1/orders/{segment(reference)}"
        try:
            seconds = min(left, TRY_SECONDS_MAX)
            call = self._transport.call
            return call("GET", path, answers=types.OrderInFull, repeatable=True, only_try=seconds), 0.0
        except AirtimeError as error:
            if not is_worth_it(error):
                raise
            return None, error.retry_after or 0.0


class CampaignsComfort(Resource):
    def pay(
        self,
        campaign_id: str,
        *,
        respondent_id: str,
        target: str,
        amount: Optional[types.Amount] = None,
        secret: Optional[str] = None,
    ) -> types.Payout:
        """Pays a respondent once. A repeat with the same `respondent_id` is the same payout.

        secret: The campaign's, which signs each try. Without it the API key is used, if the campaign allows that.
        """
        body = given({"respondent_id": respondent_id, "target": target, "amount": amount})
        path = f"/api/v1/campaigns/{segment(campaign_id)}/payouts"
        sign = None if secret is None else partial(sign_payout, secret=secret)
        return self._transport.call("POST", path, body=body, sign=sign, answers=types.Payout, repeatable=True)


class BulkComfort(Resource):
    def upload(self, csv: bytes) -> str:
        """Uploads a file of up to 10 MB, and returns the `upload_id` for `preview` and `send`."""
        created = self._transport.call(
            "POST", "/api/v1/bulk/uploads", body={"bytes": len(csv)}, answers=types.Upload, repeatable=False
        )
        try:
            response = self._transport.http.put(created["upload_url"], content=csv)
        except httpx.RequestError as error:
            message = f"The upload had no answer: {error!r}. Upload the file again."
            raise AirtimeConnectionError(message, code=code_of(error)) from error
        if not response.is_success:
            failure = not_ours(response, "The upload failed. Upload the file again.")
            # Nothing is bought with a file.
            failure.unclear = False
            raise failure
        return created["upload_id"]


class ListenersComfort(Resource):
    def deliveries(self, endpoint_id: str, *, interval: float = 1.0) -> Iterator[types.PolledDelivery]:
        """Each delivery as it comes, until the listener ends: then it raises `listener_not_found`. Outages are waited out.

        interval: How many seconds to wait where nothing has come.
        """
        path = f"/api/v1/webhooks/listeners/{segment(endpoint_id)}/deliveries"
        cursor: Optional[str] = None
        while True:
            try:
                query = given({"cursor": cursor})
                page = self._transport.call("GET", path, query=query, answers=types.PolledPage, repeatable=True)
            except AirtimeError as error:
                if not is_worth_it(error):
                    raise
                self._transport.sleep(error.retry_after or interval)
                continue
            for delivery in page["data"]:
                yield delivery
            cursor = page["next_cursor"]
            if not page["data"]:
                self._transport.sleep(interval)
