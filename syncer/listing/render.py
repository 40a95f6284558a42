"""From a product to what a channel should show, as of an instant. Pure.

`render` also says of what each facet was made (`sources`) and until when its answer stands by itself (`until`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from string import Formatter
from zoneinfo import ZoneInfo

from adapters.contract import Content, Facet, Listing, Picture, ShopBounds, Structure, Variant
from syncer.catalogue import model
from syncer.catalogue.rules import certificate_stands, compliance_turns, pirt_ends
from syncer.listing.allocation import stock_of
from syncer.listing.canonical import digest
from syncer.listing.parcels import carriers, parcel_blocks, parcel_warnings
from syncer.listing.pricing import floor_of, price_of
from syncer.listing.readiness import Blocked, Warned, blocks, category_gone, compliance, left_out, unmapped
from syncer.listing.rules import CategoryTarget, ChannelRules, Shipping

WIB = ZoneInfo("Asia/Jakarta")

RENDERER = 1
"""Raise it when the same product renders to other words or shapes: what was acknowledged is then recomputed from the
same sources, and nothing is pushed for it (DESIGN, state that makes it safe)."""


@dataclass(frozen=True, slots=True)
class Rendered:
    """What a channel should show of one product. `listing` is None when it is not sold here or cannot be rendered.

    `wanted` = the product belongs on this channel and may be bought; `sources` = {facet: hash of what it was made
    from}, free of the renderer's own wording; `floors` = {SKU: least rupiah a buyer may pay}; `warnings` stop
    nothing.
    """

    code: str
    wanted: bool
    listing: Listing | None
    blocked: tuple[Blocked, ...] = ()
    sources: Mapping[Facet, str] | None = None
    floors: Mapping[str, int] | None = None
    until: datetime | None = None
    warnings: tuple[Warned, ...] = ()


def render(product: model.Product, rules: ChannelRules, as_of: datetime) -> Rendered:
    """What `rules`' channel should show of `product` at `as_of`."""
    wanted = _for_sale(product) and rules.open and rules.assortment.sells(product)
    target = rules.categories.get(product.category)
    if target is None:
        return Rendered(product.code, wanted, None, (unmapped(product, rules),) if wanted else ())
    shipping = rules.shipping_of(product.category)
    bounds = rules.bounds.get(target.external_id)
    structure = _structure(product)
    days, couriers = _preorder_days(product, shipping, bounds), carriers(structure, rules, shipping)
    listing = Listing(
        code=product.code,
        structure=structure,
        content=_content(product, target, as_of, days, couriers),
        prices={v.sku: price_of(v) for v in product.variants},
        stocks={v.sku: stock_of(v, rules) for v in product.variants},
        visible=wanted,
    )
    blocked, warnings = _judged(product, listing, rules, shipping, as_of) if wanted else ((), ())
    floors = {v.sku: floor for v in product.variants if (floor := floor_of(v)) is not None}
    return Rendered(
        product.code, wanted, listing, blocked, _sources(product, target, shipping), floors,
        _until(product, rules, as_of), warnings,
    )  # fmt: skip


def _judged(
    product: model.Product, listing: Listing, rules: ChannelRules, shipping: Shipping, as_of: datetime
) -> tuple[tuple[Blocked, ...], tuple[Warned, ...]]:
    """What would be refused, and what a person should know, before a call is spent."""
    category = listing.content.category
    bounds = rules.bounds.get(category)
    stops, warnings = compliance(product, rules, as_of.astimezone(WIB).date())
    if bounds is not None and not bounds.known:
        return (category_gone(product.category, category, bounds, rules),), warnings
    stops = (*stops, *parcel_blocks(listing, rules, shipping))
    warnings = (*warnings, *parcel_warnings(listing, rules, shipping))
    if bounds is None:
        return stops, warnings
    return (*blocks(listing, bounds), *stops), (*warnings, *left_out(listing, bounds))


