"""Taking the last import back: values as they were, counts passed over, new products gone unless they are in use."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    Table,
    bindparam,
    delete,
    exists,
    func,
    insert,
    literal,
    or_,
    select,
    update,
)
from sqlalchemy.engine import Connection
from sqlmodel import Session

from syncer.catalogue.ledger import refold
from syncer.catalogue.products import PICTURES, PRODUCERS, PRODUCTS, VARIANTS, touch
from syncer.errors import Failed
from syncer.store.database import Database
from syncer.store.tables import (
    FacetRow,
    HeldChangeRow,
    ImportChangeRow,
    ImportRow,
    IntentRow,
    ListingRow,
    OfferRow,
    OutcomeRow,
    StockMovementRow,
    stored,
)
from syncer.texts import _

IMPORTS, CHANGES, MOVEMENTS = stored(ImportRow), stored(ImportChangeRow), stored(StockMovementRow)
LISTINGS, OFFERS, INTENTS = stored(ListingRow), stored(OfferRow), stored(IntentRow)

BATCH = 500


@dataclass(frozen=True, slots=True)
class Undone:
    """What was taken back: how many products, SKUs and counts."""

    import_id: int
    file: str
    products: int
    variants: int
    counts: int


def undo_last(database: Database, now: datetime) -> Undone:
    """Take the last import back, exactly: values, pictures, producers, counts. The ledger's lines stay, passed over.

    Raises:
        Failed: there is none, or something stands on it: a shop shows or is about to show what it brought, or the
            ledger has other movements of it.
    """
    with database.write() as session:
        connection = session.connection()
        last = connection.execute(
            select(IMPORTS).where(IMPORTS.c.undone_at.is_(None)).order_by(IMPORTS.c.id.desc()).limit(1)
        ).one_or_none()
        if last is None:
            raise Failed(_("there is no import to take back"))
        undo = _Undo(connection, last.id)
        undo.refuse_if_built_upon()
        products, variants = undo.number("product", "pictures"), undo.number("variant")
        touched = undo.products_touched()
        counts = undo.pass_over_counts(session)
        undo.restore()
        touch(session, [product for product in touched if product not in undo.gone])
        connection.execute(update(IMPORTS).where(IMPORTS.c.id == last.id).values(undone_at=now))
        return Undone(last.id, last.file, products, variants, counts)


class _Undo:
    def __init__(self, connection: Connection, import_id: int) -> None:
        self._connection, self._import = connection, import_id
        self._new_skus, self._new_codes = self._new("variant"), self._new("product")
        self.gone = set(connection.execute(select(PRODUCTS.c.id).where(PRODUCTS.c.code.in_(self._new_codes))).scalars())

    def refuse_if_built_upon(self) -> None:
        """Refuse when what this import brought is used by something that came later."""
        shown = select(OFFERS.c.sku).where(OFFERS.c.sku.in_(self._new_skus), OFFERS.c.external_id.is_not(None))
        building = (
            select(PRODUCTS.c.code).join_from(PRODUCTS, LISTINGS, LISTINGS.c.product_id == PRODUCTS.c.id)
            .where(PRODUCTS.c.code.in_(self._new_codes), or_(
                LISTINGS.c.external_id.is_not(None),
                exists(select(literal(1)).where(INTENTS.c.listing_id == LISTINGS.c.id)),
            ))
        )  # fmt: skip
        moved = (
            select(VARIANTS.c.sku).join_from(VARIANTS, MOVEMENTS, MOVEMENTS.c.variant_id == VARIANTS.c.id)
            .where(VARIANTS.c.sku.in_(self._new_skus), MOVEMENTS.c.import_id.is_distinct_from(self._import),
                   MOVEMENTS.c.undone.is_(False))
        )  # fmt: skip
        reasons = (
            (shown, _("{sku} came with this import and is in a shop already; archive its product instead")),
            (building, _("{sku} came with this import and a shop is about to show it; archive it instead")),
            (moved, _("{sku} came with this import and its stock has moved since; archive its product instead")),
        )
        for statement, said in reasons:
            name = self._connection.execute(statement.limit(1)).scalar()
            if name is not None:
                raise Failed(said.format(sku=name))

    def pass_over_counts(self, session: Session) -> int:
        """Mark the import's counts as undone and free their references; returns how many there were."""
        mine = MOVEMENTS.c.import_id == self._import
        variants = list(self._connection.execute(select(MOVEMENTS.c.variant_id).where(mine).distinct()).scalars())
        freed = MOVEMENTS.c.reference + literal(f" (undone {self._import})")
        passed = self._connection.execute(update(MOVEMENTS).where(mine).values(undone=True, reference=freed)).rowcount
        refold(session, variants)
        return int(passed)

    def products_touched(self) -> list[int]:
        """Every product of which this import changed anything."""
        producers = select(PRODUCERS.c.id).where(PRODUCERS.c.code.in_(self._keys("producer")))
        return list(self._connection.execute(select(PRODUCTS.c.id).where(or_(
            PRODUCTS.c.code.in_(self._keys("product", "pictures")),
            PRODUCTS.c.producer_id.in_(producers),
            PRODUCTS.c.id.in_(select(VARIANTS.c.product_id).where(VARIANTS.c.sku.in_(self._keys("variant")))),
        ))).scalars())  # fmt: skip

    def restore(self) -> None:
        """Put every value back, and take away what was not there."""
        self._remove_new()
        self._set_back("variant", VARIANTS, VARIANTS.c.sku)
        self._set_back("product", PRODUCTS, PRODUCTS.c.code)
        self._set_back("producer", PRODUCERS, PRODUCERS.c.code)
        self._pictures_back()
        self._connection.execute(delete(PRODUCERS).where(PRODUCERS.c.code.in_(self._new("producer"))))

    def number(self, *kinds: str) -> int:
        """How many different things of these kinds the import changed."""
        keys = self._keys(*kinds).distinct().subquery("keys")
        return int(self._connection.execute(select(func.count()).select_from(keys)).scalar_one())

    # --- steps ---

    def _remove_new(self) -> None:
        run = self._connection.execute
        products = select(PRODUCTS.c.id).where(PRODUCTS.c.code.in_(self._new_codes))
        variants = select(VARIANTS.c.id).where(VARIANTS.c.sku.in_(self._new_skus))
        listings = select(LISTINGS.c.id).where(LISTINGS.c.product_id.in_(products))
        run(delete(MOVEMENTS).where(MOVEMENTS.c.variant_id.in_(variants)))
        run(delete(OFFERS).where(OFFERS.c.sku.in_(self._new_skus)))
        for row in (FacetRow, OutcomeRow, HeldChangeRow):
            table = stored(row)
            run(delete(table).where(table.c.listing_id.in_(listings)))
        run(delete(LISTINGS).where(LISTINGS.c.product_id.in_(products)))
        run(delete(VARIANTS).where(VARIANTS.c.sku.in_(self._new_skus)))
        run(delete(PICTURES).where(PICTURES.c.product_id.in_(products)))
        run(delete(PRODUCTS).where(PRODUCTS.c.code.in_(self._new_codes)))

    def _set_back(self, kind: str, table: Table, key: ColumnElement[Any]) -> None:
        for part in self._kept(kind):
            rows = [{"kept_key": row.key, **_values(row.before_json)} for row in part]
            names = [name for name in rows[0] if name != "kept_key"]
            statement = update(table).where(key == bindparam("kept_key"))
            self._connection.execute(statement.values({name: bindparam(name) for name in names}), rows)

    def _pictures_back(self) -> None:
        products = PRODUCTS.c.code.in_(self._keys("pictures"))
        mine = PICTURES.c.product_id.in_(select(PRODUCTS.c.id).where(products))
        self._connection.execute(delete(PICTURES).where(mine))
        ids = dict(self._connection.execute(select(PRODUCTS.c.code, PRODUCTS.c.id).where(products)).all())
        for part in self._kept("picture"):
            rows = [{"product_id": ids[row.key], **_values(row.before_json)} for row in part]
            self._connection.execute(insert(PICTURES), rows)

    def _kept(self, kind: str) -> Iterator[Sequence[Any]]:
        statement = (
            select(CHANGES.c.key, CHANGES.c.before_json).order_by(CHANGES.c.id)
            .where(CHANGES.c.import_id == self._import, CHANGES.c.kind == kind, CHANGES.c.before_json.is_not(None))
        )  # fmt: skip
        rows = self._connection.execute(statement).all()
        for start in range(0, len(rows), BATCH):
            yield rows[start : start + BATCH]

    def _keys(self, *kinds: str) -> Select[Any]:
        return select(CHANGES.c.key).where(CHANGES.c.import_id == self._import, CHANGES.c.kind.in_(kinds))

    def _new(self, kind: str) -> Select[Any]:
        return self._keys(kind).where(CHANGES.c.before_json.is_(None))


def _values(before: str) -> dict[str, Any]:
    values: dict[str, Any] = json.loads(before)
    confirmed = values.get("stock_confirmed_on")
    if confirmed is not None:
        values["stock_confirmed_on"] = date.fromisoformat(confirmed)
    return values
