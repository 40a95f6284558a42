"""The catalogue's values: frozen, checked by `catalogue.rules` before they come to be. Pure.

Units: whole rupiah, grams, whole centimetres, aware datetimes; a date is a day in Asia/Jakarta.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


class ProductStatus(StrEnum):
    """Only `archived` and `draft` take a listing down; an absent row changes nothing."""

    active = "active"
    draft = "draft"
    archived = "archived"


class MovementKind(StrEnum):
    """What a line of the stock ledger is: a count sets the level at its time, the others move it."""

    counted = "count"
    sale = "sale"
    cancellation = "cancellation"
    correction = "correction"


@dataclass(frozen=True, slots=True)
class Producer:
    """A small business (UMKM) that makes products."""

    code: str
    name: str
    district: str
    paused: bool = False


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture of a product: absolute file name, hash of its bytes, size in pixels."""

    path: str
    sha256: str
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Variant:
    """What a buyer picks: one seller SKU, its option values, price, parcel and count."""

    sku: str
    options: tuple[str, ...]
    barcode: str | None
    price_idr: int
    net_weight_g: int | None
    ship_weight_g: int
    length_cm: int
    width_cm: int
    height_cm: int
    producer_price_idr: int | None
    stock_confirmed_on: date | None
    stock: int = 0


@dataclass(frozen=True, slots=True)
class Product:
    """What is sold. `category` is a path in our own taxonomy, levels joined with ' > '."""

    code: str
    producer: Producer
    name: str
    description: str
    category: str
    brand: str | None
    option_names: tuple[str, ...]
    pictures: tuple[Picture, ...]
    pirt: str | None
    bpom_md: str | None
    halal_id: str | None
    shelf_life_days: int | None
    made_to_order_days: int | None
    status: ProductStatus
    variants: tuple[Variant, ...]


@dataclass(frozen=True, slots=True)
class Movement:
    """One line of the append-only stock ledger, in ledger time `at`.

    A count carries `counted` (pieces on hand at `at`); every other kind a signed `delta`.
    """

    sku: str
    kind: MovementKind
    at: datetime
    delta: int
    counted: int | None = None
    reason: str = ""
    reference: str | None = None
