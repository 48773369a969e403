"""What the API answers, as types. Made by `npm run docs` from the OpenAPI document.

Answers are plain dictionaries. New fields, codes and values of enumerations may be added at any time.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Dict, List, Literal, Optional, TypedDict, Union

Number = Union[int, Decimal]
"""A number of an answer. It is never a float: an amount of money is exact."""

Amount = Union[int, float, Decimal, str]
"""An amount to send, in major units. One that has more decimals than its currency is refused, never rounded."""

ErrorCode = Literal["malformed_json", "invalid_request", "invalid_cursor", "unauthenticated", "signature_invalid", "timestamp_required", "timestamp_stale", "campaign_unfunded", "insufficient_funds", "scope_missing", "test_key_required", "powers_exceeded", "account_frozen", "account_not_live", "unfreeze_not_allowed", "api_key_not_allowed", "route_not_found", "method_not_allowed", "order_not_found", "endpoint_not_found", "listener_not_found", "delivery_not_found", "topup_not_found", "campaign_not_found", "key_not_found", "request_not_found", "callback_not_ours", "meter_not_found", "batch_not_found", "preview_not_found", "upload_not_found", "token_invalid", "token_expired", "not_a_member", "person_required", "email_not_verified", "role_not_allowed", "invitation_for_another", "member_not_found", "invitation_not_found", "last_owner", "already_member", "member_limit_reached", "business_limit_reached", "test_mode_only", "endpoint_disabled", "endpoint_listening", "endpoint_limit_reached", "campaign_limit_reached", "key_limit_reached", "key_not_active", "key_replaced", "request_replayed", "campaign_paused", "campaign_not_started", "campaign_ended", "budget_spent", "daily_cap_reached", "already_paid", "statement_too_large", "batch_running", "nothing_to_retry", "batch_invalid", "currency_required", "body_too_large", "csv_too_large", "invalid_csv", "product_not_found", "product_unavailable", "invalid_amount", "currency_not_payable", "invalid_target", "reference_reused", "rate_limited", "internal_error", "payments_unavailable", "provider_unavailable", "busy"]

Mode = Literal["live", "test"]

OrderStatus = Literal["pending", "success", "failed", "refunded", "unknown", "reversed"]

Currency = Literal["USD", "ZWG", "KES", "UGX", "TZS"]

TopupStatus = Literal["pending", "success", "failed", "reversed"]

BatchStatus = Literal["running", "cancelling", "completed", "cancelled"]

Accept = Literal["all_or_nothing", "valid_rows"]

RowProblemCode = Literal["missing", "too_many_cells", "too_long", "invisible_characters", "spreadsheet_error", "formula", "scientific_notation", "decimals_in_target", "decimal_comma", "thousands_separator", "negative_amount", "not_an_amount", "not_a_product_id", "not_a_currency", "two_currencies", "two_targets", "invalid_reference", "duplicate_reference", "reference_used", "invalid_request", "invalid_target", "invalid_amount", "product_not_found", "product_unavailable"]

PesawayCode = Literal["200.001", "400.001", "400.002", "400.003", "400.004", "400.005", "400.006", "401.001", "402.001", "403.001", "403.002", "403.003", "404.001", "409.001", "413.001", "429.001", "500.001", "503.001"]

Country = Literal["ZW", "KE", "UG", "TZ"]

ProductKind = Literal["airtime", "data", "zesa"]

EntryKind = Literal["order", "refund", "reversal", "correction", "adjustment", "topup", "topup_reversal", "batch", "batch_refund"]

EventType = Literal["order.success", "order.failed", "order.unknown", "order.reversed", "topup.success", "topup.failed", "topup.reversed", "payout.success", "payout.failed", "wallet.low_balance", "batch.completed"]

DeliveryStatus = Literal["pending", "delivered", "failed", "held", "kept"]

Scope = Literal["orders:write", "orders:read", "products:read", "wallet:read", "wallet:write", "webhooks:read", "webhooks:write", "campaigns:read", "campaigns:write", "account:read", "keys:write", "audit:read", "requests:read", "account:freeze", "account:write", "team:read", "team:write"]

KeyStatus = Literal["active", "expired", "revoked"]

Action = Literal["merchant.created", "merchant.renamed", "member.joined", "member.role_changed", "member.removed", "invitation.created", "invitation.revoked", "merchant.frozen", "merchant.unfrozen", "terms.set", "key.created", "key.rolled", "key.revoked", "endpoint.created", "endpoint.updated", "endpoint.deleted", "endpoint.secret_rotated", "campaign.created", "campaign.updated", "campaign.paused", "campaign.secret_rotated", "wallet.threshold_set", "wallet.adjusted", "wallet.test_balance_set", "order.resolved", "order.reversed", "topup.resolved", "number.erased"]

Role = Literal["owner", "admin", "developer", "finance", "viewer"]

ComponentState = Literal["up", "down", "unknown"]

ProviderState = Literal["up", "slow", "held", "off"]


class _OrderEventOptional(TypedDict, total=False):
    mode: Mode
    """`live`, or `test` where nothing is real."""


class OrderEvent(_OrderEventOptional):
    id: str
    """The id."""
    type: Literal["order.success", "order.failed", "order.unknown", "order.reversed"]
    """The type."""
    created_at: str
    """When it was created."""
    sequence: int
    """Increases with every event about the same thing: the highest is current."""
    data: OrderEventData
    """The items of this page."""


class OrderEventData(TypedDict):
    object: Order
    """What the event is about, as it was then."""


class _OrderOptional(TypedDict, total=False):
    tokens: Optional[List[Token]]
    """The electricity tokens, in the order in which the meter takes them; empty if all of the amount went to
    arrears. `null` for a key that may not read orders.
    """
    holder: Optional[Holder]
    """Whose meter it is. `null` for a key that may not see it."""
    held_since: str
    """Since when it waits for its provider. Absent if it does not."""
    under_review: Literal[True]
    """A person of ours asks the provider or the gateway. Present only while that is so."""
    batch_id: str
    """The id of the batch."""
    campaign_id: str
    """The id of the campaign."""
    created_by: Actor
    """Who placed it; of a row, who sent its batch. Absent where that is not known, and in events."""


class Order(_OrderOptional):
    id: str
    """The id of the order."""
    agent_reference: str
    """Your reference of the order, which makes it idempotent."""
    status: OrderStatus
    """The status of the order. `unknown`: do not order again, the outcome will come."""
    final: bool
    """Whether the outcome is decided. A final order changes only if a provider takes it back or delivers late."""
    mode: Mode
    """`live`, or `test` where nothing is real."""
    product_id: int
    """The id of the product."""
    target: str
    """The number or meter, as it was sent."""
    msisdn: str
    """The number in the form of E.164, or the meter; of an erased order a hash."""
    network: str
    """The network or utility."""
    amount: Number
    """In major units: 5.5 is five and a half."""
    currency: Currency
    """The currency, as its ISO 4217 code."""
    custom_sms: Optional[str]
    """The text that the recipient gets with the recharge, where the network sends one."""
    provider_ref: Optional[str]
    """The provider's own reference; `null` until it is known."""
    failure: Optional[Failure]
    """Why it failed; `null` if it did not."""
    next_check_at: Optional[str]
    """When the provider is asked next; `null` when nothing is due."""
    created_at: str
    """When it was created."""
    finalized_at: Optional[str]
    """When the outcome was decided; `null` before."""


class Failure(TypedDict):
    code: Literal["insufficient_funds", "invalid_target", "invalid_amount", "out_of_stock", "limit_reached", "network_refused", "product_unavailable", "provider_unavailable", "cancelled", "account_frozen", "reference_used", "not_delivered"]
    """Why the order failed, as a stable code."""
    message: str
    """What happened, in one sentence."""
    retryable: bool
    """Nothing in the request is wrong: the same content may succeed later."""


class _TokenOptional(TypedDict, total=False):
    units: str
    """The units that it is worth."""


class Token(_TokenOptional):
    token: str
    """Twenty digits, to be keyed into the meter."""


class Holder(TypedDict):
    name: str
    """The name."""
    address: Optional[str]
    """The address; `null` if it is not known."""


class Actor(TypedDict):
    type: Literal["key", "person", "operator"]
    """An API key of yours, or an operator of ours."""
    id: Optional[str]
    """The id of the key; `null` for an operator."""


class _PayoutEventOptional(TypedDict, total=False):
    mode: Mode
    """`live`, or `test` where nothing is real."""


class PayoutEvent(_PayoutEventOptional):
    id: str
    """The id."""
    type: Literal["payout.success", "payout.failed"]
    """The type."""
    created_at: str
    """When it was created."""
    sequence: int
    """Increases with every event about the same thing: the highest is current."""
    data: PayoutEventData
    """The items of this page."""


class PayoutEventData(TypedDict):
    object: Payout
    """What the event is about, as it was then."""


