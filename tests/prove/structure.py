"""Random edits of variants, ours in the catalogue and the seller's in the app, against each sandbox.

After every resync: no id of a surviving variant has changed, no variant has gone and no variant of the seller's is
lost or rewritten, except by what was held and approved, or by the seller's own hand; nothing stands there twice. At
the end each product shows what the catalogue says, or stands in the report with a cause.
"""

from __future__ import annotations

import random
import sys
import tempfile
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlmodel import select

from adapters.sandbox import MARKETPLACES
from syncer.catalogue import variants
from syncer.channels.opening import lock_folder
from syncer.channels.shop import Shop
from syncer.errors import Failed
from syncer.store.tables import FacetRow, HoldRow, ListingRow, OfferRow, ProductRow, VariantRow
from syncer.sync.audit import audit
from syncer.sync.holds import decide, waiting
from syncer.sync.run import run
from tests.prove.world import say
from tests.road.road import Road, road

CODES = ("RSM-CNC", "KPR-KSR", "STK-CMI", "SLK-CMI")
"""Two products with one option, one with two, one with none."""
STEPS, SEED = 60, 7
HOUR = 3600.0
FAULTY = 0.2
"""The share of steps in which answers are lost."""
STANDING = 0.7
"""The share of syncs by a process that stays; the rest by new ones."""
APPROVED = 0.5
"""The share of holds that a person approves at once; the rest waits, and is approved at the end."""


@dataclass(frozen=True, slots=True)
class Shown:
    """What the shop shows of one variant: to whom it belongs, and its numbers."""

    product: str
    price: int
    stock: int


