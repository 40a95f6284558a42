"""Reading a shop's listings: all of them, some of them, and those that answer to an intent, in every state."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from adapters.clock import Clock
from adapters.contract import Absent, Found, Intent, ListingState, NotYet, Observed
from adapters.tiktokshop import mapping, reading
from adapters.tiktokshop.client import PAGE, TikTokClient, instant, objects
from adapters.tiktokshop.receipts import LISTED, Mark

Row = Mapping[str, Any]
OVERLAP = timedelta(minutes=5)
"""Their clock and ours; products that move while pages are turned."""
SKUS_PER_SEARCH = 10  # facts, section 7.6
WHOLE_PAGES_MOST = 10
"""A shop of no more pages is read whole: the search has no filter by title, and a listing made by hand may have no
SKU of ours."""


class Looking:
    """Reads of one shop's listings."""

    def __init__(self, client: TikTokClient, clock: Clock) -> None:
        self._client, self._clock = client, clock
        self.warehouse: str | None = None

    # --- observe

    def observe(self, since: datetime | None, ids: Sequence[str] | None) -> Iterator[Observed]:
        """Every listing, those changed since, or those with these ids; lazily, each once.

        The search shows neither options nor content, so each product is read by itself.
        """
        products = dict.fromkeys(ids) if ids is not None else self._ids(since)
        for row in self._client.abreast(self._client.product, products):
            if row is not None and reading.state_of(row) is not ListingState.gone:
                yield self.seen(row)

    def seen(self, row: Row, receipt: bool = False) -> Observed:
        """A product as it is shown; with a receipt while it stands in its audit, if that is asked for."""
        now = self._clock.now()
        mark = None
        if receipt and reading.state_of(row) is ListingState.in_review:
            offers = {str(s["seller_sku"]): str(s["id"]) for s in objects(row.get("skus")) if s.get("seller_sku")}
            mark = Mark(LISTED, str(row["id"]), int(now.timestamp()), offers).text()
        return reading.observed(row, self.warehouse, now, mark)

    def _ids(self, since: datetime | None) -> Iterator[str]:
        """Ids of every product, each once; what moved while pages were turned is looked up once more at the end."""
        began = self._clock.now()
        seen: set[str] = set()
        pages = 0
        first = None if since is None else since - OVERLAP
        for start in (first, began - OVERLAP):
            for rows in self._pages(_changed_since(start)):
                pages += 1
                for product in (str(row["id"]) for row in rows if row.get("status") != "DELETED"):
                    if product not in seen:
                        seen.add(product)
                        yield product
            if pages <= 1:
                return  # one page: none was turned

    def _pages(self, body: Mapping[str, Any], token: str = "") -> Iterator[list[Row]]:
        """The pages of a search, from `token` on."""
        while True:
            params = [("page_size", str(PAGE)), *([("page_token", token)] if token else [])]
            reply = self._client.read("search_products", params=params, body=mapping.dump({"status": "ALL", **body}))
            yield [row for row in reply.rows("products") if row.get("id")]
            token = str(reply.get("next_page_token") or "")
            if not token:
                return

    # --- find

    def find(self, intents: Sequence[Intent]) -> list[Found | Absent | NotYet]:
        """What answers to each intent: by SKU, by title where the shop is read whole, and among what is new."""
        if not intents:
            return []
        rows = self._candidates(intents)
        hits = [[p for p, row in rows.items() if _answers(intent, row)] for intent in intents]
        wanted = list(dict.fromkeys(product for found in hits for product in found))
        read = self._client.abreast(self._client.product, wanted)
        shown = {p: self.seen(row, receipt=True) for p, row in zip(wanted, read, strict=True) if row is not None}
        return [_found([shown[p] for p in found if p in shown]) for found in hits]

    def _candidates(self, intents: Sequence[Intent]) -> dict[str, Row]:
        """Search rows that may answer to any of these intents."""
        skus = list(dict.fromkeys(sku for intent in intents for sku in intent.skus))
        searches = math.ceil(len(skus) / SKUS_PER_SEARCH)
        params = [("page_size", str(PAGE))]
        first = self._client.read("search_products", params=params, body=mapping.dump({"status": "ALL"}))
        pages, more = math.ceil(int(first.get("total_count") or 0) / PAGE), str(first.get("next_page_token") or "")
        if not more or pages <= max(searches, WHOLE_PAGES_MOST):
            rest = self._pages({}, more) if more else iter(())
            return _by_id([*first.rows("products"), *(row for rows in rest for row in rows)])
        chunks = [skus[at : at + SKUS_PER_SEARCH] for at in range(0, len(skus), SKUS_PER_SEARCH)]
        found = [row for rows in self._client.abreast(self._by_skus, chunks) for row in rows]
        return _by_id([*found, *self._recent(intents)])

    def _by_skus(self, skus: Sequence[str]) -> list[Row]:
        return [row for rows in self._pages({"seller_skus": list(skus)}) for row in rows]

    def _recent(self, intents: Sequence[Intent]) -> list[Row]:
        """What was made since the first of these creates was sent: a filter may lag, the list says it too."""
        sent = [i.sent_at for i in intents if i.sent_at is not None]
        if not sent:
            return []
        since = int((min(sent) - OVERLAP).timestamp())
        return [row for rows in self._pages({"create_time_ge": since}) for row in rows]


def _changed_since(start: datetime | None) -> dict[str, Any]:
    return {} if start is None else {"update_time_ge": int(start.timestamp())}


def _by_id(rows: Iterable[Row]) -> dict[str, Row]:
    return {str(row["id"]): row for row in rows if row.get("id")}


def _answers(intent: Intent, row: Row) -> bool:
    """By a SKU of ours, the product code as a SKU, or the title; what was deleted before it was sent is no obstacle."""
    if reading.state_of(row) is ListingState.gone and _old(intent, row):
        return False
    skus = {_plain(sku.get("seller_sku")) for sku in objects(row.get("skus"))} - {""}
    wanted = {_plain(sku) for sku in (*intent.skus, intent.code)}
    return bool(skus & wanted) or _plain(row.get("title")) == _plain(intent.title)


def _old(intent: Intent, row: Row) -> bool:
    made = instant(row.get("create_time"))
    return intent.sent_at is None or made is None or made < intent.sent_at - OVERLAP


def _plain(text: object) -> str:
    """As two texts are compared: without case and blanks at the ends."""
    return str(text or "").strip().casefold()


def _found(shown: Sequence[Observed]) -> Found | Absent:
    ordered = sorted(shown, key=lambda o: (o.created_at or o.seen_at, o.external_id))
    return Found(tuple(ordered)) if ordered else Absent()
