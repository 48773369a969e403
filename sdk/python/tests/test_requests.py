"""What is sent, what is sent again, and what is never sent again."""

from __future__ import annotations

import json
import socket
import time
import unittest
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from email.utils import format_datetime
from typing import Any, Callable, Dict, List
from unittest import mock

import httpx
from scripted import Answer, Script, csv, ok, order, ours, raises, refused

from airtime import UNSET, Airtime, AirtimeConnectionError, AirtimeError, OrderNotFinal, WebhookVerificationError, types, verify_webhook
from airtime._answers import wait_before

ORDER: Dict[str, Any] = {"product_id": 100, "target": "0772279099", "amount": 5, "agent_reference": "a-1"}
SECRET = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
LOST = httpx.ReadTimeout("no answer in time")


def send(script: Script) -> Any:
    return script.client.orders.send(**ORDER)


def create_key(script: Script) -> Any:
    return script.client.keys.create(name="till", scopes=["orders:read"])


class Repeats(unittest.TestCase):
    def test_an_order_without_an_answer_is_sent_again_unchanged(self) -> None:
        gateways = [httpx.Response(status, json={"message": ""}) for status in (302, 403, 404, 408, 429, 502, 503)]
        other = httpx.Response(409, json={"code": "conflict", "message": "of a proxy"})
        portal = httpx.Response(200, text="<html>")
        is_ok = httpx.Response(200, json={"ok": True}, headers={"x-request-id": "of-a-proxy"})
        broken = (LOST, httpx.ReadError(""), httpx.RemoteProtocolError(""))
        answers: List[Answer] = [*broken, *gateways, other, portal, is_ok]
        for lost in answers:
            script = Script(lost, ok(order(), 200))
            self.assertEqual(send(script)["status"], "success")
            self.assertEqual(script.bodies, [ORDER, ORDER])
            self.assertEqual(len(script.waits), 1)

    def test_a_request_without_a_reference_is_sent_once(self) -> None:
        sure: List[Answer] = [refused(503, "busy"), refused(429, "rate_limited"), httpx.ConnectError(""), httpx.ConnectTimeout("")]
        gateways = [httpx.Response(status) for status in (403, 408, 429, 502, 503)]
        lost: List[Answer] = [LOST, *gateways, refused(500, "internal_error"), httpx.Response(200, text="<html>"), ok({"ok": True})]
        for answer in sure + lost:
            script = Script(answer, ok({}))
            self.assertEqual(raises(AirtimeError, lambda: create_key(script)).unclear, answer in lost, answer)
            self.assertEqual(len(script.requests), 1)
        script = Script(refused(503, "busy"), ok({}))
        raises(AirtimeError, lambda: script.client.test.set_balance(currency="USD", balance=5))
        self.assertEqual(len(script.requests), 1)

    def test_a_read_is_repeated_only_if_its_answer_may_change(self) -> None:
        for passing in (LOST, httpx.Response(408), httpx.Response(503), httpx.Response(200, text="<html>"), ok({"ok": True})):
            script = Script(passing, ok({"wallets": []}))
            self.assertEqual(script.client.wallet.get(), {"wallets": []})
        for answer in (httpx.Response(302), httpx.Response(403)):
            script = Script(answer)
            self.assertFalse(raises(AirtimeError, script.client.wallet.get).unclear)
        script = Script(httpx.Response(200, text="<html>"), csv("a"))
        self.assertEqual(list(script.client.wallet.export_ledger(currency="USD")), ["a"])

    def test_what_has_not_the_fields_of_an_answer_is_not_ours(self) -> None:
        answers: List[Any] = [{"ok": True}, [], None, "ok", {**ORDER, "status": "success"}]
        for body in answers:
            script = Script(*[ok(body) for _ in range(9)])
            calls: List[Callable[[], Any]] = [
                lambda: send(script),
                lambda: script.client.bulk.send(csv="target,amount\n0772279099,1\n"),
                lambda: script.client.topups.start(amount="50", currency="USD", reference="t-1"),
                lambda: script.client.campaigns.pay("cmp_1", respondent_id="r-1", target="0772279099"),
                lambda: script.client.wallet.get(),
                lambda: script.client.orders.list(),
                lambda: script.client.wallet.export_ledger(currency="USD").__next__(),
            ]
            for call in calls:
                script.requests.clear()
                script.answers = [ok(body) for _ in range(4)]
                error = raises(AirtimeError, call)
                is_write = script.requests[0].method == "POST"
                self.assertEqual((error.code, error.status, error.unclear), ("unclear_answer", 200, is_write), body)
                self.assertEqual(len({request.content for request in script.requests}), 1)
                self.assertEqual(len(script.requests), 4)

    def test_an_answer_of_a_release_behind_is_ours(self) -> None:
        before = {name: value for name, value in order().items() if name not in ("provider_ref", "next_check_at")}
        self.assertEqual(send(Script(ok(before))), before)

    def test_a_topup_is_repeated_only_under_a_reference(self) -> None:
        for reference, requests in ((None, 1), ("t-1", 2)):
            script = Script(LOST, LOST, max_retries=1)
            topups = script.client.topups
            raises(AirtimeConnectionError, lambda: topups.start(amount="50", currency="USD", reference=reference))
            self.assertEqual(len(script.requests), requests)

    def test_a_refusal_of_the_content_is_final(self) -> None:
        for status, code, retryable in (
            (400, "invalid_request", False),
            (402, "insufficient_funds", True),
            (409, "daily_cap_reached", True),
            (422, "product_unavailable", True),
            (503, "a_new_code", False),
        ):
            script = Script(refused(status, code, retryable))
            self.assertEqual(raises(AirtimeError, lambda: send(script)).code, code)
            self.assertEqual(script.waits, [])

    def test_the_api_says_how_long_to_wait(self) -> None:
        soon = format_datetime(datetime.now(timezone.utc) + timedelta(seconds=30), usegmt=True)
        for said, low, high in (("7", 7, 8), ("0", 0, 1), (soon, 20, 31), ("soon", 0, 1)):
            script = Script(refused(429, "rate_limited", retry_after=said), ok(order()))
            send(script)
            self.assertTrue(low <= script.waits[0] <= high, script.waits)

    def test_a_long_wait_is_left_to_the_caller(self) -> None:
        script = Script(refused(429, "rate_limited", retry_after="3600"))
        self.assertEqual(raises(AirtimeError, lambda: send(script)).retry_after, 3600)
        self.assertEqual(script.waits, [])

    def test_an_error_says_whether_the_request_may_have_been_accepted(self) -> None:
        busy = refused(503, "busy")
        for answers, unclear in (
            ((busy, busy), False),
            ((LOST, busy), True),
            ((busy, LOST), True),
            ((LOST, refused(401, "unauthenticated", False)), True),
            ((httpx.ConnectError("refused"), busy), False),
            ((refused(500, "internal_error"), busy), True),
            ((httpx.Response(503), busy), True),
            ((refused(422, "invalid_amount", False),), False),
            ((httpx.Response(403), busy), True),
            ((busy, httpx.Response(408)), True),
            ((httpx.Response(200, text="<html>"), busy), True),
            ((httpx.DecodingError(""), busy), True),
        ):
            script = Script(*answers, max_retries=1)
            self.assertEqual(raises(AirtimeError, lambda: send(script)).unclear, unclear, answers)
        script = Script(LOST, max_retries=0)
        self.assertFalse(raises(AirtimeError, script.client.wallet.get).unclear)

    def test_waits_grow_and_end(self) -> None:
        script = Script(*[LOST] * 6, max_retries=5)
        error = raises(AirtimeConnectionError, lambda: send(script))
        self.assertIs(error.__cause__, LOST)
        for tries, wait in enumerate(script.waits):
            self.assertTrue(0.25 * 2**tries <= wait <= 0.5 * 2**tries, script.waits)
        self.assertEqual(len(script.requests), 6)
        self.assertLessEqual(wait_before(AirtimeError(""), 5000), 8)