class Payout(TypedDict):
    id: str
    """The id of the payout."""
    campaign_id: str
    """The id of the campaign."""
    respondent_id: Optional[str]
    """Your id of who is paid, once. `null` if it is erased, or for a key that may not see it."""
    status: OrderStatus
    """Its status."""
    final: bool
    """Whether the outcome is decided."""
    mode: Mode
    """`live`, or `test` where nothing is real."""
    target: str
    """The number or meter, as it was sent."""
    amount: Number
    """In major units."""
    currency: Currency
    """The currency, as its ISO 4217 code."""
    order_id: str
    """The id of the order."""
    agent_reference: str
    """Your reference of the order, which makes it idempotent."""
    failure: Optional[Failure]
    """Why it failed; `null` if it did not."""
    created_at: str
    """When it was created."""
    finalized_at: Optional[str]
    """When the outcome was decided; `null` before."""


class _TopupEventOptional(TypedDict, total=False):
    mode: Mode
    """`live`, or `test` where nothing is real."""


class TopupEvent(_TopupEventOptional):
    id: str
    """The id."""
    type: Literal["topup.success", "topup.failed", "topup.reversed"]
    """The type."""
    created_at: str
    """When it was created."""
    sequence: int
    """Increases with every event about the same thing: the highest is current."""
    data: TopupEventData
    """The items of this page."""


class TopupEventData(TypedDict):
    object: Topup
    """What the event is about, as it was then."""


class _TopupOptional(TypedDict, total=False):
    under_review: Literal[True]
    """A person of ours asks the provider or the gateway. Present only while that is so."""


class Topup(_TopupOptional):
    id: str
    """The id of the top-up."""
    reference: str
    """Your reference."""
    status: TopupStatus
    """Its status."""
    mode: Mode
    """`live`, or `test` where nothing is real."""
    amount: Number
    """In major units."""
    charged_amount: Number
    """What the payer pays and the wallet gets."""
    currency: Currency
    """The currency, as its ISO 4217 code."""
    redirect_url: Optional[str]
    """The page to pay on; `null` before there is one."""
    failure: Optional[TopupFailure]
    """Why it failed; `null` if it did not."""
    created_at: str
    """When it was created."""
    finalized_at: Optional[str]
    """When the outcome was decided; `null` before."""


class TopupFailure(TypedDict):
    code: Literal["declined", "cancelled", "insufficient_funds", "expired", "gateway_error"]
    """Why the top-up failed, as a stable code."""
    message: str
    """What happened, in one sentence."""


class _BatchEventOptional(TypedDict, total=False):
    mode: Mode
    """`live`, or `test` where nothing is real."""


class BatchEvent(_BatchEventOptional):
    id: str
    """The id."""
    type: Literal["batch.completed"]
    """The type."""
    created_at: str
    """When it was created."""
    sequence: int
    """Increases with every event about the same thing: the highest is current."""
    data: BatchEventData
    """The items of this page."""


class BatchEventData(TypedDict):
    object: Batch
    """What the event is about, as it was then."""


class _BatchOptional(TypedDict, total=False):
    retry_of: str
    """The batch whose failed rows this one sends again. Absent in others."""
    created_by: Actor
    """Who sent it. Absent where that is not known, and in events."""


class Batch(_BatchOptional):
    id: str
    """The id of the batch."""
    batch_reference: str
    """Your reference of the batch, which makes it idempotent; by default from the file."""
    status: BatchStatus
    """Its status."""
    mode: Mode
    """`live`, or `test` where nothing is real."""
    rows: int
    """How many rows."""
    counts: RowCounts
    """How many there are of each status."""
    amounts: List[BatchAmount]
    """The totals by currency."""
    accept: Accept
    """`all_or_nothing` refuses a file with a bad row; `valid_rows` leaves bad rows out."""
    row_webhooks: bool
    """Whether each row has events of its own, beside `batch.completed`."""
    created_at: str
    """When it was created."""
    cancelled_at: Optional[str]
    """When it was cancelled; `null` if it was not."""
    finished_at: Optional[str]
    """When its last row was decided; `null` before."""
    estimated_end_at: Optional[str]
    """About when it ends; `null` where that is not known."""


class RowCounts(TypedDict):
    pending: int
    """How many are pending."""
    success: int
    """How many were delivered."""
    failed: int
    """How many failed."""
    refunded: int
    """How many failed and were refunded."""
    unknown: int
    """How many have no known outcome yet."""
    reversed: int
    """How many were taken back."""
    left_out: int
    """How many were left out."""


class BatchAmount(TypedDict):
    currency: Currency
    """The currency, as its ISO 4217 code."""
    rows: int
    """How many rows."""
    total: Number
    """The sum of the rows that can be sent, in major units."""
    refunded: Number
    """How many, or how much in major units, was refunded."""


class _LowBalanceEventOptional(TypedDict, total=False):
    mode: Mode
    """`live`, or `test` where nothing is real."""


class LowBalanceEvent(_LowBalanceEventOptional):
    id: str
    """The id."""
    type: Literal["wallet.low_balance"]
    """The type."""
    created_at: str
    """When it was created."""
    sequence: int
    """Increases with every event about the same thing: the highest is current."""
    data: LowBalanceEventData
    """The items of this page."""


class LowBalanceEventData(TypedDict):
    object: LowBalance
    """What the event is about, as it was then."""


class LowBalance(TypedDict):
    currency: Currency
    """The currency, as its ISO 4217 code."""
    mode: Mode
    """`live`, or `test` where nothing is real."""
    balance: Optional[Number]
    """The balance in major units; `null` for a key without `wallet:read`."""
    low_balance_threshold: Optional[Number]
    """The balance below which you get `wallet.low_balance`; `null`: none."""
    entry_id: Optional[str]
    """The entry that took the balance below; `null` where the threshold was set above the balance."""


class _TestEventOptional(TypedDict, total=False):
    mode: Mode
    """`live`, or `test` where nothing is real."""


class TestEvent(_TestEventOptional):
    id: str
    """The id."""
    type: Literal["webhook.test"]
    """The type."""
    created_at: str
    """When it was created."""
    sequence: int
    """Increases with every event about the same thing: the highest is current."""
    data: TestEventData
    """The items of this page."""


class TestEventData(TypedDict):
    object: Test
    """What the event is about, as it was then."""


class Test(TypedDict):
    message: str
    """A greeting."""
    endpoint_id: str
    """The id of the webhook endpoint; `results` is the one for results of single orders."""
    mode: Mode
    """`live`, or `test` where nothing is real."""


class PesawaySuccess(TypedDict):
    ResultCode: Literal[0]
    """0: delivered; 2001: failed, and refunded; 1001: not decided yet."""
    ResultDesc: str
    """The code in words."""
    OriginatorReference: str
    """The `ExternalReference` of the request."""
    PhoneNumber: str
    """The number with its country code."""
    TransactionID: str
    """Our id of the order."""
    TransactionAmount: str
    """With two decimals, in every currency."""
    AccountAvailableFunds: Optional[str]
    """The balance; `null` for a key without `wallet:read`."""
    TransactionCompletedDateTime: str
    """When it was decided."""


class PesawayFailure(TypedDict):
    ResultCode: Literal[2001]
    """0: delivered; 2001: failed, and refunded; 1001: not decided yet."""
    ResultDesc: str
    """The code in words."""
    OriginatorReference: str
    """The `ExternalReference` of the request."""
    TransactionID: str
    """Our id of the order."""
    TransactionAmount: str
    """With two decimals, in every currency."""
    TransactionReceipt: None
    """Always `null`."""


class _ProblemOptional(TypedDict, total=False):
    param: str
    """The field or parameter with the problem. Absent where it is none."""
    errors: List[Union[RowError, FieldProblem]]
    """All problems, of which the first is the one described beside."""


class Problem(_ProblemOptional):
    type: str
    """A URL that names the code."""
    title: str
    """The code in words."""
    status: int
    """The HTTP status."""
    detail: str
    """This case in one sentence. Its text may change."""
    code: Literal["malformed_json", "invalid_request", "invalid_cursor", "unauthenticated", "signature_invalid", "timestamp_required", "timestamp_stale", "campaign_unfunded", "insufficient_funds", "scope_missing", "test_key_required", "powers_exceeded", "account_frozen", "account_not_live", "unfreeze_not_allowed", "api_key_not_allowed", "route_not_found", "method_not_allowed", "order_not_found", "endpoint_not_found", "listener_not_found", "delivery_not_found", "topup_not_found", "campaign_not_found", "key_not_found", "request_not_found", "callback_not_ours", "meter_not_found", "batch_not_found", "preview_not_found", "upload_not_found", "token_invalid", "token_expired", "not_a_member", "person_required", "email_not_verified", "role_not_allowed", "invitation_for_another", "member_not_found", "invitation_not_found", "last_owner", "already_member", "member_limit_reached", "business_limit_reached", "test_mode_only", "endpoint_disabled", "endpoint_listening", "endpoint_limit_reached", "campaign_limit_reached", "key_limit_reached", "key_not_active", "key_replaced", "request_replayed", "campaign_paused", "campaign_not_started", "campaign_ended", "budget_spent", "daily_cap_reached", "already_paid", "statement_too_large", "batch_running", "nothing_to_retry", "batch_invalid", "currency_required", "body_too_large", "csv_too_large", "invalid_csv", "product_not_found", "product_unavailable", "invalid_amount", "currency_not_payable", "invalid_target", "reference_reused", "rate_limited", "internal_error", "payments_unavailable", "provider_unavailable", "busy"]
    """What is wrong, as a stable code."""
    fix: str
    """What to do about it."""
    retryable: bool
    """Nothing in the request is wrong: the same content may succeed later."""
    request_id: str
    """The id of the request: name it to support."""


