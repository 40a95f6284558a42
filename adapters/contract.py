"""What every marketplace adapter must do, and the values that cross between it and the engine.

The engine knows marketplaces only through this page. It imports nothing of ours, so that a third-party
package can add a marketplace (entry-point group ``syncer.adapters``) with this page alone.

Rules of the contract. Each has a test of its number in ``tests/contract``, which every adapter inherits:

 C1  ``calls`` is pure: no network, no clock, no store; the same changes give the same calls.
 C2  Every change given to ``calls`` is carried by at most one call at a time; none is invented.
 C3  ``calls`` gives the fewest writes by the call policy, the most urgent first.
 C4  ``send`` puts exactly one write on the wire and returns one outcome per change, in the call's order. A read that
     the write cannot do without may go before it, within the deadline of one call.
 C5  ``send`` never raises for what the marketplace or the line did: it says so in the outcome.
 C6  An answer that was lost, or names a change in no list, is ``Unknown``; never ``Applied``, never ``Rejected``.
 C7  A create goes step by step: ``Begun`` carries ids as soon as they exist, and ``not_before``; nothing sleeps.
     Where ids come only from a queue or review, ``Accepted`` carries a receipt, and ``poll`` follows it to its end.
     Where they are there at once, a review that goes on is the listing's state, and ``observe`` shows how it ends.
 C8  ``find`` sees a listing in every state, half-built and hidden ones included; one answer per intent, in order.
 C9  ``observe`` is lazy and complete: every list there is, each listing once; with ``ids`` just these.
 C10 ``comparable`` gives what was shown in our own terms, or None where nothing may be compared; None is not zero.
 C11 Writes are absolute: sending the same call twice leaves the shop as sending it once.
 C12 A structure write carries every variant that is there, ours or not, under its id: by the ids of the change first,
     by SKU else, never by its options. Gone is only what `before` has and `to` leaves out (a person approved it).
 C13 ``orders`` misses none; amounts and times are typed (pieces, aware datetimes).
 C14 ``refresh`` returns the new grant before anything uses it; a lost reply is ``Transient``, a refusal ``AuthError``.
 C15 No secret, token or buyer's name stands in an outcome, an error or a call's text.
 C16 One bad change does not fail the others of its call.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Protocol, runtime_checkable

__all__ = [
    "Absent", "Accepted", "Access", "Adapter", "Applied", "Assumption", "AuthError", "Authorizer", "Begun", "Call",
    "Canonical", "CategoryNode", "Cause", "Change", "Classifier", "Content", "Courier", "Deferred", "Effect", "Facet",
    "Facts", "Found", "Grant", "GrantSource", "Ids", "Instructions", "Intent", "Learner", "Limits", "Lister", "Listing",
    "ListingState",
    "Location", "Locked", "MarketplaceError", "NotYet", "Noticed", "Notion", "Observed", "ObservedOffer", "Order",
    "OrderLine", "OrderSource", "OrderState", "Outcome", "Picture", "Price", "Rate", "Receipt", "RefusedCall",
    "Rejected", "ShopBounds", "Structure", "Survey", "Surveyor", "Tracker", "Transient", "Unknown", "Urgency", "Value",
    "Variant",
]  # fmt: skip


# --- words -----------------------------------------------------------------------------------------------------------


class Facet(StrEnum):
    """A side of a listing or offer with its own endpoints, rate of change and retry clock."""

    structure = "structure"
    content = "content"
    price = "price"
    stock = "stock"
    visibility = "visibility"


class Cause(StrEnum):
    """Why a change did not go through: one enumeration for code, table, report and metrics."""

    transient = "transient"
    throttled = "throttled"
    quota = "quota"
    clock = "clock"
    auth = "auth"
    binding = "binding"
    config = "config"
    rejected = "rejected"
    missing = "missing"
    duplicate = "duplicate"
    locked = "locked"
    review = "review"
    missing_step = "missing_step"
    unknown = "unknown"


class ListingState(StrEnum):
    """What a marketplace shows of a listing."""

    queued = "queued"
    in_review = "in_review"
    needs_correction = "needs_correction"
    rejected = "rejected"
    live = "live"
    live_oos = "live_oos"
    hidden = "hidden"
    banned = "banned"
    archived = "archived"
    half_built = "half_built"
    gone = "gone"


class OrderState(StrEnum):
    """How far a buyer's order has come, as far as stock is concerned."""

    unpaid = "unpaid"
    open = "open"
    closed = "closed"
    cancelled = "cancelled"


