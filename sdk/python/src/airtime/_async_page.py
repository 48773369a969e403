"""Pages of lists."""

from __future__ import annotations

from typing import Any, AsyncIterator, Awaitable, Callable, Dict, Generic, List, Optional, TypeVar

T = TypeVar("T")


class AsyncPage(Generic[T]):
    """One page of a list. Iterate over it for all items from here on: the next pages are fetched on the way."""

    def __init__(self, answer: Dict[str, Any], fetch: Callable[[str], Awaitable[AsyncPage[T]]]) -> None:
        self.answer = answer
        """The whole answer: signed heads have a `public_key` beside them."""
        self.data: List[T] = answer["data"]
        """The items of this page. A page may be short, even empty, before the last one."""
        self.next_cursor: Optional[str] = answer["next_cursor"]
        """The `cursor` of the next page; `None` on the last one."""
        self._fetch = fetch

    async def next_page(self) -> Optional[AsyncPage[T]]:
        """The page after this one; `None` after the last one."""
        return None if self.next_cursor is None else await self._fetch(self.next_cursor)

    async def __aiter__(self) -> AsyncIterator[T]:
        page: Optional[AsyncPage[T]] = self
        while page is not None:
            for item in page.data:
                yield item
            page = await page.next_page()

    def __repr__(self) -> str:
        return f"<Page of {len(self.data)}, next_cursor={self.next_cursor!r}>"
