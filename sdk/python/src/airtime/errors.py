"""What can go wrong, as exceptions. `except AirtimeError` catches all of it; its `code` says what it is."""

from __future__ import annotations

from typing import Any, List, Mapping, Optional, cast

from .types import ErrorCode, OrderInFull


class AirtimeError(Exception):
    """The API refused a request, or failed. Rely on `code`: texts may change, and new codes may be added.

    `code` is `None` where the answer has none, such as a 503 of the gateway.
    """

    def __init__(
        self,
        message: str,
        *,
        status: Optional[int] = None,
        problem: Optional[Mapping[str, Any]] = None,
        request_id: Optional[str] = None,
        retry_after: Optional[float] = None,
    ) -> None:
        super().__init__(message)
        said = problem or {}
        self.status = status
        """The HTTP status; `None` where there was no answer."""
        self.code = cast(Optional[ErrorCode], said.get("code"))
        self.title: Optional[str] = said.get("title")
        self.detail: Optional[str] = said.get("detail")
        """This case in one sentence."""
        self.param: Optional[str] = said.get("param")
        """The field with the problem, if there is one."""
        self.fix: Optional[str] = said.get("fix")
        """What to do."""
        self.errors: List[Any] = said.get("errors") or []
        """All problems, where there are several: `param` and `fix` are about the first."""
        self.retryable: bool = said.get("retryable") is True
        """Nothing in the request is wrong: the same content may succeed later."""
        self.request_id: Optional[str] = said.get("request_id") or request_id
        """Name it to support."""
        self.unclear = False
        """Whether the request may have been accepted all the same, because an answer was lost.

        Then send it again under the same reference, or get what is there. Never take another reference.
        """
        self.retry_after = retry_after
        """After how many seconds to try again, if the answer says so."""


class AirtimeConnectionError(AirtimeError):
    """There was no answer.

    If it is `unclear`, send the same again under the same reference: it is one order in any case.
    """


class OrderNotFinal(AirtimeError, TimeoutError):
    """The end of an order is not known yet. Wait on: never order again.

    `order` is what was last known of it; `None` if no answer came in time.
    """

    def __init__(self, order: Optional[OrderInFull], reference: str) -> None:
        known = f"was accepted; its end is not known yet ({order['status']})" if order else "could not be asked for"
        super().__init__(f"{reference} {known}. Wait again, or for its webhook. Do not order again.")
        self.order = order


class WebhookVerificationError(AirtimeError):
    """A request is not by us, or too old. Answer it 401, and do nothing else."""