class Urgency(StrEnum):
    """When a change must leave: what stops a sale goes first, manual before scheduled."""

    now = "now"
    manual = "manual"
    routine = "routine"


class Effect(StrEnum):
    """What a call does to the shop; the counts of the report keep them apart."""

    write = "write"
    upload = "upload"


# --- what a listing should show --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture by the hash of its bytes; ``path`` is an absolute file name, read only when it is sent."""

    sha256: str
    path: str = field(compare=False)


@dataclass(frozen=True, slots=True)
class Price:
    """Whole rupiah. We own ``list``; ``sale`` is the seller's unless the channel says otherwise."""

    list: int
    sale: int | None = None
    sale_from: datetime | None = None
    sale_to: datetime | None = None


@dataclass(frozen=True, slots=True)
class Variant:
    """One variant's place in the structure: its option values and its packed parcel (grams, whole centimetres)."""

    sku: str
    options: tuple[str, ...]
    weight_g: int
    size_cm: tuple[int, int, int]
    barcode: str | None = None


@dataclass(frozen=True, slots=True)
class Structure:
    """The options and which variants exist. No option names means exactly one variant, without options."""

    options: tuple[str, ...]
    variants: tuple[Variant, ...]


@dataclass(frozen=True, slots=True)
class Content:
    """What a buyer reads and sees. ``category`` and attribute ids are the marketplace's, ``brand`` is a name.

    ``parcel`` (grams, (length, width, height) in cm) stands only on products without options; with options the
    parcel belongs to each variant of the structure. ``couriers`` = by id those that may carry it; () = every courier
    that the shop has enabled.
    """

    title: str
    description: str
    category: str
    pictures: tuple[Picture, ...]
    brand: str | None = None
    attributes: tuple[tuple[str, str], ...] = ()
    parcel: tuple[int, tuple[int, int, int]] | None = None
    preorder_days: int | None = None
    couriers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Listing:
    """One product as a channel should show it: what a create carries whole, and a diff takes apart."""

    code: str
    structure: Structure
    content: Content
    prices: Mapping[str, Price]
    stocks: Mapping[str, int]
    visible: bool


Value = Listing | Structure | Content | Price | int | bool
"""The value of a change: of a create the whole Listing, of a facet its own type (stock: pieces, visibility: bool)."""

Canonical = Mapping[str, object]
"""A facet in comparable terms: by SKU for price, stock and structure, by field for content, ``visible`` else."""


# --- what was done and seen ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Ids:
    """The marketplace's names: the listing's id and {SKU: offer id}. Opaque text, possibly composite."""

    listing: str
    offers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ObservedOffer:
    """One variant as the shop shows it. None means: not shown, never zero. ``stock`` = what a stock write sets."""

    external_id: str
    sku: str | None
    options: tuple[str, ...] = ()
    price: Price | None = None
    stock: int | None = None
    sellable: int | None = None
    reserved: int | None = None
    weight_g: int | None = None
    size_cm: tuple[int, int, int] | None = None
    barcode: str | None = None


@dataclass(frozen=True, slots=True)
class Observed:
    """One listing as the shop shows it at ``seen_at``. ``code`` = what stands in the parent-SKU field.

    ``content`` holds the fields that can be read back, by the names of Content; what cannot be is left out.
    ``raw`` is the adapter's own (JSON text), handed back with a structure change. ``receipt`` is set while the
    listing stands in a queue or review of the marketplace: what `Tracker.poll` follows it by. Its offers have no ids
    until then, and ``external_id`` may be another than that of the finished listing.

    ``reason`` = the marketplace's words on a listing that it gave back, as far as it shows them with the listing.

    Where a shop stores no SKUs, what `find` shows carries those of the intent that it answers to.
    """

    external_id: str
    code: str | None
    title: str
    state: ListingState
    created_at: datetime | None
    updated_at: datetime | None
    seen_at: datetime
    options: tuple[str, ...] = ()
    offers: tuple[ObservedOffer, ...] = ()
    content: Mapping[str, object] = field(default_factory=dict)
    raw: str = "{}"
    receipt: str | None = None
    reason: str = ""

    def named(self, offers: Mapping[str, str]) -> Observed:
        """With the SKUs that we know its offers by ({SKU: offer id}); the shop's own may differ, or be missing."""
        skus = {external: sku for sku, external in offers.items()}
        filled = tuple(replace(o, sku=skus.get(o.external_id, o.sku)) for o in self.offers)
        return self if filled == self.offers else replace(self, offers=filled)

    def ids(self) -> Ids:
        """The ids of this listing and of its offers that carry a SKU."""
        return Ids(self.external_id, {o.sku: o.external_id for o in self.offers if o.sku is not None})


