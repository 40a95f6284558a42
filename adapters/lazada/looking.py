"""Reading a shop's listings: all of them, some of them, and those that answer to an intent."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any, TypeVar

from adapters.clock import Clock
from adapters.contract import Absent, Cause, Found, Intent, ListingState, MarketplaceError, Observed
from adapters.lazada import mapping
from adapters.lazada.client import LazadaClient
from adapters.lazada.mapping import dump, pick
from adapters.words import kept

Row = Mapping[str, Any]
T = TypeVar("T")
OVERLAP = timedelta(minutes=5)
"""Lazada's clock and ours; products that move while pages are turned."""
DEEPEST = 10_000
"""A list is not read beyond this offset (facts, section 7.8): its window of time is halved instead."""
FIRST_DAY = datetime(2012, 1, 1, tzinfo=UTC)  # before Lazada was
SKUS_PER_LOOK = 50
"""Half of what a look by SKU takes (facts, section 7.8): each SKU may stand on a product of its own."""
MANY = 100
"""More ids than this are read by the list first: a page of it shows as many as fifty single reads."""
STATES = ("pending", "rejected", "inactive", "deleted")
"""Where a create of unknown fate is looked for beside `all`, of which no source says what it leaves out."""
TOO_MUCH = ("ServiceTimeout", "513")
"""Codes that say that a page was too large (facts, section 5)."""


