"""The pair of prices: list and sale price travel together, and the sale price is the seller's (facts, section 7.5).

A price push would end a discount that it does not repeat, so the store is read just before the write: one read of list
V2 for fifty rows. What an earlier read saw may be days old, and the seller's discount younger.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from adapters.blibli import reads
from adapters.blibli.client import BlibliClient
from adapters.blibli.mapping import dump
from adapters.blibli.outcomes import Context
from adapters.blibli.planning import offer_of
from adapters.blibli.receipts import Memory
from adapters.blibli.seen import by_listing, price_of
from adapters.contract import Begun, Call, Cause, Change, Deferred, Outcome, Price
from adapters.words import sentence

NOT_LISTED = "not_listed"
Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Paired:
    """A body whose rows have both prices; `left_out` = by SKU, what is not sent; `ended` = SKUs whose discount ends."""

    body: str
    left_out: Mapping[str, Outcome]
    ended: tuple[str, ...] = ()


def wanted(call: Call) -> bool:
    """True if a row of this call lacks its sale price."""
    return call.operation == "bulk_update" and any(_lacks(change) for change in call.changes)


def _lacks(change: Change) -> bool:
    return isinstance(change.to, Price) and change.to.sale is None


def paired(client: BlibliClient, call: Call, point: str | None, context: Context) -> Paired:
    """The body with the sale prices that stand in the store, as far as they are below the new list prices.

    Raises:
        MarketplaceError: the store could not be read; nothing may be sent.
    """
    lacking = [change for change in call.changes if _lacks(change)]
    known = _pairs(reads.variants_by_sku(client, [str(c.sku) for c in lacking], False), point)
    if len(call.changes) == 1 and offer_of(lacking[0]) not in known:
        known |= _by_offer(client, offer_of(lacking[0]), point)
    left_out = {str(c.sku): _unseen(c, call, context) for c in lacking if offer_of(c) not in known}
    body = json.loads(call.body)
    kept = [row for row in body["productRequests"] if row["gdnSku"] not in {offer_of(c) for c in lacking} - set(known)]
    rows = [row if "salePrice" in row else {**row, "salePrice": _sale(row, known)} for row in kept]
    ended = (c for c in lacking if offer_of(c) in known and _ends(c, known[offer_of(c)]))
    return Paired(dump({**body, "productRequests": rows}), left_out, tuple(str(c.sku) for c in ended))


def _pairs(rows: Sequence[Row], point: str | None) -> dict[str, Price]:
    """{variant (L4): its prices} of rows of list V2, at our pickup point."""
    found = ((str(row["gdnSku"]), price_of(row)) for group in by_listing(rows, point).values() for row in group)
    return {offer: price for offer, price in found if price is not None}


def _by_offer(client: BlibliClient, offer: str, point: str | None) -> dict[str, Price]:
    """One variant, wherever it is: its SKU may have been changed by hand, or its product archived."""
    rows = [row for archived in (False, True) for row in reads.variants(client, archived, gdnSku=offer)]
    return {name: price for name, price in _pairs(rows, point).items() if name == offer}


def _unseen(change: Change, call: Call, context: Context) -> Outcome:
    """What no list shows by its SKU goes apart, to be looked for by its id; what none shows at all waits."""
    if len(call.changes) > 1:
        memory = Memory.of(change)
        return Begun(change.ids, memory.text(part=f"{memory.part} {change.sku}"), context.now)
    text = sentence("no list shows this variant, so that its sale price is not known and its price not changed")
    return Deferred(context.later(context.limits.settle_s), Cause.missing, NOT_LISTED, text)


def _sale(row: Row, known: Mapping[str, Price]) -> int:
    """The seller's sale price while it is below the new list price; none is spelt as the list price."""
    listed, sale = int(row["price"]), known[str(row["gdnSku"])].sale
    return sale if sale is not None and sale < listed else listed


def _ends(change: Change, pair: Price) -> bool:
    return isinstance(change.to, Price) and pair.sale is not None and pair.sale >= change.to.list
