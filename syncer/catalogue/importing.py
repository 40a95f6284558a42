"""Files into the catalogue: read, judge, then apply in one write transaction.

A row that is absent changes nothing; a row with an error is left out and the rest goes in; a file that cannot be read
as a whole changes nothing. No file is read inside the transaction.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlmodel import Session, col, select

from syncer.catalogue.ledger import book, last_counts
from syncer.catalogue.model import Movement, MovementKind, Picture
from syncer.catalogue.pictures import Album
from syncer.catalogue.products import bump
from syncer.catalogue.reading import FileKind, Table, read_table
from syncer.catalogue.rules import (
    Known,
    Level,
    Problem,
    Row,
    RuleSettings,
    clean_row,
    day,
    judge_pictures,
    picture_names,
    problem,
    whole_number,
)
from syncer.store.database import Database
from syncer.store.tables import ImportRow, PictureRow, ProducerRow, ProductRow, VariantRow
from syncer.texts import _

WIB = ZoneInfo("Asia/Jakarta")


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What an import came to: `rows` read, `imported` = those that changed something, `unchanged` = the others."""

    file: str
    kind: FileKind
    rows: int
    imported: int
    unchanged: int
    problems: tuple[Problem, ...]
    import_id: int | None = None

    @property
    def exit_code(self) -> int:
        """1 when a row was left out, else 0."""
        return 1 if any(p.level is Level.error for p in self.problems) else 0

    def as_json(self) -> dict[str, Any]:
        """The report in the form that scripts read (DESIGN 8)."""
        return {
            "file": self.file,
            "kind": self.kind.value,
            "rows": self.rows,
            "imported": self.imported,
            "unchanged": self.unchanged,
            "problems": [_problem_json(p) for p in self.problems],
        }


def _problem_json(found: Problem) -> dict[str, Any]:
    return {
        "row": found.row, "column": found.column, "code": found.code, "level": found.level.value,
        "message": found.message,
    }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Moment:
    """The times of an import: `now`, the day on which dates are judged, and the ledger time of its counts."""

    now: datetime
    judged_on: date
    counted_at: datetime


@dataclass(slots=True)
class Draft:
    """What a file wants changed, before it is applied."""

    rows: list[Row] = field(default_factory=list)
    pictures: dict[str, tuple[Picture, ...]] = field(default_factory=dict)
    counts: list[Movement] = field(default_factory=list)
    prices: dict[str, int] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)


def moment_of(as_of: date | datetime | None, now: datetime) -> Moment:
    """The times of an import. A date alone means its end in Asia/Jakarta, but never later than now."""
    if as_of is None:
        return Moment(now, now.astimezone(WIB).date(), now)
    if isinstance(as_of, datetime):
        return Moment(now, as_of.astimezone(WIB).date(), min(as_of, now))
    return Moment(now, as_of, min(_end_of(as_of), now))


def _end_of(moment: date) -> datetime:
    return datetime.combine(moment + timedelta(days=1), time(), WIB) - timedelta(microseconds=1)


def import_file(
    database: Database, path: Path, *, now: datetime, as_of: date | datetime | None = None, stock: bool = False,
    dry_run: bool = False, settings: RuleSettings | None = None, progress: Callable[[int], None] = lambda _: None,
) -> ImportReport:  # fmt: skip
    """Read `path` into the catalogue. `stock` lets a full file set the stock of SKUs that exist.

    Raises:
        UnreadableFile: the file as a whole cannot be read; nothing was changed.
    """
    settings, moment, table = settings or RuleSettings(), moment_of(as_of, now), read_table(path)
    with database.read() as session:
        draft = _judge(session, path, table, settings, moment, progress)
    with database.write() as session:
        applied = _apply(session, path, table, draft, moment, stock)
        if dry_run or not applied.changed:
            session.rollback()  # an import that changed nothing is none that could be taken back
    return ImportReport(
        file=str(path), kind=table.kind, rows=len(table.rows), imported=applied.changed, unchanged=applied.unchanged,
        problems=tuple(sorted(draft.problems, key=lambda p: (p.row or 0))),
        import_id=applied.import_id if applied.changed and not dry_run else None,
    )  # fmt: skip


