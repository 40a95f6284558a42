"""The one rule set: what a product and a variant must be and should be. Pure.

Import judges what stands in a file, readiness what stands in the store; both by these functions, on the same values.
Every problem says what, where, and what to do. Collisions between rows are judged where the rows are
(`catalogue.collisions`), since a file may be larger than memory.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import NamedTuple

from stdnum import ean

from syncer.catalogue.cells import (
    COLUMNS,
    PRODUCT_COLUMNS,
    VARIANT_COLUMNS,
    VariantCells,
    cleaned,
    day,
    variant_cells,
    whole_number,
)
from syncer.catalogue.model import Picture, Producer, Product, ProductStatus, Variant
from syncer.catalogue.problems import Claim, Level, Problem, Problems, RuleSettings
from syncer.texts import _, kept, rupiah, told, worded

__all__ = [
    "COLUMNS", "PRODUCT_COLUMNS", "VARIANT_COLUMNS", "Claim", "JudgedProduct", "JudgedVariant", "Level", "Problem",
    "Problems", "RuleSettings", "below_floor", "certificate_stands", "compliance_turns", "day", "judge_compliance",
    "judge_product", "judge_product_cells", "judge_variant_cells", "pirt_ends", "spread", "until",
]  # fmt: skip

ProductRule = Callable[[Product, RuleSettings, date], Iterator[Problem]]
VariantRule = Callable[[Variant, RuleSettings, date], Problem | None]
FindPicture = Callable[[str], Picture | None]
"""The picture of a name as it stands in a file; None when there is none, or it is no picture."""


# --- a product in the store ------------------------------------------------------------------------------------------


def judge_product(product: Product, settings: RuleSettings, as_of: date) -> list[Problem]:
    """Everything that the rules have to say of `product` on the day `as_of`; the problems carry no row.

    The sentences begin with the product's code or with the SKU.
    """
    problems = [_named(product.code, found) for rule in PRODUCT_RULES for found in rule(product, settings, as_of)]
    for variant in product.variants:
        problems += [_named(variant.sku, found) for found in _judge_variant(variant, settings, as_of)]
    prices = [variant.price_idr for variant in product.variants]
    if prices and (found := spread(min(prices), max(prices), settings)):
        problems.append(_named(product.code, found))
    return problems


def judge_compliance(product: Product, settings: RuleSettings, as_of: date) -> Iterator[Problem]:
    """What laws and marketplaces say of `product` on the day `as_of`: claims and certificates.

    For whoever pushes: the same rules as at import, asked again since certificates end and laws begin. The sentences
    are kept, not told, and do not name the product.
    """
    for rule in (_claims, _certificates):
        yield from rule(product, settings, as_of)


def compliance_turns(product: Product, settings: RuleSettings, as_of: date) -> date | None:
    """The first day after `as_of` on which `judge_compliance` may warn of something else; None = never by itself."""
    days = {claim.since for claim in settings.claims}
    if _within(product.category, settings.food):
        ends = pirt_ends(product.pirt)
        days |= {ends + timedelta(days=1)} if ends is not None else set()
        days |= {settings.halal_since} if settings.halal_since is not None else set()
    return min((day for day in days if day > as_of), default=None)


def until(product: Product, as_of: date, settings: RuleSettings) -> date | None:
    """The first day after `as_of` on which the verdict on `product` changes by itself; None = never."""
    now = _verdict(product, settings, as_of)
    days = sorted({day for day in _turning_days(product, settings) if day > as_of})
    return next((day for day in days if _verdict(product, settings, day) != now), None)


def _verdict(product: Product, settings: RuleSettings, as_of: date) -> frozenset[tuple[str, str, str, Level]]:
    ruled = {("", p.column, p.code, p.level) for rule in PRODUCT_RULES for p in rule(product, settings, as_of)}
    for variant in product.variants:
        ruled |= {(variant.sku, p.column, p.code, p.level) for p in _judge_variant(variant, settings, as_of)}
    return frozenset(ruled)


def _turning_days(product: Product, settings: RuleSettings) -> Iterator[date]:
    ends = pirt_ends(product.pirt)
    if ends is not None:
        yield ends - timedelta(days=settings.certificate_days)
        yield ends + timedelta(days=1)
    for variant in product.variants:
        if variant.stock_confirmed_on is not None:
            yield variant.stock_confirmed_on
            yield variant.stock_confirmed_on + timedelta(days=settings.confirmed_days + 1)
    if settings.halal_since is not None:
        yield settings.halal_since
    yield from (claim.since for claim in settings.claims)


def _named(name: str, found: Problem) -> Problem:
    return Problem(found.row, found.column, found.code, found.level, f"{name}: {found.message}")


# --- rules of a product ----------------------------------------------------------------------------------------------


def _name(product: Product, settings: RuleSettings, _as_of: date) -> Iterator[Problem]:
    size = len(product.name)
    if 0 < size < settings.name_least:
        said = _("name has {size} characters, {least} are the least; say type, material, origin and size")
        message = said.format(size=size, least=settings.name_least)
        yield Problem(None, "name", "name_too_short", Level.warning, message)
    if size > settings.name_most:
        said = _("name has {size} characters, {most} are the most; shorten it")
        message = said.format(size=size, most=settings.name_most)
        yield Problem(None, "name", "name_too_long", Level.error, message)


def _claims(product: Product, settings: RuleSettings, as_of: date) -> Iterator[Problem]:
    patterns = tuple(claim.pattern for claim in settings.claims if as_of >= claim.since)
    found = [hit.group(0) for hit in _any_of(patterns).finditer(product.name)] if patterns else []
    if found:
        said = kept("name makes claims that nobody has proved ({claims}); remove them", claims=", ".join(found))
        yield Problem(None, "name", "claim_banned", Level.warning, said)


@lru_cache(maxsize=16)
def _any_of(patterns: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{pattern})" for pattern in patterns), re.IGNORECASE)


def _description(product: Product, settings: RuleSettings, _as_of: date) -> Iterator[Problem]:
    size = len(product.description)
    if size > settings.description_most:
        said = _("description has {size} characters, {most} are the most; shorten it")
        message = said.format(size=size, most=settings.description_most)
        yield Problem(None, "description", "description_too_long", Level.error, message)


def _certificates(product: Product, settings: RuleSettings, as_of: date) -> Iterator[Problem]:
    if not _within(product.category, settings.food):
        return
    if product.pirt and not product.bpom_md and _within(product.category, settings.frozen):
        said = kept("frozen food carries a P-IRT number; it needs a BPOM MD number instead")
        yield Problem(None, "pirt", "pirt_not_for_frozen", Level.warning, said)
    elif product.pirt:
        yield from _pirt(product.pirt, settings, as_of)
    if not product.halal_id and settings.halal_since is not None and as_of >= settings.halal_since:
        message = kept(
            "food without a halal certificate number, compulsory since {day}; ask the producer for it",
            day=settings.halal_since.isoformat(),
        )
        yield Problem(None, "halal_id", "halal_missing", Level.warning, message)


def _within(category: str, branch: str) -> bool:
    return category == branch or category.startswith(branch + " > ")


def _pirt(number: str, settings: RuleSettings, as_of: date) -> Iterator[Problem]:
    digits = re.sub(r"[^0-9]", "", number)
    if len(digits) < PIRT_DIGITS:
        message = kept("P-IRT number has {size} digits, 15 are needed; look at the certificate", size=len(digits))
        yield Problem(None, "pirt", "pirt_length", Level.warning, message)
        return
    ends = pirt_ends(number)
    if ends is None or (ends - as_of).days > settings.certificate_days:
        return
    if ends < as_of:
        said = kept("P-IRT ended on {day}; ask the producer for the new one", day=ends.isoformat())
        yield Problem(None, "pirt", "pirt_expired", Level.warning, said)
    else:
        said = kept("P-IRT ends on {day}; ask the producer to renew it", day=ends.isoformat())
        yield Problem(None, "pirt", "pirt_ends_soon", Level.remark, said)


PIRT_DIGITS = 15


def pirt_ends(number: str | None) -> date | None:
    """The last day of a P-IRT number: its digits 14 and 15 are the year, taken to run to 31 December.

    None when the number has not the digits for it (landscape survey, section on certificates; data README).
    """
    digits = re.sub(r"[^0-9]", "", number or "")
    return date(2000 + int(digits[13:15]), 12, 31) if len(digits) >= PIRT_DIGITS else None


def certificate_stands(product: Product, as_of: date) -> bool:
    """Whether the product's P-IRT, if it has one, has not ended at `as_of`."""
    ends = pirt_ends(product.pirt)
    return ends is None or ends >= as_of


