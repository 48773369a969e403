# Made by `npm run docs` from _async_resource.py.
"""What the methods of the client are in."""

from __future__ import annotations

from ._transport import Transport


class Resource:
    def __init__(self, transport: Transport) -> None:
        self._transport = transport
