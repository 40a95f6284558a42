"""Whether a product can be pushed to a channel, and if not, what is missing and who can cure it. Pure.

The shop's own bounds decide (they differ by shop and category), so a refusal is foreseen here rather than met there.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from adapters.contract import Cause, Facet, Listing, ShopBounds
from syncer.catalogue.model import Product
from syncer.listing.rules import ChannelRules


@dataclass(frozen=True, slots=True)
class Blocked:
    """One thing that must change before `facet` can be pushed. `sku` is '' for the whole listing."""

    facet: Facet
    sku: str
    cause: Cause
    code: str
    message: str


def unmapped(product: Product, rules: ChannelRules) -> Blocked:
    """The product's category has no counterpart on this marketplace."""
    text = (
        f"{product.code}: category '{product.category}' is not mapped to {rules.marketplace}; "
        "add a line for it to the categories file named in the config"
    )
    return Blocked(Facet.content, "", Cause.config, "category_unmapped", text)


def blocks(listing: Listing, bounds: ShopBounds) -> list[Blocked]:
    """Everything of `listing` that the shop would refuse, by `bounds` of its category."""
    if not bounds.known:
        text = (
            f"{listing.code}: the shop has no category {listing.content.category}; "
            "correct its line in the categories file"
        )
        return [Blocked(Facet.content, "", Cause.config, "category_unknown", text)]
    return [*_content(listing, bounds), *_structure(listing, bounds), *_numbers(listing, bounds)]


def _content(listing: Listing, bounds: ShopBounds) -> Iterator[Blocked]:
    content, code = listing.content, listing.code
    measures = (
        ("title", "characters", len(content.title), bounds.title),
        ("description", "characters", len(content.description), bounds.description),
        ("pictures", "pictures", len(content.pictures), bounds.pictures),
    )
    for name, unit, size, allowed in measures:
        if allowed and not allowed[0] <= size <= allowed[1]:
            text = f"{code}: {name} has {size} {unit}, the shop allows {allowed[0]} to {allowed[1]}; change the product"
            yield Blocked(Facet.content, "", Cause.rejected, f"{name}_out_of_bounds", text)
    given = {key for key, value in content.attributes if value}
    for key, name in bounds.required_attributes:
        if key not in given:
            text = (
                f"{code}: the shop demands attribute '{name}' ({key}) in category {content.category}; "
                "give it in the categories file, or fill the product's field that it is made from"
            )
            yield Blocked(Facet.content, "", Cause.rejected, "attribute_missing", text)
    if bounds.brand_required and not content.brand:
        text = f"{code}: the shop demands a brand in category {content.category}; fill the product's brand"
        yield Blocked(Facet.content, "", Cause.rejected, "brand_missing", text)
    days, allowed = content.preorder_days, bounds.preorder_days
    if days is not None and allowed and not allowed[0] <= days <= allowed[1]:
        text = (
            f"{code}: {days} days to make, the shop allows {allowed[0]} to {allowed[1]} "
            f"in category {content.category}; choose another category or a shorter time"
        )
        yield Blocked(Facet.content, "", Cause.rejected, "preorder_out_of_bounds", text)


def _structure(listing: Listing, bounds: ShopBounds) -> Iterator[Blocked]:
    structure, code = listing.structure, listing.code
    if bounds.options is not None and len(structure.options) > bounds.options:
        text = (
            f"{code}: {len(structure.options)} options ({', '.join(structure.options)}), the shop allows "
            f"{bounds.options} in category {listing.content.category}; list each variant as a product of its own"
        )
        yield Blocked(Facet.structure, "", Cause.config, "too_many_options", text)
    if bounds.variants is not None and len(structure.variants) > bounds.variants:
        text = f"{code}: {len(structure.variants)} variants, the shop allows {bounds.variants}; split the product"
        yield Blocked(Facet.structure, "", Cause.rejected, "too_many_variants", text)
    for name in structure.options:
        if bounds.option_name and not bounds.option_name[0] <= len(name) <= bounds.option_name[1]:
            text = f"{code}: option name '{name}' has {len(name)} characters, the shop allows {bounds.option_name[1]}"
            yield Blocked(Facet.structure, "", Cause.rejected, "option_name_too_long", text)
    for variant in structure.variants:
        for value in variant.options:
            if bounds.option_value and not bounds.option_value[0] <= len(value) <= bounds.option_value[1]:
                most = bounds.option_value[1]
                text = f"{variant.sku}: option '{value}' has {len(value)} characters, the shop allows {most}"
                yield Blocked(Facet.structure, "", Cause.rejected, "option_value_too_long", text)


def _numbers(listing: Listing, bounds: ShopBounds) -> Iterator[Blocked]:
    prices = {sku: price.list for sku, price in listing.prices.items()}
    for sku, price in prices.items():
        if bounds.price and not bounds.price[0] <= price <= bounds.price[1]:
            least, most = bounds.price
            text = f"{sku}: price Rp{price}, the shop allows Rp{least} to Rp{most}; change the price"
            yield Blocked(Facet.price, sku, Cause.rejected, "price_out_of_bounds", text)
    low, high = min(prices.values(), default=0), max(prices.values(), default=0)
    if bounds.price_ratio and low and high / low > bounds.price_ratio:
        text = (
            f"{listing.code}: dearest Rp{high} over cheapest Rp{low} is {high / low:.1f}, the shop allows "
            f"{bounds.price_ratio:g}; split the product or change the prices"
        )
        yield Blocked(Facet.price, "", Cause.rejected, "price_spread", text)
    for sku, stock in listing.stocks.items():
        if bounds.stock and stock > bounds.stock[1]:
            text = f"{sku}: stock {stock}, the shop allows at most {bounds.stock[1]}; lower the count"
            yield Blocked(Facet.stock, sku, Cause.rejected, "stock_out_of_bounds", text)
