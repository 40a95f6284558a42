"""A database filled by hand: two shops with every kind of trouble that a report tells of."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlmodel import Session

from syncer.store.database import Database
from syncer.store.schema import open_database
from syncer.store.tables import (
    ChannelRow,
    FacetRow,
    GapRow,
    HeldChangeRow,
    HoldRow,
    ListingRow,
    OfferRow,
    ProducerRow,
    ProductRow,
    RunRow,
    VariantRow,
)

NOW = datetime(2026, 11, 24, 3, 15, tzinfo=UTC)
"""10.15 WIB."""

HOSTILE = "<script>alert('kemplang')</script> & \"terasi\""


def ago(**span: float) -> datetime:
    """A moment before `NOW`."""
    return NOW - timedelta(**span)


@dataclass(slots=True)
class Filled:
    """The store, and short ways to put rows into it. Products are made as they are needed."""

    session: Session
    channels: dict[str, int] = field(default_factory=dict)
    producers: dict[str, int] = field(default_factory=dict)
    products: dict[str, int] = field(default_factory=dict)

    def add(self, row: Any) -> int:
        """Store a row; its number."""
        self.session.add(row)
        self.session.flush()
        return int(row.id)

    def channel(self, name: str, marketplace: str = "shopee", **columns: Any) -> int:
        """A shop with one good run two hours ago."""
        number = self.add(ChannelRow(name=name, marketplace=marketplace, shop_id=f"1{len(self.channels)}", **columns))
        self.channels[name] = number
        self.run(name, "done", ago(hours=2))
        return number

    def run(self, channel: str, status: str, at: datetime, message: str = "") -> int:
        """A run that took a minute."""
        return self.add(
            RunRow(channel_id=self.channels[channel], fence=1, trigger="schedule", as_of=at, started_at=at,
                   ended_at=at + timedelta(minutes=1), status=status, counts_json='{"applied": 3}', message=message)
        )  # fmt: skip

    def product(self, code: str, producer: str = "BBR-01", name: str = "", status: str = "active") -> int:
        """A product with one variant, SKU = code + '-1'."""
        if producer not in self.producers:
            self.producers[producer] = self.add(ProducerRow(code=producer, name=producer, district="Belitung"))
        if code not in self.products:
            row = ProductRow(code=code, producer_id=self.producers[producer], name=name or f"Produk {code}",
                             description="-", category="x", status=status, changed_seq=1)  # fmt: skip
            self.products[code] = self.add(row)
            sku = f"{code}-1"
            self.add(
                VariantRow(product_id=self.products[code], sku=sku, sku_key=sku.casefold(), price_idr=10_000,
                           ship_weight_g=100, length_cm=1, width_cm=1, height_cm=1)
            )  # fmt: skip
        return self.products[code]

    def listing(
        self, channel: str, code: str, state: str | None = "live", wanted: bool | None = True,
        reason: str | None = None, **product: str,
    ) -> int:  # fmt: skip
        """A product on a channel."""
        return self.add(
            ListingRow(channel_id=self.channels[channel], product_id=self.product(code, **product), state=state,
                       external_id=f"{channel}/{code}" if state else None, created=state is not None,
                       visibility_desired=wanted, state_since=ago(hours=5), reason=reason)
        )  # fmt: skip

    def offer(
        self, channel: str, listing: int, sku: str, seen: datetime | None, price: int = 10_000, stock: int = 4,
        wanted: tuple[int, int] = (10_000, 4), sent: tuple[int, int] | None = None,
    ) -> int:  # fmt: skip
        """An offer as it was last seen, and as it should be; `sent` = what was confirmed to us."""
        confirmed = sent or wanted
        return self.add(
            OfferRow(channel_id=self.channels[channel], listing_id=listing, sku=sku, external_id=f"o/{sku}",
                     price_desired=wanted[0], stock_desired=wanted[1], price_acknowledged=confirmed[0],
                     stock_acknowledged=confirmed[1], price_observed=price, stock_observed=stock,
                     price_observed_at=seen, stock_observed_at=seen)
        )  # fmt: skip

    def facet(
        self, channel: str, listing: int, facet: str, standing: str, cause: str | None = None, code: str = "",
        message: str = "", since: datetime | None = None, sku: str = "",
    ) -> int:  # fmt: skip
        """Something that stands in the way."""
        return self.add(
            FacetRow(channel_id=self.channels[channel], listing_id=listing, sku=sku, facet=facet, standing=standing,
                     cause=cause, code=code, message=message, since=since or ago(hours=3))
        )  # fmt: skip

    def hold(
        self, channel: str, listing: int, rule: str, changes: list[tuple[str, str, str | None, str | None]]
    ) -> int:
        """Changes that a guard stopped: (SKU, facet, from, to)."""
        number = self.add(
            HoldRow(channel_id=self.channels[channel], rule=rule, message=f"{rule}: numbers", created_at=ago(hours=1))
        )
        for sku, facet, before, after in changes:
            self.add(
                HeldChangeRow(hold_id=number, channel_id=self.channels[channel], listing_id=listing, sku=sku,
                              facet=facet, before=before, after=after)
            )  # fmt: skip
            self.facet(channel, listing, facet, "held", "locked", rule, "held", sku=sku)
        return number

    def gap(
        self, kind: str, began: datetime, ended: datetime | None, channel: str | None = None, note: str = ""
    ) -> int:
        """A gap of the service, of a shop or of the clock."""
        number = self.channels[channel] if channel else None
        return self.add(GapRow(channel_id=number, kind=kind, began_at=began, ended_at=ended, note=note))


def empty(folder: Path) -> Database:
    """A new store."""
    return open_database(f"sqlite:///{folder / 'syncer.db'}")


def troubled(folder: Path) -> Database:
    """Two shops: one with every kind of trouble, one that is paused."""
    database = empty(folder)
    with database.write() as session:
        _fill(Filled(session))
    return database


def _fill(store: Filled) -> None:
    store.channel("shopee-plut")
    store.channel("blibli-plut", "blibli", paused_at=ago(days=1), paused_by="staf@plut", paused_why="stok opname")
    good = store.listing("shopee-plut", "KOP-01")
    store.offer("shopee-plut", good, "KOP-01-1", ago(hours=1))
    sent = store.listing("shopee-plut", "KOP-02")
    store.offer("shopee-plut", sent, "KOP-02-1", None)  # sent and confirmed, never read back
    _refused(store)
    _reviewed(store)
    silly = store.listing("shopee-plut", "MDU-01", producer="BTG-07")
    store.offer("shopee-plut", silly, "MDU-01-1", ago(hours=1), price=30_000, wanted=(150_000, 4), sent=(30_000, 4))
    store.hold("shopee-plut", silly, "price_leap", [("MDU-01-1", "price", "30000", "150000")])
    rest = store.listing("blibli-plut", "KOP-01", "hidden")
    store.facet("blibli-plut", rest, "stock", "failed", "config", "blibli_only", "kode gudang?", sku="KOP-01-1")
    store.gap("service", ago(days=2), ago(days=2, hours=-5), note="no_word")
    store.gap("shop", ago(hours=9), ago(hours=8), "shopee-plut", "timed out")
    store.gap("clock", ago(hours=30), ago(hours=29), note="+120 s")


def _refused(store: Filled) -> None:
    hostile = store.listing("shopee-plut", "TRS-01", name=HOSTILE)
    # The same SKU twice: it counts once, under what came first.
    store.facet("shopee-plut", hostile, "price", "failed", "rejected", "error_price_limit", "too low", ago(days=3),
                "TRS-01-1")  # fmt: skip
    store.facet("shopee-plut", hostile, "stock", "locked", "locked", "error_item_in_promotion", "promo", ago(days=1),
                "TRS-01-1")  # fmt: skip
    store.facet("shopee-plut", hostile, "content", "failed", "rejected", "error_image_size", HOSTILE, ago(days=4))
    promoted = store.listing("shopee-plut", "KMP-01", producer="BTG-07")
    store.facet("shopee-plut", promoted, "stock", "locked", "locked", "error_item_in_promotion", "promo",
                sku="KMP-01-1")  # fmt: skip
    unmapped = store.listing("shopee-plut", "LDN-01", None, None, producer="BTG-07")
    store.facet("shopee-plut", unmapped, "content", "blocked", "config", "category_unmapped", "LDN-01: no line")
    store.facet("shopee-plut", promoted, "content", "deferred", "transient", "", "HTTP 503")


def _reviewed(store: Filled) -> None:
    store.listing("shopee-plut", "NIP-01", "in_review")
    back = store.listing("shopee-plut", "NIP-02", "needs_correction")
    store.facet("shopee-plut", back, "structure", "failed", "rejected", "error_param", "foto terlalu gelap")
    store.listing("shopee-plut", "NIP-03", "banned", reason="klaim kesehatan")
    queued = store.listing("shopee-plut", "NIP-04", None)
    store.facet("shopee-plut", queued, "structure", "accepted")
