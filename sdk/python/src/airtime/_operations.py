"""The methods of the client. Made by `npm run docs` from the OpenAPI document: change nothing here."""

from __future__ import annotations

from typing import Iterator, List, Literal, Optional, Union

from . import types
from ._comfort import BulkComfort, CampaignsComfort, ListenersComfort, OrdersComfort
from ._page import Page
from ._resource import Resource
from ._transport import Transport
from ._request import UNSET, Unset, given, preference, segment
from .types import Amount


class Orders(OrdersComfort):
    """`client.orders`"""

    def list(
        self,
        *,
        limit: Optional[int] = None,
        cursor: Optional[str] = None,
        status: Optional[Literal["pending", "success", "failed", "refunded", "unknown", "reversed"]] = None,
        product_id: Optional[str] = None,
        target: Optional[str] = None,
        batch_id: Optional[str] = None,
        campaign_id: Optional[str] = None,
        key_id: Optional[str] = None,
        member_id: Optional[str] = None,
        from_: Optional[str] = None,
        to: Optional[str] = None,
    ) -> Page[types.Order]:
        """Lists orders, newest first. Needs the scope `orders:read`.

        limit: The most items of a page.
        cursor: `next_cursor` of the page before, with the same filters.
        status: Only orders with this status.
        product_id: Only orders of this product.
        target: Only orders to this number or meter, in any format.
        batch_id: Only orders of this batch.
        campaign_id: Only payouts of this campaign.
        key_id: Only orders that this key placed, also as rows of its batches.
        member_id: Only orders that this member placed, also as rows of their batches.
        from_: From this date or instant on, which is included.
        to: Up to this date or instant, which is not included.
        """
        return self._transport.page(
            "GET",
            "/api/v1/orders",
            query=given({
                "limit": limit,
                "cursor": cursor,
                "status": status,
                "product_id": product_id,
                "target": target,
                "batch_id": batch_id,
                "campaign_id": campaign_id,
                "key_id": key_id,
                "member_id": member_id,
                "from": from_,
                "to": to,
            }),
            answers=types.OrderPage,
            repeatable=True,
        )

    def send(
        self,
        *,
        product_id: Union[int, str],
        target: str,
        amount: Amount,
        agent_reference: str,
        custom_sms: Optional[str] = None,
        wait_seconds: Optional[int] = None,
    ) -> types.PlacedOrder:
        """Sends a recharge. Idempotent on agent_reference. Needs the scope `orders:write`.

        product_id: The id of the product.
        target: The phone number or the meter number, as a text.
        amount: In major units, as a number or a decimal text; never rounded.
        agent_reference: Your reference of the order, which makes it idempotent.
        custom_sms: The text that the recipient gets with the recharge, where the network sends one.
        wait_seconds: How long to wait for the outcome, up to 25 seconds; 0 does not wait.
        """
        return self._transport.call(
            "POST",
            "/api/v1/orders",
            headers=given({
                "Prefer": preference(wait_seconds),
            }),
            body=given({
                "product_id": product_id,
                "target": target,
                "amount": amount,
                "agent_reference": agent_reference,
                "custom_sms": custom_sms,
            }),
            answers=types.PlacedOrder,
            repeatable=True,
        )

    def figures(
        self,
        *,
        from_: Optional[str] = None,
        to: Optional[str] = None,
    ) -> types.Figures:
        """Returns what the orders of each day came to: how many and how much, by network, kind and status. Needs
        the scope `orders:read`.

        from_: The first day, in UTC; by default thirty days up to the last.
        to: The last day, in UTC, at most 91 days later; today by default.
        """
        return self._transport.call(
            "GET",
            "/api/v1/figures",
            query=given({
                "from": from_,
                "to": to,
            }),
            answers=types.Figures,
            repeatable=True,
        )

    def get(
        self,
        agent_reference: str,
    ) -> types.OrderInFull:
        """Returns one order with its timeline. Needs the scope `orders:read`.

        agent_reference: The `agent_reference` of the order, or its id.
        """
        return self._transport.call(
            "GET",
            f"/api/v1/orders/{segment(agent_reference)}",
            answers=types.OrderInFull,
            repeatable=True,
        )


class Test(Resource):
    """`client.test`"""

    def advance(
        self,
        agent_reference: str,
        *,
        to: Optional[Literal["final"]] = None,
    ) -> types.OrderInFull:
        """Makes the sandbox's next answer about a test order due, and handles it. Needs the scope
        `orders:write`.

        agent_reference: Your reference of the order, which makes it idempotent.
        to: `final` for all answers up to the one that decides the order; left out, the next one.
        """
        return self._transport.call(
            "POST",
            f"/api/v1/test/orders/{segment(agent_reference)}/advance",
            query=given({
                "to": to,
            }),
            answers=types.OrderInFull,
            repeatable=False,
        )

    def set_balance(
        self,
        *,
        currency: str,
        balance: Amount,
    ) -> types.TestBalance:
        """Sets the balance of a test wallet, by an adjustment in its ledger. Needs the scope `wallet:write`.

        currency: The currency, as its ISO 4217 code.
        balance: The balance in major units; `null` for a key without `wallet:read`.
        """
        return self._transport.call(
            "PUT",
            "/api/v1/test/wallet",
            body=given({
                "currency": currency,
                "balance": balance,
            }),
            answers=types.TestBalance,
            repeatable=False,
        )


class Targets(Resource):
    """`client.targets`"""

    def get(
        self,
        target: str,
        *,
        country: Optional[Literal["ZW", "KE", "UG", "TZ"]] = None,
    ) -> types.Target:
        """Looks up a phone number or meter, and the products that can be sent to it. Needs the scope
        `products:read`.

        target: A phone number or a meter number, in any format.
        country: Whose number it is if it has no calling code; Zimbabwe by default.
        """
        return self._transport.call(
            "GET",
            f"/api/v1/targets/{segment(target)}",
            query=given({
                "country": country,
            }),
            answers=types.Target,
            repeatable=True,
        )


