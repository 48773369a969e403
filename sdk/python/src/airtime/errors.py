"""What can go wrong, as exceptions. `except AirtimeError` catches all of it; its `code` says what it is."""

from __future__ import annotations

from typing import Any, List, Literal, Mapping, Optional, Union, cast

from .types import ErrorCode, OrderInFull

SdkErrorCode = Literal[
    "connection_failed", "timed_out", "unclear_answer", "wait_timed_out", "webhook_not_verified"
]
"""What went wrong, of which the document of the API has no code. The names are those of the SDK for TypeScript."""


class AirtimeError(Exception):
    """The API refused a request, or failed. Rely on `code`: texts may change, and new codes may be added."""

    def __init__(
        self,
        message: str,
        *,
        code: Optional[SdkErrorCode] = None,
        status: Optional[int] = None,
        problem: Optional[Mapping[str, Any]] = None,
        request_id: Optional[str] = None,
        retry_after: Optional[float] = None,
    ) -> None:
        super().__init__(message)
        said = problem or {}
        self.status = status
        """The HTTP status; `None` where there was no answer."""
        self.code = cast(Union[ErrorCode, SdkErrorCode], code or said.get("code"))
        """What went wrong; `unclear_answer` where something between here and the API answered, such as a gateway."""
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
    """There was no answer: `code` is `timed_out` or `connection_failed`.

    If it is `unclear`, send the same again under the same reference: it is one order in any case.
    """

    def __init__(self, message: str, *, code: SdkErrorCode = "connection_failed") -> None:
        super().__init__(message, code=code)
        self.fix = "Check the base URL and the network, then send the same request again."
        self.retryable = True


class OrderNotFinal(AirtimeError, TimeoutError):
    """The end of an order is not known yet. Wait on: never order again.

    `order` is what was last known of it; `None` if no answer came in time.
    """

    def __init__(self, order: Optional[OrderInFull], reference: str) -> None:
        known = f"was accepted; its end is not known yet ({order['status']})" if order else "could not be asked for"
        fix = "Wait again, or for its webhook. Do not order again."
        super().__init__(f"{reference} {known}. {fix}", code="wait_timed_out")
        self.fix = fix
        self.retryable = True
        self.order = order


class WebhookVerificationError(AirtimeError):
    """A request is not by us, or too old. Answer it 401, and do nothing else."""

    def __init__(self, message: str) -> None:
        super().__init__(message, code="webhook_not_verified")
