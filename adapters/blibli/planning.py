"""From changes to calls: the fewest writes Blibli allows, the most urgent first. Pure.

Call policy (docs/call-policy-blibli.md; facts, sections 6 and 7): creates by tens, urgent stock alone, everything else
of price and stock by hundreds and never both in one row, take-downs by hundreds, the rest one product a call.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from adapters.blibli import mapping
from adapters.blibli.facts import ShopFacts
from adapters.blibli.receipts import Memory
from adapters.contract import Call, Change, Content, Effect, Facet, Limits, Listing, Price, Structure, Urgency
from adapters.urgency import Rank, rank

Json = dict[str, Any]

PRODUCTS_PER_CREATE = 10  # facts, section 6
CREATE_BYTES = 60_000_000  # facts, section 6
PICTURE_BYTES = 1_400_000
"""What a picture is reckoned at, in base64: a megabyte. `send` knows the true size, and parts a call that is larger."""
ROWS, LISTINGS = 100, 100  # facts, section 6

NO_CALL, NOT_EDITABLE, FOLLOW = "no_offer_id", "not_editable", "follow"
"""Operations of calls that never go on the wire: no id is known; Blibli has no call for it; it is there already."""
SILENT = (NO_CALL, NOT_EDITABLE, FOLLOW)


def plan_calls(changes: Sequence[Change], facts: ShopFacts, limits: Limits) -> list[Call]:
    """The calls for these changes, the most urgent first; every change in exactly one of them."""
    groups: dict[str, list[Change]] = defaultdict(list)
    for change in changes:
        groups[_kind(change)].append(change)
    calls = [call for kind, group in groups.items() for call in _calls(kind, group, facts, limits)]
    return sorted(calls, key=lambda call: min(map(_rank, call.changes)))


def _rank(change: Change) -> Rank:
    # What stands in need of correction is finished before anything new is begun.
    return rank(change, 1 if change.ids is None else 0)


# --- which call a change needs ---------------------------------------------------------------------------------------


def _kind(change: Change) -> str:
    """The operation a change needs next; price and stock rows of one operation are told apart."""
    if change.creates:
        return _create_kind(change)
    if change.facet is Facet.content and change.ids is not None:
        return _content_kind(change)
    if change.facet in (Facet.price, Facet.stock):
        if change.ids is None or change.sku not in change.ids.offers:
            return NO_CALL
        if change.facet is Facet.price:
            return "bulk_price"
        return "stock" if change.urgency is Urgency.now else "bulk_stock"
    if change.ids is None or (change.facet is Facet.structure and change.observed is None):
        return NO_CALL
    if change.facet is Facet.visibility:
        if change.to is True and Memory.of(change).step == "buyable":
            return "buyable"
        return "unarchive" if change.to is True else "archive"
    return "variants_set"


def _content_kind(change: Change) -> str:
    """The detail update by the path that answers: two are known (facts, section 7.8)."""
    if not editable(change):
        return NOT_EDITABLE
    return "detail_update_bare" if Memory.of(change).bare else "detail_update"


def _create_kind(change: Change) -> str:
    """A create; a correction of one that Blibli keeps; or nothing but to follow what is there already."""
    if Memory.of(change).revise:
        return "revise"
    return "create" if change.ids is None else FOLLOW


def editable(change: Change) -> tuple[str, ...]:
    """The fields of content that the detail update sends: what changed, less what was refused before."""
    assert isinstance(change.to, Content)
    without = Memory.of(change).without
    names = mapping.changed_fields(change.before, change.to)
    return tuple(n for n in names if n in mapping.EDITABLE and n not in without and sendable(n, change.to))


def sendable(name: str, content: Content) -> bool:
    """False for a field that says nothing: a parcel of a product with options, a brand that was taken away."""
    return not ((name == "parcel" and content.parcel is None) or (name == "brand" and not content.brand))


def frozen(change: Change) -> tuple[str, ...]:
    """The changed fields of content that no call of Blibli's changes on a live product."""
    assert isinstance(change.to, Content)
    names = mapping.changed_fields(change.before, change.to)
    kept = (n for n in names if n not in mapping.EDITABLE)
    return tuple(n for n in kept if n != "preorder_days" or change.to.preorder_days is not None)


# --- building calls --------------------------------------------------------------------------------------------------


def _calls(kind: str, group: Sequence[Change], facts: ShopFacts, limits: Limits) -> list[Call]:
    if kind == "create":
        return _creates(group, facts)
    if kind in ("bulk_price", "bulk_stock", "buyable"):
        return _bulk(kind, group, facts, min(limits.rows_per_call, ROWS))
    if kind in ("archive", "unarchive"):
        return _statuses(kind, group, min(limits.listings_per_call, LISTINGS))
    return [Call(kind, Effect.write, "" if kind in SILENT else _single(kind, c, facts), (c,)) for c in group]


def _single(kind: str, change: Change, facts: ShopFacts) -> str:
    """The body of a call that carries one change."""
    if kind == "revise":
        assert isinstance(change.to, Listing)
        return mapping.dump(mapping.revision_json(change.to, facts))
    if kind == "stock":
        assert isinstance(change.to, int)
        return mapping.dump(mapping.stock_json(change.to, facts))
    if kind == "variants_set":
        assert isinstance(change.to, Structure)
        assert change.observed is not None
        return mapping.dump(mapping.variants_json(change.to, change.observed, change.listing, facts, leaving(change)))
    assert isinstance(change.to, Content)
    names = mapping.REVISION_NAMES if Memory.of(change).said else mapping.CREATE_NAMES
    return mapping.dump(mapping.detail_json(change.to, editable(change), facts, names))


