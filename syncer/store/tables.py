"""Every table. SQLModel table classes do not validate: values are checked in frozen types before they come here.

External ids are text (opaque, possibly composite); rupiah are BigInteger; instants go through `Instant`;
`*_json` columns hold canonical JSON text (sorted keys).
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    Index,
    Table,
    Text,
    UniqueConstraint,
    false,
    text,
)
from sqlmodel import Field, SQLModel

from syncer.store.database import Instant

SQLModel.metadata.naming_convention = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


def stored(row: type[SQLModel]) -> Table:
    """The table in which rows of this class are stored: for statements on columns rather than objects."""
    return SQLModel.metadata.tables[str(row.__tablename__)]


def _instant(nullable: bool = True) -> Any:
    return Field(default=None, sa_column=Column(Instant(), nullable=nullable))


def _rupiah(nullable: bool = True) -> Any:
    return Field(default=None, sa_column=Column(BigInteger(), nullable=nullable))


def _text(nullable: bool = True) -> Any:
    return Field(default=None, sa_column=Column(Text(), nullable=nullable))


def _parent(column: str, nullable: bool = False, index: bool = True) -> Any:
    return Field(default=None, sa_column=Column(BigInteger(), ForeignKey(column), nullable=nullable, index=index))


# --- the catalogue ---------------------------------------------------------------------------------------------------


class ProducerRow(SQLModel, table=True):
    __tablename__ = "producer"
    id: int | None = Field(default=None, primary_key=True)
    code: str = Field(unique=True)
    name: str
    district: str
    paused: bool = False


class ProductRow(SQLModel, table=True):
    __tablename__ = "product"
    id: int | None = Field(default=None, primary_key=True)
    code: str = Field(unique=True)
    producer_id: int = _parent("producer.id")
    name: str = _text(nullable=False)
    description: str = _text(nullable=False)
    category: str
    brand: str | None = None
    option1_name: str | None = None
    option2_name: str | None = None
    pirt: str | None = None
    bpom_md: str | None = None
    halal_id: str | None = None
    shelf_life_days: int | None = None
    made_to_order_days: int | None = None
    status: str
    changed_seq: int = Field(sa_column=Column(BigInteger(), nullable=False, index=True))
    """The catalogue's counter when this product, a variant, a picture or its stock last changed."""


class PictureRow(SQLModel, table=True):
    __tablename__ = "picture"
    __table_args__ = (UniqueConstraint("product_id", "position"),)
    id: int | None = Field(default=None, primary_key=True)
    product_id: int = _parent("product.id", index=False)
    position: int
    path: str = _text(nullable=False)
    sha256: str
    width: int
    height: int


class VariantRow(SQLModel, table=True):
    __tablename__ = "variant"
    id: int | None = Field(default=None, primary_key=True)
    product_id: int = _parent("product.id")
    sku: str = Field(index=True)
    sku_key: str = Field(unique=True)
    position: int = 0
    option1_value: str | None = None
    option2_value: str | None = None
    barcode: str | None = None
    price_idr: int = _rupiah(nullable=False)
    net_weight_g: int | None = None
    ship_weight_g: int
    length_cm: int
    width_cm: int
    height_cm: int
    producer_price_idr: int | None = _rupiah()
    stock_confirmed_on: date | None = None
    stock: int = 0
    """The ledger's level, kept in the transaction that writes the ledger."""
    retired: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    """Taken out of its product by a person: no longer rendered; its ledger and its row stay."""


class StockMovementRow(SQLModel, table=True):
    __tablename__ = "stock_movement"
    __table_args__ = (
        UniqueConstraint("variant_id", "reference"),
        Index("ix_stock_movement_variant_id_at", "variant_id", "at"),
    )
    id: int | None = Field(default=None, primary_key=True)
    variant_id: int = _parent("variant.id", index=False)
    kind: str
    at: datetime = _instant(nullable=False)
    delta: int = 0
    counted: int | None = None
    reason: str = ""
    reference: str | None = None
    import_id: int | None = _parent("import_run.id", nullable=True)
    recorded_at: datetime = _instant(nullable=False)
    undone: bool = False
    """Taken back by `import undo`: the line stays, the fold passes over it."""


