"""From what is wanted and what was acknowledged to the changes between them. Pure.

A listing that does not exist on the channel gives one change, its create; one that exists gives a change for each
facet that differs. A new renderer version is no difference (see `rebased`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from adapters.contract import Change, Facet, Ids, Listing, Price, Structure, Urgency
from syncer.listing.render import RENDERER, Rendered
from syncer.sync.view import Key, ListingView


def key_of(change: Change) -> Key:
    """The facet and SKU that `change` is about; a create is its listing's structure."""
    return change.facet, change.sku or ""


def diff(view: ListingView, rendered: Rendered, manual: bool = False) -> list[Change]:
    """The changes that make `view` show what was `rendered`, in no particular order."""
    base = Urgency.manual if manual else Urgency.routine
    if view.gone:
        return []
    if not view.created:
        return _create(view, rendered, base)
    if rendered.listing is None:
        return [] if rendered.wanted else list(_take_down(view, rendered.code))
    view = rebased(view, rendered)
    return [_urgent(_begun(view, change), base) for change in _differences(view, rendered.listing)]


def rebased(view: ListingView, rendered: Rendered) -> ListingView:
    """`view` with the acknowledged side as today's renderer would have rendered it.

    A new release may render the same product to other words. What was acknowledged came from the same sources, so
    the shop shows what we want; only our name for it changed, and nothing is to be pushed.
    """
    if view.renderer == RENDERER or rendered.listing is None or rendered.sources is None:
        return view
    same = {facet for facet, source in view.sources.items() if rendered.sources.get(facet) == source}
    return replace(
        view,
        renderer=RENDERER,
        content=rendered.listing.content if Facet.content in same else view.content,
        structure=rendered.listing.structure if Facet.structure in same else view.structure,
    )


def forced(view: ListingView) -> ListingView:
    """`view` as if nothing but ids had ever been acknowledged: everything is pushed again."""
    offers = {sku: replace(offer, price=None, stock=None) for sku, offer in view.offers.items()}
    return replace(view, content=None, visible=None, offers=offers, renderer=RENDERER)


def _begun(view: ListingView, change: Change) -> Change:
    """`change` with what its last step handed out, if it has begun."""
    step = view.facets.get(key_of(change))
    return change if step is None or step.next_step is None else replace(change, next_step=step.next_step)


def _create(view: ListingView, rendered: Rendered, base: Urgency) -> list[Change]:
    wanted = view.intent.wanted if view.intent is not None else rendered.listing
    begun = view.external_id is not None
    # What may stand in the shop is looked for, wanted or not: if it is there, it must be taken down.
    if wanted is None or not (rendered.wanted or begun or view.lost):
        return []
    step = view.facets.get((Facet.structure, ""))
    return [
        Change(
            facet=Facet.structure,
            code=view.code,
            sku=None,
            before=None,
            to=wanted,
            ids=view.ids,
            urgency=base,
            intent=view.intent.intent if view.intent is not None else None,
            next_step=step.next_step if step is not None else None,
            observed=view.observed,
        )
    ]


def _take_down(view: ListingView, code: str) -> Iterator[Change]:
    if view.visible is not False:
        yield Change(Facet.visibility, code, None, view.visible, False, view.ids, Urgency.now)


def _differences(view: ListingView, listing: Listing) -> Iterator[Change]:
    ids = view.ids
    if view.visible is not listing.visible:
        yield Change(Facet.visibility, view.code, None, view.visible, listing.visible, ids, listing=listing)
    if not listing.visible:
        # A hidden listing sells nothing: its words and prices wait until it is wanted again.
        return
    known, wanted = still_there(view, view.structure), still_there(view, listing.structure)
    if wanted is not None and known != wanted and wanted.variants:
        yield Change(
            Facet.structure, view.code, None, known, wanted, ids, observed=view.observed, listing=listing,
        )  # fmt: skip
    if view.content != listing.content:
        yield Change(Facet.content, view.code, None, view.content, listing.content, ids, listing=listing)
    yield from _numbers(view, listing, ids)


def still_there(view: ListingView, structure: Structure | None) -> Structure | None:
    """`structure` less the variants that somebody removed in the shop's app: they are not made again by themselves."""
    if structure is None:
        return None
    return replace(structure, variants=tuple(v for v in structure.variants if not _removed(view, v.sku)))


def _removed(view: ListingView, sku: str) -> bool:
    return sku in view.offers and view.offers[sku].removed


def _numbers(view: ListingView, listing: Listing, ids: Ids | None) -> Iterator[Change]:
    for sku, offer in view.offers.items():
        if offer.external_id is None or offer.removed:
            continue  # a new variant comes with its price and stock, in the change of structure
        if sku not in listing.prices:
            # Taken out of its product: sold no more, whether or not its removal has been approved.
            if offer.stock != 0:
                yield Change(Facet.stock, view.code, sku, offer.stock, 0, ids)
            continue
        price, stock = listing.prices[sku], listing.stocks[sku]
        if offer.price != price.list:
            before = None if offer.price is None else Price(offer.price)
            yield Change(Facet.price, view.code, sku, before, price, ids)
        if offer.stock != stock:
            yield Change(Facet.stock, view.code, sku, offer.stock, stock, ids, listing=listing)


def _urgent(change: Change, base: Urgency) -> Change:
    """What stops a sale goes first: fewer pieces, and a take-down (promise 7)."""
    falls = change.facet is Facet.stock and isinstance(change.before, int) and int(str(change.to)) < change.before
    hides = change.facet is Facet.visibility and change.to is False
    return replace(change, urgency=Urgency.now if falls or hides else base)
