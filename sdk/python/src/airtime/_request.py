"""What the generated methods are made with."""

from __future__ import annotations

import re
from typing import AbstractSet, Any, Dict, Mapping, Optional
from urllib.parse import quote


class Unset:
    """The type of `UNSET`."""

    def __repr__(self) -> str:
        return "UNSET"


UNSET = Unset()
"""A field that is not sent, where `None` has a meaning: it removes a limit, for example."""


def given(values: Mapping[str, Any], keeps_none: AbstractSet[str] = frozenset()) -> Dict[str, Any]:
    """The values without those that the caller left out."""
    return {
        name: value
        for name, value in values.items()
        if not isinstance(value, Unset) and (value is not None or name in keeps_none)
    }


def key_of(text: Optional[str]) -> Optional[str]:
    """A key, or none. What cannot be one is not sent, and not shown: it may be most of a real one."""
    if not text:
        return None
    if not re.fullmatch(r"[A-Za-z0-9_]+", text):
        raise ValueError(
            "The API key is not a key: a key has letters, digits and _ only, without blanks or dots. "
            "Put in a whole one, as it was shown."
        )
    return text


def segment(value: str) -> str:
    """A value as one segment of a path. An empty one, or dots, would address another operation."""
    if not isinstance(value, str):
        raise TypeError(f"An id is a str, not {type(value).__name__}.")
    if value in ("", ".", ".."):
        raise ValueError("An id must not be empty.")
    return quote(value, safe="")


def preference(wait_seconds: Optional[int]) -> Optional[str]:
    """How long an answer may wait for an outcome, as the header `Prefer` says it."""
    if wait_seconds is None:
        return None
    return "respond-async" if wait_seconds == 0 else f"wait={wait_seconds}"
