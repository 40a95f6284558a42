"""The one rule set of the catalogue: what a row must be, and what a product should be. Pure.

Import, readiness and reports share it. Every problem says what, where, and what to do; its code is stable, its
sentence is for people. An error leaves the row out; a warning lets it in; a remark only tells.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from stdnum import ean

from syncer.catalogue.model import Picture, Product, ProductStatus
from syncer.texts import _


class Level(StrEnum):
    """How bad a problem is."""

    error = "error"
    warning = "warning"
    remark = "remark"


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong, where, and what to do. `row` counts as a spreadsheet does (header = 1); None = the whole file."""

    row: int | None
    column: str
    code: str
    level: Level
    message: str


@dataclass(frozen=True, slots=True)
class RuleSettings:
    """The limits that are settings, not laws. Lengths in characters, sides in pixels, ages in days."""

    name_least: int = 20
    name_most: int = 255
    description_most: int = 5000
    picture_side: int = 500
    price_spread: int = 7
    confirmed_days: int = 60
    certificate_days: int = 90
    made_to_order_days: int = 30
    claims: tuple[str, ...] = (r"\bno\.? ?1\b", r"\bter(?:baik|murah|laris)\b", r"\b100 ?% asli\b")
    food: str = "Makanan & Minuman"
    frozen: str = "Makanan & Minuman > Makanan Beku"
    halal_since: date = date(2026, 10, 18)
    districts: tuple[str, ...] = (
        "Kota Pangkalpinang", "Bangka", "Bangka Barat", "Bangka Tengah", "Bangka Selatan", "Belitung", "Belitung Timur",
    )  # fmt: skip


