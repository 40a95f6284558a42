"""From the config to a channel ready for work."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from cryptography.fernet import MultiFernet
from sqlmodel import Session, select

from adapters.clock import Clock
from adapters.contract import Access, Adapter, Facts, Grant, Learner, Limits, Lister, OrderSource
from adapters.pacing import Pacer
from syncer.catalogue.compliance import rule_settings
from syncer.catalogue.problems import RuleSettings
from syncer.channels import facts as shop_facts
from syncer.channels import pausing
from syncer.channels.authorisation import Authorisation, StoredGrants, keyring, mark_of
from syncer.channels.budgets import Pacers
from syncer.channels.categories import read_categories
from syncer.channels.contact import Contact, Stage
from syncer.channels.registry import adapter_module
from syncer.channels.shop import Shop
from syncer.errors import ConfigError
from syncer.listing.rules import Assortment, CategoryTarget, ChannelRules, Shipping
from syncer.settings import ChannelSettings, Settings
from syncer.store.database import Database
from syncer.store.tables import ChannelRow
from syncer.texts import _, kept


@dataclass(slots=True)
class _Known:
    """The rules of an open channel; the one thing here that changes when the shop's facts are learnt."""

    rules: ChannelRules


def open_shop(
    settings: Settings, channel: ChannelSettings, database: Database, clock: Clock, pacers: Pacers | None = None
) -> Shop:
    """The channel with its adapter, ready for a run; nothing is sent yet.

    Shops opened with the same `pacers` share the budgets of their apps.

    Raises:
        ConfigError: a secret or file that the channel needs is missing or wrong.
    """
    categories = read_categories(settings.categories, channel.marketplace)
    compliance = rule_settings()
    channel_id, known = bind(database, channel, clock)
    pacer = (pacers or Pacers(database, clock)).of(channel.marketplace)
    secrets = _secrets(settings, channel)
    adapter, lister, source = _adapter(settings, channel, database, clock, pacer, secrets)
    if isinstance(adapter, Learner) and known is not None:
        adapter.instruct(known)
    state = _Known(_rules(channel, categories, known, compliance))
    contact = Contact(database, clock, channel, channel_id, adapter)

    def learn(anew: bool = False) -> None:
        if isinstance(adapter, Learner):
            facts = shop_facts.ensure(shop, adapter, channel.shop_id, categories, anew)
            state.rules = _rules(channel, categories, facts, compliance)
        shop_facts.mark_if_changed(shop, state.rules)

    shop = Shop(
        id=channel_id,
        name=channel.name,
        database=database,
        clock=clock,
        adapter=adapter,
        lister=lister,
        orders=source,
        authorisation=Authorisation(
            database, clock, channel.marketplace, channel.shop_id, mark_of(secrets, settings.key.get_secret_value())
        ),
        rules=lambda: state.rules,
        learn=learn,
        relearn=lambda: learn(anew=True),
        stopped=lambda: pausing.stopped(database, channel) or contact.stopped(),
        contact=contact,
        lanes=lambda: pacer.lanes(channel.limits.rates, channel.limits.concurrency),
        orders_max_age_s=settings.orders_max_age_s,
        refused=None if channel.empty or _adopted(database, channel_id) else _not_adopted(channel.name),
    )
    return shop


def lock_folder(settings: Settings, database: Database) -> Path:
    """Where the lock files of this database lie: beside an SQLite file, else beside the config."""
    base = database.file
    return base.with_name(base.name + ".locks") if base is not None else settings.folder / "locks"


def _not_adopted(name: str) -> str:
    return kept(
        "nothing was created on {channel}: it is not known what the shop holds already; run `syncer adopt` for it, or "
        "say `empty = true` in the config if it is empty",
        channel=name,
    )


def _adopted(database: Database, channel_id: int) -> bool:
    with database.read() as session:
        return session.get_one(ChannelRow, channel_id).adopted_at is not None


def bind(database: Database, channel: ChannelSettings, clock: Clock) -> tuple[int, Facts | None]:
    """The channel's row, made at first use and bound to the shop's own id from then on."""
    with database.write() as session:
        row = session.exec(select(ChannelRow).where(ChannelRow.name == channel.name)).first()
        row = row or ChannelRow(name=channel.name, marketplace=channel.marketplace, shop_id=channel.shop_id)
        if (row.marketplace, row.shop_id) != (channel.marketplace, channel.shop_id):
            raise ConfigError(_another_shop(channel, row))
        if channel.empty and row.adopted_at is None:
            row.adopted_at = clock.now()
        if channel.state == "active" and row.stage != Stage.active:  # the operator vouches for it
            row.stage, row.stage_since = Stage.active.value, clock.now()
        session.add(row)
        session.flush()
        return _id(row, session), shop_facts.stored(row.facts_json)


