"""Whether a product can be pushed to a channel, and if not, what is missing and who can cure it. Pure.

The shop's own bounds decide (they differ by shop and category), so a refusal is foreseen here rather than met there.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from adapters.contract import Cause, Facet, Listing, ShopBounds
from syncer.catalogue.model import Product
from syncer.catalogue.rules import Level, judge_compliance
from syncer.listing.rules import ChannelRules
from syncer.texts import kept, rupiah

NO_PREORDERS = (0, 0)
"""How `ShopBounds.preorder_days` says that nothing made to order is taken."""


@dataclass(frozen=True, slots=True)
class Blocked:
    """One thing that must change before `facet` can be pushed. `sku` is '' for the whole listing; `message` is kept.

    `standing` = it is said as long as it holds, even while nothing waits to be pushed.
    """

    facet: Facet
    sku: str
    cause: Cause
    code: str
    message: str
    standing: bool = False


@dataclass(frozen=True, slots=True)
class Warned:
    """Something that a person should know and that stops nothing. `sku` is '' for the product; `message` is kept."""

    sku: str
    code: str
    message: str


def unmapped(product: Product, rules: ChannelRules) -> Blocked:
    """The product's category has no counterpart on this marketplace; one sentence for all products of it."""
    text = kept(
        "category '{category}' is not mapped to {marketplace}; `syncer category suggest {channel} --category "
        "'{category}'` shows candidates, add one as a line of the categories file",
        category=product.category, marketplace=rules.marketplace, channel=rules.channel or rules.marketplace,
    )  # fmt: skip
    return Blocked(Facet.content, "", Cause.config, "category_unmapped", text)


def category_gone(category: str, external_id: str, bounds: ShopBounds, rules: ChannelRules) -> Blocked:
    """The leaf that `category` is mapped to is there no more; one sentence for all products of it."""
    names = {"category": category, "old": external_id, "channel": rules.channel or rules.marketplace}
    if bounds.merged_into is not None:
        text = kept(
            "{channel}: category {old}, which '{category}' is mapped to, was merged into {new}; write {new} in its "
            "line of the categories file",
            new=bounds.merged_into, **names,
        )  # fmt: skip
        return Blocked(Facet.content, "", Cause.config, "category_merged", text, standing=True)
    text = kept(
        "{channel}: the shop has no category {old}, which '{category}' is mapped to (closed, merged, or no leaf); "
        "`syncer category suggest {channel} --category '{category}'` shows others, write one in its line of the "
        "categories file",
        **names,
    )
    return Blocked(Facet.content, "", Cause.config, "category_unknown", text, standing=True)


def compliance(product: Product, rules: ChannelRules, as_of: date) -> tuple[tuple[Blocked, ...], tuple[Warned, ...]]:
    """What the catalogue's rules say of claims and certificates on the day `as_of`: errors block, warnings warn."""
    if rules.compliance is None:
        return (), ()
    stops, tells = [], []
    for found in judge_compliance(product, rules.compliance, as_of):
        text = kept("{product}: {what}", product=product.code, what=found.message)
        if found.level is Level.error:
            stops.append(Blocked(Facet.content, "", Cause.rejected, "compliance", text))
        elif found.level is Level.warning:
            tells.append(Warned("", found.code, text))
    return tuple(stops), tuple(tells)


def blocks(listing: Listing, bounds: ShopBounds) -> list[Blocked]:
    """Everything of `listing` that the shop would refuse, by `bounds` of its category, which it knows."""
    return [
        *_sizes(listing, bounds),
        *_fields(listing, bounds),
        *_structure(listing, bounds),
        *_numbers(listing, bounds),
    ]


def _sizes(listing: Listing, bounds: ShopBounds) -> Iterator[Blocked]:
    content = listing.content
    measures = (
        ("title", len(content.title), bounds.title),
        ("description", len(content.description), bounds.description),
        ("pictures", len(content.pictures), bounds.pictures),
    )
    for name, size, allowed in measures:
        if allowed and not allowed[0] <= size <= allowed[1]:
            text = _size_text(name, product=listing.code, size=size, least=allowed[0], most=allowed[1])
            yield Blocked(Facet.content, "", Cause.rejected, f"{name}_out_of_bounds", text)