class Products(Resource):
    """`client.products`"""

    def list(
        self,
        *,
        country: Optional[Literal["ZW", "KE", "UG", "TZ"]] = None,
        kind: Optional[Literal["airtime", "data", "zesa"]] = None,
        network: Optional[str] = None,
    ) -> Page[types.Product]:
        """Lists the products that can be sent, by country, with their amounts. Needs the scope `products:read`.

        country: Only products of this country.
        kind: Only products of this kind.
        network: Only products of this network, in any case.
        """
        return self._transport.page(
            "GET",
            "/api/v1/products",
            query=given({
                "country": country,
                "kind": kind,
                "network": network,
            }),
            answers=types.ProductPage,
            repeatable=True,
        )


class Wallet(Resource):
    """`client.wallet`"""

    def get(
        self,
    ) -> types.Wallets:
        """Returns the balance of each currency. Needs the scope `wallet:read`."""
        return self._transport.call(
            "GET",
            "/api/v1/wallet",
            answers=types.Wallets,
            repeatable=True,
        )

    def ledger(
        self,
        *,
        limit: Optional[int] = None,
        cursor: Optional[str] = None,
        currency: Optional[str] = None,
        kind: Optional[Literal["order", "refund", "reversal", "correction", "adjustment", "topup", "topup_reversal", "batch", "batch_refund"]] = None,
        from_: Optional[str] = None,
        to: Optional[str] = None,
    ) -> Page[types.Entry]:
        """Lists ledger entries, newest first. Needs the scope `wallet:read`.

        limit: The most items of a page.
        cursor: `next_cursor` of the page before, with the same filters.
        currency: Only entries of this wallet.
        kind: Only entries of this kind.
        from_: From this date or instant on, which is included.
        to: Up to this date or instant, which is not included.
        """
        return self._transport.page(
            "GET",
            "/api/v1/wallet/ledger",
            query=given({
                "limit": limit,
                "cursor": cursor,
                "currency": currency,
                "kind": kind,
                "from": from_,
                "to": to,
            }),
            answers=types.EntryPage,
            repeatable=True,
        )

    def export_ledger(
        self,
        *,
        currency: str,
        kind: Optional[Literal["order", "refund", "reversal", "correction", "adjustment", "topup", "topup_reversal", "batch", "batch_refund"]] = None,
        from_: Optional[str] = None,
        to: Optional[str] = None,
    ) -> Iterator[str]:
        """Exports ledger entries as CSV, oldest first. Needs the scope `wallet:read`.

        currency: The currency, as its ISO 4217 code.
        kind: Only entries of this kind.
        from_: From this date or instant on, which is included.
        to: Up to this date or instant, which is not included.
        """
        return self._transport.parts(
            "GET",
            "/api/v1/wallet/ledger/export",
            query=given({
                "currency": currency,
                "kind": kind,
                "from": from_,
                "to": to,
            }),
            repeatable=True,
        )

    def verify(
        self,
        *,
        currency: str,
        cursor: Optional[str] = None,
    ) -> types.Verification:
        """Verifies the hash chain of a wallet against the last signed head, or names its first invalid entry.
        Needs the scope `wallet:read`.

        currency: The currency, as its ISO 4217 code.
        cursor: `next_cursor` of the page before, with the same filters.
        """
        return self._transport.call(
            "GET",
            "/api/v1/wallet/ledger/verify",
            query=given({
                "currency": currency,
                "cursor": cursor,
            }),
            answers=types.Verification,
            repeatable=True,
        )

    def heads(
        self,
        *,
        currency: str,
        limit: Optional[int] = None,
        cursor: Optional[str] = None,
        from_: Optional[str] = None,
    ) -> Page[types.Head]:
        """Lists the signed heads of a wallet's ledger, oldest first, with what anybody needs to check them.
        Needs the scope `wallet:read`.

        currency: The currency, as its ISO 4217 code.
        limit: The most items of a page.
        cursor: `next_cursor` of the page before, with the same filters.
        from_: From this day on; a month ago by default.
        """
        return self._transport.page(
            "GET",
            "/api/v1/wallet/ledger/heads",
            query=given({
                "currency": currency,
                "limit": limit,
                "cursor": cursor,
                "from": from_,
            }),
            answers=types.HeadPage,
            repeatable=True,
        )

    def statement(
        self,
        *,
        currency: str,
        month: str,
    ) -> types.Statement:
        """Returns a monthly statement: opening and closing balance, totals by kind. Needs the scope
        `wallet:read`.

        currency: The currency, as its ISO 4217 code.
        month: A calendar month in UTC.
        """
        return self._transport.call(
            "GET",
            "/api/v1/wallet/statement",
            query=given({
                "currency": currency,
                "month": month,
            }),
            answers=types.Statement,
            repeatable=True,
        )

    def update(
        self,
        currency: str,
        *,
        low_balance_threshold: Optional[Amount],
    ) -> types.ChangedWallet:
        """Sets the threshold of the low-balance warning. Needs the scope `wallet:write`.

        currency: The currency, as its ISO 4217 code.
        low_balance_threshold: The balance below which you get `wallet.low_balance`; `null`: none.
        """
        return self._transport.call(
            "PATCH",
            f"/api/v1/wallet/{segment(currency)}",
            body=given({
                "low_balance_threshold": low_balance_threshold,
            }, keeps_none={"low_balance_threshold"}),
            answers=types.ChangedWallet,
            repeatable=False,
        )