def _another_shop(channel: ChannelSettings, row: ChannelRow) -> str:
    text = _(
        "channel '{channel}' is bound to {marketplace} shop {shop}, the config says {other_marketplace} shop {other}; "
        "give another shop another channel name"
    )
    return text.format(channel=channel.name, marketplace=row.marketplace, shop=row.shop_id,
                       other_marketplace=channel.marketplace, other=channel.shop_id)  # fmt: skip


def _id(row: ChannelRow, session: Session) -> int:
    session.refresh(row)
    if row.id is None:
        raise LookupError("the database gave the channel no number")
    return row.id


def _rules(
    channel: ChannelSettings, categories: Mapping[str, CategoryTarget], facts: Facts | None, compliance: RuleSettings
) -> ChannelRules:
    return ChannelRules(
        marketplace=channel.marketplace,
        channel=channel.name,
        assortment=Assortment(tuple(channel.sells.producers), tuple(channel.sells.except_categories)),
        categories=categories,
        bounds={} if facts is None else facts.bounds,
        shipping={path: Shipping(**one.model_dump()) for path, one in channel.shipping.items()},
        couriers=() if facts is None else facts.couriers,
        compliance=compliance,
        cm3_per_kg=channel.cm3_per_kg,
        open=channel.state != "winding_down",
        stock_buffer=channel.stock_buffer,
    )


def _adapter(
    settings: Settings, channel: ChannelSettings, database: Database, clock: Clock, pacer: Pacer,
    secrets: Mapping[str, str],
) -> tuple[Adapter, Lister, OrderSource | None]:  # fmt: skip

    def refresh(grant: Grant) -> Grant:
        fresh: Grant = adapter.refresh(grant)
        return fresh

    grants = _grants(settings, channel, database, clock, secrets, refresh)
    limits: Limits = channel.limits
    access = Access(
        channel.shop_id, channel.url, secrets, channel.location, channel.redirect, assumptions=channel.assumptions
    )
    adapter = adapter_module(channel.marketplace).build(access, limits, grants, clock, None, pacer)
    return adapter, adapter, adapter if isinstance(adapter, OrderSource) else None


def _secrets(settings: Settings, channel: ChannelSettings) -> dict[str, str]:
    module = adapter_module(channel.marketplace)
    return settings.secrets(channel, module.SECRETS, module.OPTIONAL_SECRETS)


def _grants(
    settings: Settings, channel: ChannelSettings, database: Database, clock: Clock, secrets: Mapping[str, str],
    refresh: Callable[[Grant], Grant],
) -> StoredGrants:  # fmt: skip
    return StoredGrants(
        database=database, clock=clock, keys=_keys(settings), locks=lock_folder(settings, database),
        marketplace=channel.marketplace, shop_id=channel.shop_id, seed=_seed(channel, secrets), refresh=refresh,
    )  # fmt: skip


def keep_grant(settings: Settings, channel: ChannelSettings, database: Database, clock: Clock, grant: Grant) -> None:
    """Keep a grant that the owner of `channel`'s shop has just given; its runs use it from now on."""
    module = adapter_module(channel.marketplace)
    secrets = settings.secrets(channel, module.SECRETS, module.OPTIONAL_SECRETS)

    def never(_: Grant) -> Grant:
        raise AssertionError("keeping a grant refreshes nothing")

    _grants(settings, channel, database, clock, secrets, never).keep(grant)


def _seed(channel: ChannelSettings, secrets: Mapping[str, str]) -> Grant | None:
    access, refresh = secrets.get("access_token"), secrets.get("refresh_token")
    return Grant(channel.shop_id, access, refresh) if access and refresh else None


def _keys(settings: Settings) -> MultiFernet:
    try:
        return keyring(settings.key.get_secret_value())
    except ValueError:
        text = _("SYNCER_KEY is not a Fernet key; `syncer init` writes one into secrets.env")
        raise ConfigError(text) from None
