"""What may be compared of a listing."""

from __future__ import annotations

import json

from adapters.comparing import as_shown
from adapters.contract import Canonical, Facet, ListingState, Observed

COMPARED = ("title", "description", "category")
"""Read back as they were written. Attributes come back as words or lists (facts, section 4.3), pictures as ids, and
of the parcel only its weight is stored."""


def comparable(facet: Facet, observed: Observed) -> Canonical | None:
    """A facet of what was observed in comparable terms; None where nothing may be compared, never zero.

    Price: {SKU: whole rupiah}. Stock: {SKU: pieces}, without products off sale, which show 0 whatever they hold.
    Structure: {SKU: option values}. Content: by field. Visibility: {"visible": bool}. Where the shop stores no SKU
    an offer has none, and nothing by SKU can be said.
    """
    if observed.state is ListingState.gone:
        return None
    return _visibility(observed) if facet is Facet.visibility else as_shown(facet, observed, COMPARED)


def _visibility(observed: Observed) -> Canonical | None:
    if observed.state in (ListingState.live, ListingState.live_oos):
        return {"visible": True}
    if observed.state is not ListingState.hidden:
        return None
    # Active and yet not for sale: the whole shop is closed (facts, section 3.3), which is no word about this listing.
    return None if json.loads(observed.raw).get("active") else {"visible": False}