@dataclass(frozen=True, slots=True)
class Intent:
    """The stored record of a create, made before its call. ``body`` = the bytes sent, as text, once sent."""

    uuid: str
    code: str
    title: str
    skus: tuple[str, ...]
    has_options: bool
    sent_at: datetime | None = None
    body: str | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """One facet of one listing or offer to be made so.

    ``sku`` is set for price and stock. A change of ``structure`` without ``ids`` is a create: ``to`` is the whole
    Listing, and ``intent`` its record. ``next_step`` is what the adapter's last ``Begun`` handed out. ``observed``
    is the listing as it was read just before a structure write, or before a create goes on whose ``next_step`` was
    lost. ``listing`` is the whole listing as it should be, set for changes of structure (a new variant needs its price
    and stock), of stock and of visibility (where a variant without stock can only be kept from sale with all others).
    """

    facet: Facet
    code: str
    sku: str | None
    before: Value | None
    to: Value
    ids: Ids | None = None
    urgency: Urgency = Urgency.routine
    intent: Intent | None = None
    next_step: str | None = None
    observed: Observed | None = None
    listing: Listing | None = None

    @property
    def creates(self) -> bool:
        """True for a create, in whichever of its steps."""
        return isinstance(self.to, Listing)


@dataclass(frozen=True, slots=True)
class Call:
    """One write on the wire. ``operation`` as the marketplace names it; ``body`` is JSON text ('' = multipart)."""

    operation: str
    effect: Effect
    body: str
    changes: tuple[Change, ...]


# --- outcomes: what became of each change ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Applied:
    """The marketplace confirmed it. ``disturbs`` = facets of the listing that the write made due again."""

    ids: Ids | None = None
    warnings: tuple[str, ...] = ()
    disturbs: tuple[Facet, ...] = ()


@dataclass(frozen=True, slots=True)
class Begun:
    """A step is done, another follows, not before ``not_before``. ``next_step`` is JSON that only the adapter reads."""

    ids: Ids | None
    next_step: str
    not_before: datetime


@dataclass(frozen=True, slots=True)
class Accepted:
    """Queued or in review at the marketplace; ``Tracker.poll`` with the receipt, not before ``not_before``, tells more.

    `poll` itself answers with this as long as the end is open, perhaps with another receipt (a queue became a review).
    """

    receipt: str
    not_before: datetime


@dataclass(frozen=True, slots=True)
class Rejected:
    """Refused. ``fields`` names the refused fields of content; the others went through or are unharmed.

    A create that the marketplace keeps for correction carries ``ids`` and ``next_step``: the corrected create goes on
    from there, and no second one is made.
    """

    cause: Cause
    code: str
    text: str
    fields: tuple[str, ...] = ()
    ids: Ids | None = None
    next_step: str | None = None


@dataclass(frozen=True, slots=True)
class Locked:
    """A promotion, holiday, review or the like holds it; ``until`` None = not said."""

    cause: Cause
    until: datetime | None = None
    code: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class Deferred:
    """Surely not applied; may be sent from ``until`` on (throttle, quota, a shop that did not answer the door)."""

    until: datetime
    cause: Cause = Cause.transient
    code: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class Unknown:
    """It may or may not have been applied; the truth can be looked up from ``settles_at`` on."""

    settles_at: datetime
    code: str = ""
    text: str = ""


Outcome = Applied | Begun | Accepted | Rejected | Locked | Deferred | Unknown


@dataclass(frozen=True, slots=True)
class Found:
    """What answers to an intent, newest last. Whether a hit is ours is for the engine to judge."""

    listings: tuple[Observed, ...]