@dataclass(slots=True)
class Course:
    """One marketplace's course of edits, and what must hold of it."""

    way: Road
    chance: random.Random
    good: list[dict[str, str]]
    """The rows as the catalogue took them last."""
    standing: Shop
    """The shop as a daemon has it open."""
    serial: int = 0
    ours: dict[str, str] = field(default_factory=dict)
    """{SKU: its id in the shop} when last looked."""
    theirs: dict[str, Shown] = field(default_factory=dict)
    """{id: as the seller left it} of the seller's own variants."""
    free: set[str] = field(default_factory=set)
    """Product codes of which ids may change now: approved, or changed by the seller's hand."""
    counts: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)

    # --- edits of the catalogue --------------------------------------------------------------------------------------

    def _row(self, options: bool = True) -> dict[str, str]:
        rows = [row for row in self.way.rows if bool(row["option1_name"]) is options]
        return self.chance.choice(rows)

    def _import(self) -> None:
        """Import the rows; what the catalogue refuses (options of another variant) is taken back."""
        if self.way.import_rows().exit_code:
            self.way.rows = [dict(row) for row in self.good]
            self.way.import_rows()
            self.counts["refused by the import"] += 1
        self.good = [dict(row) for row in self.way.rows]

    def _word(self, start: str) -> str:
        self.serial += 1
        return f"{start} {self.serial}"

    def add(self) -> None:
        """A new SKU, under a new option value."""
        row = self._row()
        fresh = {**row, "sku": self._word(row["product_code"]).replace(" ", "-N"), "barcode": "",
                 "option1_value": self._word("Baru"), "stock": str(self.chance.randint(1, 9))}  # fmt: skip
        self.way.rows.append(fresh)
        self._import()

    def add_where_the_seller_is(self) -> None:
        """A new SKU whose option value the seller's own variant has already."""
        row = self._row()
        fresh = {**row, "sku": self._word(row["product_code"]).replace(" ", "-N"), "barcode": "",
                 "option1_value": f"Pilihan {self.chance.randint(1, 7)}"}  # fmt: skip
        self.way.rows.append(fresh)
        self._import()

    def rename_value(self) -> None:
        """Another name for one option value."""
        self._row()["option1_value"] = self._word("Nama")
        self._import()

    def rename_option(self) -> None:
        """Another name for an option."""
        code, name = self._row()["product_code"], self._word("Pil")
        for row in self.way.rows:
            if row["product_code"] == code:
                row["option1_name"] = name
        self._import()

    def swap_values(self) -> None:
        """Two variants trade their option values."""
        one = self._row()
        other = self.chance.choice([row for row in self.way.rows if row["product_code"] == one["product_code"]])
        one["option1_value"], other["option1_value"] = other["option1_value"], one["option1_value"]
        self._import()

    def reorder(self) -> None:
        """The rows in another order."""
        self.chance.shuffle(self.way.rows)
        self._import()

    def add_option(self) -> None:
        """A second option, which would end every id."""
        code = self._row()["product_code"]
        for row in self.way.rows:
            if row["product_code"] == code:
                row.update(option2_name="Corak", option2_value="Polos")
        self._import()

    def drop_option(self) -> None:
        """The second option goes again."""
        code = self._row()["product_code"]
        for row in self.way.rows:
            if row["product_code"] == code:
                row.update(option2_name="", option2_value="")
        self._import()

    def retire(self) -> None:
        """A variant is taken out; its removal is held."""
        row = self._row()
        try:
            self._person(variants.retire, row["sku"])
        except Failed:
            return  # the last one of its product
        self.way.rows.remove(row)
        self.good = [dict(one) for one in self.way.rows]

    def restore(self) -> None:
        """A variant that was taken out comes back."""
        with self.way.database.read() as session:
            retired = sorted(session.exec(select(VariantRow.sku).where(VariantRow.retired)))
        if retired:
            sku = self.chance.choice(retired)
            try:
                self._person(variants.restore, sku)
            except Failed:
                return  # another variant has its options by now

    def rename_sku(self) -> None:
        """Another SKU for one variant: the id stays."""
        row = self._row()
        new = self._word(row["product_code"]).replace(" ", "-S")
        self._person(variants.rename, row["sku"], new)
        if row["sku"] in self.ours:
            self.ours[new] = self.ours.pop(row["sku"])
        row["sku"] = new
        self.good = [dict(one) for one in self.way.rows]

    def price(self) -> None:
        """Another price for one variant."""
        row = self.chance.choice(self.way.rows)
        row["price_idr"] = str(int(row["price_idr"]) + 500)
        self._import()

    def count(self) -> None:
        """A stock count of one variant."""
        self.way.count(self.chance.choice(self.way.rows)["sku"], self.chance.randint(0, 9))

    def _person(self, act: Callable[..., object], *words: str) -> None:
        with self.way.database.write() as session:
            act(session, *words)

    # --- edits in the seller's app -----------------------------------------------------------------------------------

    def seller_adds(self) -> None:
        """A variant of the seller's own."""
        listing = self.chance.choice(self._listings())
        code = self._code(listing)
        before = {variant["external_id"] for variant in listing["variants"]}
        number = self.serial = self.serial + 1
        made = {"sku": f"PENJUAL-{number}", "price": int(listing["variants"][0]["price"]), "stock": 3}
        target = listing["variants"][0]["external_id"] or listing["external_id"]
        self.way.sandbox.control("POST", "edit", {"external_id": target, "add_variant": made})
        [now] = [one for one in self._listings() if one["external_id"] == listing["external_id"]]
        for variant in now["variants"]:
            if variant["sku"] == made["sku"] or (variant["sku"] is None and variant["external_id"] not in before):
                self.theirs[variant["external_id"]] = Shown(code, variant["price"], variant["stock"])
        if before - {variant["external_id"] for variant in now["variants"]}:
            self.free.add(code)  # what had no options went on under another id, by the seller's hand

    def seller_drops_own(self) -> None:
        """The seller takes a variant of their own away."""
        if self.theirs:
            offer = self.chance.choice(sorted(self.theirs))
            self.way.sandbox.control("POST", "edit", {"external_id": offer, "remove_variant": True})
            del self.theirs[offer]

    def seller_drops_ours(self) -> None:
        """The seller takes one of our variants away."""
        listings = [one for one in self._listings() if len(one["variants"]) > 2]
        ours = [v["external_id"] for one in listings for v in one["variants"] if v["external_id"] not in self.theirs]
        if ours:
            offer = self.chance.choice(sorted(ours))
            self.way.sandbox.control("POST", "edit", {"external_id": offer, "remove_variant": True})
            self.ours = {sku: one for sku, one in self.ours.items() if one != offer}
            self.counts["removed by the seller"] += 1

    def _listings(self) -> list[dict[str, Any]]:
        return [one for one in self.way.sandbox.truth() if one["external_id"]]

    def _code(self, listing: dict[str, Any]) -> str:
        with self.way.database.read() as session:
            rows = select(ProductRow.code).join(ListingRow).where(ListingRow.external_id == listing["external_id"])
            return session.exec(rows).one()

    # --- a step ------------------------------------------------------------------------------------------------------

    def step(self) -> None:
        """One edit, a resync with or without faults, and a person who may approve; then what must hold is looked at."""
        edit = self.chance.choice(EDITS)
        edit(self)
        self.counts["edits"] += 1
        if self.chance.random() < FAULTY:
            self.counts["with lost answers"] += 1
            line = {"operation": "*", "kind": "lose_response", "probability": 0.3, "times": 2}
            self.way.sandbox.control("PUT", "faults", [line])
        self._sync()
        self.way.calm()
        if self.chance.random() < APPROVED:
            self._approve()
        self._sync()
        self.look(edit.__name__)

    def _sync(self) -> None:
        """By a process that has been running all along, or by a new one: the first remembers what it has read."""
        self.way.clock.advance(HOUR)
        shop = self.standing if self.chance.random() < STANDING else self.way.shop()
        run(shop, self.way.request())

    def _approve(self) -> None:
        with self.way.database.write() as session:
            held = waiting(session)
            for one in held:
                decide(session, one.id, "approved", self.way.clock.now())
                self.free |= {change.product for change in one.changes}
        self.counts["approved"] += len(held)

    def look(self, edit: str) -> None:
        """Compare with what was there before."""
        shown = {v["external_id"]: (one, v) for one in self._listings() for v in one["variants"] if v["external_id"]}
        for offer, left in list(self.theirs.items()):
            now = shown.get(offer)
            if now is None and left.product in self.free:
                del self.theirs[offer]  # let go by an approval
            elif now is None or (now[1]["price"], now[1]["stock"]) != (left.price, left.stock):
                self._fault(edit, "seller's variants lost", f"{offer} of {left.product}")
                del self.theirs[offer]
        known = self._known()
        for sku, offer in self.ours.items():
            product, now_known = known.get(sku, ("", None))
            if product in self.free or not product:
                continue
            if now_known != offer or offer not in shown:
                self._fault(edit, "ids lost", f"{sku}: {offer} -> {now_known}")
        self.ours = {sku: offer for sku, (_, offer) in known.items() if offer is not None and offer in shown}
        self.counts["ids watched"] = max(self.counts["ids watched"], len(self.ours))
        skus = Counter(variant["sku"] for _, variant in shown.values() if variant["sku"])
        for sku in [sku for sku, times in skus.items() if times > 1]:
            self._fault(edit, "there twice", sku)
        with self.way.database.read() as session:
            self.counts["held"] = len(session.exec(select(HoldRow.id)).all())
        self.free.clear()

    def _fault(self, edit: str, kind: str, words: str) -> None:
        self.counts[kind] += 1
        self.wrong.append(f"{edit}: {kind}: {words}")

    def _known(self) -> dict[str, tuple[str, str | None]]:
        """{SKU: (product, id as the sandbox spells it)} as stored."""
        shop_ids = {v["external_id"] for one in self._listings() for v in one["variants"]}
        with self.way.database.read() as session:
            rows = session.exec(
                select(OfferRow.sku, ProductRow.code, OfferRow.external_id)
                .join(ListingRow, OfferRow.listing_id == ListingRow.id)  # type: ignore[arg-type]
                .join(ProductRow, ListingRow.product_id == ProductRow.id)  # type: ignore[arg-type]
            ).all()
        return {sku: (code, _spelt(offer, shop_ids)) for sku, code, offer in rows if offer is not None}

    # --- the end -----------------------------------------------------------------------------------------------------

    def settle(self) -> None:
        """Audit, approve what waits and sync until nothing moves; then every product is right, or says why not."""
        self.way.clock.advance(HOUR)
        audit(self.way.shop(), lock_folder(self.way.settings, self.way.database), 1.0)
        for _ in range(4):
            self._approve()
            self._sync()
            self.look("settling")
        with self.way.database.read() as session:
            troubled = {
                row.listing_id: row.code for row in session.exec(select(FacetRow)) if row.code != "variant_removed"
            }
            rows = session.exec(
                select(OfferRow, VariantRow, ListingRow)
                .join(VariantRow, VariantRow.sku == OfferRow.sku)  # type: ignore[arg-type]
                .join(ListingRow, OfferRow.listing_id == ListingRow.id)  # type: ignore[arg-type]
            ).all()
            self.counts["products that say why not"] = len(troubled)
            shown = {v["external_id"]: v for one in self._listings() for v in one["variants"] if v["external_id"]}
            for offer, variant, listing in rows:
                if listing.id in troubled:
                    continue
                there = shown.get(_spelt(offer.external_id or "", shown) or "")
                wanted = not variant.retired and offer.removed_at is None
                right = there is not None and (there["price"], there["stock"]) == (variant.price_idr, variant.stock)
                if (wanted and not right) or (not wanted and there is not None):
                    self._fault("end", "wrong at the end", f"{offer.sku}: {there}")


