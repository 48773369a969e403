"""The asynchronous client. The other one is made of it, and its tests say what both do; here is what only this one has."""

from __future__ import annotations

import asyncio
import json
import os
import unittest
import uuid
from typing import Any, List, Union

import httpx
from scripted import csv, ok, order, ours, refused

from airtime import AirtimeConnectionError, AirtimeError, AsyncAirtime, OrderNotFinal, types

ORDER: Any = {"product_id": 100, "target": "0772279099", "amount": "5.5", "agent_reference": "a-1"}
SECRET = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="


class Script:
    def __init__(self, *answers: Union[httpx.Response, Exception]) -> None:
        self.answers = list(answers)
        self.requests: List[httpx.Request] = []
        self.waits: List[float] = []
        http_client = httpx.AsyncClient(transport=httpx.MockTransport(self._answer))
        self.client = AsyncAirtime("atk_test_x", base_url="http://api.example", http_client=http_client)
        self.client.orders._transport.sleep = self._sleep

    def _answer(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    async def _sleep(self, seconds: float) -> None:
        self.waits.append(seconds)


class Async(unittest.IsolatedAsyncioTestCase):
    async def test_an_order_is_sent_again_under_its_reference(self) -> None:
        script = Script(httpx.ReadTimeout("lost"), refused(503, "busy", retry_after="2"), ok(order()))
        self.assertEqual((await script.client.orders.send(**ORDER))["status"], "success")
        self.assertEqual([json.loads(request.content) for request in script.requests], [ORDER] * 3)
        self.assertGreaterEqual(script.waits[1], 2)

    async def test_errors_are_the_same(self) -> None:
        script = Script(httpx.ReadTimeout("lost"), refused(422, "invalid_amount", False))
        with self.assertRaises(AirtimeConnectionError) as lost:
            await script.client.keys.create(name="till", scopes=["orders:read"])
        self.assertEqual(lost.exception.code, "timed_out")
        with self.assertRaises(AirtimeError) as caught:
            await script.client.orders.send(**ORDER)
        self.assertEqual((caught.exception.code, caught.exception.unclear), ("invalid_amount", False))

    async def test_lists_and_files_are_iterated_over(self) -> None:
        script = Script(ok({"data": [1], "next_cursor": "c1"}), ok({"data": [2], "next_cursor": None}))
        self.assertEqual([item async for item in await script.client.orders.list()], [1, 2])
        link = '<http://api.example/x?cursor=c1>; rel="next"'
        script = Script(csv("a\n", link=link), csv("b\n"))
        self.assertEqual([text async for text in script.client.wallet.export_ledger(currency="USD")], ["a\n", "b\n"])

    async def test_an_order_is_waited_for(self) -> None:
        script = Script(ok(order("unknown")), ok(order()), ok(order("unknown")))
        self.assertEqual((await script.client.orders.wait_for_final("a-1"))["status"], "success")
        self.assertEqual(script.waits, [1.0])
        with self.assertRaises(OrderNotFinal):
            await script.client.orders.wait_for_final("a-1", timeout=0)

    async def test_each_try_of_a_payout_is_signed_again(self) -> None:
        script = Script(refused(503, "busy"), ok(ours(types.Payout)))
        await script.client.campaigns.pay("cmp_1", secret=SECRET, respondent_id="r-1", target="0772279099")
        self.assertEqual(len({request.headers["webhook-id"] for request in script.requests}), 2)
        self.assertNotIn("authorization", script.requests[0].headers)

    async def test_only_a_client_of_its_own_is_closed(self) -> None:
        http_client = httpx.AsyncClient()
        async with AsyncAirtime("atk_test_x", base_url="http://api.example", http_client=http_client):
            pass
        self.assertFalse(http_client.is_closed)
        await http_client.aclose()

    @unittest.skipUnless(os.environ.get("AIRTIME_LOCAL"), "AIRTIME_LOCAL names no local.json of a running `npm start`")
    async def test_many_orders_at_once_against_the_system(self) -> None:
        with open(os.environ["AIRTIME_LOCAL"], encoding="utf-8") as file:
            local = json.load(file)
        async with AsyncAirtime(local["testKey"], base_url=local["baseUrl"]) as client:
            run = uuid.uuid4()
            sent = [client.orders.send(**{**ORDER, "agent_reference": f"py-{run}-{n}"}) for n in range(5)]
            self.assertEqual({answer["status"] for answer in await asyncio.gather(*sent)}, {"success"})
            upload_id = await client.bulk.upload(b"target,amount\n0772279099,5\n")
            self.assertEqual((await client.bulk.preview(upload_id=upload_id, currency="USD"))["valid"], 1)


if __name__ == "__main__":
    unittest.main()
