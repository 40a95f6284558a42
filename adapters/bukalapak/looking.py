"""Reading a shop's listings, and looking for a create by its title: there is no SKU field to look by (trap 6)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from adapters.bukalapak import mapping
from adapters.bukalapak.client import BukalapakClient
from adapters.clock import Clock
from adapters.contract import Absent, Found, Intent, ListingState, MarketplaceError, Observed

ALL = (("product_type", "all"), ("sort", "date"))


class Looking:
    """Reads of one shop's listings."""

    def __init__(self, client: BukalapakClient, clock: Clock) -> None:
        self._client, self._clock = client, clock

    def observe(self, ids: Sequence[str] | None) -> Iterator[Observed]:
        """Every listing that was not deleted, or just these."""
        rows = self._client.pages("products", ALL) if ids is None else self._each(ids)
        for row in rows:
            seen = mapping.observed(row, self._clock.now())
            if seen.state is not ListingState.gone:
                yield seen

    def _each(self, ids: Sequence[str]) -> Iterator[Mapping[str, Any]]:
        for one in dict.fromkeys(ids):
            reply = self._client.exchange("product", (one,))
            if reply.ok and isinstance(reply.payload, dict):
                yield reply.payload
            elif reply.answer.status != 404:
                raise self._client.error(reply)

    def one(self, product: str) -> Observed | None:
        """One listing; None if it cannot be read now."""
        try:
            return next(self.observe([product]), None)
        except MarketplaceError:
            return None

    def find(self, intents: Sequence[Intent]) -> list[Found | Absent]:
        """What has exactly an intent's title, on sale or not."""
        return [self._of_intent(intent) for intent in intents]

    def _of_intent(self, intent: Intent) -> Found | Absent:
        hits = [
            named(seen, intent)
            for row in self._client.pages("products", [*ALL, ("keywords", intent.title)])
            if str(row.get("name") or "").casefold() == intent.title.casefold()
            for seen in [mapping.observed(row, self._clock.now())]
            if seen.state is not ListingState.gone
        ]
        hits.sort(key=lambda seen: (seen.created_at or seen.seen_at, seen.external_id))
        return Found(tuple(hits)) if hits else Absent()


def named(seen: Observed, intent: Intent) -> Observed:
    """`seen` with the SKUs of the intent that it answers to, where the shop holds none."""
    names = skus_by_name(intent)
    offers = []
    for offer in seen.offers:
        sku = offer.sku or (intent.skus[0] if not intent.has_options else names.get(" / ".join(offer.options)))
        offers.append(replace(offer, sku=sku))
    return replace(seen, offers=tuple(offers))


def skus_by_name(intent: Intent) -> dict[str, str]:
    """{variant's name: SKU} of a create that was sent."""
    if intent.body is None:
        return {}
    variants = json.loads(intent.body).get("product", {}).get("variants") or []
    return {str(row["variant_name"]): str(row["sku_name"]) for row in variants}
