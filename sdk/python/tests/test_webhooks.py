"""The signatures of the guides, and everything that is not one."""

from __future__ import annotations

import unittest
from typing import Any, Dict
from unittest import mock

from scripted import raises

from airtime import WebhookVerificationError, sign_payout, verify_webhook
from airtime.webhooks import plain_signature

SECRET = "whsec_YWlydGltZSB3ZWJob29rIHRlc3Qgc2VjcmV0IDAwMDE="
OTHER = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
BODY = '{"type":"order.success","note":"Zvakanaka 👍"}'.encode()
AT = 1778140802
HEADERS = {
    "Webhook-Id": "evt_8w3r6t1y9p4s7h2j5k0z",
    "Webhook-Timestamp": str(AT),
    "Webhook-Signature": "v1,vcbd3Qmwxq+O/C/YR5iPK67Ud9N1ND8U0Iqtff3ITuQ=",
    "X-Airtime-Signature": "sha256=bb091ca53d989c91dac7be0f06684c4298d42a3e911a9b95f1c27df0c4a3661e",
}


def verify(body: bytes = BODY, secret: Any = SECRET, now: float = AT, **more: Any) -> Any:
    headers: Dict[str, str] = {**HEADERS, **more.pop("headers", {})}
    with mock.patch("time.time", return_value=now):
        return verify_webhook(body, headers, secret, **more)


def verify_plain(body: bytes = BODY, secret: Any = SECRET, signature: str = HEADERS["X-Airtime-Signature"]) -> Any:
    return verify_webhook(body, {"X-Airtime-Signature": signature}, secret, allow_plain=True)


class Webhooks(unittest.TestCase):
    def test_the_guides_example_is_ours_by_both_signatures(self) -> None:
        self.assertEqual((verify()["type"], verify_plain()["type"]), ("order.success", "order.success"))

    def test_the_names_of_headers_are_in_any_case(self) -> None:
        lower = {name.lower(): value for name, value in HEADERS.items()}
        with mock.patch("time.time", return_value=AT):
            self.assertEqual(verify_webhook(BODY, lower, SECRET)["type"], "order.success")  # type: ignore[typeddict-item]

    def test_anything_else_is_not(self) -> None:
        wrong: Dict[str, Dict[str, Any]] = {
            "another body": {"body": BODY + b" "},
            "another secret": {"secret": OTHER},
            "another id": {"headers": {"Webhook-Id": "evt_1"}},
            "no signature": {"headers": {"Webhook-Signature": ""}},
            "a part of one": {"headers": {"Webhook-Signature": "v1,vcbd3Qmw"}},
            "another version": {"headers": {"Webhook-Signature": HEADERS["Webhook-Signature"].replace("v1", "v2")}},
            "letters outside ASCII": {"headers": {"Webhook-Signature": "v1,é"}},
            "no timestamp": {"headers": {"Webhook-Timestamp": ""}},
            "a timestamp that is no number": {"headers": {"Webhook-Timestamp": "1e9"}},
            "digits of another script": {"headers": {"Webhook-Timestamp": "١٧٧٨١٤٠٨٠٢"}},
            "too old": {"now": AT + 301},
            "from the future": {"now": AT - 301},
            "older than what is asked for": {"now": AT + 11, "tolerance": 10},
        }
        for name, change in wrong.items():
            with self.subTest(name):
                raises(WebhookVerificationError, lambda: verify(**change))
                if "tolerance" not in change:
                    raises(WebhookVerificationError, lambda: verify(**change, allow_plain=True))
        self.assertEqual(verify(now=AT + 300)["type"], "order.success")
        for plain in ({"body": BODY + b" "}, {"secret": OTHER}, {"signature": ""}, {"signature": "sha256="}):
            raises(WebhookVerificationError, lambda: verify_plain(**plain))

    def test_a_plain_signature_alone_is_not_enough_unless_allowed(self) -> None:
        """Whoever has seen a request could send it again without the headers that date it."""
        plain_only = {"X-Airtime-Signature": HEADERS["X-Airtime-Signature"]}
        raises(WebhookVerificationError, lambda: verify_webhook(BODY, plain_only, SECRET))

    def test_one_of_several_signatures_and_secrets_is_enough(self) -> None:
        both = f"v1,AAAA {HEADERS['Webhook-Signature']}"
        self.assertEqual(verify(headers={"Webhook-Signature": both}, secret=[OTHER, SECRET])["type"], "order.success")

    def test_a_secret_that_is_none_is_a_mistake_of_the_caller(self) -> None:
        for wrong in ("", "whsec_", "whsec_!", "secret", SECRET[len("whsec_") :]):
            raises(ValueError, lambda: verify(secret=wrong))
            raises(ValueError, lambda: verify_plain(secret=wrong))
        raises(WebhookVerificationError, lambda: verify(secret=[]))

    def test_a_tolerance_that_is_no_number_is_a_mistake_of_the_caller(self) -> None:
        for wrong in (float("nan"), float("inf"), -1):
            raises(ValueError, lambda: verify(tolerance=wrong))
            raises(ValueError, lambda: verify(tolerance=wrong, allow_plain=True))

    def test_what_cannot_be_read_is_not_an_event(self) -> None:
        for body in (b"[" * 100_000, b'{"amount": 1e99999999999999999999}', b"\xff"):
            headers = {**sign_payout(body, SECRET, request_id="evt_1", timestamp=AT)}
            raises(WebhookVerificationError, lambda: verify(body=body, headers=headers))
        for name in ("Webhook-Id", "Webhook-Timestamp", "Webhook-Signature"):
            raises(WebhookVerificationError, lambda: verify(headers={name: "\ud800"}))
        raises(WebhookVerificationError, lambda: verify_plain(signature="sha256=\ud800"))

    def test_a_text_is_refused_because_it_may_not_be_what_was_signed(self) -> None:
        raises(TypeError, lambda: verify(body=BODY.decode()))  # type: ignore[arg-type]

    def test_a_payout_is_signed_as_the_guide_says(self) -> None:
        body = b'{"respondent_id":"uuid:7f3a","target":"0772279099"}'
        self.assertEqual(
            sign_payout(body, OTHER, request_id="msg_1", timestamp=1778140800),
            {
                "webhook-id": "msg_1",
                "webhook-timestamp": "1778140800",
                "webhook-signature": "v1,RW3nrHGqCAKrnjVbBT+grQzGUs8Z7msWL+wbvMjFNKk=",
            },
        )
        self.assertEqual(
            plain_signature(OTHER, body), "sha256=ebbf99daf4d3f39d1139cb45f195aca366726fc37ad03e7c71c628e1282ec214"
        )
        self.assertNotEqual(sign_payout(body, OTHER)["webhook-id"], sign_payout(body, OTHER)["webhook-id"])


if __name__ == "__main__":
    unittest.main()