class RowError(TypedDict):
    row: int
    """The row, as a spreadsheet numbers it: the header is usually 1."""
    column: str
    """The column, by our name of it; `row` where it is about the whole row."""
    code: RowProblemCode
    """What happened, as a stable code."""
    detail: str
    """This case in one sentence. Its text may change."""
    fix: str
    """What to do about it."""


class FieldProblem(TypedDict):
    param: str
    """The field or parameter with the problem. Absent where it is none."""
    detail: str
    """This case in one sentence. Its text may change."""
    fix: str
    """What to do about it."""


class PesawayRefusal(TypedDict):
    code: PesawayCode
    """What happened, as a stable code."""
    OriginatorReference: Optional[str]
    """The `ExternalReference` of the request."""
    TransactionID: Optional[str]
    """Our id of the order."""
    ResponseDescription: str
    """The code in words."""
    description: str
    """As `ResponseDescription`."""
    message: str
    """As `ResponseDescription`."""


class _PlacedOrderOptional(TypedDict, total=False):
    tokens: Optional[List[Token]]
    """The electricity tokens, in the order in which the meter takes them; empty if all of the amount went to
    arrears. `null` for a key that may not read orders.
    """
    holder: Optional[Holder]
    """Whose meter it is. `null` for a key that may not see it."""
    held_since: str
    """Since when it waits for its provider. Absent if it does not."""
    under_review: Literal[True]
    """A person of ours asks the provider or the gateway. Present only while that is so."""
    batch_id: str
    """The id of the batch."""
    campaign_id: str
    """The id of the campaign."""
    created_by: Actor
    """Who placed it; of a row, who sent its batch. Absent where that is not known, and in events."""
    warnings: List[Warning]
    """Hints. The order is accepted all the same."""


class PlacedOrder(_PlacedOrderOptional):
    id: str
    """The id of the order."""
    agent_reference: str
    """Your reference of the order, which makes it idempotent."""
    status: OrderStatus
    """The status of the order. `unknown`: do not order again, the outcome will come."""
    final: bool
    """Whether the outcome is decided. A final order changes only if a provider takes it back or delivers late."""
    mode: Mode
    """`live`, or `test` where nothing is real."""
    product_id: int
    """The id of the product."""
    target: str
    """The number or meter, as it was sent."""
    msisdn: str
    """The number in the form of E.164, or the meter; of an erased order a hash."""
    network: str
    """The network or utility."""
    amount: Number
    """In major units: 5.5 is five and a half."""
    currency: Currency
    """The currency, as its ISO 4217 code."""
    custom_sms: Optional[str]
    """The text that the recipient gets with the recharge, where the network sends one."""
    provider_ref: Optional[str]
    """The provider's own reference; `null` until it is known."""
    failure: Optional[Failure]
    """Why it failed; `null` if it did not."""
    next_check_at: Optional[str]
    """When the provider is asked next; `null` when nothing is due."""
    created_at: str
    """When it was created."""
    finalized_at: Optional[str]
    """When the outcome was decided; `null` before."""


class Warning(TypedDict):
    code: Literal["possible_duplicate"]
    """What the hint is."""
    other_reference: str
    """The order of the last minute with the same number and amount."""


class OrderPage(TypedDict):
    data: List[Order]
    """The items of this page."""
    next_cursor: Optional[str]
    """Pass it as `cursor` for the next page; `null` on the last one."""
    searched_to: Optional[str]
    """How far back the pages up to this one have looked; `null` at the end. Before it a page may be short, even
    empty.
    """


_FiguresWords = TypedDict("_FiguresWords", {"from": "str"})


class Figures(_FiguresWords):
    to: str
    """The last day."""
    data: List[DayFigures]
    """The items of this page."""


class DayFigures(TypedDict):
    date: str
    """A day, in UTC."""
    as_of: str
    """Orders that were placed up to then are counted, with the status that they had when the day was last
    counted.
    """
    totals: List[FigureTotal]
    """The sums, by kind or by currency."""


class FigureTotal(TypedDict):
    currency: Currency
    """The currency, as its ISO 4217 code."""
    country: Country
    """The country, as its ISO 3166 code."""
    network: str
    """The network or utility."""
    kind: ProductKind
    """The kind."""
    status: OrderStatus
    """Its status."""
    orders: int
    """How many."""
    amount: Number
    """Their amounts together."""


class _OrderInFullOptional(TypedDict, total=False):
    tokens: Optional[List[Token]]
    """The electricity tokens, in the order in which the meter takes them; empty if all of the amount went to
    arrears. `null` for a key that may not read orders.
    """
    holder: Optional[Holder]
    """Whose meter it is. `null` for a key that may not see it."""
    held_since: str
    """Since when it waits for its provider. Absent if it does not."""
    under_review: Literal[True]
    """A person of ours asks the provider or the gateway. Present only while that is so."""
    batch_id: str
    """The id of the batch."""
    campaign_id: str
    """The id of the campaign."""
    created_by: Actor
    """Who placed it; of a row, who sent its batch. Absent where that is not known, and in events."""


class OrderInFull(_OrderInFullOptional):
    id: str
    """The id of the order."""
    agent_reference: str
    """Your reference of the order, which makes it idempotent."""
    status: OrderStatus
    """The status of the order. `unknown`: do not order again, the outcome will come."""
    final: bool
    """Whether the outcome is decided. A final order changes only if a provider takes it back or delivers late."""
    mode: Mode
    """`live`, or `test` where nothing is real."""
    product_id: int
    """The id of the product."""
    target: str
    """The number or meter, as it was sent."""
    msisdn: str
    """The number in the form of E.164, or the meter; of an erased order a hash."""
    network: str
    """The network or utility."""
    amount: Number
    """In major units: 5.5 is five and a half."""
    currency: Currency
    """The currency, as its ISO 4217 code."""
    custom_sms: Optional[str]
    """The text that the recipient gets with the recharge, where the network sends one."""
    provider_ref: Optional[str]
    """The provider's own reference; `null` until it is known."""
    failure: Optional[Failure]
    """Why it failed; `null` if it did not."""
    next_check_at: Optional[str]
    """When the provider is asked next; `null` when nothing is due."""
    created_at: str
    """When it was created."""
    finalized_at: Optional[str]
    """When the outcome was decided; `null` before."""
    timeline: List[OrderStep]
    """What happened, oldest first."""


class OrderStep(TypedDict):
    at: str
    """When it happened."""
    status: OrderStatus
    """The status that it reached."""
    note: str
    """What happened, in one sentence."""


class _TargetOptional(TypedDict, total=False):
    holder: Optional[FoundHolder]
    """Whose meter it is. `null` for a key that may not see it."""


class Target(_TargetOptional):
    type: Literal["phone", "meter"]
    """What it is."""
    target: str
    """The number in the form of E.164, or the meter."""
    country: Country
    """The country, as its ISO 3166 code."""
    network: str
    """The network or utility."""
    network_is_certain: bool
    """Whether numbers of this country keep to the network of their prefix."""
    products: List[Product]
    """What can be sent to it, the likeliest first."""


class FoundHolder(TypedDict):
    name: str
    """Its name."""
    address: Optional[str]
    """The address; `null` if it is not known."""
    masked: bool
    """Whether only the initials are shown: to who sold this meter nothing lately."""


class _ProductOptional(TypedDict, total=False):
    denominations: List[Number]
    """The only amounts, where not every amount is sold."""
    step: Number
    """Amounts are multiples of this. Absent where there are denominations."""
    unavailable_since: str
    """Since when it is not sold. Absent if it is."""


class Product(_ProductOptional):
    id: int
    """The id of the product."""
    name: str
    """The name of the product."""
    network: str
    """The network; `any` for every network of the country."""
    kind: ProductKind
    """`airtime`, `data` or `zesa` (electricity)."""
    country: Country
    """The country, as its ISO 3166 code."""
    currency: Currency
    """The currency, as its ISO 4217 code."""
    min: Number
    """The least amount, in major units."""
    max: Number
    """The largest amount, in major units."""
    target: ProductTarget
    """What it is sent to."""
    available: bool
    """Whether it is sold at present."""


class ProductTarget(TypedDict):
    type: Literal["phone", "meter"]
    """A phone or a meter."""
    example: str
    """A target of the right form."""


class ProductPage(TypedDict):
    data: List[Product]
    """The items of this page."""
    next_cursor: Optional[str]
    """Pass it as `cursor` for the next page; `null` on the last one."""


class Wallets(TypedDict):
    wallets: List[Wallet]
    """One for each currency that ever had money."""


