"""From a product to what a channel should show, as of an instant. Pure.

`render` also says of what each facet was made (`sources`) and until when its answer stands by itself (`until`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from string import Formatter
from zoneinfo import ZoneInfo

from adapters.contract import Content, Facet, Listing, Picture, Structure, Variant
from syncer.catalogue import model
from syncer.catalogue.rules import certificate_stands, pirt_ends
from syncer.listing.allocation import stock_of
from syncer.listing.canonical import digest
from syncer.listing.pricing import floor_of, price_of
from syncer.listing.readiness import Blocked, blocks, unmapped
from syncer.listing.rules import CategoryTarget, ChannelRules

WIB = ZoneInfo("Asia/Jakarta")

RENDERER = 1
"""Raise it when the same product renders to other words or shapes: what was acknowledged is then recomputed from the
same sources, and nothing is pushed for it (DESIGN, state that makes it safe)."""


@dataclass(frozen=True, slots=True)
class Rendered:
    """What a channel should show of one product. `listing` is None when it is not sold here or cannot be rendered.

    `wanted` = the product belongs on this channel and may be bought; `sources` = {facet: hash of what it was made
    from}, free of the renderer's own wording; `floors` = {SKU: least rupiah a buyer may pay}.
    """

    code: str
    wanted: bool
    listing: Listing | None
    blocked: tuple[Blocked, ...] = ()
    sources: Mapping[Facet, str] | None = None
    floors: Mapping[str, int] | None = None
    until: datetime | None = None


def render(product: model.Product, rules: ChannelRules, as_of: datetime) -> Rendered:
    """What `rules`' channel should show of `product` at `as_of`."""
    wanted = _for_sale(product) and rules.open and rules.assortment.sells(product)
    target = rules.categories.get(product.category)
    if target is None:
        return Rendered(product.code, wanted, None, (unmapped(product, rules),) if wanted else ())
    listing = Listing(
        code=product.code,
        structure=_structure(product),
        content=_content(product, target, as_of),
        prices={v.sku: price_of(v) for v in product.variants},
        stocks={v.sku: stock_of(v, rules) for v in product.variants},
        visible=wanted,
    )
    bounds = rules.bounds.get(target.external_id)
    blocked = tuple(blocks(listing, bounds)) if bounds is not None and wanted else ()
    floors = {v.sku: floor for v in product.variants if (floor := floor_of(v)) is not None}
    return Rendered(product.code, wanted, listing, blocked, _sources(product, target), floors, _until(product, as_of))


def _until(product: model.Product, as_of: datetime) -> datetime | None:
    """The first instant at which the answer changes by itself: the day after the P-IRT's last."""
    ends = pirt_ends(product.pirt)
    if ends is None or ends < as_of.astimezone(WIB).date():
        return None
    return datetime.combine(ends + timedelta(days=1), time(), WIB)


def _for_sale(product: model.Product) -> bool:
    return product.status is model.ProductStatus.active and not product.producer.paused


def _structure(product: model.Product) -> Structure:
    return Structure(product.option_names, tuple(_variant(v) for v in product.variants))


def _variant(variant: model.Variant) -> Variant:
    size = (variant.length_cm, variant.width_cm, variant.height_cm)
    return Variant(variant.sku, variant.options, variant.ship_weight_g, size, variant.barcode)


def _content(product: model.Product, target: CategoryTarget, as_of: datetime) -> Content:
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
        preorder_days=product.made_to_order_days,
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


def _sources(product: model.Product, target: CategoryTarget) -> dict[Facet, str]:
    content = (
        product.name, product.description, product.brand, [p.sha256 for p in product.pictures], target.external_id,
        target.attributes, product.pirt, product.bpom_md, product.halal_id, product.shelf_life_days,
        product.producer.district, product.producer.name, product.made_to_order_days,
        product.variants[0].net_weight_g, None if product.option_names else _parcel(product.variants[0]),
    )  # fmt: skip
    structure = (product.option_names, [(v.sku, v.options, v.barcode, _parcel(v)) for v in product.variants])
    return {Facet.content: digest(content), Facet.structure: digest(structure)}


def _parcel(variant: model.Variant) -> tuple[int, int, int, int]:
    return variant.ship_weight_g, variant.length_cm, variant.width_cm, variant.height_cm
