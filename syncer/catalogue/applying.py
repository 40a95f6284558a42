"""What a file wants changed, made so: set by set from the temporary tables, inside one write transaction.

Whatever is changed is first kept as it was (`import_change`), which is also how the later steps know what changed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    Table,
    Text,
    and_,
    case,
    cast,
    delete,
    exists,
    func,
    insert,
    literal,
    null,
    or_,
    select,
    union,
    update,
)
from sqlalchemy.engine import Connection

from syncer.catalogue import ledger
from syncer.catalogue.model import MovementKind
from syncer.catalogue.moments import Moment
from syncer.catalogue.problems import Level, Problem, Problems
from syncer.catalogue.products import PICTURES, PRODUCERS, VARIANTS, advance
from syncer.catalogue.products import PRODUCTS as STORED_PRODUCTS
from syncer.catalogue.staging import CODES, COUNTS, LEVELS, REPICTURED, TOUCHED, VALUES
from syncer.catalogue.staging import PICTURES as NEW_PICTURES
from syncer.catalogue.staging import PRODUCTS as NEW_PRODUCTS
from syncer.catalogue.staging import VARIANTS as NEW_VARIANTS
from syncer.store.database import Instant
from syncer.store.tables import ImportChangeRow, StockMovementRow, stored
from syncer.texts import _

CHANGES, MOVEMENTS = stored(ImportChangeRow), stored(StockMovementRow)

PRODUCT_VALUES = (
    "name", "description", "category", "brand", "option1_name", "option2_name", "pirt", "bpom_md", "halal_id",
    "shelf_life_days", "made_to_order_days", "status",
)  # fmt: skip
VARIANT_VALUES = (
    "option1_value", "option2_value", "barcode", "price_idr", "net_weight_g", "ship_weight_g", "length_cm", "width_cm",
    "height_cm", "producer_price_idr", "stock_confirmed_on",
)  # fmt: skip
PICTURE_VALUES = ("position", "path", "sha256", "width", "height")


@dataclass(frozen=True, slots=True)
class Applied:
    """What applying came to: rows that changed something, rows that did not, and whether anything was written."""

    imported: int
    unchanged: int
    written: bool


@dataclass(frozen=True, slots=True)
class Applying:
    """One import on its connection, inside its write transaction."""

    connection: Connection
    import_id: int
    moment: Moment

    # --- the three kinds of file ---

    def full(self, problems: Problems, stock: bool) -> Applied:
        """A catalogue. `stock` sets the stock of SKUs that exist, whenever it was confirmed."""
        self._choose_versions()
        self._producers()
        self._products()
        self._pictures()
        self._variants()
        booked = self._count(problems, stock)
        self._touch()
        rows, changed = self._rows(NEW_VARIANTS), self._changed_rows()
        return Applied(changed, rows - changed, changed > 0 or booked > 0)

    def counts(self) -> Applied:
        """A stock-only file: every row a count at its own time; a (SKU, reference) already in the ledger is skipped."""
        rows = self._rows(VALUES)
        self._skip_known_references()
        answered = VALUES.join(VARIANTS, VARIANTS.c.sku == VALUES.c.sku)
        wanted = select(VALUES.c.number, VARIANTS.c.id, VALUES.c.at).select_from(answered)
        booked = self._run(insert(COUNTS).from_select(["number", "variant_id", "at"], wanted))
        self._book(select(
            COUNTS.c.variant_id, COUNTS.c.at, VALUES.c.value, VALUES.c.reason, VALUES.c.reference,
        ).join_from(COUNTS, VALUES, VALUES.c.number == COUNTS.c.number).order_by(COUNTS.c.number))  # fmt: skip
        self._touch()
        moved = select(func.count()).join_from(COUNTS, LEVELS, LEVELS.c.variant_id == COUNTS.c.variant_id)
        changed = self._number(moved)
        return Applied(changed, rows - changed, booked > 0)

    def prices(self) -> Applied:
        """A price-only file."""
        rows = self._rows(VALUES)
        other = and_(VARIANTS.c.sku == VALUES.c.sku, VARIANTS.c.price_idr != VALUES.c.value)
        self._keep("variant", VARIANTS.c.sku, VARIANTS, ("price_idr",), VARIANTS.join(VALUES, other))
        changed = self._run(update(VARIANTS).values(price_idr=VALUES.c.value).where(other))
        self._touch()
        return Applied(changed, rows - changed, changed > 0)

    # --- products ---

    def _choose_versions(self) -> None:
        first = (
            select(NEW_VARIANTS.c.code, func.min(NEW_VARIANTS.c.number).label("number"))
            .group_by(NEW_VARIANTS.c.code).subquery("first_of_code")
        )  # fmt: skip
        chosen = select(NEW_VARIANTS.c.code, NEW_VARIANTS.c.version).join_from(
            NEW_VARIANTS, first, first.c.number == NEW_VARIANTS.c.number
        )
        self._run(insert(CODES).from_select(["code", "version"], chosen))

    def _producers(self) -> None:
        code = NEW_PRODUCTS.c.producer_code
        wanted = (
            select(code.label("code"), func.min(NEW_PRODUCTS.c.producer_name).label("name"),
                   func.min(NEW_PRODUCTS.c.district).label("district"))
            .join_from(CODES, NEW_PRODUCTS, NEW_PRODUCTS.c.version == CODES.c.version)
            .group_by(code).subquery("wanted_producer")
        )  # fmt: skip
        other = and_(
            PRODUCERS.c.code == wanted.c.code,
            or_(PRODUCERS.c.name != wanted.c.name, PRODUCERS.c.district != wanted.c.district),
        )
        known = exists(select(literal(1)).select_from(PRODUCERS).where(PRODUCERS.c.code == wanted.c.code))
        self._keep("producer", PRODUCERS.c.code, PRODUCERS, ("name", "district"), PRODUCERS.join(wanted, other))
        self._keep_new("producer", select(wanted.c.code).where(~known))
        self._run(update(PRODUCERS).values(name=wanted.c.name, district=wanted.c.district).where(other))
        new = select(wanted.c.code, wanted.c.name, wanted.c.district, literal(False)).where(~known)
        self._run(insert(PRODUCERS).from_select(["code", "name", "district", "paused"], new))

    def _products(self) -> None:
        chosen = CODES.join(NEW_PRODUCTS, NEW_PRODUCTS.c.version == CODES.c.version)
        known = exists(select(literal(1)).select_from(STORED_PRODUCTS).where(STORED_PRODUCTS.c.code == CODES.c.code))
        other = and_(
            STORED_PRODUCTS.c.code == CODES.c.code, NEW_PRODUCTS.c.version == CODES.c.version,
            _differ(STORED_PRODUCTS, NEW_PRODUCTS, PRODUCT_VALUES),
        )  # fmt: skip
        self._keep(
            "product", STORED_PRODUCTS.c.code, STORED_PRODUCTS, PRODUCT_VALUES,
            STORED_PRODUCTS.join(CODES, CODES.c.code == STORED_PRODUCTS.c.code).join(NEW_PRODUCTS, other),
        )  # fmt: skip
        self._keep_new("product", select(CODES.c.code).where(~known))
        self._run(update(STORED_PRODUCTS).values({n: NEW_PRODUCTS.c[n] for n in PRODUCT_VALUES}).where(other))
        new = (
            select(CODES.c.code, PRODUCERS.c.id, literal(0), *(NEW_PRODUCTS.c[n] for n in PRODUCT_VALUES))
            .select_from(chosen.join(PRODUCERS, PRODUCERS.c.code == NEW_PRODUCTS.c.producer_code))
            .where(~known).order_by(CODES.c.version)
        )  # fmt: skip
        names = ["code", "producer_id", "changed_seq", *PRODUCT_VALUES]
        self._run(insert(STORED_PRODUCTS).from_select(names, new))

    def _pictures(self) -> None:
        same = and_(*(PICTURES.c[name] == NEW_PICTURES.c[name] for name in PICTURE_VALUES))
        theirs = select(literal(1)).select_from(PICTURES).where(PICTURES.c.product_id == STORED_PRODUCTS.c.id)
        ours = select(literal(1)).select_from(NEW_PICTURES).where(NEW_PICTURES.c.version == CODES.c.version)
        lost = exists(theirs.where(~exists(ours.where(same).correlate(PICTURES, CODES))))
        come = exists(ours.where(~exists(theirs.where(same).correlate(NEW_PICTURES, STORED_PRODUCTS))))
        self._run(insert(REPICTURED).from_select(["product_id", "version", "code"], (
            select(STORED_PRODUCTS.c.id, CODES.c.version, CODES.c.code)
            .join_from(CODES, STORED_PRODUCTS, STORED_PRODUCTS.c.code == CODES.c.code).where(or_(lost, come))
        )))  # fmt: skip
        self._keep_new("pictures", select(REPICTURED.c.code))
        stored_pictures = PICTURES.join(REPICTURED, REPICTURED.c.product_id == PICTURES.c.product_id)
        self._keep("picture", REPICTURED.c.code, PICTURES, PICTURE_VALUES, stored_pictures)
        self._run(delete(PICTURES).where(PICTURES.c.product_id.in_(select(REPICTURED.c.product_id))))
        new = select(REPICTURED.c.product_id, *(NEW_PICTURES.c[name] for name in PICTURE_VALUES)).join_from(
            REPICTURED, NEW_PICTURES, NEW_PICTURES.c.version == REPICTURED.c.version
        )
        self._run(insert(PICTURES).from_select(["product_id", *PICTURE_VALUES], new))

    # --- variants ---

    def _variants(self) -> None:
        known = exists(select(literal(1)).select_from(VARIANTS).where(VARIANTS.c.sku == NEW_VARIANTS.c.sku))
        other = and_(VARIANTS.c.sku == NEW_VARIANTS.c.sku, _differ(VARIANTS, NEW_VARIANTS, VARIANT_VALUES))
        self._keep("variant", VARIANTS.c.sku, VARIANTS, VARIANT_VALUES, VARIANTS.join(NEW_VARIANTS, other))
        self._keep_new("variant", select(NEW_VARIANTS.c.sku).where(~known))
        self._run(update(VARIANTS).values({name: NEW_VARIANTS.c[name] for name in VARIANT_VALUES}).where(other))
        last = (
            select(VARIANTS.c.product_id, func.max(VARIANTS.c.position).label("position"))
            .group_by(VARIANTS.c.product_id).subquery("last_position")
        )  # fmt: skip
        within = func.row_number().over(partition_by=STORED_PRODUCTS.c.id, order_by=NEW_VARIANTS.c.number)
        new = (
            select(
                STORED_PRODUCTS.c.id, NEW_VARIANTS.c.sku, NEW_VARIANTS.c.sku_key,
                func.coalesce(last.c.position, -1) + within, literal(0), *(NEW_VARIANTS.c[n] for n in VARIANT_VALUES),
            )
            .join_from(NEW_VARIANTS, STORED_PRODUCTS, STORED_PRODUCTS.c.code == NEW_VARIANTS.c.code)
            .outerjoin(last, last.c.product_id == STORED_PRODUCTS.c.id)
            .where(~known).order_by(NEW_VARIANTS.c.number)
        )  # fmt: skip
        names = ["product_id", "sku", "sku_key", "position", "stock", *VARIANT_VALUES]
        self._run(insert(VARIANTS).from_select(names, new))

    # --- stock ---

    def _count(self, problems: Problems, stock: bool) -> int:
        """Count what is new; of what exists only what was confirmed on a later day than the ledger's last count.

        A count stands at the end of the day on which it was confirmed, so that what was sold since is taken off it.
        """
        last = (
            select(MOVEMENTS.c.variant_id, func.max(MOVEMENTS.c.at, type_=Instant()).label("at"))
            .where(MOVEMENTS.c.counted.is_not(None), MOVEMENTS.c.undone.is_(False))
            .group_by(MOVEMENTS.c.variant_id).subquery("last_count")
        )  # fmt: skip
        now, default = literal(self.moment.now, Instant()), literal(self.moment.counted_at, Instant())
        later = and_(NEW_VARIANTS.c.confirmed_from > last.c.at, NEW_VARIANTS.c.confirmed_from <= now)
        first = last.c.at.is_(None)
        at = case(
            (or_(later, and_(first, NEW_VARIANTS.c.confirmed_at.is_not(None))), NEW_VARIANTS.c.confirmed_at),
            (last.c.at >= default, now), else_=default,
        )  # fmt: skip
        joined = NEW_VARIANTS.join(VARIANTS, VARIANTS.c.sku == NEW_VARIANTS.c.sku).outerjoin(
            last, last.c.variant_id == VARIANTS.c.id
        )
        wanted = select(NEW_VARIANTS.c.number, VARIANTS.c.id, at).select_from(joined)
        wanted = wanted if stock else wanted.where(or_(first, later))
        booked = self._run(insert(COUNTS).from_select(["number", "variant_id", "at"], wanted))
        self._book(select(
            COUNTS.c.variant_id, COUNTS.c.at, NEW_VARIANTS.c.stock, literal("import"), null(),
        ).join_from(COUNTS, NEW_VARIANTS, NEW_VARIANTS.c.number == COUNTS.c.number))  # fmt: skip
        self._left_alone(problems)
        return booked

    def _left_alone(self, problems: Problems) -> None:
        shown = case((VARIANTS.c.stock > 0, VARIANTS.c.stock), else_=0)
        counted = exists(select(literal(1)).select_from(COUNTS).where(COUNTS.c.number == NEW_VARIANTS.c.number))
        rows = self.connection.execute(
            select(NEW_VARIANTS.c.number, NEW_VARIANTS.c.stock, shown.label("shown"))
            .join_from(NEW_VARIANTS, VARIANTS, VARIANTS.c.sku == NEW_VARIANTS.c.sku)
            .where(~counted, NEW_VARIANTS.c.stock != shown)
        )
        said = _("stock stays {ledger}: the file's {file} is no newer count than the ledger's; use --stock to set it")
        for number, stock, ledgers in rows:
            message = said.format(ledger=ledgers, file=stock)
            problems.extend([Problem(number, "stock", "stock_not_newer", Level.remark, message)])

    def _skip_known_references(self) -> None:
        same = and_(VARIANTS.c.sku == VALUES.c.sku, MOVEMENTS.c.reference == VALUES.c.reference)
        in_ledger = exists(
            select(literal(1))
            .select_from(MOVEMENTS.join(VARIANTS, VARIANTS.c.id == MOVEMENTS.c.variant_id))
            .where(same)
        )
        earlier = VALUES.alias("earlier")
        in_file = exists(select(literal(1)).select_from(earlier).where(
            earlier.c.sku == VALUES.c.sku, earlier.c.reference == VALUES.c.reference,
            earlier.c.number < VALUES.c.number,
        ))  # fmt: skip
        known = select(VALUES.c.number).where(VALUES.c.reference.is_not(None), or_(in_ledger, in_file))
        self._run(delete(VALUES).where(VALUES.c.number.in_(known)))

    def _book(self, counts: Select[Any]) -> None:
        """Counts into the ledger (variant, time, pieces, reason, reference), and the levels after them."""
        rows = counts.subquery("booked")
        variant, at, pieces, reason, reference = rows.c
        line = select(
            variant, literal(MovementKind.counted.value), at, literal(0), pieces, reason, cast(reference, Text),
            literal(self.import_id), literal(self.moment.now, Instant()), literal(False),
        )  # fmt: skip
        names = [
            "variant_id",
            "kind",
            "at",
            "delta",
            "counted",
            "reason",
            "reference",
            "import_id",
            "recorded_at",
            "undone",
        ]
        self._run(insert(MOVEMENTS).from_select(names, line))
        fold = ledger.levels(VARIANTS.c.id.in_(select(COUNTS.c.variant_id))).subquery("fold")
        changed = select(fold.c.variant_id, fold.c.stock).join_from(
            fold, VARIANTS, and_(VARIANTS.c.id == fold.c.variant_id, VARIANTS.c.stock != fold.c.stock)
        )
        self._run(insert(LEVELS).from_select(["variant_id", "stock"], changed))
        self._run(update(VARIANTS).values(stock=LEVELS.c.stock).where(VARIANTS.c.id == LEVELS.c.variant_id))

    # --- what changed ---

    def _kept(self, *kinds: str) -> Select[Any]:
        return select(CHANGES.c.key).where(CHANGES.c.import_id == self.import_id, CHANGES.c.kind.in_(kinds))

    def _touch(self) -> None:
        """Mark the products of which anything changed."""
        product, variant = STORED_PRODUCTS.c.id, VARIANTS.c.product_id
        producers = select(PRODUCERS.c.id).where(PRODUCERS.c.code.in_(self._kept("producer")))
        touched = union(
            select(product).where(STORED_PRODUCTS.c.code.in_(self._kept("product", "pictures"))),
            select(product).where(STORED_PRODUCTS.c.producer_id.in_(producers)),
            select(variant).where(VARIANTS.c.sku.in_(self._kept("variant"))),
            select(variant).where(VARIANTS.c.id.in_(select(LEVELS.c.variant_id))),
        )
        if self._run(insert(TOUCHED).from_select(["product_id"], touched)):
            marked = update(STORED_PRODUCTS).values(changed_seq=advance(self.connection))
            self._run(marked.where(product.in_(select(TOUCHED.c.product_id))))

    def _changed_rows(self) -> int:
        """Rows of a catalogue whose product, producer or variant is not as it was, nor its level."""
        products = select(STORED_PRODUCTS.c.code).where(or_(
            STORED_PRODUCTS.c.code.in_(self._kept("product", "pictures")),
            STORED_PRODUCTS.c.producer_id.in_(
                select(PRODUCERS.c.id).where(PRODUCERS.c.code.in_(self._kept("producer")))
            ),
        ))  # fmt: skip
        levels = select(COUNTS.c.number).join_from(COUNTS, LEVELS, LEVELS.c.variant_id == COUNTS.c.variant_id)
        return self._number(select(func.count()).select_from(NEW_VARIANTS).where(or_(
            NEW_VARIANTS.c.code.in_(products), NEW_VARIANTS.c.sku.in_(self._kept("variant")),
            NEW_VARIANTS.c.number.in_(levels),
        )))  # fmt: skip

    # --- keeping what was ---

    def _keep(self, kind: str, key: ColumnElement[Any], table: Table, names: Sequence[str], among: Any) -> None:
        """Keep these values of the rows `among` (a join in which `table` takes part) as they are now."""
        pairs = [part for name in names for part in (literal(name), table.c[name])]
        if self.connection.dialect.name == "sqlite":
            before: ColumnElement[str] = func.json_object(*pairs)
        else:
            before = cast(func.json_build_object(*pairs), Text)
        rows = select(literal(self.import_id), literal(kind), key, before).select_from(among)
        self._run(insert(CHANGES).from_select(["import_id", "kind", "key", "before_json"], rows))

    def _keep_new(self, kind: str, keys: Select[Any]) -> None:
        """Keep that these were not there."""
        found = keys.subquery("not_there")
        rows = select(literal(self.import_id), literal(kind), *found.c)
        self._run(insert(CHANGES).from_select(["import_id", "kind", "key"], rows))

    def _run(self, statement: Any) -> int:
        return int(self.connection.execute(statement, execution_options={"preserve_rowcount": True}).rowcount)

    def _number(self, statement: Select[Any]) -> int:
        return int(self.connection.execute(statement).scalar_one())

    def _rows(self, table: Table) -> int:
        return self._number(select(func.count()).select_from(table))


def _differ(stored_rows: Table, new_rows: Table, names: Sequence[str]) -> ColumnElement[bool]:
    return or_(*(stored_rows.c[name].is_distinct_from(new_rows.c[name]) for name in names))
