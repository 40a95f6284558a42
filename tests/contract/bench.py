"""What the contract suite needs of a marketplace: a sandbox shop, an adapter, and one clock for both."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from adapters.clock import ManualClock
from adapters.contract import (
    Accepted,
    Access,
    Applied,
    Begun,
    Call,
    Change,
    Content,
    Facet,
    Grant,
    Ids,
    Intent,
    Limits,
    Listing,
    ListingState,
    Observed,
    Outcome,
    Picture,
    Price,
    Rate,
    Receipt,
    Structure,
    Variant,
)
from adapters.sandbox import Sandbox, launch
from syncer.catalogue.pictures import Album
from syncer.channels.registry import adapter_module

EXAMPLES = Path(__file__).resolve().parents[2] / "config" / "examples"
START = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)
STEPS_MOST, POLLS_MOST = 20, 200
UNHURRIED = {"blibli": {"published": False}}
"""What lets a shop be called without its published limits: they are tested by themselves."""


@dataclass(slots=True)
class Grants:
    """A grant source without a store."""

    current: Grant
    refresh: Any
    renewed: int = 0

    def grant(self) -> Grant:
        """The grant in hand."""
        return self.current

    def renew(self, stale: Grant) -> Grant:
        """The next one."""
        if self.current.access_token == stale.access_token:
            self.current = self.refresh(self.current)
            self.renewed += 1
        return self.current


@dataclass(slots=True)
class Bench:
    """A shop, its adapter, and what is needed to try both."""

    shop: Sandbox
    clock: ManualClock
    adapter: Any
    grants: Grants
    category: str
    attributes: tuple[tuple[str, str], ...]
    serial: int = field(default=0)
    names: dict[str, str] = field(default_factory=dict)
    """{offer id: SKU} of what was made here: some shops hold no SKUs."""

    # --- values ------------------------------------------------------------------------------------------------------

    def listing(self, variants: int = 0, visible: bool = True) -> Listing:
        """A listing that this shop takes; `variants` 0 = without options."""
        self.serial += 1
        code = f"PRD-{self.serial:03d}"
        skus = [code] if variants == 0 else [f"{code}-{n}" for n in range(variants)]
        parts = [Variant(s, () if variants == 0 else (f"Ukuran {n}",), 250, (20, 15, 10)) for n, s in enumerate(skus)]
        content = Content(
            title=f"Keranjang anyam lidi nipah nomor {self.serial}",
            description="Keranjang anyam dari lidi nipah, dibuat dengan tangan di Bangka Tengah. Tahan lama.",
            category=self.category,
            pictures=tuple(_picture(name) for name in ("KPR-KSR-1.jpg", "KPR-KSR-2.jpg")),
            attributes=self.attributes,
            parcel=(250, (20, 15, 10)) if variants == 0 else None,
        )
        return Listing(
            code=code,
            structure=Structure(() if variants == 0 else ("Ukuran",), tuple(parts)),
            content=content,
            prices={sku: Price(50_000 + 1_000 * n) for n, sku in enumerate(skus)},
            stocks={sku: 10 + n for n, sku in enumerate(skus)},
            visible=visible,
        )

    def intent(self, listing: Listing, sent: bool = False) -> Intent:
        """The record of the create of `listing`."""
        return Intent(
            uuid=str(UUID(int=self.serial)), code=listing.code, title=listing.content.title,
            skus=tuple(v.sku for v in listing.structure.variants), has_options=bool(listing.structure.options),
            sent_at=self.clock.now() if sent else None,
        )  # fmt: skip

    def create(self, listing: Listing) -> Change:
        """The change that creates `listing`."""
        return Change(Facet.structure, listing.code, None, None, listing, intent=self.intent(listing))

    def price(self, ids: Ids, listing: Listing, sku: str, to: int) -> Change:
        """A change of a price."""
        return Change(Facet.price, listing.code, sku, listing.prices[sku], Price(to), ids)

    def stock(self, ids: Ids, listing: Listing, sku: str, to: int) -> Change:
        """A change of a stock."""
        return Change(Facet.stock, listing.code, sku, listing.stocks[sku], to, ids)

    # --- doing -------------------------------------------------------------------------------------------------------

    def send(self, changes: list[Change]) -> list[tuple[Call, list[Outcome]]]:
        """Every call for `changes`, sent once."""
        return [(call, self.adapter.send(call)) for call in self.adapter.calls(changes)]

    def outcomes(self, changes: list[Change]) -> list[Outcome]:
        """The outcomes of `changes`, in the order of their calls."""
        return [outcome for _, outcomes in self.send(changes) for outcome in outcomes]

    def ended(self, changes: list[Change]) -> list[Outcome]:
        """The outcomes of `changes`, those that a queue took followed to their end."""
        sent = self.send(changes)
        return [self.followed(c, o) for call, outcomes in sent for c, o in zip(call.changes, outcomes, strict=True)]

    def followed(self, change: Change, outcome: Outcome) -> Outcome:
        """What became of a change in the marketplace's queue or review."""
        for _ in range(POLLS_MOST):
            if not isinstance(outcome, Accepted):
                return outcome
            self.clock.advance(max(0.0, (outcome.not_before - self.clock.now()).total_seconds()))
            [outcome] = self.adapter.poll([Receipt(outcome.receipt, (change,))])
        raise AssertionError("the queue never ends")

    def made(self, listing: Listing) -> Ids:
        """`listing`, created to its end."""
        change = self.create(listing)
        for _ in range(STEPS_MOST):
            [outcome] = self.ended([change])
            if isinstance(outcome, Applied):
                ids = outcome.ids or change.ids or _none()
                self.names |= {offer: sku for sku, offer in ids.offers.items()}
                self.reviewed(ids)
                return ids
            if not isinstance(outcome, Begun):
                raise AssertionError(f"a step of the create ended with {outcome}")
            change = self.next(change, outcome)
        raise AssertionError("the create never ends")

    def reviewed(self, ids: Ids | None) -> None:
        """Let a review that goes on after the create come to its end (C7)."""
        for _ in range(POLLS_MOST):
            if ids is None or self.observe(ids).state is not ListingState.in_review:
                return
            self.settle()
        raise AssertionError("the review never ends")

    def next(self, change: Change, outcome: Begun) -> Change:
        """The change after a step: what the engine would hand back, when its time has come."""
        wait = (outcome.not_before - self.clock.now()).total_seconds()
        self.clock.advance(max(0.0, wait))
        return replace(change, ids=outcome.ids or change.ids, next_step=outcome.next_step)

    def settle(self) -> None:
        """Let everything settle that a marketplace does late."""
        self.clock.advance(self.adapter.limits.settle_s + 1)

    def observe(self, ids: Ids) -> Observed:
        """One listing as the shop shows it."""
        seen: Observed = next(iter(self.adapter.observe(ids=[ids.listing])))
        return seen.named(ids.offers)

    def buy(self, ids: Ids, sku: str, quantity: int = 1, paid: bool = True) -> str:
        """A buyer's order; its number. Where the shop holds no SKU, the offer is named by its id."""
        known = {v["sku"] for row in self.shop.truth() for v in row["variants"]}
        lines = [{"sku": sku if sku in known else ids.offers[sku], "quantity": quantity}]
        bought: dict[str, str] = self.shop.control("POST", "orders", {"lines": lines, "paid": paid})
        return bought["id"]

    def truth(self, listing: Listing) -> list[dict[str, Any]]:
        """What the shop really holds under this product's SKUs, or, where it holds none, under its title."""
        skus = {v.sku for v in listing.structure.variants} | {listing.code}
        rows = self.shop.truth()
        for variant in (variant for row in rows for variant in row["variants"]):
            variant["sku"] = variant["sku"] or self.names.get(variant["external_id"])
        title = listing.content.title
        return [
            row for row in rows
            if row["code"] in skus or skus & {v["sku"] for v in row["variants"]} or row["title"] == title
        ]  # fmt: skip

    def fault(self, operation: str, kind: str, times: int | None = 1) -> None:
        """Put one fault in force."""
        line = {"operation": operation, "kind": kind, "probability": 1, "times": times}
        self.shop.control("PUT", "faults", [line])

    def calm(self) -> None:
        """No faults any more."""
        self.shop.control("PUT", "faults", [])