class Topups(Resource):
    """`client.topups`"""

    def list(
        self,
        *,
        limit: Optional[int] = None,
        cursor: Optional[str] = None,
    ) -> Page[types.Topup]:
        """Lists top-ups, newest first. Needs the scope `wallet:read`.

        limit: The most items of a page.
        cursor: `next_cursor` of the page before, with the same filters.
        """
        return self._transport.page(
            "GET",
            "/api/v1/wallet/topup",
            query=given({
                "limit": limit,
                "cursor": cursor,
            }),
            answers=types.TopupPage,
            repeatable=True,
        )

    def start(
        self,
        *,
        amount: Amount,
        currency: str,
        reference: Optional[str] = None,
        return_url: Optional[str] = None,
    ) -> types.Topup:
        """Starts a top-up and returns the payment page. Idempotent on reference. Needs the scope `wallet:write`.

        amount: In major units, as a number or a decimal text.
        currency: The currency, as its ISO 4217 code.
        reference: Your reference, which makes it idempotent.
        return_url: Where the payer comes back to.
        """
        return self._transport.call(
            "POST",
            "/api/v1/wallet/topup",
            body=given({
                "amount": amount,
                "currency": currency,
                "reference": reference,
                "return_url": return_url,
            }),
            answers=types.Topup,
            repeatable=reference is not None,
        )

    def get(
        self,
        topup_id: str,
    ) -> types.TopupInFull:
        """Returns one top-up with its timeline. Needs the scope `wallet:read`.

        topup_id: The id of the top-up, or its `reference`.
        """
        return self._transport.call(
            "GET",
            f"/api/v1/wallet/topup/{segment(topup_id)}",
            answers=types.TopupInFull,
            repeatable=True,
        )


class WebhooksEndpoints(Resource):
    """`client.webhooks.endpoints`"""

    def list(
        self,
    ) -> Page[types.Endpoint]:
        """Lists webhook endpoints with their health. Needs the scope `webhooks:read`."""
        return self._transport.page(
            "GET",
            "/api/v1/webhooks/endpoints",
            answers=types.EndpointPage,
            repeatable=True,
        )

    def create(
        self,
        *,
        url: str,
        events: Optional[List[Literal["order.success", "order.failed", "order.unknown", "order.reversed", "topup.success", "topup.failed", "topup.reversed", "payout.success", "payout.failed", "wallet.low_balance", "batch.completed"]]] = None,
        description: Optional[str] = None,
    ) -> types.EndpointWithSecret:
        """Creates a webhook endpoint. Its secret is shown once. Needs the scope `webhooks:write`.

        url: Where events are posted: public and HTTPS.
        events: The types of events that it gets; an empty list in a request means all.
        description: What it is for, in your words.
        """
        return self._transport.call(
            "POST",
            "/api/v1/webhooks/endpoints",
            body=given({
                "url": url,
                "events": events,
                "description": description,
            }),
            answers=types.EndpointWithSecret,
            repeatable=False,
        )

    def get(
        self,
        endpoint_id: str,
    ) -> types.Endpoint:
        """Returns one webhook endpoint. Needs the scope `webhooks:read`.

        endpoint_id: The id of the webhook endpoint; `results` is the one for results of single orders.
        """
        return self._transport.call(
            "GET",
            f"/api/v1/webhooks/endpoints/{segment(endpoint_id)}",
            answers=types.Endpoint,
            repeatable=True,
        )

    def update(
        self,
        endpoint_id: str,
        *,
        url: Optional[str] = None,
        events: Optional[List[Literal["order.success", "order.failed", "order.unknown", "order.reversed", "topup.success", "topup.failed", "topup.reversed", "payout.success", "payout.failed", "wallet.low_balance", "batch.completed"]]] = None,
        description: Optional[str] = None,
        enabled: Optional[bool] = None,
    ) -> types.Endpoint:
        """Changes the URL or events of a webhook endpoint, enables or disables it. Needs the scope
        `webhooks:write`.

        endpoint_id: The id of the webhook endpoint; `results` is the one for results of single orders.
        url: Where events are posted: public and HTTPS.
        events: The types of events that it gets; an empty list in a request means all.
        description: What it is for, in your words.
        enabled: Whether it gets events.
        """
        return self._transport.call(
            "PATCH",
            f"/api/v1/webhooks/endpoints/{segment(endpoint_id)}",
            body=given({
                "url": url,
                "events": events,
                "description": description,
                "enabled": enabled,
            }),
            answers=types.Endpoint,
            repeatable=False,
        )

    def delete(
        self,
        endpoint_id: str,
    ) -> types.DeletedEndpoint:
        """Deletes a webhook endpoint. Needs the scope `webhooks:write`.

        endpoint_id: The id of the webhook endpoint; `results` is the one for results of single orders.
        """
        return self._transport.call(
            "DELETE",
            f"/api/v1/webhooks/endpoints/{segment(endpoint_id)}",
            answers=types.DeletedEndpoint,
            repeatable=False,
        )

    def rotate_secret(
        self,
        endpoint_id: str,
        *,
        overlap_hours: Optional[float] = None,
    ) -> types.EndpointWithSecret:
        """Rotates the secret of a webhook endpoint. The new one is shown once; the old one also signs during the
        overlap. Needs the scope `webhooks:write`.

        endpoint_id: The id of the webhook endpoint; `results` is the one for results of single orders.
        overlap_hours: How long the old one works beside the new one.
        """
        return self._transport.call(
            "POST",
            f"/api/v1/webhooks/endpoints/{segment(endpoint_id)}/rotate-secret",
            body=given({
                "overlap_hours": overlap_hours,
            }),
            answers=types.EndpointWithSecret,
            repeatable=False,
        )

    def test(
        self,
        endpoint_id: str,
        *,
        type: Optional[Literal["webhook.test", "order.success", "order.failed", "order.unknown", "order.reversed", "topup.success", "topup.failed", "topup.reversed", "payout.success", "payout.failed", "wallet.low_balance", "batch.completed"]] = None,
    ) -> types.DeliveryInFull:
        """Sends a test event now and returns the result. Needs the scope `webhooks:write`.

        endpoint_id: The id of the webhook endpoint; `results` is the one for results of single orders.
        type: The type of the event.
        """
        return self._transport.call(
            "POST",
            f"/api/v1/webhooks/endpoints/{segment(endpoint_id)}/test",
            body=given({
                "type": type,
            }),
            answers=types.DeliveryInFull,
            repeatable=False,
        )

    def recover(
        self,
        endpoint_id: str,
        *,
        since: str,
        until: Optional[str] = None,
        cursor: Optional[str] = None,
    ) -> types.Recovery:
        """Sends all failed and held deliveries of an endpoint since a given time again. Needs the scope
        `webhooks:write`.

        endpoint_id: The id of the webhook endpoint; `results` is the one for results of single orders.
        since: From when on, as a date or an instant.
        until: Up to when; now by default.
        cursor: `next_cursor` of the page before, with the same filters.
        """
        return self._transport.call(
            "POST",
            f"/api/v1/webhooks/endpoints/{segment(endpoint_id)}/recover",
            body=given({
                "since": since,
                "until": until,
                "cursor": cursor,
            }),
            answers=types.Recovery,
            repeatable=False,
        )


