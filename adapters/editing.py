"""Content on its way in steps: what a change carries, what of it is still to be sent, and what its memory speaks of."""

from __future__ import annotations

import hashlib
from collections.abc import Container, Iterable

from adapters.contract import Change, Content, Listing, Value


def content_of(change: Change) -> Content | None:
    """The content that a change carries, if it carries one."""
    if isinstance(change.to, Listing):
        return change.to.content
    return change.to if isinstance(change.to, Content) else None


def name_of(to: Value) -> str:
    """A short name of a value: what is remembered of one means nothing once another is wanted."""
    return hashlib.sha256(repr(to).encode()).hexdigest()[:12]


def left_to_send(to: Content, changed: Iterable[str], without: Container[str]) -> tuple[str, ...]:
    """The fields of an edit: those that changed, less what was refused in an earlier step and a parcel that is none."""
    return tuple(name for name in changed if name not in without and (name != "parcel" or to.parcel is not None))