def _size_text(name: str, **values: str | int) -> str:
    if name == "title":
        return kept(
            "{product}: the name has {size} characters, the shop allows {least} to {most}; change the product", **values
        )
    if name == "description":
        return kept(
            "{product}: the description has {size} characters, the shop allows {least} to {most}; change the product",
            **values,
        )
    return kept("{product}: {size} pictures, the shop allows {least} to {most}; add some or take some away", **values)


def _fields(listing: Listing, bounds: ShopBounds) -> Iterator[Blocked]:
    content, code = listing.content, listing.code
    given = {key for key, value in content.attributes if value}
    for key, name in bounds.required_attributes:
        if key not in given:
            text = kept(
                "{product}: the shop demands attribute '{name}' ({key}) in category {category}; give it in the "
                "categories file, or fill the product's field that it is made from",
                product=code, name=name, key=key, category=content.category,
            )  # fmt: skip
            yield Blocked(Facet.content, "", Cause.rejected, "attribute_missing", text)
    yield from _values(listing, bounds)
    if bounds.brand_required and content.brand and not _listed(content.brand, bounds.brands):
        text = kept(
            "{product}: the shop demands a brand in category {category} and does not know '{brand}'; correct the "
            "product's brand, or have the brand registered in the shop",
            product=code, category=content.category, brand=content.brand,
        )  # fmt: skip
        yield Blocked(Facet.content, "", Cause.rejected, "brand_unknown", text)
    if bounds.brand_required and not content.brand:
        text = kept(
            "{product}: the shop demands a brand in category {category}; fill the product's brand",
            product=code, category=content.category,
        )  # fmt: skip
        yield Blocked(Facet.content, "", Cause.rejected, "brand_missing", text)
    yield from _days(listing, bounds)


def _values(listing: Listing, bounds: ShopBounds) -> Iterator[Blocked]:
    """Demanded attributes of which no value is in the shop's list: they would not be sent, and are missed then."""
    for key, name in bounds.required_attributes:
        given = [value for at, value in listing.content.attributes if at == key and value]
        if given and not any(_listed(value, bounds.closed_values.get(key, ())) for value in given):
            text = kept(
                "{product}: '{value}' is no value of attribute '{name}' ({key}) in category {category}; `syncer "
                "category check` names those that are, correct its line in the categories file",
                product=listing.code, value=given[0], name=name, key=key, category=listing.content.category,
            )  # fmt: skip
            yield Blocked(Facet.content, "", Cause.config, "attribute_value_unknown", text)


def left_out(listing: Listing, bounds: ShopBounds) -> Iterator[Warned]:
    """Attribute values that nobody demands and the shop does not know: the listing goes without them."""
    required = {key for key, _ in bounds.required_attributes}
    for key, value in listing.content.attributes:
        if key not in required and value and not _listed(value, bounds.closed_values.get(key, ())):
            text = kept(
                "{product}: '{value}' is no value of attribute {key} in category {category}; it is left out",
                product=listing.code, value=value, key=key, category=listing.content.category,
            )  # fmt: skip
            yield Warned("", "attribute_left_out", text)


def _listed(value: str, allowed: Sequence[str]) -> bool:
    """True where `value` is one of `allowed`, in whatever letter case, or nothing is said of them."""
    return not allowed or value.strip().casefold() in {one.strip().casefold() for one in allowed}


def _days(listing: Listing, bounds: ShopBounds) -> Iterator[Blocked]:
    content, code = listing.content, listing.code
    days, allowed = content.preorder_days, bounds.preorder_days
    if days is not None and allowed == NO_PREORDERS:
        text = kept(
            "{product}: {days} days to make, and the shop takes nothing made to order in category {category}; choose "
            "another category, or list only what is in stock",
            product=code, days=days, category=content.category,
        )  # fmt: skip
        yield Blocked(Facet.content, "", Cause.rejected, "preorder_refused", text)
        return
    if days is not None and allowed and not allowed[0] <= days <= allowed[1]:
        text = kept(
            "{product}: {days} days to make, the shop allows {least} to {most} in category {category}; choose another "
            "category or a shorter time",
            product=code, days=days, least=allowed[0], most=allowed[1], category=content.category,
        )  # fmt: skip
        yield Blocked(Facet.content, "", Cause.rejected, "preorder_out_of_bounds", text)