class WebhooksDeliveries(Resource):
    """`client.webhooks.deliveries`"""

    def list(
        self,
        *,
        limit: Optional[int] = None,
        cursor: Optional[str] = None,
        endpoint_id: Optional[str] = None,
        order_id: Optional[str] = None,
        status: Optional[Literal["pending", "delivered", "failed", "held", "kept"]] = None,
        from_: Optional[str] = None,
    ) -> Page[types.Delivery]:
        """Lists webhook deliveries, newest first. Needs the scope `webhooks:read`.

        limit: The most items of a page.
        cursor: `next_cursor` of the page before, with the same filters.
        endpoint_id: Only deliveries to this endpoint.
        order_id: Only deliveries about this order.
        status: Only deliveries with this status.
        from_: From this date or instant on, which is included.
        """
        return self._transport.page(
            "GET",
            "/api/v1/webhooks/deliveries",
            query=given({
                "limit": limit,
                "cursor": cursor,
                "endpoint_id": endpoint_id,
                "order_id": order_id,
                "status": status,
                "from": from_,
            }),
            answers=types.DeliveryPage,
            repeatable=True,
        )

    def get(
        self,
        delivery_id: str,
    ) -> types.DeliveryInFull:
        """Returns one delivery: its event, attempts and next retry. Needs the scope `webhooks:read`.

        delivery_id: The id of the delivery.
        """
        return self._transport.call(
            "GET",
            f"/api/v1/webhooks/deliveries/{segment(delivery_id)}",
            answers=types.DeliveryInFull,
            repeatable=True,
        )

    def resend(
        self,
        delivery_id: str,
    ) -> types.DeliveryInFull:
        """Sends one delivery again now and returns the result. Needs the scope `webhooks:write`.

        delivery_id: The id of the delivery.
        """
        return self._transport.call(
            "POST",
            f"/api/v1/webhooks/deliveries/{segment(delivery_id)}/resend",
            answers=types.DeliveryInFull,
            repeatable=False,
        )


class WebhooksListeners(ListenersComfort):
    """`client.webhooks.listeners`"""

    def start(
        self,
        *,
        event_types: Optional[List[Literal["order.success", "order.failed", "order.unknown", "order.reversed", "topup.success", "topup.failed", "topup.reversed", "payout.success", "payout.failed", "wallet.low_balance", "batch.completed"]]] = None,
    ) -> types.ListenerWithSecret:
        """Starts a listening endpoint: what it gets within an hour is kept for polling. Needs the scope
        `webhooks:write`.

        event_types: The types of events that it gets; an empty list in a request means all.
        """
        return self._transport.call(
            "POST",
            "/api/v1/webhooks/listeners",
            body=given({
                "event_types": event_types,
            }),
            answers=types.ListenerWithSecret,
            repeatable=False,
        )

    def poll(
        self,
        endpoint_id: str,
        *,
        limit: Optional[int] = None,
        cursor: Optional[str] = None,
    ) -> types.PolledPage:
        """Returns what a listening endpoint got after a cursor, oldest first. Needs the scope `webhooks:read`.

        endpoint_id: The id of the webhook endpoint; `results` is the one for results of single orders.
        limit: The most items of a page.
        cursor: `next_cursor` of the page before, with the same filters.
        """
        return self._transport.call(
            "GET",
            f"/api/v1/webhooks/listeners/{segment(endpoint_id)}/deliveries",
            query=given({
                "limit": limit,
                "cursor": cursor,
            }),
            answers=types.PolledPage,
            repeatable=True,
        )


