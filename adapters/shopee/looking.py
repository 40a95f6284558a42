"""Reading a shop's listings: all of them, some of them, and those that answer to an intent."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any, TypeVar

from adapters.clock import Clock
from adapters.contract import Absent, Found, Intent, ListingState, MarketplaceError, Observed
from adapters.shopee import mapping
from adapters.shopee.client import IDS_PER_READ, PAGE, ShopeeClient

Row = Mapping[str, Any]
T = TypeVar("T")
OVERLAP_S = 300  # Shopee's clock and ours; items that move while pages are turned
FIRST_DAY = int(datetime(2015, 1, 1, tzinfo=UTC).timestamp())  # before Shopee was
TOO_DEEP = "offset over limit"
FEW = 3
"""For so few looks the search is the shorter way in any shop."""


class Looking:
    """Reads of one shop's listings."""

    def __init__(self, client: ShopeeClient, clock: Clock) -> None:
        self._client, self._clock = client, clock

    # --- observe

    def observe(self, since: datetime | None, ids: Sequence[str] | None) -> Iterator[Observed]:
        """Every listing, those changed since, or those with these ids; lazily, each once."""
        numbers = (int(i) for i in dict.fromkeys(ids)) if ids is not None else self._ids(since)
        for bases in self._client.abreast(self._client.base, _chunks(numbers, IDS_PER_READ)):
            yield from (one for one in self._client.abreast(self.whole, bases) if one is not None)

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
            if len(seen) < PAGE:
                return  # one page: none was turned

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
        """What answers to each intent: by SKU field and title, in every status, and in the list of what is new.

        A shop with no more listings than there are looks is read whole: fewer calls, and no search to rely on.
        """
        searched = self._ids_if_few(len(intents))
        recent: Sequence[int] = ()
        if searched is None:
            recent = self._recent(intents)
            searched = [item for hits in self._client.abreast(self._hits, intents) for item in hits]
        answering, with_models = Answering(intents), set(searched)
        bases = self._bases([*recent, *searched])
        rows = [row for row in bases if _worth_reading(row, answering, with_models)]
        shown = [one for one in self._client.abreast(self.whole, rows) if one is not None]
        return answering.among(shown)

    def _ids_if_few(self, looks: int) -> list[int] | None:
        """Every listing's id, if there are no more than `looks`."""
        if looks <= FEW:
            return None
        ids = list(islice(self._ids(None), looks + 1))
        return ids if len(ids) <= looks else None

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

    def _bases(self, ids: Iterable[int]) -> Iterator[Row]:
        for rows in self._client.abreast(self._client.base, _chunks(dict.fromkeys(ids), IDS_PER_READ)):
            yield from rows


class Answering:
    """Which listing answers to which of some intents: by SKU field, code, title, or a variant's SKU."""

    def __init__(self, intents: Sequence[Intent]) -> None:
        self._intents = intents
        self._codes = {code for intent in intents for code in _codes(intent)}
        self._titles = {_plain(intent.title) for intent in intents} - {""}

    def may_be(self, code: object, title: object) -> bool:
        """Whether a listing with this SKU field and title answers to any of them."""
        return _plain(code) in self._codes or _plain(title) in self._titles

    def among(self, listings: Sequence[Observed]) -> list[Found | Absent]:
        """What answers to each intent, in their order."""
        by_word = defaultdict[tuple[str, str], list[Observed]](list)
        for listing in listings:
            for word in _words(listing):
                by_word[word].append(listing)
        return [_answer(intent, [hit for word in _wanted(intent) for hit in by_word[word]]) for intent in self._intents]


def _worth_reading(base: Row, answering: Answering, searched: set[int]) -> bool:
    """What answers by its base, and what was searched out and has models: one of them may bear a SKU of ours."""
    found = base.get("has_model") and int(base["item_id"]) in searched
    return bool(found) or answering.may_be(base.get("item_sku"), base.get("item_name"))


def _words(listing: Observed) -> set[tuple[str, str]]:
    offers = {("sku", _plain(offer.sku)) for offer in listing.offers if offer.sku}
    return {("code", _plain(listing.code)), ("title", _plain(listing.title)), *offers}


def _wanted(intent: Intent) -> set[tuple[str, str]]:
    words = {("title", _plain(intent.title)), *(("sku", _plain(sku)) for sku in intent.skus)}
    return {word for word in {*words, *(("code", code) for code in _codes(intent))} if word[1]}


def _codes(intent: Intent) -> set[str]:
    return {_plain(sku_field(intent)), _plain(intent.code)} - {""}


def _answer(intent: Intent, hits: Sequence[Observed]) -> Found | Absent:
    listings = {hit.external_id: hit for hit in hits if not _long_gone(intent, hit)}
    matches = [_half_built(intent, listing) for listing in listings.values()]
    ordered = sorted(matches, key=lambda o: (o.created_at or o.seen_at, o.external_id))
    return Found(tuple(ordered)) if ordered else Absent()


def sku_field(intent: Intent) -> str:
    """What stands in item_sku: the product code, or the SKU of a product without options."""
    return intent.code if intent.has_options else intent.skus[0]


def _plain(text: object) -> str:
    """As two texts are compared: without case and blanks at the ends."""
    return str(text or "").strip().casefold()


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
