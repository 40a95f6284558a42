"""What the store knows of one listing on one channel, as frozen values. Pure.

*Acknowledged* is what the marketplace last confirmed to us; a value that was never confirmed is None, never zero.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from adapters.contract import (
    Cause,
    Content,
    Facet,
    Ids,
    Intent,
    Listing,
    Observed,
    Structure,
)


class Standing(StrEnum):
    """What stands between a facet and its wanted value."""

    failed = "failed"
    blocked = "blocked"
    held = "held"
    begun = "begun"
    accepted = "accepted"
    unknown = "unknown"
    locked = "locked"
    deferred = "deferred"


Key = tuple[Facet, str]
"""A facet of a listing, and the SKU for price and stock ('' otherwise)."""


EMPTY_LOOKS = 2
"""So many looks that find nothing settle that a create did not arrive."""


@dataclass(frozen=True, slots=True)
class FacetView:
    """Why a facet is not simply in step. `retry_at` is our clock, `not_before` the marketplace's."""

    standing: Standing
    cause: Cause | None
    code: str
    message: str
    wanted: str
    attempts: int
    since: datetime
    retry_at: datetime | None = None
    not_before: datetime | None = None
    next_step: str | None = None
    receipt: str | None = None


@dataclass(frozen=True, slots=True)
class OfferView:
    """One variant on the channel: its external id and the acknowledged numbers (rupiah, pieces)."""

    external_id: str | None = None
    price: int | None = None
    stock: int | None = None
    removed: bool = False
    """Somebody removed the variant in the shop's app; it is not made again by itself."""


@dataclass(frozen=True, slots=True)
class IntentView:
    """An open create: the adapter's part, the listing as it was rendered then, and how the looking went."""

    intent: Intent
    wanted: Listing
    sources: Mapping[Facet, str]
    renderer: int
    looked_at: datetime | None = None
    empty_looks: int = 0


@dataclass(frozen=True, slots=True)
class ListingView:
    """One product on one channel, as stored."""

    id: int
    code: str
    external_id: str | None = None
    created: bool = False
    gone: bool = False
    disturbed: bool = False
    doubt: str | None = None
    """Why an adoption left this product to a person, as a sentence; None: nothing is in doubt."""
    renderer: int = 0
    sources: Mapping[Facet, str] = field(default_factory=dict)
    content: Content | None = None
    structure: Structure | None = None
    visible: bool | None = None
    offers: Mapping[str, OfferView] = field(default_factory=dict)
    facets: Mapping[Key, FacetView] = field(default_factory=dict)
    intent: IntentView | None = None
    observed: Observed | None = None

    @property
    def ids(self) -> Ids | None:
        """The marketplace's names of this listing; None before it exists there."""
        if self.external_id is None:
            return None
        return Ids(self.external_id, {sku: o.external_id for sku, o in self.offers.items() if o.external_id})

    @property
    def lost(self) -> bool:
        """Whether a create was sent and the shop has not yet been seen to have it, or not: it is looked for first."""
        sent = self.intent is not None and self.intent.intent.sent_at is not None
        return sent and self.external_id is None and self.intent is not None and self.intent.empty_looks < EMPTY_LOOKS