class Bulk(BulkComfort):
    """`client.bulk`"""

    def preview(
        self,
        *,
        csv: Optional[str] = None,
        upload_id: Optional[str] = None,
        product_id: Optional[Union[int, str]] = None,
        currency: Optional[str] = None,
        batch_reference: Optional[str] = None,
    ) -> types.NewPreview:
        """Checks a CSV and shows the result of each row. Nothing is sent. Needs the scope `orders:read`.

        csv: The text of the CSV file.
        upload_id: The id of the upload.
        product_id: The id of the product.
        currency: The currency, as its ISO 4217 code.
        batch_reference: Your reference of the batch, which makes it idempotent; by default from the file.
        """
        return self._transport.call(
            "POST",
            "/api/v1/bulk/preview",
            body=given({
                "csv": csv,
                "upload_id": upload_id,
                "product_id": product_id,
                "currency": currency,
                "batch_reference": batch_reference,
            }),
            answers=types.NewPreview,
            repeatable=False,
        )

    def get_preview(
        self,
        preview_id: str,
        *,
        limit: Optional[int] = None,
        cursor: Optional[str] = None,
        status: Optional[Literal["valid", "invalid"]] = None,
    ) -> types.Preview:
        """Returns a preview and its rows, page by page. Needs the scope `orders:read`.

        preview_id: The id of the preview, which is kept for a day.
        limit: The most items of a page.
        cursor: `next_cursor` of the page before, with the same filters.
        status: Only valid or only invalid rows.
        """
        return self._transport.call(
            "GET",
            f"/api/v1/bulk/preview/{segment(preview_id)}",
            query=given({
                "limit": limit,
                "cursor": cursor,
                "status": status,
            }),
            answers=types.Preview,
            repeatable=True,
        )

    def create_upload(
        self,
        *,
        bytes: int,
    ) -> types.Upload:
        """Returns a URL to upload a large CSV to. Needs the scope `orders:write`.

        bytes: The size of the file.
        """
        return self._transport.call(
            "POST",
            "/api/v1/bulk/uploads",
            body=given({
                "bytes": bytes,
            }),
            answers=types.Upload,
            repeatable=False,
        )

    def template(
        self,
    ) -> str:
        """Returns a CSV template. Needs the scope `products:read`."""
        return self._transport.text(
            "GET",
            "/api/v1/bulk/template",
            repeatable=True,
        )

    def list(
        self,
        *,
        limit: Optional[int] = None,
        cursor: Optional[str] = None,
    ) -> Page[types.Batch]:
        """Lists batches, newest first. Needs the scope `orders:read`.

        limit: The most items of a page.
        cursor: `next_cursor` of the page before, with the same filters.
        """
        return self._transport.page(
            "GET",
            "/api/v1/bulk",
            query=given({
                "limit": limit,
                "cursor": cursor,
            }),
            answers=types.BatchPage,
            repeatable=True,
        )

    def send(
        self,
        *,
        csv: Optional[str] = None,
        upload_id: Optional[str] = None,
        product_id: Optional[Union[int, str]] = None,
        currency: Optional[str] = None,
        preview_id: Optional[str] = None,
        batch_reference: Optional[str] = None,
        accept: Optional[Literal["all_or_nothing", "valid_rows"]] = None,
        row_webhooks: Optional[Union[bool, Literal["true", "false"]]] = None,
    ) -> types.Batch:
        """Creates a batch: pays for all rows at once, then sends them. Idempotent on batch_reference. Needs the
        scope `orders:write`.

        csv: The text of the CSV file.
        upload_id: The id of the upload.
        product_id: The id of the product.
        currency: The currency, as its ISO 4217 code.
        preview_id: The id of the preview, which is kept for a day.
        batch_reference: Your reference of the batch, which makes it idempotent; by default from the file.
        accept: `all_or_nothing` refuses a file with a bad row; `valid_rows` leaves bad rows out.
        row_webhooks: Whether each row has events of its own, beside `batch.completed`.
        """
        return self._transport.call(
            "POST",
            "/api/v1/bulk",
            body=given({
                "csv": csv,
                "upload_id": upload_id,
                "product_id": product_id,
                "currency": currency,
                "preview_id": preview_id,
                "batch_reference": batch_reference,
                "accept": accept,
                "row_webhooks": row_webhooks,
            }),
            answers=types.Batch,
            repeatable=True,
        )

    def get(
        self,
        batch_id: str,
    ) -> types.Batch:
        """Returns one batch with its progress, amounts and refunds. Needs the scope `orders:read`.

        batch_id: The id of the batch.
        """
        return self._transport.call(
            "GET",
            f"/api/v1/bulk/{segment(batch_id)}",
            answers=types.Batch,
            repeatable=True,
        )

    def rows(
        self,
        batch_id: str,
        *,
        limit: Optional[int] = None,
        cursor: Optional[str] = None,
        status: Optional[Literal["pending", "success", "failed", "refunded", "unknown", "reversed", "left_out"]] = None,
    ) -> Page[Union[types.SentRow, types.LeftOutRow]]:
        """Lists the rows of a batch and their status, as JSON or CSV. Needs the scope `orders:read`.

        batch_id: The id of the batch.
        limit: The most items of a page.
        cursor: `next_cursor` of the page before, with the same filters.
        status: Only rows with this status.
        """
        return self._transport.page(
            "GET",
            f"/api/v1/bulk/{segment(batch_id)}/rows",
            query=given({
                "limit": limit,
                "cursor": cursor,
                "status": status,
            }),
            answers=types.RowPage,
            repeatable=True,
        )

    def export_rows(
        self,
        batch_id: str,
        *,
        status: Optional[Literal["pending", "success", "failed", "refunded", "unknown", "reversed", "left_out"]] = None,
    ) -> Iterator[str]:
        """Lists the rows of a batch and their status, as JSON or CSV. Needs the scope `orders:read`.

        batch_id: The id of the batch.
        status: Only rows with this status.
        """
        return self._transport.parts(
            "GET",
            f"/api/v1/bulk/{segment(batch_id)}/rows",
            query=given({
                "status": status,
                "format": "csv",
            }),
            repeatable=True,
        )

    def cancel(
        self,
        batch_id: str,
    ) -> types.CancelledBatch:
        """Cancels a batch: rows that were not sent yet are stopped and refunded. Needs the scope `orders:write`.

        batch_id: The id of the batch.
        """
        return self._transport.call(
            "POST",
            f"/api/v1/bulk/{segment(batch_id)}/cancel",
            answers=types.CancelledBatch,
            repeatable=False,
        )

    def retry_failed(
        self,
        batch_id: str,
    ) -> types.Batch:
        """Creates a new batch of the rows that failed. Needs the scope `orders:write`.

        batch_id: The id of the batch.
        """
        return self._transport.call(
            "POST",
            f"/api/v1/bulk/{segment(batch_id)}/retry-failed",
            answers=types.Batch,
            repeatable=False,
        )


