"""Reading a shop's listings: all of them, some of them, and those that answer to an intent."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from adapters.bukalapak import mapping
from adapters.bukalapak.client import BukalapakClient
from adapters.bukalapak.facts import Assumed
from adapters.clock import Clock
from adapters.contract import Absent, Cause, Found, Intent, NotYet, Observed

Row = Mapping[str, Any]
OVERLAP = timedelta(minutes=5)
"""Bukalapak's clock and ours; products that move while pages are turned."""
MANY = 50
"""More ids than this are read by the whole list: two reads each cost more than a list of thousands."""
BELIEVED = timedelta(days=1)
"""So long a product that its pictures speak of is waited for, if no list shows it."""
FEW = 3
"""More looks than this go by the whole list, for the same reason."""
ALL = (("product_type", "all"), ("sort", "date"))
"""For sale and not, in one fixed order (facts, section 4.3): the one list that has everything."""


class Looking:
    """Reads of one shop's listings."""

    def __init__(self, client: BukalapakClient, clock: Clock, assumed: Assumed, settle_s: float) -> None:
        self._client, self._clock, self._assumed, self._settle_s = client, clock, assumed, settle_s

    # --- observe

    def observe(self, since: datetime | None, ids: Sequence[str] | None) -> Iterator[Observed]:
        """Every listing, those changed since, or those with these ids; lazily, each once."""
        if ids is not None:
            yield from (mapping.observed(row, self._clock.now()) for row in self._these(ids))
            return
        for row in self._rows():
            seen = mapping.observed(row, self._clock.now())
            # v4 has no filter by time: what says no time is shown rather than missed.
            if since is None or seen.updated_at is None or seen.updated_at >= since - OVERLAP:
                yield seen

    def _these(self, ids: Sequence[str]) -> Iterator[Row]:
        """These products one by one; very many by the whole list first, and only what it does not show alone."""
        left = dict.fromkeys(ids)
        if len(left) > MANY:
            for row in self._rows():
                if (key := str(row["id"])) in left:
                    del left[key]
                    yield row
        yield from (found for found in self._client.abreast(self.product, left) if found is not None)

    def product(self, product: str) -> Row | None:
        """One product by its id; None if it is gone.

        The v2 detail says whether it is there; if it names no SKU id, the v4 row does, found by its name (facts,
        sections 3.3 and 4.3).
        """
        detail = self._detail(product)
        if detail is None or mapping.deleted(detail):
            return None
        if detail.get("sku_id") is not None:
            return detail
        return self.by_name(product, str(detail.get("name") or "")) or detail

    def by_name(self, product: str, name: str) -> Row | None:
        """The v4 row of a product whose name is known; None if the list does not show it."""
        return next((row for row in self._rows(("keywords", name)) if str(row["id"]) == product), None)

    def _detail(self, product: str) -> Row | None:
        reply = self._client.exchange("product", {"product": product})
        if reply.cause is Cause.missing:
            return None
        if not reply.ok:
            raise self._client.error(reply)
        # Documents of v2 are malformed in places (facts, section 6, no. 9): the row stands under one of these.
        found = next((row for key in ("product", "product_detail") if isinstance(row := reply.get(key), dict)), None)
        row = found if found is not None else dict(reply.payload)
        return {**row, "id": product}

    def _rows(self, *more: tuple[str, str]) -> Iterator[Row]:
        return (row for row in self._every(*more) if not mapping.deleted(row))

    def _every(self, *more: tuple[str, str]) -> Iterator[Row]:
        """Rows of what was deleted, too."""
        return self._client.pages("my_products", (*ALL, *more))

    # --- find

    def find(self, intents: Sequence[Intent]) -> list[Found | Absent | NotYet]:
        """What answers to each intent: by its exact title, in every state; there is no SKU to look for (3.3).

        A create that was sent is looked for in the whole list too: a search by words promises nothing. Where there
        are more than a few the whole list is the shorter way for all.
        """
        sent = any(intent.sent_at is not None for intent in intents)
        everything = list(self._every()) if sent or len(intents) > FEW else None
        return [self._answer(intent, everything) for intent in intents]

    def _answer(self, intent: Intent, everything: Sequence[Row] | None) -> Found | Absent | NotYet:
        rows = list(everything or ())
        if everything is None or intent.sent_at is not None:
            rows += self._every(("keywords", intent.title))
        hits = {str(row["id"]): row for row in rows if self._answers(intent, row)}
        there = [row for row in hits.values() if not mapping.deleted(row)]
        pictures = mapping.images_in(intent.body) if intent.sent_at is not None else frozenset()
        if not pictures:
            return self._found(intent, there)
        # A picture serves one product (facts, section 3.3): one that went out with this intent marks what it made.
        if marked := [row for row in there if pictures & set(mapping.image_ids(row))]:
            return self._found(intent, marked)
        used = self._used(min(pictures))
        if used is False:
            return Absent()  # it made nothing; what has its name is somebody else's
        if used and not hits and self._clock.now() < (intent.sent_at or self._clock.now()) + BELIEVED:
            # It made something that no list shows yet: a second one would be one too many.
            return NotYet(self._clock.now() + timedelta(seconds=self._settle_s))
        return self._found(intent, there)

    def _found(self, intent: Intent, rows: Sequence[Row]) -> Found | Absent:
        found = [self._named(intent, row) for row in rows]
        ordered = sorted(found, key=lambda o: (o.created_at or o.seen_at, o.external_id))
        return Found(tuple(ordered)) if ordered else Absent()

    def _used(self, image: str) -> bool | None:
        """Whether a product has this picture; None where the answer does not say so (facts, section 3.4).

        Raises:
            MarketplaceError: nobody could be asked.
        """
        reply = self._client.exchange("image_status", {"image": image})
        if "assigned" in reply.text.casefold():
            return True
        if not reply.ok and reply.cause in (Cause.transient, Cause.throttled, Cause.auth):
            raise self._client.error(reply)
        return False if reply.ok and "orphan" in reply.text.casefold() else None

    def _answers(self, intent: Intent, row: Row) -> bool:
        if same(str(row.get("name") or ""), intent.title):
            return True
        if not self._assumed.sku_name:
            return False
        wanted = {sku.casefold() for sku in intent.skus}
        shown = [row, *(v for v in row.get("variants") or [] if isinstance(v, dict))]
        return any(str(one.get("sku_name") or "").casefold() in wanted for one in shown)

    def _named(self, intent: Intent, row: Row) -> Observed:
        """The hit, its offers with the SKUs of the intent where the shop stores none."""
        seen = mapping.observed(row, self._clock.now())
        names = mapping.names_in(intent.body, intent.skus)
        known = mapping.sku_ids(row, intent.skus, names, intent.has_options).offers
        skus = {external: sku for sku, external in known.items()}
        offers = tuple(replace(o, sku=skus.get(o.external_id, o.sku)) for o in seen.offers)
        return replace(seen, offers=offers)


def same(one: str, other: str) -> bool:
    """The same title, but for case and blanks at its ends."""
    return bool(one.strip()) and one.strip().casefold() == other.strip().casefold()