class ImportRow(SQLModel, table=True):
    __tablename__ = "import_run"
    id: int | None = Field(default=None, primary_key=True)
    file: str = _text(nullable=False)
    kind: str
    at: datetime = _instant(nullable=False)
    rows: int = 0
    imported: int = 0
    unchanged: int = 0
    undone_at: datetime | None = _instant()
    problems_json: str = _text(nullable=False)
    """The first errors and warnings, as `import --json` shows them."""


class ImportChangeRow(SQLModel, table=True):
    """One thing that an import changed, as it was before: what `import undo` puts back."""

    __tablename__ = "import_change"
    __table_args__ = (Index("ix_import_change_import_id_kind_key", "import_id", "kind", "key"),)
    id: int | None = Field(default=None, primary_key=True)
    import_id: int = _parent("import_run.id", index=False)
    kind: str
    """producer | product | pictures | picture | variant"""
    key: str = _text(nullable=False)
    """A producer's or product's code, or a SKU."""
    before_json: str | None = _text()
    """None: it was not there."""


class CounterRow(SQLModel, table=True):
    """`catalogue` counts the write transactions that changed the catalogue: what changed is found by it."""

    __tablename__ = "counter"
    name: str = Field(primary_key=True)
    value: int = Field(default=0, sa_column=Column(BigInteger(), nullable=False))


# --- channels --------------------------------------------------------------------------------------------------------


class ChannelRow(SQLModel, table=True):
    __tablename__ = "channel"
    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(unique=True)
    marketplace: str
    shop_id: str | None = None
    """The shop's own id, bound at the first authorisation; another shop under this name is refused."""
    adopted_at: datetime | None = _instant()
    """When `adopt` ran here, or the config said that the shop was empty. No create before."""
    catalogue_seq: int = Field(default=0, sa_column=Column(BigInteger(), nullable=False))
    """Products changed after this count of the catalogue are not yet marked due here."""
    rules_hash: str = ""
    facts_json: str | None = _text()
    facts_at: datetime | None = _instant()
    orders_pulled_at: datetime | None = _instant()
    orders_since: datetime | None = _instant()
    audited_at: datetime | None = _instant()
    """When what was pushed was last read back as a whole."""
    paused_at: datetime | None = _instant()
    paused_by: str | None = None
    paused_why: str | None = _text()
    stage: str = "new"
    """new | reading | trial_1 | trial_10 | active: how far first contact has come."""
    stage_since: datetime | None = _instant()
    survey_json: str | None = _text()
    """What the shop said of itself at the last `channel check`."""
    surveyed_at: datetime | None = _instant()


class NoticedRow(SQLModel, table=True):
    """What a shop showed that our picture of it did not settle, or that settled an open question."""

    __tablename__ = "noticed"
    __table_args__ = (UniqueConstraint("channel_id", "notion", "name", "operation", "position"),)
    id: int | None = Field(default=None, primary_key=True)
    channel_id: int = _parent("channel.id", index=False)
    notion: str
    """assumption | field | code | status"""
    name: str = _text(nullable=False)
    operation: str = ""
    """Where it was seen; '' for an assumption, which is one question wherever its answer shows."""
    position: str = ""
    evidence: str = _text(nullable=False)
    first_seen: datetime = _instant(nullable=False)
    last_seen: datetime = _instant(nullable=False)
    accepted_by: str | None = None
    """Who looked at it and found that the channel may go on."""
    accepted_at: datetime | None = _instant()


class CategoryTreeRow(SQLModel, table=True):
    __tablename__ = "category_tree"
    channel_id: int = Field(
        default=None, sa_column=Column(BigInteger(), ForeignKey("channel.id"), primary_key=True, autoincrement=False)
    )
    seen_at: datetime = _instant(nullable=False)
    """When the shop was last asked for its tree."""
    nodes_json: str = _text(nullable=False)
    """The categories, those that are gone too: [{id, path, leaf, gone}]."""


class AuthorisationRow(SQLModel, table=True):
    __tablename__ = "authorisation"
    __table_args__ = (UniqueConstraint("marketplace", "shop_id"),)
    id: int | None = Field(default=None, primary_key=True)
    marketplace: str
    shop_id: str
    access_token: bytes
    """b"" = no grant is known (a marketplace without grants, or a shop that was never authorised)."""
    refresh_token: bytes
    access_expires_at: datetime | None = _instant()
    refresh_expires_at: datetime | None = _instant()
    seed_hash: str = ""
    """Hash of the grant in secrets.env that this one descends from: another one there replaces it."""
    seeds_before: str = ""
    """Hashes of the grants that stood there before, with blanks between: a process started earlier still has one."""
    refused: str | None = None
    """What the shop said when it let us in no more; None: it lets us in, as far as is known."""
    refused_at: datetime | None = _instant()
    refused_with: str | None = None
    """Hash of the secrets that it was said of: with others it is tried again."""
    updated_at: datetime = _instant(nullable=False)