# --- judging ---------------------------------------------------------------------------------------------------------


def _judge(
    session: Session, path: Path, table: Table, settings: RuleSettings, moment: Moment,
    progress: Callable[[int], None],
) -> Draft:  # fmt: skip
    draft, known = Draft(), Known(_stored_skus(session))
    if table.kind is FileKind.full:
        album = Album(path.resolve().parent)
        for number, raw in table.rows:
            _judge_full(draft, known, album, number, raw, settings, moment)
            progress(number)
        return draft
    for number, raw in table.rows:
        _judge_small(draft, known, table.kind, number, raw, moment)
        progress(number)
    return draft


def _judge_full(
    draft: Draft, known: Known, album: Album, number: int, raw: Mapping[str, str], settings: RuleSettings,
    moment: Moment,
) -> None:  # fmt: skip
    row, problems = clean_row(number, raw, settings, moment.judged_on)
    pictures = [album.picture(name) for name in picture_names(row)]
    problems += judge_pictures(row, pictures, settings)
    problems += known.judge(row, settings)
    draft.problems += problems
    if any(p.level is Level.error for p in problems):
        return
    known.keep(row)
    draft.rows.append(row)
    draft.pictures.setdefault(row.text["product_code"], tuple(p for p in pictures if p is not None))


def _judge_small(
    draft: Draft, known: Known, kind: FileKind, number: int, raw: Mapping[str, str], moment: Moment
) -> None:
    sku = raw["sku"].strip()
    stored = known.skus.get(sku.casefold())
    if stored is None or stored[0] != sku:
        message = _("SKU '{sku}' is not in the catalogue; correct it, or import the product first").format(sku=sku)
        draft.problems.append(problem(number, "sku", "sku_unknown", Level.error, message))
        return
    if kind is FileKind.price:
        value, found = whole_number(number, "price_idr", raw["price_idr"].strip(), "price", True, False)
        draft.problems += found
        if value is not None:
            draft.prices[sku] = value
        return
    value, found = whole_number(number, "stock", raw["stock"].strip(), "stock", True, True)
    at, time_problem = _counted_at(number, raw.get("counted_at", "").strip(), moment)
    draft.problems += [*found, *time_problem]
    if value is not None and at is not None:
        reason, reference = raw.get("reason", "").strip(), raw.get("reference", "").strip() or None
        draft.counts.append(Movement(sku, MovementKind.counted, at, 0, value, reason, reference))


def _counted_at(number: int, text: str, moment: Moment) -> tuple[datetime | None, list[Problem]]:
    if not text:
        return moment.counted_at, []
    alone = day(text)
    if alone is not None:
        return min(_end_of(alone), moment.now), []
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        message = _("counted_at is '{value}'; write it as 2026-11-03 or 2026-11-03T15:04").format(value=text[:40])
        return None, [problem(number, "counted_at", "date_format", Level.error, message)]
    return min(at if at.tzinfo else at.replace(tzinfo=WIB), moment.now), []


def _stored_skus(session: Session) -> dict[str, tuple[str, str, str, int | None]]:
    rows = session.exec(
        select(VariantRow.sku_key, VariantRow.sku, ProductRow.code, ProducerRow.code)
        .join(ProductRow, col(VariantRow.product_id) == ProductRow.id)
        .join(ProducerRow, col(ProductRow.producer_id) == ProducerRow.id)
    )
    return {key: (sku, product, producer, None) for key, sku, product, producer in rows}


# --- applying --------------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Applied:
    """What applying a draft came to."""

    import_id: int
    changed: int = 0
    unchanged: int = 0
    before: dict[str, Any] = field(default_factory=dict)