class Contents(unittest.TestCase):
    def test_a_request_is_as_documented(self) -> None:
        script = Script(ok(order()))
        script.client.orders.send(**ORDER, custom_sms="Thanks", wait_seconds=0)
        request = script.requests[0]
        self.assertEqual((request.method, str(request.url)), ("POST", "http://api.example/api/v1/orders"))
        self.assertEqual(request.headers["authorization"], "Api-Key atk_test_x")
        self.assertEqual(request.headers["prefer"], "respond-async")
        self.assertEqual(script.bodies, [{**ORDER, "custom_sms": "Thanks"}])
        script = Script(ok(order()), ok(order()))
        script.client.orders.send(**ORDER, wait_seconds=5)
        send(script)
        self.assertEqual([request.headers.get("prefer") for request in script.requests], ["wait=5", None])

    def test_amounts_are_exact(self) -> None:
        script = Script(httpx.Response(200, content=json.dumps(order(amount=0.1)).encode()))
        answer = script.client.orders.send(**{**ORDER, "amount": Decimal("0.30")})
        self.assertEqual(script.bodies[0]["amount"], "0.30")
        self.assertEqual(answer["amount"] + Decimal("0.2"), Decimal("0.3"))
        for wrong in (float("nan"), Decimal("Infinity")):
            raises((ValueError, TypeError), lambda: script.client.orders.send(**{**ORDER, "amount": wrong}))

    def test_none_is_sent_only_where_it_means_something(self) -> None:
        script = Script(ok(ours(types.ChangedWallet)), ok(ours(types.Campaign)), ok(order()))
        script.client.wallet.update("USD", low_balance_threshold=None)
        script.client.campaigns.update("cmp_1", name="May", budget=10, daily_budget=UNSET)
        script.client.orders.send(**ORDER, custom_sms=None)
        self.assertEqual(script.bodies, [{"low_balance_threshold": None}, {"name": "May", "budget": 10}, ORDER])

    def test_an_id_stays_one_segment_of_the_path(self) -> None:
        script = Script(ok(order()))
        script.client.orders.get("a/../b?c#d")
        self.assertEqual(script.requests[0].url.raw_path, b"/api/v1/orders/a%2F..%2Fb%3Fc%23d")
        for wrong in ("", ".", ".."):
            raises(ValueError, lambda: script.client.orders.get(wrong))

    def test_filters_are_sent_by_their_names(self) -> None:
        script = Script(ok({"data": [], "next_cursor": None, "searched_to": None}))
        self.assertEqual(list(script.client.orders.list(from_="2026-05-01", status="failed", limit=5)), [])
        self.assertEqual(
            dict(script.requests[0].url.params), {"from": "2026-05-01", "status": "failed", "limit": "5"}
        )

    def test_without_a_key_only_what_is_public_works(self) -> None:
        script = Script(ok(ours(types.ServiceHealth, status="ok")), api_key=None)
        self.assertEqual(script.client.status.health()["status"], "ok")
        self.assertNotIn("authorization", script.requests[0].headers)
        self.assertIn("API key", str(raises(ValueError, lambda: send(script))))

    def test_what_is_no_key_is_refused_before_anything_is_sent(self) -> None:
        for wrong in ("atk_test_…", "atk_test_...", " atk_test_x", "atk_test_x\n", "<key>"):
            error = raises(ValueError, lambda: Airtime(wrong, base_url="http://api.example"))
            self.assertIn("is not a key", str(error))
            self.assertNotIn(wrong, str(error))

    def test_a_client_needs_an_address(self) -> None:
        for wrong in (None, "api.example"):
            raises(ValueError, lambda: Airtime("atk_test_x", base_url=wrong))


