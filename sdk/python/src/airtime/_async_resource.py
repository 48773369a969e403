"""What the methods of the client are in."""

from __future__ import annotations

from ._async_transport import AsyncTransport


class AsyncResource:
    def __init__(self, transport: AsyncTransport) -> None:
        self._transport = transport