PRODUCT_COLUMNS = (
    "product_code", "producer_code", "producer_name", "district", "name", "description", "category", "brand",
    "option1_name", "option2_name", "images", "pirt", "bpom_md", "halal_id", "shelf_life_days", "made_to_order_days",
    "status",
)  # fmt: skip
COLUMNS = (
    "product_code", "sku", "producer_code", "producer_name", "district", "name", "description", "category", "brand",
    "option1_name", "option1_value", "option2_name", "option2_value", "barcode", "price_idr", "stock", "net_weight_g",
    "ship_weight_g", "length_cm", "width_cm", "height_cm", "images", "pirt", "bpom_md", "halal_id", "shelf_life_days",
    "made_to_order_days", "producer_price_idr", "stock_confirmed_on", "status",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Row:
    """One checked row: clean text by column, and the numbers and dates that were in it."""

    number: int
    text: Mapping[str, str]
    numbers: Mapping[str, int] = field(default_factory=dict)
    confirmed_on: date | None = None

    @property
    def sku(self) -> str:
        """The seller SKU."""
        return self.text["sku"]

    @property
    def product_text(self) -> tuple[str, ...]:
        """What must be the same on every row of a product."""
        return tuple(self.text[column] for column in PRODUCT_COLUMNS)


Check = Callable[[Row, RuleSettings, date], Iterator[Problem]]


def clean_row(number: int, raw: Mapping[str, str], settings: RuleSettings, as_of: date) -> tuple[Row, list[Problem]]:
    """A raw row of a full catalogue file, cleaned and judged by itself (pictures and collisions apart)."""
    text, problems = _clean_text(number, raw)
    numbers, number_problems = _numbers(number, text)
    confirmed, date_problems = _date(number, text)
    row = Row(number, text, numbers, confirmed)
    problems += [*number_problems, *date_problems]
    for check in ROW_CHECKS:
        problems += check(row, settings, as_of)
    return row, problems


def problem(number: int | None, column: str, code: str, level: Level, message: str) -> Problem:
    """A problem; `message` is already in the reader's language."""
    return Problem(number, column, code, level, message)


# --- text ------------------------------------------------------------------------------------------------------------

_BIDI = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_NBSP = re.compile("[\u00a0\u202f\u2007]")
FREE_TEXT = ("name", "description", "brand", "producer_name", "category")


def _clean_text(number: int, raw: Mapping[str, str]) -> tuple[dict[str, str], list[Problem]]:
    text: dict[str, str] = {}
    problems: list[Problem] = []
    for column in COLUMNS:
        value = unicodedata.normalize("NFC", (raw.get(column) or "").replace("\r\n", "\n"))
        problems += _dangerous(number, column, value)
        if _NBSP.search(value):
            problems.append(
                problem(number, column, "nbsp_replaced", Level.warning,
                        _("{column} holds no-break spaces; they were replaced").format(column=column))
            )  # fmt: skip
            value = _NBSP.sub(" ", value)
        if value != value.strip():
            problems.append(
                problem(number, column, "whitespace_trimmed", Level.warning,
                        _("{column} has blanks around it; they were removed").format(column=column))
            )  # fmt: skip
            value = value.strip()
        text[column] = value
    return text, problems


def _dangerous(number: int, column: str, value: str) -> Iterator[Problem]:
    controls = sorted({f"U+{ord(c):04X}" for c in value if unicodedata.category(c) == "Cc" and c not in "\n\t"})
    if controls:
        text = _("{column} holds the control characters {codes}; type the text anew")
        message = text.format(column=column, codes=", ".join(controls))
        yield problem(number, column, "control_character", Level.error, message)
    bidi = sorted({f"U+{ord(c):04X}" for c in _BIDI.findall(value)})
    if bidi:
        text = _("{column} holds {codes}, which shows text in another order than it is stored; type it anew")
        message = text.format(column=column, codes=", ".join(bidi))
        yield problem(number, column, "bidi_control", Level.error, message)
    if column in FREE_TEXT and value.startswith("="):
        message = _("{column} is a spreadsheet formula; write the text itself").format(column=column)
        yield problem(number, column, "formula_cell", Level.error, message)
    elif column in FREE_TEXT and value[:1] in ("+", "-", "@"):
        text = _("{column} begins with {sign}; it is kept as text, escape it wherever it goes to a spreadsheet")
        message = text.format(column=column, sign=value[0])
        yield problem(number, column, "formula_prefix", Level.warning, message)


# --- numbers and dates -----------------------------------------------------------------------------------------------

_WHOLE = re.compile(r"-?\d{1,15}")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


@dataclass(frozen=True, slots=True)
class _Whole:
    """A column of whole numbers: how its codes begin, whether it must be there, and whether 0 may be."""

    column: str
    kind: str
    required: bool
    zero: bool


WHOLES = (
    _Whole("price_idr", "price", required=True, zero=False),
    _Whole("stock", "stock", required=True, zero=True),
    _Whole("net_weight_g", "weight", required=False, zero=False),
    _Whole("ship_weight_g", "weight", required=True, zero=False),
    _Whole("length_cm", "size", required=True, zero=False),
    _Whole("width_cm", "size", required=True, zero=False),
    _Whole("height_cm", "size", required=True, zero=False),
    _Whole("shelf_life_days", "days", required=False, zero=False),
    _Whole("made_to_order_days", "days", required=False, zero=False),
    _Whole("producer_price_idr", "price", required=False, zero=True),
)


def _numbers(number: int, text: Mapping[str, str]) -> tuple[dict[str, int], list[Problem]]:
    numbers, problems = {}, []
    for whole in WHOLES:
        value, found = whole_number(number, whole.column, text[whole.column], whole.kind, whole.required, whole.zero)
        problems += found
        if value is not None:
            numbers[whole.column] = value
    return numbers, problems


def whole_number(
    number: int, column: str, text: str, kind: str, required: bool, zero: bool
) -> tuple[int | None, list[Problem]]:
    """The whole number in a cell, or why there is none. An empty cell is never zero."""
    if not text:
        if not required:
            return None, []
        message = _("{column} is empty; write the number, 0 if that is meant").format(column=column)
        return None, [problem(number, column, f"{kind}_missing", Level.error, message)]
    if not _WHOLE.fullmatch(text):
        text_ = _("{column} is '{value}'; write a whole number without points, commas or signs")
        message = text_.format(column=column, value=text[:40])
        return None, [problem(number, column, f"{kind}_not_integer", Level.error, message)]
    value = int(text)
    if value < 0:
        message = _("{column} is below zero ({value}); correct it").format(column=column, value=value)
        return None, [problem(number, column, f"{kind}_negative", Level.error, message)]
    if value == 0 and not zero:
        message = _("{column} is 0, which no shop accepts; write the real number").format(column=column)
        return None, [problem(number, column, f"{kind}_zero", Level.error, message)]
    return value, []


def _date(number: int, text: Mapping[str, str]) -> tuple[date | None, list[Problem]]:
    value = text["stock_confirmed_on"]
    if not value:
        return None, []
    parsed = day(value)
    if parsed is not None:
        return parsed, []
    message = _("stock_confirmed_on is '{value}'; write the date as 2026-11-03").format(value=value[:40])
    return None, [problem(number, "stock_confirmed_on", "date_format", Level.error, message)]


def day(text: str) -> date | None:
    """A date written as 2026-11-03, else None."""
    if not _DAY.fullmatch(text):
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


# --- rules of one row ------------------------------------------------------------------------------------------------


def _required_text(row: Row, _settings: RuleSettings, _as_of: date) -> Iterator[Problem]:
    for column in ("product_code", "sku", "producer_code", "producer_name", "name", "category", "images"):
        if not row.text[column]:
            message = _("{column} is empty; fill it").format(column=column)
            yield problem(row.number, column, f"{column}_missing", Level.error, message)


def _name(row: Row, settings: RuleSettings, _as_of: date) -> Iterator[Problem]:
    name = row.text["name"]
    if name and len(name) < settings.name_least:
        text = _("name has {size} characters, {least} are the least; say type, material, origin and size")
        message = text.format(size=len(name), least=settings.name_least)
        yield problem(row.number, "name", "name_too_short", Level.warning, message)
    if len(name) > settings.name_most:
        text = _("name has {size} characters, {most} are the most; shorten it")
        message = text.format(size=len(name), most=settings.name_most)
        yield problem(row.number, "name", "name_too_long", Level.error, message)
    claims = [found.group(0) for claim in settings.claims for found in re.finditer(claim, name, re.IGNORECASE)]
    if claims:
        message = _("name makes claims that nobody has proved ({claims}); remove them").format(claims=", ".join(claims))
        yield problem(row.number, "name", "claim_banned", Level.warning, message)


def _description(row: Row, settings: RuleSettings, _as_of: date) -> Iterator[Problem]:
    size = len(row.text["description"])
    if size > settings.description_most:
        text = _("description has {size} characters, {most} are the most; shorten it")
        message = text.format(size=size, most=settings.description_most)
        yield problem(row.number, "description", "description_too_long", Level.error, message)


def _district(row: Row, settings: RuleSettings, _as_of: date) -> Iterator[Problem]:
    district = row.text["district"]
    if district not in settings.districts:
        text = _("district '{district}' is not one of: {districts}")
        message = text.format(district=district, districts=", ".join(settings.districts))
        yield problem(row.number, "district", "district_unknown", Level.error, message)


def _status(row: Row, _settings: RuleSettings, _as_of: date) -> Iterator[Problem]:
    status = row.text["status"]
    if status not in set(ProductStatus):
        text = _("status '{status}' is not one of: {known}")
        message = text.format(status=status, known=", ".join(ProductStatus))
        yield problem(row.number, "status", "status_unknown", Level.error, message)


def _options(row: Row, _settings: RuleSettings, _as_of: date) -> Iterator[Problem]:
    for name_column, value_column in (("option1_name", "option1_value"), ("option2_name", "option2_value")):
        name, value = row.text[name_column], row.text[value_column]
        if "/" in name and name.count("/") == value.count("/"):
            message = _("'{name}' holds more than one option; two options are the most").format(name=name)
            yield problem(row.number, name_column, "too_many_options", Level.error, message)
        if bool(name) != bool(value):
            missing = value_column if name else name_column
            message = _("{column} is empty although its partner is filled; fill both or neither").format(column=missing)
            yield problem(row.number, missing, "option_incomplete", Level.error, message)
    if row.text["option2_name"] and not row.text["option1_name"]:
        message = _("option1_name is empty although option2_name is filled; use option 1 first")
        yield problem(row.number, "option1_name", "option_incomplete", Level.error, message)


def _barcode(row: Row, _settings: RuleSettings, _as_of: date) -> Iterator[Problem]:
    barcode = row.text["barcode"]
    if barcode and not ean.is_valid(barcode):
        message = _("barcode '{barcode}' is not a valid EAN; correct it or leave it empty").format(barcode=barcode[:20])
        yield problem(row.number, "barcode", "barcode_invalid", Level.warning, message)


def _certificates(row: Row, settings: RuleSettings, as_of: date) -> Iterator[Problem]:
    if not row.text["category"].startswith(settings.food):
        return
    frozen = row.text["category"].startswith(settings.frozen)
    if frozen and row.text["pirt"] and not row.text["bpom_md"]:
        message = _("frozen food carries a P-IRT number; it needs a BPOM MD number instead")
        yield problem(row.number, "pirt", "pirt_not_for_frozen", Level.warning, message)
    elif row.text["pirt"]:
        yield from _pirt(row, settings, as_of)
    if not row.text["halal_id"] and as_of >= settings.halal_since:
        message = _("food without a halal certificate number, compulsory since {day}; ask the producer for it")
        yield problem(
            row.number, "halal_id", "halal_missing", Level.warning, message.format(day=settings.halal_since.isoformat())
        )


def _pirt(row: Row, settings: RuleSettings, as_of: date) -> Iterator[Problem]:
    digits = re.sub(r"\D", "", row.text["pirt"])
    if len(digits) < 15:
        message = _("P-IRT number has {size} digits, 15 are needed; look at the certificate").format(size=len(digits))
        yield problem(row.number, "pirt", "pirt_length", Level.warning, message)
        return
    ends = pirt_ends(row.text["pirt"])
    if ends is None:
        return
    if ends < as_of:
        message = _("P-IRT ended on {day}; ask the producer for the new one").format(day=ends.isoformat())
        yield problem(row.number, "pirt", "pirt_expired", Level.warning, message)
    elif (ends - as_of).days <= settings.certificate_days:
        message = _("P-IRT ends on {day}; ask the producer to renew it").format(day=ends.isoformat())
        yield problem(row.number, "pirt", "pirt_ends_soon", Level.remark, message)


def pirt_ends(pirt: str | None) -> date | None:
    """The last day of a P-IRT number: digits 14 and 15 are the year, taken to run to 31 December."""
    digits = re.sub(r"\D", "", pirt or "")
    return date(2000 + int(digits[13:15]), 12, 31) if len(digits) == 15 else None


def _confirmed(row: Row, settings: RuleSettings, as_of: date) -> Iterator[Problem]:
    if row.confirmed_on is None:
        return
    age = (as_of - row.confirmed_on).days
    if age > settings.confirmed_days:
        message = _("the producer last confirmed the stock {days} days ago; ask again before selling").format(days=age)
        yield problem(row.number, "stock_confirmed_on", "stock_confirmation_old", Level.warning, message)


def _slow(row: Row, settings: RuleSettings, _as_of: date) -> Iterator[Problem]:
    days = row.numbers.get("made_to_order_days")
    if days is not None and days > settings.made_to_order_days:
        text = _("{days} days to make; some shops allow {most} at most")
        message = text.format(days=days, most=settings.made_to_order_days)
        yield problem(row.number, "made_to_order_days", "made_to_order_long", Level.remark, message)


def _floor(row: Row, _settings: RuleSettings, _as_of: date) -> Iterator[Problem]:
    price, floor = row.numbers.get("price_idr"), row.numbers.get("producer_price_idr")
    if price is not None and floor is not None and price < floor:
        text = _("price Rp{price} is below Rp{floor}, what the producer must receive; the push will be held")
        yield problem(row.number, "price_idr", "below_floor", Level.remark, text.format(price=price, floor=floor))


ROW_CHECKS: tuple[Check, ...] = (
    _required_text, _name, _description, _district, _status, _options, _barcode, _certificates, _confirmed, _slow,
    _floor,
)  # fmt: skip


# --- rules of pictures -----------------------------------------------------------------------------------------------


def judge_pictures(row: Row, pictures: Sequence[Picture | None], settings: RuleSettings) -> Iterator[Problem]:
    """`pictures` in the row's order; None = there is no such picture, or it cannot be read."""
    names = picture_names(row)
    seen: dict[str, str] = {}
    for name, picture in zip(names, pictures, strict=True):
        if picture is None:
            message = _("{name} is not among the pictures, or is no picture; correct its name").format(name=name)
            yield problem(row.number, "images", "image_missing", Level.error, message)
            continue
        if min(picture.width, picture.height) < settings.picture_side:
            text = _("{name} is {width} x {height} pixels; shops want at least {side} on each side")
            message = text.format(name=name, width=picture.width, height=picture.height, side=settings.picture_side)
            yield problem(row.number, "images", "image_too_small", Level.warning, message)
        if picture.sha256 in seen:
            message = _("{one} and {other} hold the same picture; keep one").format(
                one=seen[picture.sha256], other=name
            )
            yield problem(row.number, "images", "image_duplicate", Level.warning, message)
        seen.setdefault(picture.sha256, name)


def picture_names(row: Row) -> list[str]:
    """The picture files that a row names, cover first."""
    return [name.strip() for name in row.text["images"].split("|") if name.strip()]


# --- rules between rows ----------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Known:
    """What earlier rows, and the store, already hold: the later one of a collision is refused."""

    skus: dict[str, tuple[str, str, str, int | None]]
    """{SKU, case folded: (SKU, product code, producer code, row or None for the store)}"""
    products: dict[str, tuple[int, tuple[str, ...]]] = field(default_factory=dict)
    combinations: dict[tuple[str, str, str], int] = field(default_factory=dict)
    prices: dict[str, tuple[int, int]] = field(default_factory=dict)

    def judge(self, row: Row, settings: RuleSettings) -> Iterator[Problem]:
        """Collisions of `row` with what is known."""
        yield from self._sku(row)
        yield from self._product(row)
        yield from self._spread(row, settings)

    def keep(self, row: Row) -> None:
        """Take a good row into what is known."""
        text = row.text
        self.skus[row.sku.casefold()] = (row.sku, text["product_code"], text["producer_code"], row.number)
        self.products.setdefault(text["product_code"], (row.number, row.product_text))
        self.combinations[(text["product_code"], text["option1_value"], text["option2_value"])] = row.number
        low, high = self.prices.get(text["product_code"], (row.numbers["price_idr"],) * 2)
        price = row.numbers["price_idr"]
        self.prices[text["product_code"]] = (min(low, price), max(high, price))

    def _sku(self, row: Row) -> Iterator[Problem]:
        known = self.skus.get(row.sku.casefold())
        if known is None:
            return
        sku, product, producer, number = known
        where = _("row {number}").format(number=number) if number is not None else _("the store")
        if sku != row.sku:
            text = _("SKU differs only in letter case from {sku} in {where}; choose another")
            yield problem(row.number, "sku", "sku_case_conflict", Level.error, text.format(sku=sku, where=where))
        elif producer != row.text["producer_code"]:
            text = _("SKU is already used by producer {producer} in {where}; choose another")
            message = text.format(producer=producer, where=where)
            yield problem(row.number, "sku", "sku_other_producer", Level.error, message)
        elif number is not None:
            message = _("same SKU as {where}; it cannot be told which is right, remove one").format(where=where)
            yield problem(row.number, "sku", "sku_duplicate", Level.error, message)
        elif product != row.text["product_code"]:
            message = _("SKU belongs to product {product} in the store; a SKU does not move").format(product=product)
            yield problem(row.number, "sku", "sku_other_product", Level.error, message)

    def _product(self, row: Row) -> Iterator[Problem]:
        first = self.products.get(row.text["product_code"])
        if first is None:
            return
        number, text = first
        for column, mine, theirs in zip(PRODUCT_COLUMNS, row.product_text, text, strict=True):
            if mine != theirs:
                message = _("{column} differs from row {number} of the same product; make them equal")
                message = message.format(column=column, number=number)
                yield problem(row.number, column, "product_differs", Level.error, message)
                return
        other = self.combinations.get((row.text["product_code"], row.text["option1_value"], row.text["option2_value"]))
        if other is not None and row.sku.casefold() not in self.skus:
            message = _("same options as row {number}; a variant needs options of its own").format(number=other)
            yield problem(row.number, "option1_value", "options_duplicate", Level.error, message)

    def _spread(self, row: Row, settings: RuleSettings) -> Iterator[Problem]:
        price, known = row.numbers.get("price_idr"), self.prices.get(row.text["product_code"])
        if price is None or known is None:
            return
        low, high = min(known[0], price), max(known[1], price)
        if high >= settings.price_spread * low:
            text = _("dearest variant Rp{high} over cheapest Rp{low} is {times} times; less than {most} is allowed")
            message = text.format(high=high, low=low, times=f"{high / low:.1f}", most=settings.price_spread)
            yield problem(row.number, "price_idr", "price_spread", Level.warning, message)


# --- rules of a product ----------------------------------------------------------------------------------------------


def certificate_stands(product: Product, as_of: date) -> bool:
    """Whether the product's P-IRT, if it has one, has not ended at `as_of`."""
    ends = pirt_ends(product.pirt)
    return ends is None or ends >= as_of
