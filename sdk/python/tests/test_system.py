"""The client against a running `npm start`: `AIRTIME_LOCAL` is the path of its `local.json`."""

from __future__ import annotations

import json
import os
import threading
import unittest
import uuid
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any, Dict, List, Tuple

from scripted import raises

from airtime import Airtime, AirtimeError, OrderNotFinal, verify_webhook

LOCAL = os.environ.get("AIRTIME_LOCAL")


@unittest.skipUnless(LOCAL, "AIRTIME_LOCAL names no local.json of a running `npm start`")
class System(unittest.TestCase):
    local: Dict[str, Any]
    client: Airtime

    @classmethod
    def setUpClass(cls) -> None:
        with open(LOCAL or "", encoding="utf-8") as file:
            cls.local = json.load(file)
        cls.client = Airtime(cls.local["testKey"], base_url=cls.local["baseUrl"])
        cls.addClassCleanup(cls.client.close)

    def send(self, target: str = "0772279099", **more: Any) -> Any:
        reference = f"py-{uuid.uuid4()}"
        sent = {"product_id": 100, "target": target, "amount": Decimal("5.50"), "agent_reference": reference}
        return self.client.orders.send(**{**sent, **more})

    def test_an_order_succeeds_and_its_repeat_is_the_same(self) -> None:
        first = self.send()
        self.assertEqual((first["status"], first["amount"], first["failure"]), ("success", Decimal("5.5"), None))
        self.assertEqual(self.send(agent_reference=first["agent_reference"])["id"], first["id"])
        kept = self.client.orders.get(first["agent_reference"])
        self.assertEqual(kept["timeline"][-1]["status"], "success")

    def test_an_unknown_order_is_waited_for(self) -> None:
        order = self.send("0772279011", wait_seconds=0)
        error = raises(OrderNotFinal, lambda: self.client.orders.wait_for_final(order, timeout=0))
        self.assertFalse(error.order["final"])
        threading.Timer(1.0, lambda: self.client.test.advance(order["agent_reference"], to="final")).start()
        self.assertEqual(self.client.orders.wait_for_final(order, timeout=30)["status"], "success")

    def test_refusals_have_their_codes(self) -> None:
        error = raises(AirtimeError, lambda: self.send(amount="5.555"))
        self.assertEqual((error.status, error.code, error.param, error.retryable), (422, "invalid_amount", "amount", False))
        self.assertTrue(error.fix and error.request_id)
        balance = self.client.wallet.get()["wallets"][0]["balance"]
        self.client.test.set_balance(currency="USD", balance=0)
        try:
            self.assertEqual(raises(AirtimeError, self.send).code, "insufficient_funds")
        finally:
            self.client.test.set_balance(currency="USD", balance=balance)
        with Airtime("atk_test_wrong", base_url=self.local["baseUrl"]) as stranger:
            self.assertEqual(raises(AirtimeError, stranger.wallet.get).code, "unauthenticated")

    def test_lists_are_read_to_their_ends(self) -> None:
        sent = {self.send()["agent_reference"] for _ in range(3)}
        listed = [order["agent_reference"] for order in self.client.orders.list(limit=2)]
        self.assertTrue(sent <= set(listed))
        self.assertEqual(len(listed), len(set(listed)))
        entries = self.client.wallet.ledger(currency="USD", limit=1)
        self.assertIsInstance(next(iter(entries))["seq"], int)

    def test_a_file_is_uploaded_previewed_and_sent(self) -> None:
        csv = b"target,amount\n0772279099,5\n0772279098,2.5\n"
        upload_id = self.client.bulk.upload(csv)
        preview = self.client.bulk.preview(upload_id=upload_id, currency="USD")
        self.assertEqual((preview["valid"], preview["invalid"]), (2, 0))
        batch = self.client.bulk.send(upload_id=upload_id, currency="USD", batch_reference=f"py-{uuid.uuid4()}")
        self.assertEqual(batch["rows"], 2)
        self.assertEqual(len(list(self.client.bulk.rows(batch["id"], limit=1))), 2)
        self.assertIn("0772279098", "".join(self.client.bulk.export_rows(batch["id"])))

    def test_a_respondent_is_paid_once_with_the_campaigns_secret(self) -> None:
        with Airtime(base_url=self.local["baseUrl"]) as payer:
            campaign, secret = self.local["campaignId"], self.local["campaignSecret"]
            pay = {"secret": secret, "respondent_id": f"py-{uuid.uuid4()}", "target": "0772279099"}
            first, second = payer.campaigns.pay(campaign, **pay), payer.campaigns.pay(campaign, **pay)
            self.assertEqual(first["id"], second["id"])
            wrong = {**pay, "secret": self.local["webhookSecret"]}
            error = raises(AirtimeError, lambda: payer.campaigns.pay(campaign, **wrong))
            self.assertEqual(error.code, "signature_invalid")

    def test_an_event_is_verified_by_each_signature(self) -> None:
        received: List[Tuple[bytes, Dict[str, str]]] = []

        class Receiver(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                received.append((body, dict(self.headers.items())))
                self.send_response(204)
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                pass

        server = HTTPServer(("127.0.0.1", 0), Receiver)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        endpoint = self.client.webhooks.endpoints.create(url=f"http://localhost:{server.server_port}/events")
        try:
            delivery = self.client.webhooks.endpoints.test(endpoint["id"], type="order.success")
            self.assertEqual(delivery["status"], "delivered")
            body, headers = received[-1]
            plain = {name: value for name, value in headers.items() if not name.lower().startswith("webhook-")}
            for shown in (headers, plain):
                event: Any = verify_webhook(body, shown, endpoint["secret"], allow_plain=True)
                self.assertEqual(event["data"]["object"]["status"], "success")
        finally:
            self.client.webhooks.endpoints.delete(endpoint["id"])
            server.shutdown()
            server.server_close()

    def test_everything_that_is_read_answers(self) -> None:
        client = self.client
        self.assertEqual(client.targets.get("0772279099")["country"], "ZW")
        self.assertEqual(client.status.health()["status"], "ok")
        self.assertIn(client.status.get()["status"], ("ok", "degraded"))
        self.assertEqual(client.account.get()["mode"], "test")
        self.assertTrue(client.products.list(country="ZW").data)
        self.assertTrue(client.keys.list().data)
        self.assertTrue(client.wallet.verify(currency="USD")["verified"])
        self.assertTrue(client.wallet.statement(currency="USD", month="2026-05")["from"])
        self.assertIn("balance_after", "".join(client.wallet.export_ledger(currency="USD")))
        self.assertTrue(client.bulk.template())
        self.assertEqual(client.topups.list().next_cursor, None)
        for page in (client.audit.list(), client.requests.list(), client.campaigns.list(), client.bulk.list()):
            self.assertIsInstance(page.data, list)
        self.assertIsInstance(client.wallet.heads(currency="USD").data, list)


if __name__ == "__main__":
    unittest.main()