def _apply(session: Session, path: Path, table: Table, draft: Draft, moment: Moment, stock: bool) -> Applied:
    row = ImportRow(
        file=str(path), kind=table.kind.value, at=moment.now, rows=len(table.rows), before_json="{}", problems_json="[]"
    )
    session.add(row)
    session.flush()
    applied = Applied(row.id or 0, before={"products": {}, "variants": {}, "producers": {}})
    match table.kind:
        case FileKind.full:
            _apply_full(session, draft, moment, stock, applied)
        case FileKind.stock:
            booked = set(book(session, draft.counts, moment.now, applied.import_id))
            applied.changed = sum(1 for count in draft.counts if count.sku in booked)
            applied.unchanged = len(draft.counts) - applied.changed
        case FileKind.price:
            _apply_prices(session, draft, applied)
    row.imported, row.unchanged = applied.changed, applied.unchanged
    row.before_json = json.dumps(applied.before, default=str, sort_keys=True)
    row.problems_json = json.dumps([_problem_json(p) for p in draft.problems], ensure_ascii=False)
    session.add(row)
    return applied


def _apply_prices(session: Session, draft: Draft, applied: Applied) -> None:
    moved: set[int] = set()
    for variant in _variants(session, draft.prices):
        if variant.price_idr == draft.prices[variant.sku]:
            applied.unchanged += 1
            continue
        applied.before["variants"][variant.sku] = _plain(variant)
        variant.price_idr = draft.prices[variant.sku]
        session.add(variant)
        moved.add(variant.product_id)
        applied.changed += 1
    _mark(session, moved)


def _apply_full(session: Session, draft: Draft, moment: Moment, stock: bool, applied: Applied) -> None:
    producers = _producers(session, draft.rows, applied)
    products = {row.code: row for row in session.exec(select(ProductRow))}
    variants = {row.sku: row for row in _variants(session, [r.sku for r in draft.rows])}
    new = {row.sku for row in draft.rows if row.sku not in variants}
    moved: set[int] = set()
    for position, row in enumerate(draft.rows):
        product, product_changed = _put_product(session, row, producers, products, draft, applied)
        variant_changed = _put_variant(session, row, product, variants, position, applied)
        if product_changed or variant_changed:
            moved.add(product.id or 0)
        applied.changed += product_changed or variant_changed
        applied.unchanged += not (product_changed or variant_changed)
    _mark(session, moved)
    _count_stock(session, draft, new, moment, stock, applied)


def _producers(session: Session, rows: Iterable[Row], applied: Applied) -> dict[str, ProducerRow]:
    stored = {row.code: row for row in session.exec(select(ProducerRow))}
    for row in rows:
        text = row.text
        producer = stored.get(text["producer_code"])
        if producer is None:
            producer = ProducerRow(code=text["producer_code"], name=text["producer_name"], district=text["district"])
            applied.before["producers"].setdefault(producer.code, None)
        elif (producer.name, producer.district) != (text["producer_name"], text["district"]):
            applied.before["producers"].setdefault(producer.code, _plain(producer))
            producer.name, producer.district = text["producer_name"], text["district"]
        stored[producer.code] = producer
        session.add(producer)
    session.flush()
    return stored


def _put_product(
    session: Session, row: Row, producers: Mapping[str, ProducerRow], products: dict[str, ProductRow], draft: Draft,
    applied: Applied,
) -> tuple[ProductRow, bool]:  # fmt: skip
    code = row.text["product_code"]
    wanted = _product_values(row, producers[row.text["producer_code"]])
    pictures = draft.pictures[code]
    product = products.get(code)
    if product is None:
        product = ProductRow(code=code, changed_seq=0, **wanted)
        products[code] = product
        session.add(product)
        session.flush()
        applied.before["products"].setdefault(code, None)
        _put_pictures(session, product, pictures)
        return product, True
    stored = list(session.exec(select(PictureRow).where(PictureRow.product_id == product.id)))
    same_pictures = [(p.path, p.sha256) for p in sorted(stored, key=lambda p: p.position)] == [
        (p.path, p.sha256) for p in pictures
    ]
    if same_pictures and all(getattr(product, name) == value for name, value in wanted.items()):
        return product, False
    applied.before["products"].setdefault(code, {**_plain(product), "pictures": [_plain(p) for p in stored]})
    for name, value in wanted.items():
        setattr(product, name, value)
    session.add(product)
    if not same_pictures:
        for picture in stored:
            session.delete(picture)
        session.flush()
        _put_pictures(session, product, pictures)
    return product, True