class Looking:
    """Reads of one shop's listings. `warehouse` = whose stock is shown, in shops that have several."""

    def __init__(self, client: LazadaClient, clock: Clock, page: int) -> None:
        self._client, self._clock, self._page = client, clock, page
        self.warehouse: str | None = None

    # --- observe

    def observe(self, since: datetime | None, ids: Sequence[str] | None) -> Iterator[Observed]:
        """Every listing, those changed since, or those with these ids; lazily, each once."""
        rows = self._these(ids) if ids is not None else self._rows(since)
        yield from (self._observed(row) for row in rows)

    def product(self, item: str) -> Row | None:
        """One product by its id; None if it is gone.

        Raises:
            MarketplaceError: it could not be read.
        """
        reply = self._client.exchange("GetProductItem", [("item_id", item)])
        if reply.cause is Cause.missing:
            return None
        if not reply.ok:
            raise self._client.error(reply)
        found = reply.payload if isinstance(reply.payload, dict) else {}
        return found if pick(found, "item_id") is not None else None

    def by_skus(self, skus: Sequence[str], state: str = "all") -> list[Row]:
        """The products that hold one of these SKUs, in one state.

        Raises:
            MarketplaceError: they could not be read.
        """
        found: list[Row] = []
        for some in self._client.abreast(lambda part: self._by_skus(part, state), _chunks(skus, SKUS_PER_LOOK)):
            found += some
        return list({str(pick(row, "item_id")): row for row in found}.values())

    def _by_skus(self, skus: Sequence[str], state: str) -> list[Row]:
        return list(self._pages([("filter", state), ("sku_seller_list", dump(list(skus)))]))

    def _observed(self, row: Row) -> Observed:
        return mapping.observed(row, self._clock.now(), self.warehouse)

    def _these(self, ids: Sequence[str]) -> Iterator[Row]:
        """These products one by one; very many by the whole list first, and only what it does not show alone."""
        left = dict.fromkeys(ids)
        if len(left) > MANY:
            for row in self._rows(None):
                if (item := str(pick(row, "item_id"))) in left:
                    del left[item]
                    yield row
        yield from (row for row in self._client.abreast(self.product, left) if row is not None)

    def _rows(self, since: datetime | None) -> Iterator[Row]:
        """Pages shift while they are turned: what changed meanwhile is looked up once more at the end."""
        start = self._clock.now()
        seen: set[str] = set()
        windows = [self._changed(since - OVERLAP)] if since is not None else [self._made(FIRST_DAY, start + OVERLAP)]
        for window in (*windows, self._changed(start - OVERLAP)):
            for row in window:
                if (item := str(pick(row, "item_id"))) not in seen:
                    seen.add(item)
                    yield row
            if len(seen) < self._page:
                return  # one page: none was turned

    def _changed(self, since: datetime) -> Iterator[Row]:
        return self._window("update", since, self._clock.now() + OVERLAP)

    def _made(self, since: datetime, until: datetime) -> Iterator[Row]:
        """By the time of making, which never changes: no product moves between the windows."""
        return self._window("create", since, until)

    def _window(self, clock: str, since: datetime, until: datetime) -> Iterator[Row]:
        """One window of time; of one with too many for a list both halves (facts, section 7.8)."""
        params = [("filter", "all"), (f"{clock}_after", moment(since)), (f"{clock}_before", moment(until))]
        try:
            yield from self._pages(params)
            return
        except _TooDeep:
            if until - since < timedelta(seconds=2):
                text = kept("more than {most} products of one second: the list cannot be read to its end", most=DEEPEST)
                raise MarketplaceError(Cause.unknown, "list_too_deep", text) from None
        middle = (since + (until - since) / 2).replace(microsecond=0)
        yield from self._window(clock, since, middle)
        yield from self._window(clock, middle, until)

    def _pages(self, params: Sequence[tuple[str, str]]) -> Iterator[Row]:
        """Pages to the end: a short one, unless a total says that more follows (facts, section 7.8)."""
        offset, size = 0, self._page
        while True:
            if offset >= DEEPEST:
                raise _TooDeep
            reply = self._client.exchange("GetProducts", [*params, ("limit", str(size)), ("offset", str(offset))])
            if reply.code in TOO_MUCH and size > 1:
                size = max(1, size // 2)
                continue
            if not reply.ok:
                raise self._client.error(reply)
            rows = reply.rows("products")
            yield from rows
            offset += len(rows)
            total = reply.get("total_products")
            if not rows or (len(rows) < size and not (isinstance(total, int) and offset < total)):
                return

    # --- find

    def find(self, intents: Sequence[Intent]) -> list[Found | Absent]:
        """What answers to each intent: by SKU in every state.

        Where a create was sent and `all` does not show it, the states are asked for by name. Its answer may have been
        lost and its SKU not be listed yet, so what was made since is looked at too.
        """
        answering = _Answering(intents)
        rows = self.by_skus([sku for intent in intents for sku in intent.skus])
        answering.add(map(self._observed, rows))
        open_ones = [i for i in intents if i.sent_at is not None and not answering.of(i)]
        if open_ones:
            skus = [sku for intent in open_ones for sku in intent.skus]
            for state in STATES:
                answering.add(map(self._observed, self.by_skus(skus, state)))
            since = min(i.sent_at for i in open_ones if i.sent_at is not None)
            answering.add(map(self._observed, self._made(since - OVERLAP, self._clock.now() + OVERLAP)))
        return [Found(tuple(hits)) if (hits := answering.of(intent)) else Absent() for intent in intents]


class _TooDeep(Exception):
    """A list has more rows than can be read by its offset."""


class _Answering:
    """Which listing answers to which of some intents: by a variant's SKU, or by the title of one made since."""

    def __init__(self, intents: Sequence[Intent]) -> None:
        self._by_word = defaultdict[tuple[str, str], dict[str, Observed]](dict)
        self._words = {word for intent in intents for word in _wanted(intent)}

    def add(self, listings: Iterable[Observed]) -> None:
        """More listings; each is kept once."""
        for listing in listings:
            skus = {("sku", _plain(offer.sku)) for offer in listing.offers if offer.sku}
            for word in {("title", _plain(listing.title)), *skus} & self._words:
                self._by_word[word][listing.external_id] = listing

    def of(self, intent: Intent) -> list[Observed]:
        """What answers to one intent, newest last."""
        hits = {key: hit for word in _wanted(intent) for key, hit in self._by_word[word].items()}
        kept = [hit for hit in hits.values() if not _long_gone(intent, hit)]
        return sorted(kept, key=lambda o: (o.created_at or o.seen_at, o.external_id))


def _wanted(intent: Intent) -> set[tuple[str, str]]:
    words = {("title", _plain(intent.title)), *(("sku", _plain(sku)) for sku in intent.skus)}
    return {word for word in words if word[1]}


def _plain(text: object) -> str:
    """As two texts are compared: without case and blanks at the ends."""
    return str(text or "").strip().casefold()


def _long_gone(intent: Intent, listing: Observed) -> bool:
    """Deleted before this intent was sent: no obstacle. Deleted since: the engine must know."""
    if listing.state is not ListingState.gone:
        return False
    if intent.sent_at is None or listing.created_at is None:
        return True
    return listing.created_at < intent.sent_at - OVERLAP


def moment(at: datetime) -> str:
    """An instant as lists take it: ISO 8601 with an offset, without a colon in it (facts, section 7.8)."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S+0000")


def _chunks(values: Iterable[T], size: int) -> Iterator[list[T]]:
    iterator = iter(dict.fromkeys(values))
    while chunk := list(islice(iterator, size)):
        yield chunk