@dataclass(frozen=True, slots=True)
class Absent:
    """Looked everywhere, nothing there."""


@dataclass(frozen=True, slots=True)
class NotYet:
    """Cannot be said before ``until`` (the marketplace's look-up lags behind its writes)."""

    until: datetime


@dataclass(frozen=True, slots=True)
class Receipt:
    """A queued submission and the changes it carries."""

    receipt: str
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class OrderLine:
    """Pieces of one offer in an order. ``taken`` = bought less cancelled, summed over the order's rows."""

    listing_id: str
    offer_id: str
    sku: str | None
    taken: int


@dataclass(frozen=True, slots=True)
class Order:
    """A buyer's order as far as stock is concerned; nothing of the buyer is carried."""

    id: str
    state: OrderState
    placed_at: datetime
    updated_at: datetime
    lines: tuple[OrderLine, ...]


# --- what a shop allows ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Rate:
    """At most ``count`` calls in any ``window_s`` seconds, per ``scope`` (app, shop, operation, sku, queue)."""

    scope: str
    count: int
    window_s: float
    operation: str | None = None


@dataclass(frozen=True, slots=True)
class Limits:
    """Pace and delays of a marketplace, from config/marketplaces/NAME.toml and the channel's own section. Seconds."""

    rates: tuple[Rate, ...]
    concurrency: int = 1
    settle_s: float = 120.0
    create_ready_s: float = 0.0
    deadline_s: float = 30.0
    connect_s: float = 5.0
    attempts: int = 4
    clock_tolerance_s: float = 240.0
    rows_per_call: int = 50
    listings_per_call: int = 50


@dataclass(frozen=True, slots=True)
class ShopBounds:
    """What a shop accepts in one category: readiness judges by it. None = not said. Lengths in characters."""

    title: tuple[int, int] | None = None
    description: tuple[int, int] | None = None
    pictures: tuple[int, int] | None = None
    price: tuple[int, int] | None = None
    stock: tuple[int, int] | None = None
    option_name: tuple[int, int] | None = None
    option_value: tuple[int, int] | None = None
    options: int | None = None
    """How many options (colour, size) a listing may have; 0 = products with variants cannot be made."""
    variants: int | None = None
    price_ratio: float | None = None
    preorder_days: tuple[int, int] | None = None
    """Days that a product made to order may take; (0, 0) = nothing made to order is taken."""
    days_to_ship: int | None = None
    """Days in which everything else is handed to the courier, where the marketplace fixes them."""
    attributes: tuple[str, ...] = ()
    """The ids of all attributes that the category has; () = not said."""
    required_attributes: tuple[tuple[str, str], ...] = ()
    closed_values: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """{attribute id: the only values that it takes}; letter case does not matter."""
    brand_required: bool = False
    brands: tuple[str, ...] = ()
    """The only brands that are taken where one is required; () = any, or not said."""
    known: bool = True
    merged_into: str | None = None
    """Where the marketplace tells it: the category that took the place of one that is not ``known`` any more."""


@dataclass(frozen=True, slots=True)
class Courier:
    """A way of delivery that the shop may use. Grams; ``size_cm`` = the largest parcel. None = not said.

    ``size_sum_cm`` = the most that length, width and height may come to together.
    """

    id: str
    name: str
    enabled: bool
    weight_g: tuple[int, int] | None = None
    size_cm: tuple[int, int, int] | None = None
    size_sum_cm: int | None = None


@dataclass(frozen=True, slots=True)
class Facts:
    """What a shop says of itself: its own id, bounds by category, and JSON text that only the adapter reads.

    ``couriers`` = those that a listing may name; () = not said.
    """

    shop_id: str
    bounds: Mapping[str, ShopBounds]
    private: str = "{}"
    couriers: tuple[Courier, ...] = ()


@dataclass(frozen=True, slots=True)
class CategoryNode:
    """One category of a marketplace's tree. ``path`` = the names from the root down, its own last.

    Only a ``leaf`` takes products.
    """

    id: str
    path: tuple[str, ...]
    leaf: bool


# --- first contact ---------------------------------------------------------------------------------------------------