def _product_values(row: Row, producer: ProducerRow) -> dict[str, Any]:
    text, numbers = row.text, row.numbers
    optional = ("brand", "option1_name", "option2_name", "pirt", "bpom_md", "halal_id")
    return {
        "producer_id": producer.id,
        "name": text["name"],
        "description": text["description"],
        "category": text["category"],
        "status": text["status"],
        "shelf_life_days": numbers.get("shelf_life_days"),
        "made_to_order_days": numbers.get("made_to_order_days"),
        **{name: text[name] or None for name in optional},
    }


def _put_pictures(session: Session, product: ProductRow, pictures: Sequence[Picture]) -> None:
    for position, picture in enumerate(pictures):
        session.add(
            PictureRow(
                product_id=product.id or 0, position=position, path=picture.path, sha256=picture.sha256,
                width=picture.width, height=picture.height,
            )
        )  # fmt: skip


def _put_variant(
    session: Session, row: Row, product: ProductRow, variants: dict[str, VariantRow], position: int, applied: Applied
) -> bool:
    wanted = _variant_values(row, product)
    variant = variants.get(row.sku)
    if variant is None:
        variant = VariantRow(sku=row.sku, sku_key=row.sku.casefold(), position=position, **wanted)
        variants[row.sku] = variant
        session.add(variant)
        applied.before["variants"].setdefault(row.sku, None)
        return True
    if all(getattr(variant, name) == value for name, value in wanted.items()):
        return False
    applied.before["variants"].setdefault(row.sku, _plain(variant))
    for name, value in wanted.items():
        setattr(variant, name, value)
    session.add(variant)
    return True


def _variant_values(row: Row, product: ProductRow) -> dict[str, Any]:
    text, numbers = row.text, row.numbers
    required = ("price_idr", "ship_weight_g", "length_cm", "width_cm", "height_cm")
    return {
        "product_id": product.id,
        "option1_value": text["option1_value"] or None,
        "option2_value": text["option2_value"] or None,
        "barcode": text["barcode"] or None,
        "net_weight_g": numbers.get("net_weight_g"),
        "producer_price_idr": numbers.get("producer_price_idr"),
        "stock_confirmed_on": row.confirmed_on,
        **{name: numbers[name] for name in required},
    }


def _count_stock(session: Session, draft: Draft, new: set[str], moment: Moment, stock: bool, applied: Applied) -> None:
    """A full file counts new SKUs; of those that exist only where it was confirmed later than the last count."""
    counted = last_counts(session, [row.sku for row in draft.rows])
    counts = []
    for row in draft.rows:
        at, last = moment.counted_at, counted.get(row.sku)
        newer = last is None or (row.confirmed_on is not None and row.confirmed_on > last.astimezone(WIB).date())
        if row.sku in new or stock or newer:
            counts.append(Movement(row.sku, MovementKind.counted, at, 0, row.numbers["stock"], "import"))
        elif _stock_differs(session, row):
            message = _(
                "stock was left as it is: the file's count is not newer than the ledger's; use --stock to set it"
            )
            draft.problems.append(problem(row.number, "stock", "stock_not_newer", Level.remark, message))
    applied.changed = max(applied.changed, len(set(book(session, counts, moment.now, applied.import_id))))


def _stock_differs(session: Session, row: Row) -> bool:
    return session.exec(select(VariantRow.stock).where(VariantRow.sku == row.sku)).one() != row.numbers["stock"]


def _variants(session: Session, skus: Iterable[str]) -> list[VariantRow]:
    wanted = sorted(skus)
    found: list[VariantRow] = []
    for start in range(0, len(wanted), 500):
        found += session.exec(select(VariantRow).where(col(VariantRow.sku).in_(wanted[start : start + 500]))).all()
    return found


def _mark(session: Session, product_ids: set[int]) -> None:
    if not product_ids:
        return
    seq = bump(session)
    for product_id in sorted(product_ids):
        product = session.get_one(ProductRow, product_id)
        product.changed_seq = seq
        session.add(product)


def _plain(row: ProductRow | VariantRow | ProducerRow | PictureRow) -> dict[str, Any]:
    return row.model_dump(mode="json", exclude={"id", "stock", "changed_seq"})
