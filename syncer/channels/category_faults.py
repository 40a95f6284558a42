"""Our lines of the categories file against what a marketplace shows today: what is wrong, and what to type.

One problem is said once for its category, however many products stand in it.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from string import Formatter

from sqlmodel import Session, col, select

from adapters.contract import CategoryNode, ShopBounds
from syncer.channels.shop import Shop
from syncer.channels.trees import Tree
from syncer.listing.parcels import named
from syncer.listing.rules import LEVEL, CategoryTarget, ChannelRules
from syncer.store.tables import ListingRow, ProducerRow, ProductRow
from syncer.texts import kept

VALUES_MOST = 8
CODES_MOST = 3


@dataclass(frozen=True, slots=True)
class Sold:
    """What a line of the categories file serves: an active product of the channel's assortment."""

    code: str
    title: str
    category: str
    brand: str | None


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with one of our categories on one channel. `message` is kept: cause and action in one sentence."""

    category: str
    external_id: str
    code: str
    message: str


def sold(session: Session, rules: ChannelRules) -> dict[str, list[Sold]]:
    """{our category: the active products of the channel's assortment in it}."""
    found: dict[str, list[Sold]] = {}
    rows = session.exec(
        select(ProductRow, ProducerRow.code)
        .join(ProducerRow, col(ProductRow.producer_id) == ProducerRow.id)
        .where(ProductRow.status == "active")
        .order_by(ProductRow.code)
    )
    for row, producer in rows:
        if rules.assortment.takes(producer, row.category):
            found.setdefault(row.category, []).append(Sold(row.code, row.name, row.category, row.brand))
    return found


def faults(shop: Shop, tree: Tree, rules: ChannelRules) -> list[Fault]:
    """Everything that is wrong with the channel's categories, in the order of our paths."""
    with shop.database.read() as session:
        serves = sold(session, rules)
        moved = _moved(session, shop.id)
    found = [_unmapped(category, len(products), rules) for category, products in serves.items()
             if category not in rules.categories]  # fmt: skip
    for category, target in rules.categories.items():
        bounds = rules.bounds.get(target.external_id)
        node = tree.nodes.get(target.external_id)
        if node is None or (bounds is not None and not bounds.known and node.leaf):
            found.append(_gone(category, target, bounds, tree, moved.get(target.external_id), rules))
        elif not node.leaf:
            found.append(_no_leaf(category, node, tree))
        elif bounds is not None:
            found += _demands(category, target, bounds, serves.get(category, ()), rules)
    return sorted([*found, *_couriers(rules)], key=lambda fault: (fault.category, fault.external_id, fault.code))


def _moved(session: Session, channel_id: int) -> dict[str, str]:
    """{category that we pushed: the one in which the shop shows most of its listings}, where that is another."""
    seen: dict[str, Counter[str]] = {}
    rows = session.exec(
        select(ListingRow.content_acknowledged, ListingRow.content_observed).where(
            ListingRow.channel_id == channel_id,
            col(ListingRow.content_acknowledged).is_not(None),
            col(ListingRow.content_observed).is_not(None),
        )
    )
    for acknowledged, observed in rows:
        ours, theirs = (str(json.loads(text or "{}").get("category") or "") for text in (acknowledged, observed))
        if ours and theirs and ours != theirs:
            seen.setdefault(ours, Counter())[theirs] += 1
    return {ours: counts.most_common(1)[0][0] for ours, counts in seen.items()}


# --- what may be wrong -----------------------------------------------------------------------------------------------


def _unmapped(category: str, count: int, rules: ChannelRules) -> Fault:
    text = kept(
        "'{category}' is not mapped to {marketplace}, {count} products wait for it; "
        "`syncer category suggest {channel} --category '{category}'` shows candidates",
        category=category, marketplace=rules.marketplace, count=count, channel=rules.channel,
    )  # fmt: skip
    return Fault(category, "", "category_unmapped", text)


def _gone(
    category: str, target: CategoryTarget, bounds: ShopBounds | None, tree: Tree, moved: str | None,
    rules: ChannelRules,
) -> Fault:  # fmt: skip
    old = target.external_id
    names = {"category": category, "old": old, "path": tree.path(old), "channel": rules.channel}
    into = (bounds.merged_into if bounds is not None else None) or moved
    if into is not None:
        text = kept(
            "'{category}': category {old} ({path}) is there no more, the shop has put what stood in it into {new} "
            "({new_path}); write {new} in its line",
            new=into, new_path=tree.path(into), **names,
        )  # fmt: skip
        return Fault(category, old, "category_merged", text)
    alike = tree.namesakes(old)
    if alike:
        text = kept(
            "'{category}': category {old} ({path}) was closed or merged; of the same name is {new} ({new_path}): if "
            "that is it, write {new} in its line",
            new=alike[0].id, new_path=LEVEL.join(alike[0].path), **names,
        )  # fmt: skip
    else:
        text = kept(
            "'{category}': category {old} ({path}) was closed or merged, or never was; "
            "`syncer category suggest {channel} --category '{category}'` shows others, write one in its line",
            **names,
        )
    return Fault(category, old, "category_unknown", text)


def _no_leaf(category: str, node: CategoryNode, tree: Tree) -> Fault:
    depth = len(node.path)
    below = [one for one in tree.nodes.values() if one.leaf and one.path[:depth] == node.path]
    text = kept(
        "'{category}': category {old} ({path}) takes no products, others stand below it ({below}); write one of them "
        "in its line",
        category=category, old=node.id, path=tree.path(node.id),
        below=", ".join(f"{one.id} {one.path[-1]}" for one in below[:VALUES_MOST]) or "-",
    )  # fmt: skip
    return Fault(category, node.id, "category_no_leaf", text)


def _demands(
    category: str, target: CategoryTarget, bounds: ShopBounds, products: Sequence[Sold], rules: ChannelRules
) -> Iterator[Fault]:
    given = dict(target.attributes)
    for key, name in bounds.required_attributes:
        if not given.get(key):
            text = kept(
                "'{category}': {marketplace} demands attribute '{name}' ({key}); add {key}=… to its line{values}",
                category=category, marketplace=rules.marketplace, name=name, key=key,
                values=_one_of(bounds.closed_values.get(key, ())),
            )  # fmt: skip
            yield Fault(category, target.external_id, "attribute_missing", text)
    for key in given:
        if bounds.attributes and key not in bounds.attributes:
            text = kept(
                "'{category}': {marketplace} has no attribute {key} in category {old}; correct it in its line, or take "
                "it out",
                category=category, marketplace=rules.marketplace, key=key, old=target.external_id,
            )  # fmt: skip
            yield Fault(category, target.external_id, "attribute_unknown", text)
    for key, value in target.attributes:
        allowed = bounds.closed_values.get(key, ())
        if value and allowed and not _has_places(value) and not _holds(allowed, value):
            text = kept(
                "'{category}': {marketplace} knows no value '{value}' of attribute {key}; correct it in its "
                "line{values}",
                category=category, marketplace=rules.marketplace, value=value, key=key, values=_one_of(allowed),
            )  # fmt: skip
            yield Fault(category, target.external_id, "attribute_value_unknown", text)
    if bounds.brand_required:
        yield from _brands(category, target, bounds, products, rules)


def _brands(
    category: str, target: CategoryTarget, bounds: ShopBounds, products: Sequence[Sold], rules: ChannelRules
) -> Iterator[Fault]:
    bare = [one.code for one in products if not one.brand]
    if bare:
        text = kept(
            "'{category}': {marketplace} demands a brand, {count} products have none ({codes}); fill their brand",
            category=category, marketplace=rules.marketplace, count=len(bare), codes=", ".join(bare[:CODES_MOST]),
        )  # fmt: skip
        yield Fault(category, target.external_id, "brand_missing", text)
    strange = sorted({one.brand for one in products if one.brand and not _holds(bounds.brands, one.brand)})
    if bounds.brands and strange:
        text = kept(
            "'{category}': {marketplace} demands a brand and does not know {brands}; correct the products' brand, or "
            "have it registered in the shop",
            category=category, marketplace=rules.marketplace, brands=", ".join(strange[:VALUES_MOST]),
        )  # fmt: skip
        yield Fault(category, target.external_id, "brand_unknown", text)


def _couriers(rules: ChannelRules) -> Iterator[Fault]:
    """Couriers of the config that the shop does not have, or has not enabled."""
    there = [courier for courier in rules.couriers if courier.enabled]
    if not rules.couriers:
        return
    for path, shipping in rules.shipping.items():
        for name in shipping.couriers:
            if not any(named(courier, (name,)) for courier in there):
                text = kept(
                    "shipping of '{path}': the shop has no courier '{name}' enabled; enabled are: {there}; correct "
                    "`couriers` in the config, or enable it in the shop",
                    path=path, name=name, there=", ".join(f"{c.id} {c.name}" for c in there) or "-",
                )  # fmt: skip
                yield Fault(path, "", "courier_unusable", text)


def _has_places(template: str) -> bool:
    return any(name for _text, name, _spec, _conversion in Formatter().parse(template))


def _holds(allowed: Sequence[str], value: str) -> bool:
    return value.strip().casefold() in {one.strip().casefold() for one in allowed}


def _one_of(values: Sequence[str]) -> str:
    """What an attribute takes, as the end of a sentence; '' where it takes anything."""
    if not values:
        return ""
    more = " …" if len(values) > VALUES_MOST else ""
    return kept("; it takes: {values}", values=", ".join(values[:VALUES_MOST]) + more)