class Wallet(TypedDict):
    currency: Currency
    """The currency, as its ISO 4217 code."""
    balance: Number
    """The balance in major units; `null` for a key without `wallet:read`."""
    in_doubt: Optional[Number]
    """The part of what was spent that may come back: the sum of unknown orders. `null`: too many to add."""
    low_balance_threshold: Optional[Number]
    """The balance below which you get `wallet.low_balance`; `null`: none."""


class EntryPage(TypedDict):
    data: List[Entry]
    """The items of this page."""
    next_cursor: Optional[str]
    """Pass it as `cursor` for the next page; `null` on the last one."""


class _EntryOptional(TypedDict, total=False):
    order_id: str
    """The id of the order."""
    agent_reference: str
    """Your reference of the order, which makes it idempotent."""
    topup_id: str
    """The id of the top-up."""
    batch_id: str
    """The id of the batch."""
    damaged: List[str]
    """The fields that are shown empty because they are not what was written. Absent in a sound entry."""


class Entry(_EntryOptional):
    id: str
    """The id of the entry."""
    seq: int
    """Its number in the ledger of its currency, without gaps."""
    currency: Currency
    """The currency, as its ISO 4217 code."""
    kind: Union[EntryKind, Literal[""]]
    """What it is for; empty if it is damaged."""
    amount: Number
    """In major units: negative where it takes from the wallet."""
    balance_after: Optional[Number]
    """The balance after it; `null` for a key without `wallet:read`."""
    description: str
    """What it is for, in a sentence."""
    created_at: Union[str, Literal[""]]
    """When it was written; empty if that is damaged."""
    hash: str
    """The entry's hash, which fixes all entries before it."""
    previous_hash: str
    """The hash of the entry before."""


class Verification(TypedDict):
    currency: Currency
    """The currency, as its ISO 4217 code."""
    verified: bool
    """Whether everything looked at is sound."""
    entries: int
    """How many entries."""
    balance: Optional[Number]
    """The balance in major units; `null` for a key without `wallet:read`."""
    first_flaw: Optional[Violation]
    """The first entry that is wrong; `null` if none is."""
    head: Optional[HeadCheck]
    """The last signed head, and whether the ledger agrees with it; `null` if there is none yet."""
    next_cursor: Optional[str]
    """Pass it as `cursor` for the next page; `null` on the last one."""


class Violation(TypedDict):
    seq: int
    """The number of the entry."""
    what: str
    """What is wrong with it."""


class HeadCheck(TypedDict):
    day: str
    """The day, in UTC."""
    signed_at: str
    """When it was signed."""
    entries: int
    """How many entries."""
    balance: Optional[Number]
    """The balance in major units; `null` for a key without `wallet:read`."""
    hash: str
    """The entry's hash, which fixes all entries before it."""
    agrees: bool
    """Whether the ledger continues what the head fixed."""


class HeadPage(TypedDict):
    public_key: str
    """The key that verifies signatures, as PEM."""
    data: List[Head]
    """The items of this page."""
    next_cursor: Optional[str]
    """Pass it as `cursor` for the next page; `null` on the last one."""


class Head(TypedDict):
    day: str
    """The day, in UTC."""
    signed_at: str
    """When it was signed."""
    currency: Currency
    """The currency, as its ISO 4217 code."""
    entries: int
    """How many entries."""
    balance: Optional[Number]
    """The balance in major units; `null` for a key without `wallet:read`."""
    hash: str
    """The entry's hash, which fixes all entries before it."""
    leaf: str
    """The text that the tree has of the wallet."""
    steps: List[HeadStep]
    """The hashes beside the path from the leaf to the root."""
    head: str
    """The text that was signed."""
    signature: str
    """Its signature, in base64."""


class HeadStep(TypedDict):
    side: Literal["left", "right"]
    """On which side of the path it is."""
    hash: str
    """The hash beside the path."""


_StatementWords = TypedDict("_StatementWords", {"from": "str"})


class Statement(_StatementWords):
    currency: Currency
    """The currency, as its ISO 4217 code."""
    month: str
    """A calendar month in UTC."""
    to: str
    """The first instant after the month."""
    closed: bool
    """Whether the month is over. Before, the statement is as of now."""
    opening_balance: Optional[Number]
    """The balance before the month; `null` for a key without `wallet:read`."""
    closing_balance: Optional[Number]
    """The balance after it; `null` for a key without `wallet:read`."""
    adds_up: bool
    """Whether every entry continues the one before."""
    first_flaw: Optional[Violation]
    """The first entry that is wrong; `null` if none is."""
    entries: int
    """How many entries."""
    totals: List[StatementTotal]
    """The sums, by kind or by currency."""


class StatementTotal(TypedDict):
    kind: Union[EntryKind, Literal[""]]
    """The kind of entries; empty for those whose kind is damaged."""
    count: int
    """How many."""
    amount: Number
    """Their sum, in major units."""


class TopupPage(TypedDict):
    data: List[Topup]
    """The items of this page."""
    next_cursor: Optional[str]
    """Pass it as `cursor` for the next page; `null` on the last one."""


class _TopupInFullOptional(TypedDict, total=False):
    under_review: Literal[True]
    """A person of ours asks the provider or the gateway. Present only while that is so."""


class TopupInFull(_TopupInFullOptional):
    id: str
    """The id of the top-up."""
    reference: str
    """Your reference."""
    status: TopupStatus
    """Its status."""
    mode: Mode
    """`live`, or `test` where nothing is real."""
    amount: Number
    """In major units."""
    charged_amount: Number
    """What the payer pays and the wallet gets."""
    currency: Currency
    """The currency, as its ISO 4217 code."""
    redirect_url: Optional[str]
    """The page to pay on; `null` before there is one."""
    failure: Optional[TopupFailure]
    """Why it failed; `null` if it did not."""
    created_at: str
    """When it was created."""
    finalized_at: Optional[str]
    """When the outcome was decided; `null` before."""
    timeline: List[TopupStep]
    """What happened, oldest first."""


class TopupStep(TypedDict):
    at: str
    """When it happened."""
    status: TopupStatus
    """Its status."""
    note: str
    """What happened, in one sentence."""


class ChangedWallet(TypedDict):
    currency: Currency
    """The currency, as its ISO 4217 code."""
    balance: Optional[Number]
    """The balance in major units; `null` for a key without `wallet:read`."""
    low_balance_threshold: Optional[Number]
    """The balance below which you get `wallet.low_balance`; `null`: none."""


class TestBalance(TypedDict):
    currency: Currency
    """The currency, as its ISO 4217 code."""
    balance: Optional[Number]
    """What the wallet holds now."""
    adjustment: Optional[Number]
    """By how much the balance was changed."""
    entry_id: Optional[str]
    """The entry of the ledger; `null` where nothing was changed."""


class EndpointPage(TypedDict):
    data: List[Endpoint]
    """The items of this page."""
    next_cursor: Optional[str]
    """Pass it as `cursor` for the next page; `null` on the last one."""


class Endpoint(TypedDict):
    id: str
    """The id of the endpoint."""
    mode: Mode
    """`live`, or `test` where nothing is real."""
    url: Optional[str]
    """Where events are posted; `null` for the built-in endpoint of results and for one that listens."""
    description: Optional[str]
    """What it is for, in your words."""
    events: List[Union[EventType, Literal["airtime.result"]]]
    """The types of events that it gets; an empty list in a request means all."""
    enabled: bool
    """Whether it gets events."""
    disabled_at: Optional[str]
    """Since when it gets none; `null` if it does."""
    disabled_reason: Optional[Literal["failing", "gone", "requested"]]
    """Why it gets none: it failed for days, answered 410, or you asked for it."""
    failing_since: Optional[str]
    """Since when it has taken nothing; `null` if it does."""
    listening: bool
    """Whether its deliveries are kept for polling, and posted nowhere."""
    expires_at: Optional[str]
    """When a listening endpoint ends; `null` for any other."""
    retiring_secrets_until: List[str]
    """Until when each earlier secret still works, newest first."""
    created_at: str
    """When it was created."""
    created_by: Optional[Actor]
    """Who created it; `null` where that is not known."""


class EndpointWithSecret(TypedDict):
    id: str
    """The id of the endpoint."""
    mode: Mode
    """`live`, or `test` where nothing is real."""
    url: Optional[str]
    """Where events are posted; `null` for the built-in endpoint of results."""
    description: Optional[str]
    """What it is for, in your words."""
    events: List[Union[EventType, Literal["airtime.result"]]]
    """The types of events that it gets; an empty list in a request means all."""
    enabled: bool
    """Whether it gets events."""
    disabled_at: Optional[str]
    """Since when it gets none; `null` if it does."""
    disabled_reason: Optional[Literal["failing", "gone", "requested"]]
    """Why it gets none: it failed for days, answered 410, or you asked for it."""
    failing_since: Optional[str]
    """Since when it has taken nothing; `null` if it does."""
    listening: bool
    """Whether its deliveries are kept for polling, and posted nowhere."""
    expires_at: Optional[str]
    """When a listening endpoint ends; `null` for any other."""
    retiring_secrets_until: List[str]
    """Until when each earlier secret still works, newest first."""
    created_at: str
    """When it was created."""
    created_by: Optional[Actor]
    """Who created it; `null` where that is not known."""
    secret: str
    """The secret. No other answer shows it."""


