"""What may be compared of a listing wherever a marketplace shows it: by SKU, and the words that come back as sent."""

from __future__ import annotations

from collections.abc import Sequence

from adapters.contract import Canonical, Facet, Observed


def as_shown(facet: Facet, observed: Observed, words: Sequence[str]) -> Canonical | None:
    """Price, stock, structure or content of what was observed; None where nothing was shown, never zero.

    `words` = the fields of content that come back as they were written. Visibility is each marketplace's own: None.
    """
    named = [(offer.sku, offer) for offer in observed.offers if offer.sku]
    match facet:
        case Facet.price:
            return {sku: offer.price.list for sku, offer in named if offer.price} or None
        case Facet.stock:
            return {sku: offer.stock for sku, offer in named if offer.stock is not None} or None
        case Facet.structure:
            return {sku: offer.options for sku, offer in named} or None
        case Facet.content:
            return {name: observed.content[name] for name in words if name in observed.content} or None
        case Facet.visibility:
            return None