class Campaigns(CampaignsComfort):
    """`client.campaigns`"""

    def list(
        self,
        *,
        limit: Optional[int] = None,
        cursor: Optional[str] = None,
    ) -> Page[types.Campaign]:
        """Lists campaigns, newest first. Needs the scope `campaigns:read`.

        limit: The most items of a page.
        cursor: `next_cursor` of the page before, with the same filters.
        """
        return self._transport.page(
            "GET",
            "/api/v1/campaigns",
            query=given({
                "limit": limit,
                "cursor": cursor,
            }),
            answers=types.CampaignPage,
            repeatable=True,
        )

    def create(
        self,
        *,
        name: str,
        currency: str,
        budget: Amount,
        one_per_number: Optional[bool] = None,
        product_id: Union[Optional[Union[int, str]], Unset] = UNSET,
        amount: Union[Optional[Amount], Unset] = UNSET,
        min_amount: Union[Optional[Amount], Unset] = UNSET,
        max_amount: Union[Optional[Amount], Unset] = UNSET,
        max_payouts: Union[Optional[int], Unset] = UNSET,
        daily_budget: Union[Optional[Amount], Unset] = UNSET,
        daily_max_payouts: Union[Optional[int], Unset] = UNSET,
        starts_at: Union[Optional[str], Unset] = UNSET,
        ends_at: Union[Optional[str], Unset] = UNSET,
        paused: Optional[bool] = None,
        countries: Optional[List[Literal["ZW", "KE", "UG", "TZ"]]] = None,
        retry_failed: Optional[bool] = None,
        require_timestamp: Optional[bool] = None,
        allow_api_key: Optional[bool] = None,
    ) -> types.CampaignWithSecret:
        """Creates a campaign. Its secret is shown once. Needs the scope `campaigns:write` and `orders:write`.

        name: Its name.
        currency: The currency, as its ISO 4217 code.
        budget: What it may spend in all, in major units.
        one_per_number: Whether it pays each number once.
        product_id: The id of the product.
        amount: The amount of every payout; without it, each request names its own.
        min_amount: The least amount of a payout. Absent where `amount` is fixed.
        max_amount: The largest amount of a payout. Absent where `amount` is fixed.
        max_payouts: How many payouts in all; `null`: no limit.
        daily_budget: What it may spend in a day of UTC; `null`: no limit.
        daily_max_payouts: How many payouts in a day of UTC; `null`: no limit.
        starts_at: From when on it pays; `null`: at once.
        ends_at: Until when it pays; `null`: without an end.
        paused: Whether it is paused.
        countries: Whose numbers it pays; an empty list: of every country of its currency.
        retry_failed: Whether a failed payout may be requested again.
        require_timestamp: Whether a signature must cover an id and a timestamp.
        allow_api_key: Whether your own key may request payouts, too.
        """
        return self._transport.call(
            "POST",
            "/api/v1/campaigns",
            body=given({
                "name": name,
                "currency": currency,
                "budget": budget,
                "one_per_number": one_per_number,
                "product_id": product_id,
                "amount": amount,
                "min_amount": min_amount,
                "max_amount": max_amount,
                "max_payouts": max_payouts,
                "daily_budget": daily_budget,
                "daily_max_payouts": daily_max_payouts,
                "starts_at": starts_at,
                "ends_at": ends_at,
                "paused": paused,
                "countries": countries,
                "retry_failed": retry_failed,
                "require_timestamp": require_timestamp,
                "allow_api_key": allow_api_key,
            }, keeps_none={"product_id", "amount", "min_amount", "max_amount", "max_payouts", "daily_budget", "daily_max_payouts", "starts_at", "ends_at"}),
            answers=types.CampaignWithSecret,
            repeatable=False,
        )

    def get(
        self,
        campaign_id: str,
    ) -> types.CampaignInFull:
        """Returns one campaign: its terms, spending and payouts by status. Needs the scope `campaigns:read`.

        campaign_id: The id of the campaign.
        """
        return self._transport.call(
            "GET",
            f"/api/v1/campaigns/{segment(campaign_id)}",
            answers=types.CampaignInFull,
            repeatable=True,
        )

    def update(
        self,
        campaign_id: str,
        *,
        name: Optional[str] = None,
        budget: Optional[Amount] = None,
        product_id: Union[Optional[Union[int, str]], Unset] = UNSET,
        amount: Union[Optional[Amount], Unset] = UNSET,
        min_amount: Union[Optional[Amount], Unset] = UNSET,
        max_amount: Union[Optional[Amount], Unset] = UNSET,
        max_payouts: Union[Optional[int], Unset] = UNSET,
        daily_budget: Union[Optional[Amount], Unset] = UNSET,
        daily_max_payouts: Union[Optional[int], Unset] = UNSET,
        starts_at: Union[Optional[str], Unset] = UNSET,
        ends_at: Union[Optional[str], Unset] = UNSET,
        paused: Optional[bool] = None,
        countries: Optional[List[Literal["ZW", "KE", "UG", "TZ"]]] = None,
        retry_failed: Optional[bool] = None,
        require_timestamp: Optional[bool] = None,
        allow_api_key: Optional[bool] = None,
    ) -> types.Campaign:
        """Changes the terms of a campaign, pauses or resumes it. Needs the scope `campaigns:write`.

        campaign_id: The id of the campaign.
        name: Its name.
        budget: What it may spend in all, in major units.
        product_id: The id of the product.
        amount: The amount of every payout; without it, each request names its own.
        min_amount: The least amount of a payout. Absent where `amount` is fixed.
        max_amount: The largest amount of a payout. Absent where `amount` is fixed.
        max_payouts: How many payouts in all; `null`: no limit.
        daily_budget: What it may spend in a day of UTC; `null`: no limit.
        daily_max_payouts: How many payouts in a day of UTC; `null`: no limit.
        starts_at: From when on it pays; `null`: at once.
        ends_at: Until when it pays; `null`: without an end.
        paused: Whether it is paused.
        countries: Whose numbers it pays; an empty list: of every country of its currency.
        retry_failed: Whether a failed payout may be requested again.
        require_timestamp: Whether a signature must cover an id and a timestamp.
        allow_api_key: Whether your own key may request payouts, too.
        """
        return self._transport.call(
            "PATCH",
            f"/api/v1/campaigns/{segment(campaign_id)}",
            body=given({
                "name": name,
                "budget": budget,
                "product_id": product_id,
                "amount": amount,
                "min_amount": min_amount,
                "max_amount": max_amount,
                "max_payouts": max_payouts,
                "daily_budget": daily_budget,
                "daily_max_payouts": daily_max_payouts,
                "starts_at": starts_at,
                "ends_at": ends_at,
                "paused": paused,
                "countries": countries,
                "retry_failed": retry_failed,
                "require_timestamp": require_timestamp,
                "allow_api_key": allow_api_key,
            }, keeps_none={"product_id", "amount", "min_amount", "max_amount", "max_payouts", "daily_budget", "daily_max_payouts", "starts_at", "ends_at"}),
            answers=types.Campaign,
            repeatable=False,
        )

    def rotate_secret(
        self,
        campaign_id: str,
        *,
        overlap_hours: Optional[float] = None,
    ) -> types.CampaignWithSecret:
        """Rotates the secret of a campaign. The new one is shown once; the old one stays valid during the
        overlap. Needs the scope `campaigns:write` and `orders:write`.

        campaign_id: The id of the campaign.
        overlap_hours: How long the old one works beside the new one.
        """
        return self._transport.call(
            "POST",
            f"/api/v1/campaigns/{segment(campaign_id)}/rotate-secret",
            body=given({
                "overlap_hours": overlap_hours,
            }),
            answers=types.CampaignWithSecret,
            repeatable=False,
        )

    def payouts(
        self,
        campaign_id: str,
        *,
        status: Optional[Literal["pending", "success", "failed", "refunded", "unknown", "reversed"]] = None,
        limit: Optional[int] = None,
        cursor: Optional[str] = None,
    ) -> Page[types.Payout]:
        """Lists the payouts of a campaign, newest first, as JSON or CSV. Needs the scope `campaigns:read`.

        campaign_id: The id of the campaign.
        status: Only payouts with this status.
        limit: The most items of a page.
        cursor: `next_cursor` of the page before, with the same filters.
        """
        return self._transport.page(
            "GET",
            f"/api/v1/campaigns/{segment(campaign_id)}/payouts",
            query=given({
                "status": status,
                "limit": limit,
                "cursor": cursor,
            }),
            answers=types.PayoutPage,
            repeatable=True,
        )

    def export_payouts(
        self,
        campaign_id: str,
        *,
        status: Optional[Literal["pending", "success", "failed", "refunded", "unknown", "reversed"]] = None,
    ) -> Iterator[str]:
        """Lists the payouts of a campaign, newest first, as JSON or CSV. Needs the scope `campaigns:read`.

        campaign_id: The id of the campaign.
        status: Only payouts with this status.
        """
        return self._transport.parts(
            "GET",
            f"/api/v1/campaigns/{segment(campaign_id)}/payouts",
            query=given({
                "status": status,
                "format": "csv",
            }),
            repeatable=True,
        )