def _slow(product: Product, settings: RuleSettings, _as_of: date) -> Iterator[Problem]:
    days = product.made_to_order_days
    if days is not None and days > settings.made_to_order_days:
        said = _("{days} days to make; some shops allow {most} at most")
        message = said.format(days=days, most=settings.made_to_order_days)
        yield Problem(None, "made_to_order_days", "made_to_order_long", Level.remark, message)


def _pictures(product: Product, settings: RuleSettings, _as_of: date) -> Iterator[Problem]:
    seen: dict[str, str] = {}
    for picture in product.pictures:
        if min(picture.width, picture.height) < settings.picture_side:
            said = _("{name} is {width} x {height} pixels; shops want at least {side} on each side")
            message = said.format(
                name=picture.path, width=picture.width, height=picture.height, side=settings.picture_side
            )
            yield Problem(None, "images", "image_too_small", Level.warning, message)
        if picture.sha256 in seen:
            said = _("{one} and {other} hold the same picture; keep one")
            message = said.format(one=seen[picture.sha256], other=picture.path)
            yield Problem(None, "images", "image_duplicate", Level.warning, message)
        seen.setdefault(picture.sha256, picture.path)


def _compliance(product: Product, settings: RuleSettings, as_of: date) -> Iterator[Problem]:
    for found in judge_compliance(product, settings, as_of):
        yield Problem(found.row, found.column, found.code, found.level, told(found.message))