def _none() -> Ids:
    raise AssertionError("a create ended without ids")


def _picture(name: str) -> Picture:
    found = Album(EXAMPLES / "images").picture(name)
    if found is None:
        raise AssertionError(f"the example picture {name} is missing")
    return Picture(found.sha256, found.path)


@contextmanager
def bench(marketplace: str, switches: Mapping[str, str] | None = None) -> Iterator[Bench]:
    """A bench for one marketplace, on one clock that no test needs to wait for."""
    clock = ManualClock(START)
    with launch((marketplace,), switches=switches, clock=clock) as sandboxes:
        shop = sandboxes[marketplace]
        lines = shop.config_lines()
        module = adapter_module(marketplace)
        limits = Limits(
            rates=(Rate("app", 1000, 1.0),), settle_s=float(lines.limits["settle_s"]),
            create_ready_s=float(lines.limits.get("create_ready_s", 0)), deadline_s=5.0, connect_s=2.0,
        )  # fmt: skip
        secrets = {**lines.secrets, **shop.credentials}
        grant = Grant(
            lines.shop_id,
            secrets.get("access_token", ""),
            secrets.get("refresh_token", ""),
            clock.now() + timedelta(hours=4),
        )
        grants = Grants(grant, None)
        wanted = (*module.SECRETS, *module.OPTIONAL_SECRETS)
        access = Access(lines.shop_id, shop.url, {key: str(secrets[key]) for key in wanted if key in secrets},
                        lines.location, assumptions=lines.assumptions)  # fmt: skip
        adapter = module.build(access, limits, grants, clock, random.Random(0))
        grants.refresh = getattr(adapter, "refresh", None)
        shop.control("PUT", "settings", {"rate_per_s": 0, **UNHURRIED.get(marketplace, {})})
        category, attributes = _category(lines.categories)
        adapter.instruct(adapter.learn([category]))
        yield Bench(shop, clock, adapter, grants, category, attributes)


def _category(rows: Any) -> tuple[str, tuple[tuple[str, str], ...]]:
    """A category whose attributes need nothing of a product but its district."""
    for _, leaf, text in rows:
        pairs = tuple(tuple(pair.split("=", 1)) for pair in text.split(";"))
        filled = tuple((key, value.replace("{district}", "Bangka Tengah")) for key, value in pairs)
        if not any("{" in value for _, value in filled):
            return leaf, filled
    raise AssertionError("no category fits")