class BudgetUseRow(SQLModel, table=True):
    """One call counted against a long window of a marketplace's limits: what a restart must not forget."""

    __tablename__ = "budget_use"
    __table_args__ = (Index("ix_budget_use_budget_at", "budget", "at"),)
    id: int | None = Field(default=None, primary_key=True)
    budget: str = _text(nullable=False)
    at: datetime = _instant(nullable=False)


class BudgetLearntRow(SQLModel, table=True):
    """The pace that a marketplace's refusals have taught of one of its limits."""

    __tablename__ = "budget_learnt"
    budget: str = Field(sa_column=Column(Text(), primary_key=True))
    level: float = 1.0
    """Share of the rate in use."""
    aim: float | None = None
    """The share to climb back to; None when nothing is known of the new limit."""
    at: datetime = _instant(nullable=False)


class LeaseRow(SQLModel, table=True):
    __tablename__ = "lease"
    channel_id: int = Field(sa_column=Column(BigInteger(), ForeignKey("channel.id"), primary_key=True))
    fence: int = Field(default=0, sa_column=Column(BigInteger(), nullable=False))
    host: str = ""
    pid: int = 0
    heartbeat_at: datetime | None = _instant()
    """By the database's clock."""
    call_deadline_at: datetime | None = _instant()
    """The holder's last call ends by then at the latest; by the database's clock."""
    wanted_by: str | None = None
    """A person's run that waits; the run of a schedule makes room, and takes nothing while the mark is fresh."""
    wanted_at: datetime | None = _instant()
    """By the database's clock; whoever waits renews it."""


# --- what a channel shows --------------------------------------------------------------------------------------------


class ListingRow(SQLModel, table=True):
    __tablename__ = "listing"
    __table_args__ = (
        UniqueConstraint("channel_id", "product_id"),
        UniqueConstraint("channel_id", "external_id"),
        Index("ix_listing_due", "channel_id", "due_at", sqlite_where=text("due_at IS NOT NULL"),
              postgresql_where=text("due_at IS NOT NULL")),
    )  # fmt: skip
    id: int | None = Field(default=None, primary_key=True)
    channel_id: int = _parent("channel.id", index=False)
    product_id: int = _parent("product.id")
    external_id: str | None = None
    created: bool = False
    """Every step of the create is done."""
    state: str | None = None
    state_since: datetime | None = _instant()
    reason: str | None = _text()
    """What the marketplace last said of a listing that it gave back."""
    due_at: datetime | None = _instant()
    """When this listing must be rendered again; None = never by itself."""
    disturbed: bool = False
    """The shop changed it by itself (an order, a relist): read it before comparing."""
    doubt_json: str | None = _text()
    """Why an adoption left it to a person, {"doubt": …, "listings": [external ids]}: it is not created until then."""
    warnings_json: str | None = _text()
    """What a person should know of it and nothing stops, as it was last rendered: [{sku, code, message}]."""
    renderer: int = 0
    source_json: str = "{}"
    """{facet: hash of what the acknowledged value was rendered from}: what a new renderer version leaves alone."""
    content_desired: str | None = _text()
    content_acknowledged: str | None = _text()
    content_observed: str | None = _text()
    structure_desired: str | None = _text()
    structure_acknowledged: str | None = _text()
    structure_observed: str | None = _text()
    visibility_desired: bool | None = None
    visibility_acknowledged: bool | None = None
    visibility_observed: bool | None = None
    content_observed_at: datetime | None = _instant()
    structure_observed_at: datetime | None = _instant()
    visibility_observed_at: datetime | None = _instant()
    observed_at: datetime | None = _instant()
    """When the listing was last read. What of it was seen then has a mark of its own, as an answer may lack a part."""