class DeletedEndpoint(TypedDict):
    id: str
    """The id."""
    deleted: Literal[True]
    """Always `true`."""


class _DeliveryInFullOptional(TypedDict, total=False):
    agent_reference: str
    """Your reference of the order, which makes it idempotent."""
    url: str
    """Where it is posted, if that is not its endpoint's URL."""


class DeliveryInFull(_DeliveryInFullOptional):
    id: str
    """The id of the delivery."""
    endpoint_id: str
    """The id of the webhook endpoint; `results` is the one for results of single orders."""
    event_id: str
    """The id of the event, and its `webhook-id`."""
    event_type: Union[EventType, Literal["airtime.result"], Literal["webhook.test"]]
    """The type of the event."""
    sequence: int
    """Increases with every event about the same thing: the highest is current."""
    order_id: Optional[str]
    """The id of the order."""
    status: DeliveryStatus
    """Its status."""
    tries: int
    """Tries since it was created or last asked for."""
    resends: int
    """How often it was asked for again: by a resend, or by a recovery of its endpoint."""
    last_status: Optional[int]
    """The HTTP status of the last answer; `null` without one."""
    next_try_at: Optional[str]
    """When it is tried next; `null` if it is not."""
    created_at: str
    """When it was created."""
    delivered_at: Optional[str]
    """When it was answered with 2xx; `null` before."""
    attempts: List[DeliveryAttempt]
    """The result of each try, oldest first, of the last twenty."""
    event: AnyEvent
    """The body that is posted."""


class DeliveryAttempt(TypedDict):
    at: str
    """When it happened."""
    latency_ms: int
    """How long the answer took."""
    status: Optional[int]
    """The HTTP status of the answer; `null` without one."""
    error: Optional[str]
    """Why there was no answer; `null` if there was one."""
    excerpt: Optional[str]
    """The beginning of the answer."""


class Recovery(TypedDict):
    recovered: int
    """How many are due again so far."""
    in_progress: bool
    """Whether there are more: they become due by themselves."""
    reached: Optional[str]
    """How far back it came; `null` when it is done."""
    next_cursor: None
    """Always `null`: one request is enough."""


class DeliveryPage(TypedDict):
    data: List[Delivery]
    """The items of this page."""
    next_cursor: Optional[str]
    """Pass it as `cursor` for the next page; `null` on the last one."""


class _DeliveryOptional(TypedDict, total=False):
    agent_reference: str
    """Your reference of the order, which makes it idempotent."""
    url: str
    """Where it is posted, if that is not its endpoint's URL."""


class Delivery(_DeliveryOptional):
    id: str
    """The id of the delivery."""
    endpoint_id: str
    """The id of the webhook endpoint; `results` is the one for results of single orders."""
    event_id: str
    """The id of the event, and its `webhook-id`."""
    event_type: Union[EventType, Literal["airtime.result"], Literal["webhook.test"]]
    """The type of the event."""
    sequence: int
    """Increases with every event about the same thing: the highest is current."""
    order_id: Optional[str]
    """The id of the order."""
    status: DeliveryStatus
    """Its status."""
    tries: int
    """Tries since it was created or last asked for."""
    resends: int
    """How often it was asked for again: by a resend, or by a recovery of its endpoint."""
    last_status: Optional[int]
    """The HTTP status of the last answer; `null` without one."""
    next_try_at: Optional[str]
    """When it is tried next; `null` if it is not."""
    created_at: str
    """When it was created."""
    delivered_at: Optional[str]
    """When it was answered with 2xx; `null` before."""


class ListenerWithSecret(TypedDict):
    endpoint_id: str
    """The id of the webhook endpoint; `results` is the one for results of single orders."""
    mode: Mode
    """`live`, or `test` where nothing is real."""
    event_types: List[Union[EventType, Literal["airtime.result"]]]
    """The types of events that it gets; an empty list in a request means all."""
    created_at: str
    """When it was created."""
    expires_at: str
    """When it ends: an hour after it was started."""
    secret: str
    """The secret. No other answer shows it."""


class PolledPage(TypedDict):
    data: List[PolledDelivery]
    """The items of this page."""
    next_cursor: str
    """Where to go on with the next request, also where there is nothing yet."""


class PolledDelivery(TypedDict):
    delivery_id: str
    """The id of the delivery."""
    event_id: str
    """The id of the event, and its `webhook-id`."""
    event_type: Union[EventType, Literal["airtime.result"], Literal["webhook.test"]]
    """The type of the event."""
    created_at: str
    """When it was created."""
    headers: Dict[str, str]
    """The headers of a POST, by their names in lower case, signed at this moment."""
    body: str
    """The body of a POST, unchanged: it is what is signed."""


class NewPreview(TypedDict):
    preview_id: str
    """The id of the preview, which is kept for a day."""
    expires_at: str
    """When it expires."""
    batch_reference: str
    """Your reference of the batch, which makes it idempotent; by default from the file."""
    rows: int
    """How many rows."""
    valid: int
    """How many rows can be sent."""
    invalid: int
    """How many rows cannot be sent."""
    duplicates: int
    """How many rows are the same as an earlier one. They are sent too."""
    totals: List[PreviewTotal]
    """The sums, by kind or by currency."""
    is_covered: Optional[bool]
    """Whether the wallet covers it; `null` for a key that may not know."""
    existing_batch: Optional[BatchName]
    """The batch that has this reference already; `null` if there is none."""
    same_file_batch: Optional[BatchName]
    """A batch of the same file; `null` if there is none."""
    columns: List[SheetColumn]
    """The columns that we know, in the order of the file."""
    separator: str
    """What separates the cells of a row."""
    ignored_columns: List[str]
    """The columns that mean nothing to us."""
    notes: List[SheetNote]
    """How the file was read."""
    report_url: str
    """All row results as a CSV, for some minutes."""
    data: List[Union[ValidRow, InvalidRow]]
    """The items of this page."""
    next_cursor: Optional[str]
    """Pass it as `cursor` for the next page; `null` on the last one."""
    errors: List[RowError]
    """The problems of all rows, the first hundred."""


class PreviewTotal(TypedDict):
    currency: Currency
    """The currency, as its ISO 4217 code."""
    rows: int
    """How many rows."""
    total: Number
    """The sum of the rows that can be sent, in major units."""
    balance: Optional[Number]
    """The balance in major units; `null` for a key without `wallet:read`."""
    is_covered: Optional[bool]
    """Whether the wallet covers it; `null` for a key that may not know."""


class BatchName(TypedDict):
    id: str
    """The id."""
    batch_reference: str
    """Your reference of the batch, which makes it idempotent; by default from the file."""
    status: Literal["running", "completed", "cancelled"]
    """Its status."""
    created_at: str
    """When it was created."""


class SheetColumn(TypedDict):
    column: str
    """The column, by our name of it."""
    position: int
    """Its place in a row, from 1."""


class SheetNote(TypedDict):
    code: Literal["encoding", "decimal_commas", "currency_of_wallet"]
    """What happened, as a stable code."""
    detail: str
    """This case in one sentence. Its text may change."""


class _ValidRowOptional(TypedDict, total=False):
    same_as_row: int
    """The earlier row with the same number and amount. Absent if there is none."""
    warnings: List[Warning]
    """Hints. The order is accepted all the same."""


class ValidRow(_ValidRowOptional):
    row: int
    """The row, as a spreadsheet numbers it: the header is usually 1."""
    status: Literal["valid"]
    """Its status."""
    target: str
    """The number or meter, as it was sent."""
    msisdn: str
    """The number in the form of E.164, or the meter; of an erased order a hash."""
    product_id: int
    """The id of the product."""
    product: str
    """The name of the product."""
    network: str
    """The network or utility."""
    amount: Number
    """In major units: 5.5 is five and a half."""
    currency: Currency
    """The currency, as its ISO 4217 code."""
    reference: str
    """Your reference."""


class InvalidRow(TypedDict):
    row: int
    """The row, as a spreadsheet numbers it: the header is usually 1."""
    status: Literal["invalid"]
    """Its status."""
    target: str
    """The number or meter, as it was sent."""
    amount: str
    """The text of the cell."""
    reference: Optional[str]
    """Your reference."""
    errors: List[CellProblem]
    """What is wrong with it."""


class CellProblem(TypedDict):
    column: str
    """The column, by our name of it; `row` where it is about the whole row."""
    code: RowProblemCode
    """What happened, as a stable code."""
    detail: str
    """This case in one sentence. Its text may change."""
    fix: str
    """What to do about it."""


