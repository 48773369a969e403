"""The client of the Airtime API. Start with `Airtime`."""

from . import types
from ._async_page import AsyncPage
from ._page import Page
from ._request import UNSET
from ._version import __version__
from .async_client import AsyncAirtime
from .client import Airtime
from .errors import AirtimeConnectionError, AirtimeError, OrderNotFinal, WebhookVerificationError
from .webhooks import sign_payout, verify_webhook

__all__ = [
    "UNSET",
    "Airtime",
    "AirtimeConnectionError",
    "AirtimeError",
    "AsyncAirtime",
    "AsyncPage",
    "OrderNotFinal",
    "Page",
    "WebhookVerificationError",
    "__version__",
    "sign_payout",
    "types",
    "verify_webhook",
]