def _spelt(offer: str, shop_ids: Any) -> str | None:
    """Our id as the sandbox's truth spells it: some of ours are composite."""
    return next((one for one in (offer, offer.rpartition(":")[2], offer.partition(":")[0]) if one in shop_ids), None)


EDITS: tuple[Callable[[Course], None], ...] = (
    Course.add, Course.add, Course.add_where_the_seller_is, Course.rename_value, Course.rename_option,
    Course.swap_values, Course.reorder, Course.add_option, Course.drop_option, Course.retire, Course.restore,
    Course.rename_sku, Course.price, Course.count, Course.seller_adds, Course.seller_drops_own,
    Course.seller_drops_ours,
)  # fmt: skip


def main() -> int:
    """The course on each marketplace; `--marketplace NAME`, `--steps N`, `--seed N`."""
    names = [_word("--marketplace")] if "--marketplace" in sys.argv else MARKETPLACES
    steps, seed = int(_word("--steps", str(STEPS))), int(_word("--seed", str(SEED)))
    return max(_on(name, steps, seed) for name in names)


def _word(option: str, default: str = "") -> str:
    return sys.argv[sys.argv.index(option) + 1] if option in sys.argv else default


def _on(name: str, steps: int, seed: int) -> int:
    with (
        tempfile.TemporaryDirectory(prefix="syncer-prove-") as folder,
        road(Path(folder), CODES, marketplace=name) as way,
    ):
        way.resync()
        course = Course(way, random.Random(seed), [dict(row) for row in way.rows], way.shop())
        course.look("first sync")
        for _ in range(steps):
            course.step()
        course.settle()
    for line in course.wrong:
        print(f"  {line}")
    kinds = ("edits", "with lost answers", "removed by the seller", "held", "approved", "ids watched", "ids lost",
             "seller's variants lost", "there twice", "wrong at the end", "products that say why not")  # fmt: skip
    figure = ", ".join(f"{course.counts[kind]} {kind}" for kind in kinds)
    return say("structure", f"{name}: {figure}", good=not course.wrong and course.counts["approved"] > 0)


if __name__ == "__main__":
    sys.exit(main())