class Preview(TypedDict):
    preview_id: str
    """The id of the preview, which is kept for a day."""
    expires_at: str
    """When it expires."""
    batch_reference: str
    """Your reference of the batch, which makes it idempotent; by default from the file."""
    rows: int
    """How many rows."""
    valid: int
    """How many rows can be sent."""
    invalid: int
    """How many rows cannot be sent."""
    duplicates: int
    """How many rows are the same as an earlier one. They are sent too."""
    totals: List[PreviewTotal]
    """The sums, by kind or by currency."""
    is_covered: Optional[bool]
    """Whether the wallet covers it; `null` for a key that may not know."""
    existing_batch: Optional[BatchName]
    """The batch that has this reference already; `null` if there is none."""
    same_file_batch: Optional[BatchName]
    """A batch of the same file; `null` if there is none."""
    columns: List[SheetColumn]
    """The columns that we know, in the order of the file."""
    separator: str
    """What separates the cells of a row."""
    ignored_columns: List[str]
    """The columns that mean nothing to us."""
    notes: List[SheetNote]
    """How the file was read."""
    report_url: str
    """All row results as a CSV, for some minutes."""
    data: List[Union[ValidRow, InvalidRow]]
    """The items of this page."""
    next_cursor: Optional[str]
    """Pass it as `cursor` for the next page; `null` on the last one."""


class Upload(TypedDict):
    upload_id: str
    """The id of the upload."""
    method: Literal["PUT"]
    """The method to send it with."""
    upload_url: str
    """Where to PUT the file."""
    expires_at: str
    """When it expires."""


class BatchPage(TypedDict):
    data: List[Batch]
    """The items of this page."""
    next_cursor: Optional[str]
    """Pass it as `cursor` for the next page; `null` on the last one."""


class RowPage(TypedDict):
    data: List[Union[SentRow, LeftOutRow]]
    """The items of this page."""
    next_cursor: Optional[str]
    """Pass it as `cursor` for the next page; `null` on the last one."""


class _SentRowOptional(TypedDict, total=False):
    tokens: Optional[List[Token]]
    """The electricity tokens, in the order in which the meter takes them; empty if all of the amount went to
    arrears. `null` for a key that may not read orders.
    """


class SentRow(_SentRowOptional):
    row: int
    """The row, as a spreadsheet numbers it: the header is usually 1."""
    status: OrderStatus
    """Its status."""
    final: bool
    """Whether the outcome is decided. A final order changes only if a provider takes it back or delivers late."""
    target: str
    """The number or meter, as it was sent."""
    msisdn: str
    """The number in the form of E.164, or the meter; of an erased order a hash."""
    product_id: int
    """The id of the product."""
    network: str
    """The network or utility."""
    amount: Number
    """In major units: 5.5 is five and a half."""
    currency: Currency
    """The currency, as its ISO 4217 code."""
    agent_reference: str
    """Your reference of the order, which makes it idempotent."""
    order_id: Optional[str]
    """The id of the order."""
    provider_ref: Optional[str]
    """The provider's own reference; `null` until it is known."""
    failure: Optional[Failure]
    """Why it failed; `null` if it did not."""
    finalized_at: Optional[str]
    """When the outcome was decided; `null` before."""


class _LeftOutRowOptional(TypedDict, total=False):
    target: str
    """The number or meter, as it was sent."""
    amount: str
    """The text of the cell."""


class LeftOutRow(_LeftOutRowOptional):
    row: int
    """The row, as a spreadsheet numbers it: the header is usually 1."""
    status: Literal["left_out"]
    """Its status."""
    errors: List[CellProblem]
    """What is wrong with it."""


class _CancelledBatchOptional(TypedDict, total=False):
    retry_of: str
    """The batch whose failed rows this one sends again. Absent in others."""
    created_by: Actor
    """Who sent it. Absent where that is not known, and in events."""


class CancelledBatch(_CancelledBatchOptional):
    id: str
    """The id of the batch."""
    batch_reference: str
    """Your reference of the batch, which makes it idempotent; by default from the file."""
    status: BatchStatus
    """Its status."""
    mode: Mode
    """`live`, or `test` where nothing is real."""
    rows: int
    """How many rows."""
    counts: RowCounts
    """How many there are of each status."""
    amounts: List[BatchAmount]
    """The totals by currency."""
    accept: Accept
    """`all_or_nothing` refuses a file with a bad row; `valid_rows` leaves bad rows out."""
    row_webhooks: bool
    """Whether each row has events of its own, beside `batch.completed`."""
    created_at: str
    """When it was created."""
    cancelled_at: Optional[str]
    """When it was cancelled; `null` if it was not."""
    finished_at: Optional[str]
    """When its last row was decided; `null` before."""
    estimated_end_at: Optional[str]
    """About when it ends; `null` where that is not known."""
    rows_still_sent_max: int
    """How many rows at most are still being sent."""


class _CampaignWithSecretOptional(TypedDict, total=False):
    amount: Optional[Number]
    """In major units: 5.5 is five and a half."""
    min_amount: Optional[Number]
    """The least amount of a payout. Absent where `amount` is fixed."""
    max_amount: Optional[Number]
    """The largest amount of a payout. Absent where `amount` is fixed."""


class CampaignWithSecret(_CampaignWithSecretOptional):
    id: str
    """The id of the campaign."""
    mode: Mode
    """`live`, or `test` where nothing is real."""
    name: str
    """Its name."""
    currency: Currency
    """The currency, as its ISO 4217 code."""
    product_id: Optional[int]
    """The id of the product."""
    budget: Optional[Number]
    """What it may spend in all, in major units."""
    max_payouts: Optional[int]
    """How many payouts in all; `null`: no limit."""
    daily_budget: Optional[Number]
    """What it may spend in a day of UTC; `null`: no limit."""
    daily_max_payouts: Optional[int]
    """How many payouts in a day of UTC; `null`: no limit."""
    starts_at: Optional[str]
    """From when on it pays; `null`: at once."""
    ends_at: Optional[str]
    """Until when it pays; `null`: without an end."""
    paused: bool
    """Whether it is paused."""
    countries: List[Country]
    """Whose numbers it pays; an empty list: of every country of its currency."""
    one_per_number: bool
    """Whether it pays each number once."""
    retry_failed: bool
    """Whether a failed payout may be requested again."""
    require_timestamp: bool
    """Whether a signature must cover an id and a timestamp."""
    allow_api_key: bool
    """Whether your own key may request payouts, too."""
    spent: Optional[Number]
    """What it has spent, in major units."""
    left: Optional[Number]
    """What is left of its budget."""
    payouts: int
    """How many payouts it has made."""
    payouts_left: Optional[int]
    """How many more it may make; `null`: no limit."""
    latest_day: CampaignDay
    """The last day with a payout."""
    retiring_secrets_until: List[str]
    """Until when each earlier secret still works, newest first."""
    created_at: str
    """When it was created."""
    created_by: Optional[Actor]
    """Who created it; `null` where that is not known."""
    secret: str
    """The secret. No other answer shows it."""


class CampaignDay(TypedDict):
    day: str
    """The day, in UTC."""
    spent: Optional[Number]
    """What it has spent, in major units."""
    payouts: int
    """How many payouts it has made."""


class CampaignPage(TypedDict):
    data: List[Campaign]
    """The items of this page."""
    next_cursor: Optional[str]
    """Pass it as `cursor` for the next page; `null` on the last one."""


class _CampaignOptional(TypedDict, total=False):
    amount: Optional[Number]
    """The amount of every payout. Absent where each request names its own."""
    min_amount: Optional[Number]
    """The least amount of a payout. Absent where `amount` is fixed."""
    max_amount: Optional[Number]
    """The largest amount of a payout. Absent where `amount` is fixed."""


class Campaign(_CampaignOptional):
    id: str
    """The id of the campaign."""
    mode: Mode
    """`live`, or `test` where nothing is real."""
    name: str
    """Its name."""
    currency: Currency
    """The currency, as its ISO 4217 code."""
    product_id: Optional[int]
    """The id of the product."""
    budget: Optional[Number]
    """What it may spend in all, in major units."""
    max_payouts: Optional[int]
    """How many payouts in all; `null`: no limit."""
    daily_budget: Optional[Number]
    """What it may spend in a day of UTC; `null`: no limit."""
    daily_max_payouts: Optional[int]
    """How many payouts in a day of UTC; `null`: no limit."""
    starts_at: Optional[str]
    """From when on it pays; `null`: at once."""
    ends_at: Optional[str]
    """Until when it pays; `null`: without an end."""
    paused: bool
    """Whether it is paused."""
    countries: List[Country]
    """Whose numbers it pays; an empty list: of every country of its currency."""
    one_per_number: bool
    """Whether it pays each number once."""
    retry_failed: bool
    """Whether a failed payout may be requested again."""
    require_timestamp: bool
    """Whether a signature must cover an id and a timestamp."""
    allow_api_key: bool
    """Whether your own key may request payouts, too."""
    spent: Optional[Number]
    """What it has spent, in major units."""
    left: Optional[Number]
    """What is left of its budget."""
    payouts: int
    """How many payouts it has made."""
    payouts_left: Optional[int]
    """How many more it may make; `null`: no limit."""
    latest_day: CampaignDay
    """The last day with a payout."""
    retiring_secrets_until: List[str]
    """Until when each earlier secret still works, newest first."""
    created_at: str
    """When it was created."""
    created_by: Optional[Actor]
    """Who created it; `null` where that is not known."""