class Notion(StrEnum):
    """What of our picture of a marketplace an answer of it bears on."""

    assumption = "assumption"
    field = "field"
    code = "code"
    status = "status"


@dataclass(frozen=True, slots=True)
class Assumption:
    """A question that the facts leave open and the adapter answers somehow. Each adapter module lists its own.

    ``id`` is that of the sandbox's switch, ``positions`` too (the adapter's own, careful answer first). ``text`` says
    in one sentence what is assumed, ``source`` where the facts leave it open. The text is found for translation by its
    place in the call, so it stands there in full.
    """

    id: str
    positions: tuple[str, ...]
    text: str
    source: str


@dataclass(frozen=True, slots=True)
class Noticed:
    """Something a shop showed that our picture of it did not settle.

    Of an assumption ``name`` is its id and ``position`` what the shop showed; of a field, code or status that no
    source names, ``name`` is that word (of a field its dotted path). ``evidence`` is short, and free of secrets and
    buyers.
    """

    notion: Notion
    name: str
    operation: str
    position: str = ""
    evidence: str = ""


@dataclass(frozen=True, slots=True)
class Location:
    """A place where stock lies, by the marketplace's id."""

    id: str
    name: str
    default: bool = False


@dataclass(frozen=True, slots=True)
class RefusedCall:
    """A call that this shop may not use, in the marketplace's words."""

    operation: str
    code: str
    text: str


@dataclass(frozen=True, slots=True)
class Survey:
    """What a shop says of itself when it is asked everything that can be asked without writing.

    ``listings_most`` = how many listings it may have, ``listings_now`` how many stand there; None = not said.
    ``clock_skew_s`` = the marketplace's clock less ours. ``grant_ends`` = when the owner's consent ends.
    """

    shop_id: str
    name: str
    locations: tuple[Location, ...] = ()
    couriers: tuple[Courier, ...] = ()
    storefronts: tuple[str, ...] = ()
    listings_most: int | None = None
    listings_now: int | None = None
    refused: tuple[RefusedCall, ...] = ()
    clock_skew_s: float | None = None
    grant_ends: datetime | None = None


@dataclass(frozen=True, slots=True)
class Grant:
    """A shop owner's grant. Secrets: never printed."""

    shop_id: str
    access_token: str = field(repr=False)
    refresh_token: str = field(repr=False)
    access_expires_at: datetime | None = None
    refresh_expires_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Instructions:
    """How a shop's owner grants access: a link and how long it lives, or what to copy from where."""

    link: str
    expires_at: datetime | None
    text: str


# --- errors of reads -------------------------------------------------------------------------------------------------


class MarketplaceError(Exception):
    """A read or token call failed. Holds the cause, the raw code and a redacted text; ``until`` if one was named."""

    def __init__(self, cause: Cause, code: str, text: str, until: datetime | None = None) -> None:
        super().__init__(f"{code}: {text}" if code else text)
        self.cause, self.code, self.text, self.until = cause, code, text, until


class Transient(MarketplaceError):
    """Try later; what was yielded so far stands."""


class AuthError(MarketplaceError):
    """The shop must be authorised again, or the app's credentials are wrong."""


# --- how a shop is reached -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Access:
    """Which shop an adapter talks to. ``url`` None = the live host; ``redirect`` = where a consent comes back to.

    ``secrets`` by the adapter's own names (its ``SECRETS`` and ``OPTIONAL_SECRETS``). ``location`` binds one of
    several places where stock lies. ``assumptions`` = {id: position} of open questions that this shop has answered;
    an id that is not there stands at the adapter's own, careful default.
    """

    shop_id: str
    url: str | None = None
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)
    location: str | None = None
    redirect: str | None = None
    assumptions: Mapping[str, str] = field(default_factory=dict)


# --- the protocols ---------------------------------------------------------------------------------------------------


class GrantSource(Protocol):
    """Where an adapter gets its tokens from: the engine keeps them encrypted and refreshes under a lock."""

    def grant(self) -> Grant:
        """The grant to use now, refreshed ahead of its expiry.

        Raises:
            AuthError: there is none, or it cannot be refreshed.
        """

    def renew(self, stale: Grant) -> Grant:
        """A newer grant than `stale`, which the marketplace has just refused."""