class OfferRow(SQLModel, table=True):
    __tablename__ = "offer"
    __table_args__ = (UniqueConstraint("channel_id", "sku"),)
    id: int | None = Field(default=None, primary_key=True)
    channel_id: int = _parent("channel.id", index=False)
    listing_id: int = _parent("listing.id")
    sku: str
    external_sku: str | None = None
    external_id: str | None = None
    price_desired: int | None = _rupiah()
    price_acknowledged: int | None = _rupiah()
    price_observed: int | None = _rupiah()
    price_acknowledged_at: datetime | None = _instant()
    stock_desired: int | None = None
    stock_acknowledged: int | None = None
    stock_observed: int | None = None
    stock_acknowledged_at: datetime | None = _instant()
    price_observed_at: datetime | None = _instant()
    stock_observed_at: datetime | None = _instant()
    """When the number was last seen in the shop: a reading whose answer lacks it leaves both as they are."""
    removed_at: datetime | None = _instant()
    """Since when the shop shows the listing without this variant: somebody removed it there."""


class FacetRow(SQLModel, table=True):
    """A facet that is not simply in step: failing, blocked, held, begun, accepted or of unknown fate.

    No row means: nothing stands in the way. `sku` is '' for the listing's own facets.
    """

    __tablename__ = "facet"
    __table_args__ = (
        UniqueConstraint("listing_id", "sku", "facet"),
        Index("ix_facet_due", "channel_id", "retry_at", sqlite_where=text("retry_at IS NOT NULL"),
              postgresql_where=text("retry_at IS NOT NULL")),
    )  # fmt: skip
    id: int | None = Field(default=None, primary_key=True)
    channel_id: int = _parent("channel.id", index=False)
    listing_id: int = _parent("listing.id", index=False)
    sku: str = ""
    facet: str
    standing: str
    """failed | blocked | held | begun | accepted | unknown | locked | deferred"""
    cause: str | None = None
    code: str = ""
    message: str = _text(nullable=False)
    wanted: str = ""
    """Fingerprint of the value that met this fate: another value may be tried at once."""
    attempts: int = 0
    since: datetime = _instant(nullable=False)
    retry_at: datetime | None = _instant()
    """Our clock: a manual resync does not wait for it."""
    not_before: datetime | None = _instant()
    """The marketplace's clock: nobody is faster."""
    next_step: str | None = _text()
    receipt: str | None = None
    value_json: str | None = _text()
    """The value that a marketplace has queued: what will be acknowledged if it takes it. None for a create."""


class IntentRow(SQLModel, table=True):
    """The record of a create, committed before its call."""

    __tablename__ = "intent"
    __table_args__ = (
        Index("ix_intent_open", "listing_id", unique=True, sqlite_where=text("closed_at IS NULL"),
              postgresql_where=text("closed_at IS NULL")),
    )  # fmt: skip
    uuid: str = Field(primary_key=True)
    channel_id: int = _parent("channel.id")
    listing_id: int = _parent("listing.id")
    fence: int = Field(sa_column=Column(BigInteger(), nullable=False))
    code: str
    title: str
    skus_json: str = _text(nullable=False)
    wanted_json: str = _text(nullable=False)
    """The Listing as rendered, whole: what the create will have acknowledged."""
    sources_json: str = _text(nullable=False)
    renderer: int
    body: str | None = _text()
    """The bytes of the creating call, as text: a retry sends these."""
    created_at: datetime = _instant(nullable=False)
    looked_at: datetime | None = _instant()
    empty_looks: int = 0
    sent_at: datetime | None = _instant()
    external_id: str | None = None
    closed_at: datetime | None = _instant()
    result: str = ""


class OrderLineRow(SQLModel, table=True):
    """Pieces of one variant that one order holds: what the ledger has booked of it, exactly once."""

    __tablename__ = "order_line"
    __table_args__ = (UniqueConstraint("channel_id", "order_id", "sku"),)
    id: int | None = Field(default=None, primary_key=True)
    channel_id: int = _parent("channel.id", index=False)
    order_id: str
    sku: str
    taken: int = 0
    state: str
    placed_at: datetime = _instant(nullable=False)
    updated_at: datetime = _instant(nullable=False)
    matched: bool = True
    """False: no SKU of ours answers to it; it stands in the report."""


# --- what was done ---------------------------------------------------------------------------------------------------