class _CampaignInFullOptional(TypedDict, total=False):
    amount: Optional[Number]
    """In major units: 5.5 is five and a half."""
    min_amount: Optional[Number]
    """The least amount of a payout. Absent where `amount` is fixed."""
    max_amount: Optional[Number]
    """The largest amount of a payout. Absent where `amount` is fixed."""


class CampaignInFull(_CampaignInFullOptional):
    id: str
    """The id of the campaign."""
    mode: Mode
    """`live`, or `test` where nothing is real."""
    name: str
    """Its name."""
    currency: Currency
    """The currency, as its ISO 4217 code."""
    product_id: Optional[int]
    """The id of the product."""
    budget: Optional[Number]
    """What it may spend in all, in major units."""
    max_payouts: Optional[int]
    """How many payouts in all; `null`: no limit."""
    daily_budget: Optional[Number]
    """What it may spend in a day of UTC; `null`: no limit."""
    daily_max_payouts: Optional[int]
    """How many payouts in a day of UTC; `null`: no limit."""
    starts_at: Optional[str]
    """From when on it pays; `null`: at once."""
    ends_at: Optional[str]
    """Until when it pays; `null`: without an end."""
    paused: bool
    """Whether it is paused."""
    countries: List[Country]
    """Whose numbers it pays; an empty list: of every country of its currency."""
    one_per_number: bool
    """Whether it pays each number once."""
    retry_failed: bool
    """Whether a failed payout may be requested again."""
    require_timestamp: bool
    """Whether a signature must cover an id and a timestamp."""
    allow_api_key: bool
    """Whether your own key may request payouts, too."""
    spent: Optional[Number]
    """What it has spent, in major units."""
    left: Optional[Number]
    """What is left of its budget."""
    payouts: int
    """How many payouts it has made."""
    payouts_left: Optional[int]
    """How many more it may make; `null`: no limit."""
    latest_day: CampaignDay
    """The last day with a payout."""
    retiring_secrets_until: List[str]
    """Until when each earlier secret still works, newest first."""
    created_at: str
    """When it was created."""
    created_by: Optional[Actor]
    """Who created it; `null` where that is not known."""
    counts: PayoutCounts
    """How many there are of each status."""


class _PayoutCountsOptional(TypedDict, total=False):
    success: int
    """How many were delivered."""
    failed: int
    """How many failed."""
    refunded: int
    """How many, or how much in major units, was refunded."""
    unknown: int
    """How many have no known outcome yet."""
    reversed: int
    """How many were taken back."""


class PayoutCounts(_PayoutCountsOptional):
    pending: int
    """How many are pending."""


class PayoutPage(TypedDict):
    data: List[Payout]
    """The items of this page."""
    next_cursor: Optional[str]
    """Pass it as `cursor` for the next page; `null` on the last one."""


class PesawayAcceptance(TypedDict):
    code: PesawayCode
    """What happened, as a stable code."""
    OriginatorReference: Optional[str]
    """The `ExternalReference` of the request."""
    TransactionID: Optional[str]
    """Our id of the order."""
    ResponseDescription: str
    """The code in words."""


class PesawayPending(TypedDict):
    ResultCode: Literal[1001]
    """0: delivered; 2001: failed, and refunded; 1001: not decided yet."""
    ResultDesc: str
    """The code in words."""
    OriginatorReference: str
    """The `ExternalReference` of the request."""
    TransactionID: str
    """Our id of the order."""
    TransactionAmount: str
    """With two decimals, in every currency."""


class PesawayBalance(TypedDict):
    code: Literal["200.001"]
    """What happened, as a stable code."""
    ResponseDescription: str
    """The code in words."""
    Currency: Currency
    """The currency; by default that of the region."""
    Balance: Optional[str]
    """With two decimals; `null` for a key without `wallet:read`."""
    AvailableBalance: Optional[str]
    """As `Balance`."""


class PesawayToken(TypedDict):
    code: Literal["200.001"]
    """What happened, as a stable code."""
    access_token: str
    """The token."""
    token_type: Literal["Bearer"]
    """Always `Bearer`."""
    expires_in: int
    """How many seconds it is valid."""
    expires_at: str
    """When it expires."""
    data: PesawayTokenData
    """The items of this page."""


class PesawayTokenData(TypedDict):
    token: str
    """The token."""
    expires_at: str
    """When it expires."""


class Account(TypedDict):
    merchant_id: str
    """The id of the merchant."""
    name: str
    """The name of the merchant."""
    mode: Mode
    """`live`, or `test` where nothing is real."""
    live: bool
    """Whether live mode accepts orders."""
    frozen: bool
    """Whether nothing new is accepted or sent in this mode."""
    freeze: Optional[Freeze]
    """Since when it is frozen, by whom and why; `null` if it is not."""
    freezes: List[Freeze]
    """Its freezes: one of its own, one of ours, or both."""
    limits: Limits
    """The limits of this mode."""
    created_at: str
    """When it was created."""


class Freeze(TypedDict):
    since: str
    """Since when."""
    by: Optional[Actor]
    """Who did it; `null` where that is not known."""
    reason: str
    """Why, in your words."""


class Limits(TypedDict):
    orders: Quota
    """Orders."""
    meter_lookups: Quota
    """Look-ups of meters."""
    test_events: Quota
    """Test events."""
    resends: Quota
    """Deliveries that are sent again."""
    new_keys: Quota
    """New and rolled keys."""
    upload_bytes: Quota
    """Bytes of files."""
    endpoints: int
    """Webhook endpoints: how many there may be, or those that the key made."""
    campaigns: int
    """Campaigns: how many there may be, or those that the key made."""
    keys: int
    """API keys: how many there may be, or those that the key made."""
    members: int
    """People and invitations together, of both modes: the limit of live holds."""


class Quota(TypedDict):
    quota: int
    """So many at once, and as many again in each window."""
    window_seconds: int
    """The window."""


class KeptRequestPage(TypedDict):
    data: List[KeptRequest]
    """The items of this page."""
    next_cursor: Optional[str]
    """Pass it as `cursor` for the next page; `null` on the last one."""
    searched_to: Optional[str]
    """How far back the pages up to this one have looked; `null` at the end. Before it a page may be short, even
    empty.
    """


class KeptRequest(TypedDict):
    id: str
    """The id of the request, as in `X-Request-Id`."""
    created_at: str
    """When it was created."""
    method: str
    """The method."""
    path: str
    """The path."""
    operation: str
    """The name of the operation."""
    status: int
    """The status of the answer."""
    code: Optional[str]
    """The code of the refusal; `null` if it was none."""
    duration_ms: Number
    """How long the answer took, in milliseconds."""
    key_id: Optional[str]
    """The key that sent it; `null` if a person did."""
    member_id: Optional[str]
    """Who sent it, if a person did; else `null`."""
    left_out_before: int
    """How many requests were not kept before this one, because there were too many at once."""


class KeptRequestInFull(TypedDict):
    id: str
    """The id of the request, as in `X-Request-Id`."""
    created_at: str
    """When it was created."""
    method: str
    """The method."""
    path: str
    """The path."""
    operation: str
    """The name of the operation."""
    status: int
    """The status of the answer."""
    code: Optional[str]
    """The code of the refusal; `null` if it was none."""
    duration_ms: Number
    """How long the answer took, in milliseconds."""
    key_id: Optional[str]
    """The key that sent it; `null` if a person did."""
    member_id: Optional[str]
    """Who sent it, if a person did; else `null`."""
    left_out_before: int
    """How many requests were not kept before this one, because there were too many at once."""
    query: Optional[str]
    """The query, as JSON; `null` where it cannot be shown."""
    request_headers: Dict[str, str]
    """The headers that matter. The key is not among them."""
    request_body: Optional[str]
    """The body as it was sent, without secrets; `null` where it cannot be shown."""
    request_bytes: int
    """The size of the body."""
    request_cut: bool
    """Whether only the beginning of the body was kept."""
    response_headers: Dict[str, str]
    """The headers of the answer that matter."""
    response_body: Optional[str]
    """The answer, without secrets; `null` where it cannot be shown."""
    response_bytes: int
    """The size of the answer."""
    response_cut: bool
    """Whether only the beginning of the answer was kept."""
    erased: bool
    """Whether its texts were erased, with a number in them."""


class NewKey(TypedDict):
    id: str
    """The id of the key."""
    mode: Mode
    """`live`, or `test` where nothing is real."""
    name: str
    """Its name."""
    prefix: str
    """The beginning of its text."""
    scopes: List[Scope]
    """What it may do."""
    allowed_ranges: Optional[List[str]]
    """The only addresses that it works from; `null`: from anywhere."""
    status: KeyStatus
    """Its status."""
    expires_at: Optional[str]
    """When it expires."""
    last_used_at: Optional[str]
    """The hour of its last use; `null` before the first."""
    replaced_by: Optional[str]
    """The key that replaces it; `null` if none does."""
    created_at: str
    """When it was created."""
    created_by: Optional[Actor]
    """Who created it; `null` where that is not known."""
    revoked_at: Optional[str]
    """When it was revoked; `null` if it was not."""
    key: str
    """The key itself. No other answer shows it."""