class Errors(unittest.TestCase):
    def test_an_error_says_what_the_answer_says(self) -> None:
        problem = {
            "title": "Invalid request",
            "status": 400,
            "detail": "amount must be a number.",
            "code": "invalid_request",
            "param": "amount",
            "fix": "Correct it.",
            "errors": [{"param": "amount"}],
            "retryable": False,
            "request_id": "req_7",
        }
        script = Script(httpx.Response(400, json=problem))
        error = raises(AirtimeError, lambda: send(script))
        self.assertEqual(
            (error.status, error.code, error.param, error.fix, error.retryable, error.request_id, error.errors),
            (400, "invalid_request", "amount", "Correct it.", False, "req_7", [{"param": "amount"}]),
        )
        self.assertEqual(str(error), "400 invalid_request: amount must be a number. Correct it. (request req_7)")

    def test_every_error_has_a_code(self) -> None:
        codes = (
            (LOST, "timed_out"),
            (httpx.ConnectTimeout(""), "timed_out"),
            (httpx.ConnectError(""), "connection_failed"),
            (httpx.ReadError(""), "connection_failed"),
            (httpx.RemoteProtocolError(""), "connection_failed"),
            (httpx.Response(503), "unclear_answer"),
            (httpx.Response(200, text="<html>"), "unclear_answer"),
        )
        for answer, code in codes:
            error = raises(AirtimeError, lambda: send(Script(answer, max_retries=0)))
            self.assertEqual((error.code, error.retryable), (code, True))
            self.assertTrue(error.fix)
        upload = ours(types.Upload, upload_url="http://files.example/", upload_id="upl_1")
        for answer, code in ((LOST, "timed_out"), (httpx.ReadError(""), "connection_failed"), (httpx.Response(403), "unclear_answer")):
            error = raises(AirtimeError, lambda: Script(ok(upload, 201), answer).client.bulk.upload(b"a"))
            self.assertEqual((error.code, error.unclear), (code, False))
        script = Script(ok(order("unknown")))
        waited = raises(OrderNotFinal, lambda: script.client.orders.wait_for_final("a-1", timeout=0))
        self.assertEqual((waited.code, waited.retryable), ("wait_timed_out", True))
        unsigned = raises(WebhookVerificationError, lambda: verify_webhook(b"{}", {}, SECRET))
        self.assertEqual((unsigned.code, unsigned.retryable), ("webhook_not_verified", False))

    def test_an_answer_without_a_code_is_an_error_too(self) -> None:
        for content in (b'{"message": "Forbidden"}', b"<html>", b"", b"[1]"):
            script = Script(httpx.Response(403, content=content, headers={"x-request-id": "req_8"}), max_retries=0)
            error = raises(AirtimeError, lambda: send(script))
            self.assertEqual((error.status, error.code, error.request_id), (403, "unclear_answer", "req_8"))

    def test_no_error_shows_the_key(self) -> None:
        script = Script(LOST, max_retries=0)
        error = raises(AirtimeError, lambda: send(script))
        self.assertNotIn("atk_test_x", f"{error} {error!r} {error.__dict__} {script.client!r}")