PRODUCT_RULES: tuple[ProductRule, ...] = (_name, _compliance, _description, _slow, _pictures)


# --- rules of a variant ----------------------------------------------------------------------------------------------


def _judge_variant(variant: Variant, settings: RuleSettings, as_of: date) -> list[Problem]:
    return [found for rule in VARIANT_RULES if (found := rule(variant, settings, as_of)) is not None]


def _barcode(variant: Variant, _settings: RuleSettings, _as_of: date) -> Problem | None:
    if not variant.barcode or (len(variant.barcode) == 13 and ean.is_valid(variant.barcode)):
        return None
    said = _("barcode '{barcode}' is not a valid EAN-13; correct it or leave it empty")
    return Problem(None, "barcode", "barcode_invalid", Level.warning, said.format(barcode=variant.barcode[:20]))


def _confirmed(variant: Variant, settings: RuleSettings, as_of: date) -> Problem | None:
    day = variant.stock_confirmed_on
    if day is None or 0 <= (age := (as_of - day).days) <= settings.confirmed_days:
        return None
    if age < 0:
        said = _("stock_confirmed_on is {day}, which is still to come; correct the date")
        message = said.format(day=day.isoformat())
        return Problem(None, "stock_confirmed_on", "date_in_future", Level.warning, message)
    said = _("the producer last confirmed the stock {days} days ago; ask again before selling")
    message = said.format(days=age)
    return Problem(None, "stock_confirmed_on", "stock_confirmation_old", Level.warning, message)


def _floor(variant: Variant, _settings: RuleSettings, _as_of: date) -> Problem | None:
    floor = variant.producer_price_idr
    return below_floor(variant.price_idr, floor) if floor is not None and variant.price_idr < floor else None


