"""Names in a channel's config that the catalogue does not have: a typing error there sells nothing, silently."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from difflib import get_close_matches

from sqlmodel import Session, select

from syncer.listing.rules import EVERYONE, LEVEL
from syncer.settings import ChannelSettings
from syncer.store.tables import ProducerRow, ProductRow
from syncer.texts import _


def unknown_names(session: Session, channel: ChannelSettings) -> list[str]:
    """One sentence for each producer and category of `channel` that the catalogue does not have.

    Nothing is said while the catalogue is empty: then it has none of them yet.
    """
    producers = set(session.exec(select(ProducerRow.code)))
    named = session.exec(select(ProductRow.category).distinct())
    categories = {path for category in named for path in _paths(category)}
    if not producers:
        return []
    settings = (
        ("sells.producers", channel.sells.producers, producers),
        ("sells.except_categories", channel.sells.except_categories, categories),
        ("shipping", channel.shipping, categories),
    )
    return [
        text
        for setting, names, known in settings
        for text in _unknown(f"channels.{channel.name}.{setting}", names, known)
    ]


def _unknown(setting: str, names: Iterable[str], known: set[str]) -> Iterator[str]:
    for name in names:
        if name == EVERYONE or name in known:
            continue
        near = _nearest(name, known)
        if near is None:
            yield _("{setting}: the catalogue has no '{name}'; correct it, or import it first").format(
                setting=setting, name=name
            )
        else:
            yield _("{setting}: the catalogue has no '{name}'; did you mean '{near}'?").format(
                setting=setting, name=name, near=near
            )


def _nearest(name: str, known: set[str]) -> str | None:
    """The known name that is nearest, whatever its letter case."""
    folded = {one.casefold(): one for one in sorted(known)}
    found = get_close_matches(name.casefold(), folded, n=1)
    return folded[found[0]] if found else None


def _paths(category: str) -> Iterator[str]:
    """A category's path and all above it."""
    levels = category.split(LEVEL)
    yield from (LEVEL.join(levels[:count]) for count in range(1, len(levels) + 1))