@runtime_checkable
class Adapter(Protocol):
    """Every marketplace."""

    marketplace: str
    limits: Limits

    def calls(self, changes: Sequence[Change]) -> list[Call]:
        """The fewest writes by the call policy for these changes, most urgent first; of a create its next step.

        Must be pure (C1). Must not lose or repeat a change (C2).
        """

    def send(self, call: Call) -> list[Outcome]:
        """Put exactly one write on the wire; one outcome per change of the call, in order (C4, C5, C6)."""

    def find(self, intents: Sequence[Intent]) -> list[Found | Absent | NotYet]:
        """Look before you create: by product code, SKUs and title, in every state (C8).

        Raises:
            MarketplaceError: the look itself failed; nothing may be concluded from it.
        """

    def comparable(self, facet: Facet, observed: Observed) -> Canonical | None:
        """What may be compared of what was observed, in our terms (C10)."""


@runtime_checkable
class Lister(Protocol):
    """A marketplace that shows its listings."""

    def observe(self, since: datetime | None = None, ids: Sequence[str] | None = None) -> Iterator[Observed]:
        """Yield every listing there is, lazily, each once (C9); changed at or after `since`; or just `ids`.

        An id that is gone is left out.

        Raises:
            MarketplaceError: what was yielded so far stands.
        """


@runtime_checkable
class Tracker(Protocol):
    """A marketplace that queues or reviews."""

    def poll(self, receipts: Sequence[Receipt]) -> list[Outcome]:
        """One outcome per change of each receipt, in order; ``Accepted`` while the end is open. Writes nothing.

        Raises:
            MarketplaceError: nothing was learnt; ask again later.
        """


@runtime_checkable
class OrderSource(Protocol):
    """A marketplace whose orders can be read."""

    def orders(self, since: datetime) -> Iterator[Order]:
        """Yield every order changed at or after `since`, oldest change first.

        Must be lazy. May yield an order twice; must not miss one (C13).

        Raises:
            AuthError: the shop must be authorised again.
            Transient: try later; what was yielded so far stands.
        """


@runtime_checkable
class Learner(Protocol):
    """A marketplace that tells its rules: bounds, attributes, brands, couriers, locations."""

    def learn(self, categories: Sequence[str]) -> Facts:
        """Read the shop's facts for these categories (the marketplace's leaf ids).

        An id that the shop does not know has bounds with ``known=False``.

        Raises:
            MarketplaceError: nothing was learnt.
        """

    def instruct(self, facts: Facts) -> None:
        """Take stored facts into use; ``calls`` needs them for creates and content."""


@runtime_checkable
class Classifier(Protocol):
    """A marketplace whose category tree can be read. The engine keeps the tree, and asks at most daily."""

    def tree(self) -> Iterator[CategoryNode]:
        """Yield every category that this shop is shown, leaf or not, each once. Closed and merged ones are left out.

        Raises:
            MarketplaceError: the tree could not be read whole; nothing may be concluded from what was yielded.
        """

    def suggest(self, title: str) -> tuple[str, ...]:
        """Ids of leafs that the marketplace itself proposes for a product of this title, the best first.

        () where it proposes nothing, or has no such call.

        Raises:
            MarketplaceError: it could not be asked.
        """


@runtime_checkable
class Surveyor(Protocol):
    """A marketplace that can be asked what a shop is, and an adapter that says what surprised it."""

    def survey(self) -> Survey:
        """Ask everything that can be asked without writing. A call the shop may not use is a `RefusedCall`.

        Raises:
            MarketplaceError: not even the shop's own id could be read.
        """

    def noticed(self) -> tuple[Noticed, ...]:
        """What the answers since the last asking showed of open questions and unknown words; each said once."""


@runtime_checkable
class Authorizer(Protocol):
    """A marketplace whose shops grant access by consent."""

    def begin(self) -> Instructions:
        """A link and how long it lives, or what to copy from where."""

    def finish(self, callback: Mapping[str, str]) -> list[Grant]:
        """Trade the callback of the consent for grants; one consent may cover several shops."""

    def refresh(self, grant: Grant) -> Grant:
        """A new pair for `grant` (C14).

        Raises:
            Transient: the reply was lost or the marketplace is down; the same refresh may be tried again.
            AuthError: refused; a person must authorise the shop again.
        """