def below_floor(price: int, floor: int) -> Problem:
    """The remark on a price below what the producer must receive; the guard holds it later."""
    said = _("price {price} is below {floor}, what the producer must receive; the push will be held")
    return Problem(
        None, "price_idr", "below_floor", Level.remark, said.format(price=rupiah(price), floor=rupiah(floor))
    )


def _last_pieces(variant: Variant, settings: RuleSettings, _as_of: date) -> Problem | None:
    if variant.stock > settings.last_pieces:
        return None
    if variant.stock <= 0:
        said = _("stock is 0; shops will show it as sold out, ask the producer for more")
        return Problem(None, "stock", "stock_out", Level.remark, said)
    said = _("stock is {stock}; two shops may sell the last piece at the same time, ask the producer for more")
    return Problem(None, "stock", "stock_last", Level.remark, said.format(stock=variant.stock))


VARIANT_RULES: tuple[VariantRule, ...] = (_barcode, _confirmed, _floor, _last_pieces)


def spread(low: int, high: int, settings: RuleSettings) -> Problem | None:
    """The warning on prices too far apart within one product (Shopee: dearest below 7 times the cheapest)."""
    if high < settings.price_spread * low:
        return None
    said = _("dearest variant {high} over cheapest {low} is {times} times; less than {most} is allowed")
    times, most = worded(round(high / low, 1)), worded(settings.price_spread)
    message = said.format(high=rupiah(high), low=rupiah(low), times=times, most=most)
    return Problem(None, "price_idr", "price_spread", Level.warning, message)


# --- the cells of a file ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class JudgedProduct:
    """A product's cells: the product without variants, None when a problem forbids it; the problems carry no row."""

    product: Product | None
    problems: tuple[Problem, ...]


class JudgedVariant(NamedTuple):
    """A SKU's cells: the variant, None when a problem forbids it; the problems carry no row."""

    variant: Variant | None
    problems: Sequence[Problem]


def judge_product_cells(
    cells: Sequence[str], find_picture: FindPicture, settings: RuleSettings, as_of: date
) -> JudgedProduct:
    """The cells of `PRODUCT_COLUMNS`, judged by themselves. A picture's path is its name as the file has it."""
    text, problems = cleaned(PRODUCT_COLUMNS, cells)
    days = {}
    for column in ("shelf_life_days", "made_to_order_days"):
        days[column], found = whole_number(column, text[column])
        problems += found
    problems += [*_required(text), *_listed(text, settings), *_option_names(text)]
    pictures, found = _found_pictures(text["images"], find_picture)
    problems += found
    product = _product(text, days, pictures)
    for rule in PRODUCT_RULES:
        problems += rule(product, settings, as_of)
    return JudgedProduct(None if _forbids(problems) else product, tuple(problems))


def judge_variant_cells(
    cells: Sequence[str], product: Product | None, settings: RuleSettings, as_of: date
) -> JudgedVariant:
    """The cells of `VARIANT_COLUMNS`, judged by themselves and against the options that `product` names."""
    values, problems = variant_cells(cells)
    if not values.sku:
        said = _("{column} is empty; fill it").format(column="sku")
        problems.append(Problem(None, "sku", "sku_missing", Level.error, said))
    names = product.option_names if product is not None else None
    if names is not None and not _options_fit(names, values):
        problems += _option_values(names, values)
    if problems and _forbids(problems):
        return JudgedVariant(None, problems)
    variant = _variant(values, names)
    problems += _judge_variant(variant, settings, as_of)
    return JudgedVariant(variant, problems)


def _forbids(problems: Sequence[Problem]) -> bool:
    return any(found.level is Level.error for found in problems)


def _required(text: Mapping[str, str]) -> Iterator[Problem]:
    for column in ("product_code", "producer_code", "producer_name", "name", "category"):
        if not text[column]:
            said = _("{column} is empty; fill it").format(column=column)
            yield Problem(None, column, f"{column}_missing", Level.error, said)
    if not text["description"]:
        said = _("description is empty, which shops refuse; write three sentences")
        yield Problem(None, "description", "description_missing", Level.warning, said)