def _structure(listing: Listing, bounds: ShopBounds) -> Iterator[Blocked]:
    structure, code = listing.structure, listing.code
    if bounds.options is not None and len(structure.options) > bounds.options:
        text = kept(
            "{product}: {size} options ({options}), the shop allows {most} in category {category}; list each variant "
            "as a product of its own",
            product=code, size=len(structure.options), options=", ".join(structure.options), most=bounds.options,
            category=listing.content.category,
        )  # fmt: skip
        yield Blocked(Facet.structure, "", Cause.config, "too_many_options", text)
    if bounds.variants is not None and len(structure.variants) > bounds.variants:
        text = kept(
            "{product}: {size} variants, the shop allows {most}; split the product",
            product=code, size=len(structure.variants), most=bounds.variants,
        )  # fmt: skip
        yield Blocked(Facet.structure, "", Cause.rejected, "too_many_variants", text)
    yield from _options(listing, bounds)


def _options(listing: Listing, bounds: ShopBounds) -> Iterator[Blocked]:
    for name in listing.structure.options:
        if bounds.option_name and not bounds.option_name[0] <= len(name) <= bounds.option_name[1]:
            text = kept(
                "{product}: option name '{name}' has {size} characters, the shop allows {least} to {most}",
                product=listing.code, name=name, size=len(name), least=bounds.option_name[0],
                most=bounds.option_name[1],
            )  # fmt: skip
            yield Blocked(Facet.structure, "", Cause.rejected, "option_name_too_long", text)
    for variant in listing.structure.variants:
        for value in variant.options:
            if bounds.option_value and not bounds.option_value[0] <= len(value) <= bounds.option_value[1]:
                text = kept(
                    "{sku}: option '{value}' has {size} characters, the shop allows {least} to {most}",
                    sku=variant.sku, value=value, size=len(value), least=bounds.option_value[0],
                    most=bounds.option_value[1],
                )  # fmt: skip
                yield Blocked(Facet.structure, "", Cause.rejected, "option_value_too_long", text)


def _numbers(listing: Listing, bounds: ShopBounds) -> Iterator[Blocked]:
    prices = {sku: price.list for sku, price in listing.prices.items()}
    for sku, price in prices.items():
        if bounds.price and not bounds.price[0] <= price <= bounds.price[1]:
            text = kept(
                "{sku}: price {price}, the shop allows {least} to {most}; change the price",
                sku=sku, price=rupiah(price), least=rupiah(bounds.price[0]), most=rupiah(bounds.price[1]),
            )  # fmt: skip
            yield Blocked(Facet.price, sku, Cause.rejected, "price_out_of_bounds", text)
    low, high = min(prices.values(), default=0), max(prices.values(), default=0)
    if bounds.price_ratio and low and high / low > bounds.price_ratio:
        text = kept(
            "{product}: the dearest, {high}, costs {times} times the cheapest, {low}; the shop allows {most} times; "
            "split the product or change the prices",
            product=listing.code, high=rupiah(high), times=round(high / low, 1), low=rupiah(low),
            most=bounds.price_ratio,
        )  # fmt: skip
        yield Blocked(Facet.price, "", Cause.rejected, "price_spread", text)
    for sku, stock in listing.stocks.items():
        if bounds.stock and stock > bounds.stock[1]:
            text = kept(
                "{sku}: stock {stock}, the shop allows at most {most}; lower the count",
                sku=sku, stock=stock, most=bounds.stock[1],
            )  # fmt: skip
            yield Blocked(Facet.stock, sku, Cause.rejected, "stock_out_of_bounds", text)