def _until(product: model.Product, rules: ChannelRules, as_of: datetime) -> datetime | None:
    """The first instant at which the answer changes by itself: a certificate has ended, a law begins."""
    today = as_of.astimezone(WIB).date()
    ends = pirt_ends(product.pirt)
    days = [ends + timedelta(days=1)] if ends is not None and ends >= today else []
    if rules.compliance is not None and (turns := compliance_turns(product, rules.compliance, today)) is not None:
        days.append(turns)
    return datetime.combine(min(days), time(), WIB) if days else None


def _preorder_days(product: model.Product, shipping: Shipping, bounds: ShopBounds | None) -> int | None:
    """The days to make of a product made to order; None = it ships in the marketplace's own days.

    What the product says counts before what its category says; days that the marketplace gives everything are none.
    """
    if product.made_to_order_days is not None:
        return product.made_to_order_days
    days, plain = shipping.days_to_ship, bounds.days_to_ship if bounds is not None else None
    return None if days is None or (plain is not None and days <= plain) else days


def _for_sale(product: model.Product) -> bool:
    return product.status is model.ProductStatus.active and not product.producer.paused


def _structure(product: model.Product) -> Structure:
    return Structure(product.option_names, tuple(_variant(v) for v in product.variants))


def _variant(variant: model.Variant) -> Variant:
    size = (variant.length_cm, variant.width_cm, variant.height_cm)
    return Variant(variant.sku, variant.options, variant.ship_weight_g, size, variant.barcode)


def _content(
    product: model.Product, target: CategoryTarget, as_of: datetime, days: int | None, couriers: tuple[str, ...]
) -> Content:
    first = product.variants[0]
    parcel = (first.ship_weight_g, (first.length_cm, first.width_cm, first.height_cm))
    return Content(
        title=product.name,
        description=product.description,
        category=target.external_id,
        pictures=tuple(Picture(p.sha256, p.path) for p in product.pictures),
        brand=product.brand,
        attributes=_attributes(product, target, as_of),
        parcel=None if product.option_names else parcel,
        preorder_days=days,
        couriers=couriers,
    )


def _attributes(product: model.Product, target: CategoryTarget, as_of: datetime) -> tuple[tuple[str, str], ...]:
    """The attributes that have something to say; a certificate that has ended is not shown to buyers."""
    stands = certificate_stands(product, as_of.astimezone(WIB).date())
    fields = {
        "pirt": product.pirt if stands else None,
        "bpom_md": product.bpom_md,
        "halal_id": product.halal_id,
        "shelf_life_days": product.shelf_life_days,
        "district": product.producer.district,
        "producer_name": product.producer.name,
        "net_weight_g": product.variants[0].net_weight_g,
        "brand": product.brand,
    }
    filled = ((key, _fill(template, fields)) for key, template in target.attributes)
    return tuple((key, value) for key, value in filled if value)


def _fill(template: str, fields: Mapping[str, object]) -> str:
    """`template` with its places filled; '' when a place has nothing to fill it (half a value would be a lie)."""
    names = [name for _, name, _, _ in Formatter().parse(template) if name]
    if any(fields.get(name) in (None, "") for name in names):
        return ""
    return template.format_map({name: fields[name] for name in names})


def _sources(product: model.Product, target: CategoryTarget, shipping: Shipping) -> dict[Facet, str]:
    content = (
        product.name, product.description, product.brand, [p.sha256 for p in product.pictures], target.external_id,
        target.attributes, product.pirt, product.bpom_md, product.halal_id, product.shelf_life_days,
        product.producer.district, product.producer.name, product.made_to_order_days,
        product.variants[0].net_weight_g, None if product.option_names else _parcel(product.variants[0]),
        # Only where it says something: a hash that was stored before it existed still stands for the same sources.
        *([shipping.couriers, shipping.days_to_ship] if shipping.couriers or shipping.days_to_ship else ()),
    )  # fmt: skip
    structure = (product.option_names, [(v.sku, v.options, v.barcode, _parcel(v)) for v in product.variants])
    return {Facet.content: digest(content), Facet.structure: digest(structure)}


def _parcel(variant: model.Variant) -> tuple[int, int, int, int]:
    return variant.ship_weight_g, variant.length_cm, variant.width_cm, variant.height_cm