class KeyPage(TypedDict):
    data: List[Key]
    """The items of this page."""
    next_cursor: Optional[str]
    """Pass it as `cursor` for the next page; `null` on the last one."""


class Key(TypedDict):
    id: str
    """The id of the key."""
    mode: Mode
    """`live`, or `test` where nothing is real."""
    name: str
    """Its name."""
    prefix: str
    """The beginning of its text."""
    scopes: List[Scope]
    """What it may do."""
    allowed_ranges: Optional[List[str]]
    """The only addresses that it works from; `null`: from anywhere."""
    status: KeyStatus
    """Its status."""
    expires_at: Optional[str]
    """When it expires."""
    last_used_at: Optional[str]
    """The hour of its last use; `null` before the first."""
    replaced_by: Optional[str]
    """The key that replaces it; `null` if none does."""
    created_at: str
    """When it was created."""
    created_by: Optional[Actor]
    """Who created it; `null` where that is not known."""
    revoked_at: Optional[str]
    """When it was revoked; `null` if it was not."""


class RevokedKey(TypedDict):
    id: str
    """The id of the key."""
    mode: Mode
    """`live`, or `test` where nothing is real."""
    name: str
    """Its name."""
    prefix: str
    """The beginning of its text."""
    scopes: List[Scope]
    """What it may do."""
    allowed_ranges: Optional[List[str]]
    """The only addresses that it works from; `null`: from anywhere."""
    status: KeyStatus
    """Its status."""
    expires_at: Optional[str]
    """When it expires."""
    last_used_at: Optional[str]
    """The hour of its last use; `null` before the first."""
    replaced_by: Optional[str]
    """The key that replaces it; `null` if none does."""
    created_at: str
    """When it was created."""
    created_by: Optional[Actor]
    """Who created it; `null` where that is not known."""
    revoked_at: Optional[str]
    """When it was revoked; `null` if it was not."""
    campaigns: List[LeftCampaign]
    """Campaigns: how many there may be, or those that the key made."""
    endpoints: List[LeftEndpoint]
    """Webhook endpoints: how many there may be, or those that the key made."""
    keys: List[LeftKey]
    """API keys: how many there may be, or those that the key made."""


class LeftCampaign(TypedDict):
    id: str
    """The id of the campaign."""
    name: str
    """Its name."""
    paused: bool
    """Whether it is paused."""


class LeftEndpoint(TypedDict):
    id: str
    """The id of the endpoint."""
    url: str
    """Where events are posted: public and HTTPS."""
    enabled: bool
    """Whether it gets events."""


class LeftKey(TypedDict):
    id: str
    """The id of the key."""
    name: str
    """Its name."""
    prefix: str
    """The beginning of its text."""


class ActPage(TypedDict):
    data: List[Act]
    """The items of this page."""
    next_cursor: Optional[str]
    """Pass it as `cursor` for the next page; `null` on the last one."""


class Act(TypedDict):
    id: str
    """The id."""
    at: str
    """When it happened."""
    action: Action
    """What was done."""
    subject: str
    """The id of what it was done to."""
    by: Optional[Actor]
    """Who did it; `null` where that is not known."""
    request_id: Optional[str]
    """The id of the request; `null` where there was none."""
    address: Optional[str]
    """From which address; `null` where that is not known."""
    before: Optional[Dict[str, Any]]
    """What it changed, as it was; `null` where it made something."""
    after: Optional[Dict[str, Any]]
    """The same afterwards."""


class MemberPage(TypedDict):
    data: List[Member]
    """The items of this page."""
    next_cursor: Optional[str]
    """Pass it as `cursor` for the next page; `null` on the last one."""


class Member(TypedDict):
    id: str
    """The id."""
    email: str
    """The e-mail address."""
    role: Role
    """The role: what the person may do."""
    joined_at: str
    """When they became a member."""
    you: bool
    """Whether it is who asks."""


class RemovedMember(TypedDict):
    id: str
    """The id."""
    removed: Literal[True]
    """Always `true`."""
    keys: List[KeyOfMember]
    """The keys that they made and that still work: revoke or roll what they may know."""
    endpoints: List[EndpointOfMember]
    """The webhook endpoints that they made, changed or were shown the secret of."""
    campaigns: List[CampaignOfMember]
    """The campaigns that they made, widened or were shown the secret of."""


class KeyOfMember(TypedDict):
    id: str
    """The id."""
    mode: Mode
    """`live`, or `test` where nothing is real."""
    name: str
    """Its name."""
    prefix: str
    """The beginning of its text."""


class EndpointOfMember(TypedDict):
    id: str
    """The id."""
    mode: Mode
    """`live`, or `test` where nothing is real."""
    url: str
    """Where events are posted: public and HTTPS."""
    enabled: bool
    """Whether it gets events."""


class CampaignOfMember(TypedDict):
    id: str
    """The id."""
    mode: Mode
    """`live`, or `test` where nothing is real."""
    name: str
    """Its name."""
    paused: bool
    """Whether it is paused."""


class InvitationPage(TypedDict):
    data: List[Invitation]
    """The items of this page."""
    next_cursor: Optional[str]
    """Pass it as `cursor` for the next page; `null` on the last one."""


class Invitation(TypedDict):
    id: str
    """The id."""
    email: str
    """The e-mail address."""
    role: Role
    """The role: what the person may do."""
    created_at: str
    """When it was created."""
    created_by: Optional[Actor]
    """Who created it; `null` where that is not known."""
    expires_at: str
    """When it expires."""


class NewInvitation(TypedDict):
    id: str
    """The id."""
    email: str
    """The e-mail address."""
    role: Role
    """The role: what the person may do."""
    created_at: str
    """When it was created."""
    created_by: Optional[Actor]
    """Who created it; `null` where that is not known."""
    expires_at: str
    """When it expires."""
    mailed: bool
    """Whether the link was sent by e-mail."""
    link: Optional[str]
    """The link, where it was not sent by e-mail: pass it on. No other answer shows it. Else `null`."""


class RevokedInvitation(TypedDict):
    id: str
    """The id."""
    revoked: Literal[True]
    """Always `true`."""


class Notifications(TypedDict):
    email: str
    """Where mail to you goes: the address with which you joined."""
    mail_from: Optional[str]
    """Who the mails are from; `null`: this deployment sends none, whatever is chosen."""
    low_balance: bool
    """Whether you get a mail when a balance falls below its threshold."""
    endpoint_failing: bool
    """Whether you get a mail when a webhook endpoint fails for an hour, or is disabled."""
    batch_finished: bool
    """Whether you get a mail when all rows of a batch are decided."""
    orders_under_review: bool
    """Whether you get a mail when orders go to manual review."""
    topup_problem: bool
    """Whether you get a mail when a top-up is declined, reversed or under review."""


class Me(TypedDict):
    person_id: str
    """Who is signed in, by the `sub` of the token."""
    memberships: List[Membership]
    """The businesses of which they are a member, in the order in which they joined."""


class Membership(TypedDict):
    merchant_id: str
    """The business, for the header `Airtime-Merchant`."""
    business_name: str
    """The name of the business."""
    live: bool
    """Whether live mode accepts orders."""
    member_id: str
    """The id of the member."""
    role: Role
    """The role: what the person may do."""
    scopes: List[Scope]
    """What the role may do."""
    joined_at: str
    """When they became a member."""


class InvitationPreview(TypedDict):
    business_name: str
    """The name of the business."""
    email: str
    """The e-mail address."""
    role: Role
    """The role: what the person may do."""
    invited_by: Optional[str]
    """The address of who invited; `null` if they are a member no more, or it was one of us."""
    expires_at: str
    """When it expires."""


class ServiceHealth(TypedDict):
    status: Literal["ok"]
    """Always `ok`: what is not answers 5xx."""
    at: str
    """When it happened."""


class ServiceStatus(TypedDict):
    status: Literal["ok", "degraded"]
    """`degraded` while a provider is slow, its orders are held, or our own test orders fail."""
    at: str
    """When it happened."""
    components: List[ComponentStatus]
    """What we try ourselves, every five minutes."""
    providers: List[ProviderStatus]
    """The providers of live orders."""


class ComponentStatus(TypedDict):
    component: Literal["orders"]
    """`orders`: a test order, the same one again, its ledger entry and its webhook."""
    state: ComponentState
    """`up`; `slow`; `held`: its orders wait; `off`: it is not used."""
    since: Optional[str]
    """From when on, as a date or an instant."""
    checked_at: Optional[str]
    """When it was last tried; `null` where it never was."""


class ProviderStatus(TypedDict):
    provider: Literal["hotrecharge", "pesaway", "sandbox"]
    """Its name."""
    state: ProviderState
    """`up`; `slow`; `held`: its orders wait; `off`: it is not used."""
    since: Optional[str]
    """Since when; `null` where that is not known."""
    networks: List[str]
    """The networks that it serves, each with its country."""

PesawayResult = Union[PesawaySuccess, PesawayFailure]

AnyEvent = Union[OrderEvent, PayoutEvent, TopupEvent, BatchEvent, LowBalanceEvent, TestEvent, PesawayResult]

PesawayTransaction = Union[PesawaySuccess, PesawayFailure, PesawayPending]