class RunRow(SQLModel, table=True):
    __tablename__ = "run"
    id: int | None = Field(default=None, primary_key=True)
    channel_id: int = _parent("channel.id")
    fence: int = Field(sa_column=Column(BigInteger(), nullable=False))
    trigger: str
    as_of: datetime = _instant(nullable=False)
    started_at: datetime = _instant(nullable=False)
    ended_at: datetime | None = _instant()
    status: str = "running"
    """running | done | failed | handed_over | stopped | cancelled | killed: did our worker do its work (*status*, not
    *outcome*: that is what the shop said)."""
    counts_json: str = "{}"
    message: str = ""
    done: int = 0
    total: int = 0
    """Progress: calls of the present round that have landed, of how many."""
    doing: str = ""
    cancelled_by: str | None = None
    """Who asked for its end, from another terminal; read between two calls."""


class OutcomeRow(SQLModel, table=True):
    """What became of one change in one run: the report's and the guards' memory."""

    __tablename__ = "outcome"
    __table_args__ = (
        Index("ix_outcome_channel_id_facet_at", "channel_id", "facet", "at"),
        Index("ix_outcome_listing_id_sku_facet_at", "listing_id", "sku", "facet", "at"),
    )
    id: int | None = Field(default=None, primary_key=True)
    run_id: int = _parent("run.id")
    channel_id: int = _parent("channel.id", index=False)
    listing_id: int = _parent("listing.id", index=False)
    sku: str = ""
    facet: str
    creates: bool = False
    result: str
    """applied | begun | accepted | rejected | locked | deferred | unknown | held | blocked"""
    cause: str | None = None
    code: str = ""
    message: str = _text(nullable=False)
    before: str | None = _text()
    after: str | None = _text()
    at: datetime = _instant(nullable=False)


class JournalRow(SQLModel, table=True):
    """Who did what, when: imports, manual resyncs, pauses, decisions. Appended to, never changed."""

    __tablename__ = "journal"
    id: int | None = Field(default=None, primary_key=True)
    at: datetime = _instant(nullable=False)
    who: str
    """The operating system's user, as user@host."""
    action: str
    channel: str | None = None
    text: str = _text(nullable=False)


class AliveRow(SQLModel, table=True):
    """One line: when the daemon was last seen to live. The gap after it is recorded when it lives again."""

    __tablename__ = "alive"
    id: int | None = Field(default=None, primary_key=True)
    at: datetime = _instant(nullable=False)
    note: str = ""


class GapRow(SQLModel, table=True):
    """A time in which the service did not run, a shop was not to be reached, or the clock jumped."""

    __tablename__ = "gap"
    __table_args__ = (Index("ix_gap_began_at", "began_at"),)
    id: int | None = Field(default=None, primary_key=True)
    channel_id: int | None = _parent("channel.id", nullable=True)
    kind: str
    """service | shop | clock"""
    began_at: datetime = _instant(nullable=False)
    ended_at: datetime | None = _instant()
    note: str = _text(nullable=False)


class JobRow(SQLModel, table=True):
    """When each rare job last ended well: whether it is due is asked of this, not of a scheduler's memory."""

    __tablename__ = "job"
    name: str = Field(primary_key=True)
    succeeded_at: datetime = _instant(nullable=False)


class HoldRow(SQLModel, table=True):
    """What one guard stopped in one run, waiting for a person."""

    __tablename__ = "hold"
    id: int | None = Field(default=None, primary_key=True)
    channel_id: int = _parent("channel.id")
    run_id: int | None = _parent("run.id", nullable=True)
    rule: str
    message: str = _text(nullable=False)
    created_at: datetime = _instant(nullable=False)
    decision: str | None = None
    """None = waiting | approved | rejected | superseded"""
    decided_at: datetime | None = _instant()


class HeldChangeRow(SQLModel, table=True):
    """One held change. An approval binds to exactly (channel, SKU, facet, from, to)."""

    __tablename__ = "held_change"
    __table_args__ = (UniqueConstraint("hold_id", "listing_id", "sku", "facet"),)
    id: int | None = Field(default=None, primary_key=True)
    hold_id: int = _parent("hold.id", index=False)
    channel_id: int = _parent("channel.id", index=False)
    listing_id: int = _parent("listing.id")
    sku: str = ""
    facet: str
    before: str | None = _text()
    after: str | None = _text()
    used_at: datetime | None = _instant()
