"""What may be compared of a listing."""

from __future__ import annotations

import json

from adapters.comparing import as_shown
from adapters.contract import Canonical, Facet, ListingState, Observed

COMPARED = ("title", "description", "category")
"""Read back as they were written. Attributes are not: Lazada fills in its own (facts, section 7.1). Nor are parcels,
of which a weight is rounded, brands, which Lazada spells its own way, and pictures, which come back as addresses."""


def comparable(facet: Facet, observed: Observed) -> Canonical | None:
    """A facet of what was observed in comparable terms; None where nothing may be compared, never zero.

    Price: {SKU: whole rupiah}. Stock: {SKU: sellable pieces, which is what a stock write sets}. Structure: {SKU: option
    values}. Content: by field. Visibility: {"visible": bool}.
    """
    if observed.state is ListingState.gone:
        return None
    return _visibility(observed) if facet is Facet.visibility else as_shown(facet, observed, COMPARED)


def _visibility(observed: Observed) -> Canonical | None:
    if observed.state in (ListingState.live, ListingState.live_oos):
        return {"visible": True}
    known = bool(json.loads(observed.raw).get("known"))
    return {"visible": False} if observed.state is ListingState.hidden and known else None
