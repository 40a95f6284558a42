"""From changes to calls: one call a product or SKU, for Bukalapak has no bulk calls (facts, section 5). Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from adapters.bukalapak import mapping
from adapters.bukalapak.client import dump
from adapters.contract import Call, Change, Content, Effect, Facet, Listing, Picture, Price, Urgency

NO_CALL = "no_call"
"""Operation of a call that cannot be put on the wire; its body says why."""

UPLOAD, IDENTIFY = "upload", "identify"
_FACETS = (Facet.stock, Facet.visibility, Facet.price, Facet.content, Facet.structure)


@dataclass(frozen=True, slots=True)
class Memory:
    """What is done of a change of several steps: JSON text that only the adapter reads.

    `images` = {sha256: image id}, good for this one product only (facts, section 3.3); `product` = the id of a create
    that was answered; `known` = its SKU ids were read.
    """

    images: Mapping[str, str] = field(default_factory=dict)
    product: str = ""
    known: bool = False

    def text(self) -> str:
        """As `next_step`."""
        return json.dumps({"images": dict(self.images), "product": self.product, "known": self.known}, sort_keys=True)

    @classmethod
    def of(cls, change: Change) -> Memory:
        """What `change` has been handed out so far; of a create whose last answer was lost, what the ids say."""
        if change.next_step is not None:
            found = json.loads(change.next_step)
            kept = cls(found["images"], found["product"], found["known"])
        else:
            kept = cls()
        if change.creates and change.ids is not None and not kept.product:
            return replace(kept, product=change.ids.listing, known=bool(change.ids.offers))
        return kept


@dataclass(frozen=True, slots=True)
class Assumed:
    """What is taken for granted of the open questions (config, `assumptions`)."""

    variant_prices: bool = False


def plan_calls(changes: Sequence[Change], assumed: Assumed) -> list[Call]:
    """The calls for these changes, most urgent first."""
    return sorted((_call(change, assumed) for change in changes), key=lambda call: rank(call.changes[0]))


def rank(change: Change) -> tuple[int, int]:
    """Promise 7: what stops a sale, manual before scheduled; then stock, visibility, price, content, creates."""
    hurry = 0 if change.urgency is Urgency.now else 1 if change.urgency is Urgency.manual else 2
    return hurry, len(_FACETS) if change.creates else _FACETS.index(change.facet)


def missing_picture(change: Change) -> Picture | None:
    """The next picture that must be uploaded for a change."""
    uploaded = Memory.of(change).images
    return next((p for p in wanted_pictures(change) if p.sha256 not in uploaded), None)


def wanted_pictures(change: Change) -> Sequence[Picture]:
    """The pictures that a change sends."""
    if isinstance(change.to, Listing):
        return () if Memory.of(change).product else change.to.content.pictures
    if isinstance(change.to, Content) and "pictures" in mapping.changed(change.before, change.to):
        return change.to.pictures
    return ()


def _call(change: Change, assumed: Assumed) -> Call:
    if missing_picture(change) is not None:
        return Call(UPLOAD, Effect.upload, "", (change,))
    if isinstance(change.to, Listing):
        return _create(change, change.to)
    if change.ids is None or (change.sku is not None and change.sku not in change.ids.offers):
        return _none(change, "unknown_id", "the shop's id of this listing or offer is not known")
    match change.facet:
        case Facet.stock:
            return _write("sku", {"stock": change.to}, change)
        case Facet.price:
            return _price(change, assumed)
        case Facet.visibility:
            return Call("relist" if change.to is True else "sold", Effect.write, "", (change,))
        case Facet.content if isinstance(change.to, Content):
            names = [name for name in mapping.TEXTS if name in mapping.changed(change.before, change.to)]
            return _write("update", {"product": mapping.update_json(change.to, names)}, change)
        case _:
            return _none(change, "structure_unsupported", "no call of Bukalapak's is known that changes variants")


def _create(change: Change, listing: Listing) -> Call:
    memory = Memory.of(change)
    if not memory.product:
        pictures = [memory.images[picture.sha256] for picture in listing.content.pictures]
        return _write("create", mapping.create_json(listing, pictures), change)
    if not memory.known:
        return Call(IDENTIFY, Effect.upload, "", (change,))
    return Call("sold", Effect.write, "", (change,))


def _price(change: Change, assumed: Assumed) -> Call:
    if not isinstance(change.to, Price):
        raise TypeError("a change of price carries a price")
    alone = change.ids is not None and len(change.ids.offers) == 1
    if alone:
        return _write("update", {"product": {"price": change.to.list}}, change)
    if assumed.variant_prices:
        return _write("sku", {"price": change.to.list}, change)
    return _none(change, "variant_price_unsupported", "no call is known that changes the price of one variant")


def _write(operation: str, body: Mapping[str, object], change: Change) -> Call:
    return Call(operation, Effect.write, dump(body), (change,))


def _none(change: Change, code: str, text: str) -> Call:
    return Call(NO_CALL, Effect.write, dump({"code": code, "text": text}), (change,))