class Pages(unittest.TestCase):
    def test_a_page_leads_to_all_items(self) -> None:
        pages = [ok({"data": data, "next_cursor": cursor}) for data, cursor in (([1, 2], "c1"), ([], "c2"), ([3], None))]
        script = Script(pages[0], LOST, *pages[1:])
        self.assertEqual(list(script.client.orders.list(status="failed")), [1, 2, 3])
        second = {"status": "failed", "cursor": "c1"}
        self.assertEqual(
            [dict(request.url.params) for request in script.requests],
            [{"status": "failed"}, second, second, {"status": "failed", "cursor": "c2"}],
        )

    def test_pages_are_fetched_when_they_are_needed(self) -> None:
        script = Script(ok({"data": [1, 2], "next_cursor": "c1"}))
        page = script.client.orders.list()
        self.assertEqual((page.data, page.next_cursor, next(iter(page))), ([1, 2], "c1", 1))

    def test_a_csv_is_fetched_part_by_part(self) -> None:
        link = '<http://api.example/api/v1/wallet/ledger/export?currency=USD&cursor=c%2F1>; rel="next"'
        script = Script(csv("a,b\n", link=link), csv("c,d\n"))
        self.assertEqual(list(script.client.wallet.export_ledger(currency="USD")), ["a,b\n", "c,d\n"])
        self.assertEqual(dict(script.requests[1].url.params), {"currency": "USD", "cursor": "c/1"})
        self.assertEqual(script.requests[0].headers["accept"], "text/csv")

    def test_a_listener_is_asked_with_pauses_until_it_ends(self) -> None:
        def page(*data: Any) -> httpx.Response:
            return ok({"data": list(data), "next_cursor": "c"})

        script = Script(page({"event_id": "a"}), page(), page({"event_id": "b"}), refused(404, "listener_not_found", False))
        got = script.client.webhooks.listeners.deliveries("whl_1")
        self.assertEqual([next(got)["event_id"], next(got)["event_id"]], ["a", "b"])
        self.assertEqual(raises(AirtimeError, lambda: next(got)).code, "listener_not_found")
        self.assertEqual([request.url.params.get("cursor") for request in script.requests], [None, "c", "c", "c"])
        self.assertEqual(script.waits, [1.0])

    def test_what_stands_beside_a_list_is_kept(self) -> None:
        script = Script(ok({"public_key": "k", "data": [], "next_cursor": None}))
        self.assertEqual(script.client.wallet.heads(currency="USD").answer["public_key"], "k")