def leaving(change: Change) -> frozenset[str]:
    """The ids of variants of ours that a structure change leaves out; a person has approved that."""
    if not (isinstance(change.before, Structure) and isinstance(change.to, Structure)) or change.ids is None:
        return frozenset()
    out = {v.sku for v in change.before.variants} - {v.sku for v in change.to.variants}
    return frozenset(change.ids.offers[sku] for sku in out if sku in change.ids.offers)


def _bulk(kind: str, group: Sequence[Change], facts: ShopFacts, size: int) -> list[Call]:
    """updateProduct: at most `size` rows, no SKU twice in one call (facts, section 6)."""
    # Put on sale, a change brings a row for each of its variants: it goes apart, as no change may be cut in two.
    batches = [[change] for change in group] if kind == "buyable" else _batches(group, size, offer_of)
    return [_bulk_call([row for c in batch for row in _rows(kind, c, facts)], batch, facts) for batch in batches]


def _rows(kind: str, change: Change, facts: ShopFacts) -> list[Json]:
    if kind == "buyable":
        assert change.ids is not None
        return [mapping.buyable_row(offer, facts) for offer in change.ids.offers.values()]
    if isinstance(change.to, Price):
        return [mapping.price_row(offer_of(change), change.to, facts)]
    assert isinstance(change.to, int)
    return [mapping.stock_row(offer_of(change), change.to, facts)]


def _bulk_call(rows: list[Json], batch: Sequence[Change], facts: ShopFacts) -> Call:
    body = {"merchantCode": facts.store, "productRequests": rows}
    return Call("bulk_update", Effect.write, mapping.dump(body), tuple(batch))


def _statuses(kind: str, group: Sequence[Change], size: int) -> list[Call]:
    """archive and unarchive, each product once a call."""
    return [
        Call(kind, Effect.write, mapping.dump({"productSkus": [listing_id(c) for c in batch]}), tuple(batch))
        for batch in _batches(group, size, listing_id)
    ]


def _creates(group: Sequence[Change], facts: ShopFacts) -> list[Call]:
    """createProduct: by tens, names unique within a call, the body within its limit (facts, section 6)."""
    size = 1 if facts.one_product_per_create else PRODUCTS_PER_CREATE
    calls = []
    for batch in _batches(group, size, _name, _picture_bytes, CREATE_BYTES):
        products = [_product(change, facts) for change in batch]
        body = products[0] if facts.one_product_per_create else {"bpCode": facts.store, "products": products}
        calls.append(Call("create", Effect.write, mapping.dump(body), tuple(batch)))
    return calls


def _product(change: Change, facts: ShopFacts) -> Json:
    """The product as it is now, or as it was sent: a repeated create says the same (contract, `Intent.body`)."""
    assert isinstance(change.to, Listing)
    if change.intent is not None and change.intent.body is not None:
        skus = {v.sku for v in change.to.structure.variants}
        for product in products_in(change.intent.body):
            if product_skus(product) & skus:
                return product
    return mapping.product_json(change.to, facts)


def products_in(body: str) -> list[Json]:
    """The products of a create's body, in either of its shapes."""
    sent = json.loads(body)
    return list(sent["products"]) if "products" in sent else [sent]


def product_skus(product: Mapping[str, Any]) -> set[str]:
    """The SKUs of one product of a create's body."""
    return {str(row.get("merchantSku")) for row in product.get("productItems") or []}


def _name(change: Change) -> str:
    assert isinstance(change.to, Listing)
    return change.to.content.title.strip().casefold()


def _picture_bytes(change: Change) -> int:
    assert isinstance(change.to, Listing)
    return PICTURE_BYTES * len(mapping.pictures_of(change.to.content))


def offer_of(change: Change) -> str:
    """The variant (L4) that a change of price or stock is about."""
    assert change.ids is not None
    assert change.sku is not None
    return change.ids.offers[change.sku]


def listing_id(change: Change) -> str:
    """The product (L3) that a change is about."""
    assert change.ids is not None
    return change.ids.listing


@dataclass(slots=True)
class _Batch:
    """One call in the making."""

    changes: list[Change]
    keys: set[str]
    bytes: int


def _batches(
    changes: Sequence[Change],
    size: int,
    key: Callable[[Change], str],
    weigh: Callable[[Change], int] = lambda _: 0,
    at_most: int = 0,
) -> list[list[Change]]:
    """Cut into calls of at most `size`, in order of urgency; no key twice in one call, halves of a refused call apart.

    Only the last few batches of a part are still open, so that thousands of changes are cut in linear time.
    """
    done: list[_Batch] = []
    opened: dict[str, list[_Batch]] = defaultdict(list)
    for change in sorted(changes, key=rank):
        part, one, weight = Memory.of(change).part, key(change), weigh(change)
        fits = (b for b in opened[part] if one not in b.keys and (not b.bytes or b.bytes + weight <= at_most))
        batch = next(fits, None)
        if batch is None:
            batch = _Batch([], set(), 0)
            done.append(batch)
            opened[part].append(batch)
        batch.changes.append(change)
        batch.keys.add(one)
        batch.bytes += weight
        if len(batch.changes) >= size:
            opened[part].remove(batch)
    return [batch.changes for batch in done]
