# Made by `npm run docs` from _async_comfort.py.
"""What the client does beyond single operations."""

from __future__ import annotations

import time
from functools import partial
from typing import Optional, Union, cast

import httpx

from . import types
from ._resource import Resource
from ._request import given, segment
from .errors import AirtimeConnectionError, AirtimeError, OrderNotFinal
from .webhooks import sign_payout


class OrdersComfort(Resource):
    def wait_for_final(self, order: Union[str, types.Order], *, timeout: float = 120.0) -> types.OrderInFull:
        """The order once its outcome is decided; raises `OrderNotFinal` if it is not within `timeout` seconds.

        Some outcomes take hours. Do not hold a request of yours for one: a webhook says it when it is known.

        order: The order, its `agent_reference` or its id.
        """
        reference = order if isinstance(order, str) else order["agent_reference"]
        deadline = time.monotonic() + timeout
        wait = 1.0
        while True:
            path = f"/api/v1/orders/{segment(reference)}"
            now = cast(types.OrderInFull, self._transport.call("GET", path, repeatable=True))
            if now["final"]:
                return now
            left = deadline - time.monotonic()
            if left <= 0:
                raise OrderNotFinal(now)
            self._transport.sleep(min(wait, left))
            wait = min(wait * 1.5, 15.0)


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
        if secret is None:
            return cast(types.Payout, self._transport.call("POST", path, body=body, repeatable=True))
        sign = partial(sign_payout, secret=secret)
        return cast(types.Payout, self._transport.call("POST", path, body=body, sign=sign, repeatable=True))


class BulkComfort(Resource):
    def upload(self, csv: bytes) -> str:
        """Uploads a file of up to 10 MB, and returns the `upload_id` for `preview` and `send`."""
        created = self._transport.call("POST", "/api/v1/bulk/uploads", body={"bytes": len(csv)}, repeatable=False)
        try:
            response = self._transport.http.put(created["upload_url"], content=csv)
        except httpx.RequestError as error:
            raise AirtimeConnectionError(f"The upload had no answer: {error!r}. Upload the file again.") from error
        if not response.is_success:
            message = f"The upload was answered {response.status_code}. Upload the file again."
            raise AirtimeError(message, status=response.status_code)
        return cast(str, created["upload_id"])
