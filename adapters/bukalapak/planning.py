"""From changes to calls: the fewest writes Bukalapak allows, the most urgent first. Pure.

Call policy (docs/call-policy-bukalapak.md): no bulk write exists, so every change is a call of its own (facts,
section 5).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from adapters.bukalapak import mapping
from adapters.bukalapak.facts import Assumed, ShopFacts
from adapters.bukalapak.steps import CREATE, READ, UPDATE, UPLOAD, Memory, fields_of, pictures_of, step_of
from adapters.contract import Call, Cause, Change, Content, Effect, Facet, Listing, Price
from adapters.urgency import Rank, rank
from adapters.words import sentence

_CREATE_STEPS = ("sold", READ, CREATE, UPLOAD)
PATCH, PRICE = "update_sku", "update_price"

NO_CALLS: Mapping[str, tuple[Cause, str]] = {
    "no_offer_id": (Cause.missing, sentence("the shop's id of this listing or offer is not known")),
    "structure_unsupported": (
        Cause.config,
        sentence("Bukalapak shows no call that changes the variants of a listing; change them in the seller's app"),
    ),
    "price_of_variant_unsupported": (
        Cause.config,
        sentence(
            "no source shows a call for the price of one variant; change it in the seller's app, or set the assumption "
            "bukalapak.patch_price to accepted once that was tried"
        ),
    ),
}
"""Operations of calls that cannot be put on the wire, and what is said of their changes."""


def plan_calls(changes: Sequence[Change], facts: ShopFacts, assumed: Assumed) -> list[Call]:
    """One call for each change, most urgent first; of a create, an edit or a relist its next step."""
    return [_call(change, facts, assumed) for change in sorted(changes, key=_rank)]


def _rank(change: Change) -> Rank:
    return rank(change, _CREATE_STEPS.index(step_of(change)) if change.creates else 0)


def _call(change: Change, facts: ShopFacts, assumed: Assumed) -> Call:
    operation = _operation(change, assumed)
    body = "" if operation in NO_CALLS else _body(operation, change, facts, assumed)
    # A read harms as little as an upload does: neither changes what a buyer sees.
    effect = Effect.upload if operation in (UPLOAD, READ) else Effect.write
    return Call(operation, effect, body, (change,))


def _operation(change: Change, assumed: Assumed) -> str:
    if change.creates:
        return step_of(change)
    if change.facet is Facet.structure:
        return "structure_unsupported"
    if change.ids is None:
        return "no_offer_id"
    if change.facet is Facet.visibility:
        return step_of(change) if change.to is True else "sold"
    if change.facet is Facet.content:
        return step_of(change)
    if change.sku not in change.ids.offers:
        return "no_offer_id"
    if change.facet is Facet.stock:
        return PATCH
    if assumed.patch_price:
        return PATCH
    # The price of a product without options is the product's own (facts, section 3.3).
    return PRICE if len(change.ids.offers) == 1 else "price_of_variant_unsupported"


def _body(operation: str, change: Change, facts: ShopFacts, assumed: Assumed) -> str:
    """The JSON of a write; '' where there is none, or it is multipart."""
    to = change.to
    if operation == CREATE and isinstance(to, Listing):
        return mapping.dump(mapping.create_body(to, _images(change), facts, assumed))
    if operation == UPDATE and isinstance(to, Content):
        return mapping.dump(_edit(change, to, facts))
    if isinstance(to, Price):
        price = {"price": to.list}
        return mapping.dump({"product": price} if operation == PRICE else dict(price))
    if operation == PATCH and isinstance(to, int):
        return mapping.dump(_stock(change, max(0, to), assumed))
    return ""


def _stock(change: Change, pieces: int, assumed: Assumed) -> mapping.Json:
    """The stock, absolutely. What had none, or may have had none, is put on sale with it: stock 0 takes a product off
    display, and whether pieces alone bring it back is nowhere said (facts, section 4.4). Only for what is to be shown
    are stocks written at all.
    """
    body: mapping.Json = {"stock": pieces}
    if pieces and not change.before:
        body["state"] = "active"
    if assumed.sku_name:
        body["sku_name"] = change.sku
    return body


def _edit(change: Change, to: Content, facts: ShopFacts) -> mapping.Json:
    """The changed fields; changed pictures all anew, so that an edit leaves exactly ours (facts, section 3.3)."""
    body: mapping.Json = {"product": mapping.product_fields(to, fields_of(change), facts)}
    if pictures_of(change):
        body["new_images"] = ",".join(_images(change))
        if old := Memory.of(change).old:
            body["removed_images"] = ",".join(old)
    return body


def _images(change: Change) -> list[str]:
    """The ids of the pictures, in the order in which they are to be shown."""
    images = Memory.of(change).images
    return [images[p.sha256] for p in pictures_of(change)]
