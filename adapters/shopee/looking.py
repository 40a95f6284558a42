"""Reading a shop's listings: all of them, some of them, and those that answer to an intent."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any, TypeVar

from adapters.clock import Clock
from adapters.contract import Absent, Found, Intent, ListingState, MarketplaceError, Observed
from adapters.shopee import mapping
from adapters.shopee.client import IDS_PER_READ, ShopeeClient

Row = Mapping[str, Any]
T = TypeVar("T")
OVERLAP_S = 300  # Shopee's clock and ours; items that move while pages are turned
FIRST_DAY = int(datetime(2015, 1, 1, tzinfo=UTC).timestamp())  # before Shopee was
TOO_DEEP = "offset over limit"


class Looking:
    """Reads of one shop's listings."""

    def __init__(self, client: ShopeeClient, clock: Clock) -> None:
        self._client, self._clock = client, clock

    # --- observe

    def observe(self, since: datetime | None, ids: Sequence[str] | None) -> Iterator[Observed]:
        """Every listing, those changed since, or those with these ids; lazily, each once."""
        numbers = (int(i) for i in dict.fromkeys(ids)) if ids is not None else self._ids(since)
        for chunk in _chunks(numbers, IDS_PER_READ):
            for base in self._client.base(chunk):
                observed = self.whole(base)
                if observed is not None:
                    yield observed

    def whole(self, base: Row) -> Observed | None:
        """One listing with its models; None if it went away in between."""
        models = None
        if base.get("has_model"):
            models = self._client.models(int(base["item_id"]))
            if models is None:
                return None
        return mapping.observed(base, models, self._clock.now())

    def _ids(self, since: datetime | None) -> Iterator[int]:
        start = int(self._clock.now().timestamp())
        seen: set[int] = set()
        first = int(since.timestamp()) - OVERLAP_S if since else None
        # Pages shift while they are turned: what changed meanwhile is looked up once more at the end.
        for window in (first, start - OVERLAP_S):
            for item in self._window(window, None):
                if item not in seen:
                    seen.add(item)
                    yield item

    def _window(self, since: int | None, until: int | None) -> Iterator[int]:
        """Ids changed within a window; too many for one list are taken in halves of its time (facts, section
        3.4).
        """
        low = since if since is not None else FIRST_DAY
        high = until if until is not None else int(self._clock.now().timestamp()) + OVERLAP_S
        try:
            for page in self._client.listed(since, until):
                yield from page
            return
        except MarketplaceError as error:
            if TOO_DEEP not in str(error) or high - low < 2:
                raise
        middle = (low + high) // 2
        yield from self._window(low, middle)
        yield from self._window(middle, high)

    # --- find

    def find(self, intents: Sequence[Intent]) -> list[Found | Absent]:
        """What answers to each intent: by SKU field and title, in every status, and in the list of what is
        new.
        """
        recent = self._recent(intents)
        hits = [self._hits(intent) for intent in intents]
        bases = {int(b["item_id"]): b for b in self._bases([*recent, *(i for h in hits for i in h)])}
        cache: dict[int, Observed | None] = {}

        def whole(item: int) -> Observed | None:
            if item not in cache:
                cache[item] = self.whole(bases[item])
            return cache[item]

        found: list[Found | Absent] = []
        for intent, searched in zip(intents, hits, strict=True):
            listings = self._matching(intent, bases, set(searched), whole)
            found.append(Found(tuple(listings)) if listings else Absent())
        return found

    def _recent(self, intents: Sequence[Intent]) -> list[int]:
        """What was changed since the first of these creates was sent: the search may lag, the list says it
        too.
        """
        sent = [i.sent_at for i in intents if i.sent_at is not None]
        if not sent:
            return []
        since = min(sent) - timedelta(seconds=OVERLAP_S)
        return list(self._window(int(since.timestamp()), None))

    def _hits(self, intent: Intent) -> list[int]:
        hits = [*self._client.search("item_sku", sku_field(intent))]
        if intent.sent_at is None:
            hits += self._client.search("item_name", intent.title)
        return hits

    def _bases(self, ids: Sequence[int]) -> Iterator[Row]:
        for chunk in _chunks(dict.fromkeys(ids), IDS_PER_READ):
            yield from self._client.base(chunk)

    def _matching(
        self,
        intent: Intent,
        bases: Mapping[int, Row],
        searched: set[int],
        whole: Callable[[int], Observed | None],
    ) -> list[Observed]:
        matches = []
        for item, base in bases.items():
            if not (answers_to(intent, base) or (item in searched and base.get("has_model"))):
                continue
            listing = whole(item)
            if listing is None or _long_gone(intent, listing):
                continue
            skus = {o.sku.casefold() for o in listing.offers if o.sku}
            if answers_to(intent, base) or skus & {s.casefold() for s in intent.skus}:
                matches.append(_half_built(intent, listing))
        return sorted(matches, key=lambda o: (o.created_at or o.seen_at, o.external_id))


def sku_field(intent: Intent) -> str:
    """What stands in item_sku: the product code, or the SKU of a product without options."""
    return intent.code if intent.has_options else intent.skus[0]


def answers_to(intent: Intent, base: Row) -> bool:
    """Same SKU field or same title."""
    sku, title = str(base.get("item_sku") or ""), str(base.get("item_name") or "")
    return _same(sku, sku_field(intent)) or _same(sku, intent.code) or _same(title, intent.title)


def _same(one: str, other: str) -> bool:
    return bool(one.strip()) and one.strip().casefold() == other.strip().casefold()


def _half_built(intent: Intent, listing: Observed) -> Observed:
    if intent.has_options and not json.loads(listing.raw)["has_model"] and listing.state is ListingState.hidden:
        return replace(listing, state=ListingState.half_built)
    return listing


def _long_gone(intent: Intent, listing: Observed) -> bool:
    """Deleted before this intent was sent: no obstacle. Deleted since: the engine must know."""
    if listing.state is not ListingState.gone:
        return False
    if intent.sent_at is None or listing.created_at is None:
        return True
    return listing.created_at < intent.sent_at - timedelta(seconds=OVERLAP_S)


def _chunks(values: Iterable[T], size: int) -> Iterator[list[T]]:
    iterator = iter(values)
    while chunk := list(islice(iterator, size)):
        yield chunk
