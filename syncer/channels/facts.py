"""What a shop says of itself, kept: bounds, attributes, brands, couriers. Read again daily, or when the config asks."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import timedelta

from pydantic import TypeAdapter
from sqlalchemy import update
from sqlmodel import col

from adapters.contract import Cause, Facts, Learner, MarketplaceError
from syncer.channels.shop import Shop
from syncer.listing.canonical import digest
from syncer.listing.rules import CategoryTarget, ChannelRules
from syncer.store.tables import ChannelRow, ListingRow
from syncer.texts import kept

KEPT = timedelta(hours=24)

FACTS: TypeAdapter[Facts] = TypeAdapter(Facts)
RULES: TypeAdapter[ChannelRules] = TypeAdapter(ChannelRules)


def stored(facts_json: str | None) -> Facts | None:
    """Facts as `ensure` stored them."""
    return None if facts_json is None else FACTS.validate_json(facts_json)


def ensure(
    shop: Shop, learner: Learner, shop_id: str, categories: Mapping[str, CategoryTarget], anew: bool = False
) -> Facts:
    """The shop's facts, read now if they are missing, old, or lack a category (or `anew` in any case).

    Raises:
        MarketplaceError: they could not be read; `binding` when another shop answers than the config names.
    """
    wanted = sorted({target.external_id for target in categories.values()})
    now = shop.clock.now()
    with shop.database.read() as session:
        row = session.get_one(ChannelRow, shop.id)
        known = stored(row.facts_json)
        fresh = row.facts_at is not None and timedelta(0) <= now - row.facts_at < KEPT
    if not anew and known is not None and fresh and set(wanted) <= set(known.bounds):
        learner.instruct(known)
        return known
    with shop.authorisation.watched():
        facts = learner.learn(wanted)
    if facts.shop_id != shop_id:
        raise _other_shop(shop.name, shop_id, facts.shop_id)
    with shop.database.write() as session:
        row = session.get_one(ChannelRow, shop.id)
        row.facts_json, row.facts_at = json.dumps(FACTS.dump_python(facts, mode="json"), sort_keys=True), now
        session.add(row)
    learner.instruct(facts)
    return facts


def _other_shop(channel: str, shop_id: str, other: str) -> MarketplaceError:
    text = kept(
        "channel {channel} is bound to shop {shop}, but shop {other} answers; correct the config",
        channel=channel, shop=shop_id, other=other,
    )  # fmt: skip
    return MarketplaceError(Cause.binding, "other_shop", text)


def rules_hash(rules: ChannelRules) -> str:
    """Changes exactly when something changes that the channel's listings are rendered by."""
    return digest(RULES.dump_python(rules, mode="json"))


def mark_if_changed(shop: Shop, rules: ChannelRules) -> None:
    """Mark every listing due when what it is rendered by has changed since the channel last looked."""
    digested = rules_hash(rules)
    with shop.database.write() as session:
        row = session.get_one(ChannelRow, shop.id)
        if row.rules_hash != digested:
            row.rules_hash = digested
            session.add(row)
            session.connection().execute(
                update(ListingRow).where(col(ListingRow.channel_id) == shop.id).values(due_at=shop.clock.now())
            )
