"""From changes to calls: the fewest writes by the call policy, the most urgent first. Pure.

Call policy (docs/call-policy-blibli.md): creates ten a call; what stops a sale by the single stock call, as long as it
is a few; all other stock, and prices, in bulk of a hundred rows, never both in one row; archive and back a hundred
listings a call; texts and pictures one listing a call.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from adapters.blibli import mapping
from adapters.blibli.client import dump
from adapters.blibli.facts import StoreFacts
from adapters.contract import Call, Change, Content, Effect, Facet, Limits, Listing, Price, Urgency

CREATES_MOST, ROWS_MOST = 10, 100
BODY_MOST = 60 * 1024 * 1024
PICTURE_GUESS = 600 * 1024
"""Bytes that a picture takes in a create, as long as it was not opened: base64 of an ordinary one."""

SINGLES_MOST = 10
"""So many urgent stock changes go singly (60 a minute are granted, at once); more go in bulk, which takes a queue."""

NO_CALL = "no_offer_id"
"""Operation of a call that cannot be put on the wire: its changes name nothing that the shop knows."""

_FACETS = (Facet.stock, Facet.visibility, Facet.price, Facet.content, Facet.structure)
Rank = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Step:
    """What is done of a change of several steps: JSON text that only the adapter reads."""

    revise: str = ""
    """The id under which a submission waits for its correction."""
    by_code: bool = False
    done: tuple[str, ...] = ()

    def text(self) -> str:
        """As `next_step`."""
        return json.dumps({"revise": self.revise, "by_code": self.by_code, "done": list(self.done)}, sort_keys=True)

    @classmethod
    def of(cls, change: Change) -> Step:
        """What `change` has been handed out so far."""
        if change.next_step is None:
            return cls()
        found = json.loads(change.next_step)
        return cls(found["revise"], found["by_code"], tuple(found["done"]))


def plan_calls(changes: Sequence[Change], facts: StoreFacts, limits: Limits) -> list[Call]:
    """The calls for these changes."""
    singles = {id(c) for c in sorted(filter(_urgent_stock, changes), key=rank)[:SINGLES_MOST]}
    if len([c for c in changes if _urgent_stock(c)]) > SINGLES_MOST:
        singles = set()
    groups: dict[str, list[Change]] = defaultdict(list)
    for change in changes:
        groups[_operation(change, id(change) in singles)].append(change)
    calls = [call for operation, group in groups.items() for call in _calls(operation, group, facts, limits)]
    return sorted(calls, key=lambda call: min(map(rank, call.changes)))


def rank(change: Change) -> Rank:
    """Promise 7: what stops a sale, manual before scheduled; then stock, visibility, price, content, creates."""
    hurry = 0 if change.urgency is Urgency.now else 1 if change.urgency is Urgency.manual else 2
    return hurry, len(_FACETS) if change.creates else _FACETS.index(change.facet)


def _urgent_stock(change: Change) -> bool:
    return change.facet is Facet.stock and change.urgency is Urgency.now and _known(change)


def _known(change: Change) -> bool:
    return change.ids is not None and change.sku in change.ids.offers


def _operation(change: Change, single: bool) -> str:
    if change.creates:
        return "revise" if Step.of(change).revise else "create"
    if change.facet in (Facet.stock, Facet.price):
        return NO_CALL if not _known(change) else "stock" if single else f"bulk_{change.facet.value}"
    if change.ids is None:
        return NO_CALL
    if change.facet is Facet.visibility:
        return "unarchive" if change.to is True else "archive"
    return change.facet.value


def _calls(operation: str, group: Sequence[Change], facts: StoreFacts, limits: Limits) -> list[Call]:
    match operation:
        case "create":
            return [_create(batch, facts) for batch in _creates(group)]
        case "bulk_stock" | "bulk_price":
            size = min(ROWS_MOST, limits.rows_per_call)
            return [_bulk(batch, facts) for batch in _batches(group, size, lambda c: c.sku or "")]
        case "archive" | "unarchive":
            size = min(ROWS_MOST, limits.listings_per_call)
            return [_status(operation, batch) for batch in _batches(group, size, lambda c: c.code)]
        case _:
            return [_single(operation, change, facts) for change in group]


def _creates(group: Sequence[Change]) -> list[list[Change]]:
    """Batches of at most ten with different names, small enough for one body (facts, section 6)."""
    return _batches(group, CREATES_MOST, lambda c: _listing(c).content.title.casefold(), BODY_MOST, _bytes)


def _bytes(change: Change) -> int:
    return 20_000 + PICTURE_GUESS * len(_listing(change).content.pictures)


def _listing(change: Change) -> Listing:
    if not isinstance(change.to, Listing):
        raise TypeError("a create carries the whole listing")
    return change.to


def _create(batch: Sequence[Change], facts: StoreFacts) -> Call:
    products = [mapping.product_json(_listing(change), facts) for change in batch]
    return _call("create", {"products": products}, batch)


def _bulk(batch: Sequence[Change], facts: StoreFacts) -> Call:
    return _call("bulk_update", {"productRequests": [_row(change, facts) for change in batch]}, batch)


def _row(change: Change, facts: StoreFacts) -> Mapping[str, object]:
    row: dict[str, object] = {"gdnSku": offer_of(change)}
    if facts.point is not None:
        row["pickupPointCode"] = facts.point
    if isinstance(change.to, Price):
        # The sale price is the seller's: what stands there now is put in when it is sent (they come as a pair).
        return {**row, "price": change.to.list, "salePrice": change.to.sale}
    return {**row, "exactStock": change.to}


def _status(operation: str, batch: Sequence[Change]) -> Call:
    return _call(operation, {"productSkus": [c.ids.listing for c in batch if c.ids is not None]}, batch)


def _single(operation: str, change: Change, facts: StoreFacts) -> Call:
    match operation:
        case "stock":
            body: dict[str, object] = {"availableStock": change.to}
            if facts.point is not None:
                body["pickupPointCode"] = facts.point
            return _call("stock", body, [change])
        case "content":
            return _content(change)
        case "structure":
            return _call("variants_set", {}, [change])  # the list is made of what stands there when it is sent
        case "revise":
            by_code = Step.of(change).by_code
            body = mapping.revision_json(_listing(change), facts)
            return _call("revise_v1" if by_code else "revise", body, [change])
        case _:
            return Call(NO_CALL, Effect.write, "", (change,))


def _content(change: Change) -> Call:
    """Texts first, pictures in a call of their own."""
    if not isinstance(change.to, Content):
        raise TypeError("a change of content carries content")
    names = mapping.changed(change.before, change.to)
    texts = [name for name in mapping.TEXTS if name in names]
    if texts and "texts" not in Step.of(change).done:
        return _call("detail_update", mapping.detail_json(change.to, texts), [change])
    if "pictures" in names:
        return _call("image_add", mapping.pictures_json(change.to), [change])
    return Call(NO_CALL, Effect.write, "", (change,))


def pictures_follow(change: Change) -> bool:
    """Whether after its texts a change of content has pictures to send."""
    return isinstance(change.to, Content) and "pictures" in mapping.changed(change.before, change.to)


def offer_of(change: Change) -> str:
    """The L4 that a change of price or stock is about."""
    if change.ids is None or change.sku is None:
        raise TypeError("a change of price or stock names its offer")
    return change.ids.offers[change.sku]


def _call(operation: str, body: Mapping[str, object], changes: Sequence[Change]) -> Call:
    return Call(operation, Effect.write, dump(body), tuple(changes))


def _batches(
    changes: Sequence[Change], size: int, key: Callable[[Change], str], weight_most: int = 0,
    weight: Callable[[Change], int] = lambda _: 0,
) -> list[list[Change]]:  # fmt: skip
    """Cut into calls of at most `size` in order of urgency; no key twice in one call."""
    batches: list[list[Change]] = []
    for change in sorted(changes, key=rank):
        fits = next(
            (
                batch for batch in batches
                if len(batch) < size and key(change) not in map(key, batch)
                and (not weight_most or sum(map(weight, batch)) + weight(change) <= weight_most)
            ),
            None,
        )  # fmt: skip
        if fits is None:
            batches.append([change])
        else:
            fits.append(change)
    return batches