class Waiting(unittest.TestCase):
    def test_an_order_is_read_until_it_is_final(self) -> None:
        script = Script(*[ok(order(status)) for status in ("pending", "unknown", "success")])
        self.assertEqual(script.client.orders.wait_for_final("a-1")["status"], "success")
        self.assertEqual(script.waits, [1.0, 1.5])
        self.assertEqual({request.method for request in script.requests}, {"GET"})

    def test_an_order_that_is_not_final_in_time_comes_with_the_error(self) -> None:
        script = Script(ok(order("unknown")))
        error = raises(OrderNotFinal, lambda: script.client.orders.wait_for_final("a-1", timeout=0))
        self.assertEqual(error.order["status"], "unknown")
        self.assertIsInstance(error, (AirtimeError, TimeoutError))
        self.assertFalse(error.unclear)
        self.assertIn("was accepted", str(error))

    def test_an_outage_is_waited_out(self) -> None:
        html = httpx.Response(200, text="<html>")
        broken: List[Answer] = [LOST, httpx.ConnectError("")]
        outage = [*broken, httpx.Response(503), refused(503, "busy", retry_after="9"), html]
        script = Script(*outage, refused(429, "rate_limited", retry_after="20"), httpx.Response(408), ok(order()))
        self.assertEqual(script.client.orders.wait_for_final("a-1")["status"], "success")
        self.assertEqual((script.waits[3], script.waits[5]), (9, 20))
        refusal = Script(refused(404, "order_not_found", False))
        self.assertEqual(raises(AirtimeError, lambda: refusal.client.orders.wait_for_final("a-1")).code, "order_not_found")

    def test_an_outage_never_ends_later_than_it_was_to(self) -> None:
        for asked, polls in (("0", 6), ("2", 2), ("60", 1)):
            script = Script(*[refused(503, "busy", retry_after=asked) for _ in range(9)])
            waits = script.waits
            script.client.orders._transport.sleep = waits.append
            with mock.patch("time.monotonic", lambda: 100 + sum(waits)):
                error = raises(OrderNotFinal, lambda: script.client.orders.wait_for_final("a-1", timeout=4))
            self.assertEqual((error.order, error.unclear, len(script.requests)), (None, False, polls))
            self.assertLessEqual(sum(waits), 4)
            for request in script.requests:
                parts = request.extensions["timeout"]
                self.assertLessEqual(sum(parts.values()) + parts["connect"], 4)

    def test_it_ends_at_the_timeout_and_asks_shortly_before(self) -> None:
        for timeout in (0.05, 1.5, 2, 4, 20):
            script = Script(*[ok(order("unknown")) for _ in range(30)])
            waits = script.waits
            with mock.patch("time.monotonic", lambda: 100 + sum(waits)):
                raises(OrderNotFinal, lambda: script.client.orders.wait_for_final("a-1", timeout=timeout))
            self.assertAlmostEqual(sum(waits), timeout)
            self.assertLess(waits[-1], 0.1)
            self.assertLess(len(waits), 12)

    def test_a_server_that_hangs_takes_no_longer_than_the_timeout(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as server:
            url = f"http://127.0.0.1:{server.getsockname()[1]}"
            since = time.monotonic()
            with Airtime("atk_test_x", base_url=url) as client:
                raises(OrderNotFinal, lambda: client.orders.wait_for_final("a-1", timeout=1.5))
            self.assertLessEqual(time.monotonic() - since, 2)

    def test_a_timeout_that_is_no_number_is_refused(self) -> None:
        for wrong in (float("nan"), -1):
            script = Script()
            raises(ValueError, lambda: script.client.orders.wait_for_final("a-1", timeout=wrong))


class Signing(unittest.TestCase):
    def test_each_try_of_a_payout_is_signed_again(self) -> None:
        script = Script(refused(503, "busy"), LOST, ok(ours(types.Payout), 201), api_key=None)
        script.client.campaigns.pay("cmp_1", secret=SECRET, respondent_id="r-1", target="0772279099")
        ids = {request.headers["webhook-id"] for request in script.requests}
        self.assertEqual(len(ids), 3)
        self.assertEqual(len({request.content for request in script.requests}), 1)
        self.assertFalse(any("authorization" in request.headers for request in script.requests))


if __name__ == "__main__":
    unittest.main()