class Account(Resource):
    """`client.account`"""

    def get(
        self,
    ) -> types.Account:
        """Returns the merchant's state and limits. Needs the scope `account:read`."""
        return self._transport.call(
            "GET",
            "/api/v1/account",
            answers=types.Account,
            repeatable=True,
        )

    def freeze(
        self,
        *,
        reason: str,
    ) -> types.Account:
        """Freezes the merchant in the key's mode: nothing new is accepted, and nothing is sent. Needs the scope
        `account:freeze`.

        reason: Why, in your words.
        """
        return self._transport.call(
            "POST",
            "/api/v1/account/freeze",
            body=given({
                "reason": reason,
            }),
            answers=types.Account,
            repeatable=False,
        )

    def unfreeze(
        self,
        *,
        reason: str,
    ) -> types.Account:
        """Unfreezes the merchant in the key's mode: what was held is sent. Needs the scope `account:write`.

        reason: Why, in your words.
        """
        return self._transport.call(
            "POST",
            "/api/v1/account/unfreeze",
            body=given({
                "reason": reason,
            }),
            answers=types.Account,
            repeatable=False,
        )


class Requests(Resource):
    """`client.requests`"""

    def list(
        self,
        *,
        status: Optional[str] = None,
        path: Optional[str] = None,
        operation: Optional[str] = None,
        code: Optional[str] = None,
        key_id: Optional[str] = None,
        member_id: Optional[str] = None,
        from_: Optional[str] = None,
        to: Optional[str] = None,
        limit: Optional[int] = None,
        cursor: Optional[str] = None,
    ) -> Page[types.KeptRequest]:
        """Lists requests that were refused, failed or changed settings, newest first. Needs the scope
        `requests:read`.

        status: A status, such as 422, or a class, such as 4xx.
        path: The path.
        operation: The name of the operation.
        code: Only refusals with this code.
        key_id: The id of the API key.
        member_id: Only requests of this member.
        from_: From this date or instant on, which is included.
        to: Up to this date or instant, which is not included.
        limit: The most items of a page.
        cursor: `next_cursor` of the page before, with the same filters.
        """
        return self._transport.page(
            "GET",
            "/api/v1/requests",
            query=given({
                "status": status,
                "path": path,
                "operation": operation,
                "code": code,
                "key_id": key_id,
                "member_id": member_id,
                "from": from_,
                "to": to,
                "limit": limit,
                "cursor": cursor,
            }),
            answers=types.KeptRequestPage,
            repeatable=True,
        )

    def get(
        self,
        request_id: str,
    ) -> types.KeptRequestInFull:
        """Returns a request of the log with what was sent and answered, without secrets. Needs the scope
        `requests:read`.

        request_id: The id of the request; `null` where there was none.
        """
        return self._transport.call(
            "GET",
            f"/api/v1/requests/{segment(request_id)}",
            answers=types.KeptRequestInFull,
            repeatable=True,
        )