def _listed(text: Mapping[str, str], settings: RuleSettings) -> Iterator[Problem]:
    district, status = text["district"], text["status"]
    if district not in settings.districts:
        said = _("district '{district}' is not one of: {districts}")
        message = said.format(district=district[:40], districts=", ".join(settings.districts))
        yield Problem(None, "district", "district_unknown", Level.error, message)
    if status not in set(ProductStatus):
        said = _("status '{status}' is not one of: {known}")
        message = said.format(status=status[:40], known=", ".join(ProductStatus))
        yield Problem(None, "status", "status_unknown", Level.error, message)


def _option_names(text: Mapping[str, str]) -> Iterator[Problem]:
    first, second = text["option1_name"], text["option2_name"]
    if second and not first:
        said = _("option1_name is empty although option2_name is filled; use option 1 first")
        yield Problem(None, "option1_name", "option_incomplete", Level.error, said)
    if first and first.casefold() == second.casefold():
        said = _("option1_name and option2_name are the same; name two different options")
        yield Problem(None, "option2_name", "option_incomplete", Level.error, said)


def _options_fit(names: Sequence[str], values: VariantCells) -> bool:
    filled = bool(values.option1) + bool(values.option2)
    return filled == len(names) and (not names or (bool(values.option1) and "/" not in "".join(names)))


def _option_values(names: Sequence[str], values: VariantCells) -> Iterator[Problem]:
    for number, value in enumerate((values.option1, values.option2), start=1):
        name = names[number - 1] if number <= len(names) else ""
        if "/" in name and name.count("/") == value.count("/"):
            said = _("'{name}' holds more than one option; two options are the most")
            yield Problem(None, f"option{number}_name", "too_many_options", Level.error, said.format(name=name[:60]))
        if bool(name) == bool(value):
            continue
        missing = f"option{number}_name" if value else f"option{number}_value"
        said = _("{column} is empty although its partner is filled; fill both or neither").format(column=missing)
        yield Problem(None, missing, "option_incomplete", Level.error, said)


def _found_pictures(cell: str, find_picture: FindPicture) -> tuple[tuple[Picture, ...], list[Problem]]:
    pictures, problems = [], []
    for name in (part.strip() for part in cell.split("|")):
        if not name:
            continue
        picture = find_picture(name)
        if picture is None:
            said = _("{name} is not among the pictures, or is no picture; correct its name")
            problems.append(Problem(None, "images", "image_missing", Level.error, said.format(name=name)))
        else:
            pictures.append(Picture(name, picture.sha256, picture.width, picture.height))
    if not pictures and not problems:
        said = _("{column} is empty; fill it").format(column="images")
        problems.append(Problem(None, "images", "images_missing", Level.error, said))
    return tuple(pictures), problems


def _product(text: Mapping[str, str], days: Mapping[str, int | None], pictures: tuple[Picture, ...]) -> Product:
    status = text["status"] if text["status"] in set(ProductStatus) else ProductStatus.draft
    return Product(
        code=text["product_code"],
        producer=Producer(text["producer_code"], text["producer_name"], text["district"]),
        name=text["name"],
        description=text["description"],
        category=text["category"],
        brand=text["brand"] or None,
        option_names=tuple(name for name in (text["option1_name"], text["option2_name"]) if name),
        pictures=pictures,
        pirt=text["pirt"] or None,
        bpom_md=text["bpom_md"] or None,
        halal_id=text["halal_id"] or None,
        shelf_life_days=days["shelf_life_days"],
        made_to_order_days=days["made_to_order_days"],
        status=ProductStatus(status),
        variants=(),
    )


def _variant(values: VariantCells, names: Sequence[str] | None) -> Variant:
    options = (values.option1, values.option2)
    return Variant(
        values.sku, options[: len(names)] if names is not None else options, values.barcode or None, values.price,
        values.net_weight, values.ship_weight, values.length, values.width, values.height, values.floor,
        values.confirmed, values.stock,
    )  # fmt: skip