class Keys(Resource):
    """`client.keys`"""

    def list(
        self,
        *,
        limit: Optional[int] = None,
        cursor: Optional[str] = None,
    ) -> Page[types.Key]:
        """Lists API keys, never their secret. Needs the scope `keys:write`.

        limit: The most keys of a page. Without it: a thousand.
        cursor: `next_cursor` of the page before, with the same filters.
        """
        return self._transport.page(
            "GET",
            "/api/v1/keys",
            query=given({
                "limit": limit,
                "cursor": cursor,
            }),
            answers=types.KeyPage,
            repeatable=True,
        )

    def create(
        self,
        *,
        name: str,
        scopes: List[Literal["orders:write", "orders:read", "products:read", "wallet:read", "wallet:write", "webhooks:read", "webhooks:write", "campaigns:read", "campaigns:write", "account:read", "keys:write", "audit:read", "requests:read", "account:freeze", "account:write"]],
        expires_at: Optional[str] = None,
        allowed_ranges: Optional[List[str]] = None,
    ) -> types.NewKey:
        """Creates an API key with a part of the powers of the calling one. It is shown once. Needs the scope
        `keys:write`.

        name: Its name.
        scopes: What it may do.
        expires_at: When it expires.
        allowed_ranges: The only addresses that it works from; `null`: from anywhere.
        """
        return self._transport.call(
            "POST",
            "/api/v1/keys",
            body=given({
                "name": name,
                "scopes": scopes,
                "expires_at": expires_at,
                "allowed_ranges": allowed_ranges,
            }),
            answers=types.NewKey,
            repeatable=False,
        )

    def revoke(
        self,
        key_id: str,
        *,
        keep_campaigns: Optional[bool] = None,
    ) -> types.RevokedKey:
        """Revokes an API key, pauses its campaigns, and lists what it made. Needs the scope `keys:write`.

        key_id: The id of the API key.
        keep_campaigns: Whether the campaigns that it made go on paying.
        """
        return self._transport.call(
            "POST",
            f"/api/v1/keys/{segment(key_id)}/revoke",
            body=given({
                "keep_campaigns": keep_campaigns,
            }),
            answers=types.RevokedKey,
            repeatable=False,
        )

    def roll(
        self,
        key_id: str,
        *,
        overlap_hours: Optional[float] = None,
        expires_at: Optional[str] = None,
    ) -> types.NewKey:
        """Replaces an API key by a new one, which is shown once; the old one works during the overlap. Needs the
        scope `keys:write`.

        key_id: The id of the API key.
        overlap_hours: How long the old one works beside the new one.
        expires_at: When it expires.
        """
        return self._transport.call(
            "POST",
            f"/api/v1/keys/{segment(key_id)}/roll",
            body=given({
                "overlap_hours": overlap_hours,
                "expires_at": expires_at,
            }),
            answers=types.NewKey,
            repeatable=False,
        )


class Audit(Resource):
    """`client.audit`"""

    def list(
        self,
        *,
        action: Optional[Literal["merchant.created", "merchant.renamed", "member.joined", "member.role_changed", "member.removed", "invitation.created", "invitation.revoked", "merchant.frozen", "merchant.unfrozen", "terms.set", "key.created", "key.rolled", "key.revoked", "endpoint.created", "endpoint.updated", "endpoint.deleted", "endpoint.secret_rotated", "campaign.created", "campaign.updated", "campaign.paused", "campaign.secret_rotated", "wallet.threshold_set", "wallet.adjusted", "wallet.test_balance_set", "order.resolved", "order.reversed", "topup.resolved", "number.erased"]] = None,
        subject: Optional[str] = None,
        key_id: Optional[str] = None,
        member_id: Optional[str] = None,
        from_: Optional[str] = None,
        to: Optional[str] = None,
        limit: Optional[int] = None,
        cursor: Optional[str] = None,
    ) -> Page[types.Act]:
        """Lists what was changed, by whom and from where, newest first. Needs the scope `audit:read`.

        action: Only acts of this kind.
        subject: The id of what it was done to.
        key_id: Only acts of this key.
        member_id: Only acts of this member.
        from_: From this date or instant on, which is included.
        to: Up to this date or instant, which is not included.
        limit: The most items of a page.
        cursor: `next_cursor` of the page before, with the same filters.
        """
        return self._transport.page(
            "GET",
            "/api/v1/audit",
            query=given({
                "action": action,
                "subject": subject,
                "key_id": key_id,
                "member_id": member_id,
                "from": from_,
                "to": to,
                "limit": limit,
                "cursor": cursor,
            }),
            answers=types.ActPage,
            repeatable=True,
        )


class Status(Resource):
    """`client.status`"""

    def health(
        self,
    ) -> types.ServiceHealth:
        """Says whether the API and its database answer."""
        return self._transport.call(
            "GET",
            "/health",
            needs_key=False,
            answers=types.ServiceHealth,
            repeatable=True,
        )

    def get(
        self,
    ) -> types.ServiceStatus:
        """Returns the state of each provider, since when it is so, and the networks that it serves."""
        return self._transport.call(
            "GET",
            "/status",
            needs_key=False,
            answers=types.ServiceStatus,
            repeatable=True,
        )


class WebhooksGroup(Resource):
    """`client.webhooks`"""

    def __init__(self, transport: Transport) -> None:
        super().__init__(transport)
        self.endpoints = WebhooksEndpoints(transport)
        self.deliveries = WebhooksDeliveries(transport)
        self.listeners = WebhooksListeners(transport)


class Resources:
    """Everything that a client can do, by resource."""

    def __init__(self, transport: Transport) -> None:
        self.orders = Orders(transport)
        self.test = Test(transport)
        self.targets = Targets(transport)
        self.products = Products(transport)
        self.wallet = Wallet(transport)
        self.topups = Topups(transport)
        self.webhooks = WebhooksGroup(transport)
        self.bulk = Bulk(transport)
        self.campaigns = Campaigns(transport)
        self.account = Account(transport)
        self.requests = Requests(transport)
        self.keys = Keys(transport)
        self.audit = Audit(transport)
        self.status = Status(transport)
