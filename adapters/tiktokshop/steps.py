"""What a begun change remembers, and which step of it is due. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from adapters.contract import Change, Content, Picture
from adapters.editing import content_of, left_to_send, name_of
from adapters.tiktokshop import mapping

UPLOAD, CREATE, EDIT, PARTIAL = "upload_product_image", "create_product", "edit_product", "partial_edit_product"
INVENTORY, PRICE = "update_inventory", "update_price"
ACTIVATE, DEACTIVATE = "activate_products", "deactivate_products"

STEP_OFF, STEP_ON, STEP_WAREHOUSES, STEP_PUBLISH, STEP_DRAFT, STEP_CORRECT = (
    "off_sale", "on_sale", "every_warehouse", "publish", "draft", "correct",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Memory:
    """`next_step` as a value.

    `images` = {sha256: uri}; `step` = what a change has turned to (see the names above); `only` = the storefronts that
    are left to it; `without` = {field of content: [cause, code, text]} refused so far; `part` = which part of a refused
    call it belongs to; `again` = its pictures were uploaded anew; `about` = what value all but `images` speak of: they
    mean nothing once the catalogue wants something else.
    """

    images: Mapping[str, str] = field(default_factory=dict)
    step: str = ""
    only: tuple[str, ...] = ()
    without: Mapping[str, Sequence[str]] = field(default_factory=dict)
    part: str = ""
    again: bool = False
    about: str = ""

    @classmethod
    def of(cls, change: Change) -> Memory:
        """What the last step left behind."""
        stored = json.loads(change.next_step) if change.next_step else {}
        about = "" if change.creates else name_of(change.to)  # the intent of a create keeps its value
        if stored.get("about", about) != about:
            stored = {"images": stored.get("images", {})}
        return cls(
            stored.get("images", {}), stored.get("step", ""), tuple(stored.get("only", ())),
            stored.get("without", {}), stored.get("part", ""), bool(stored.get("again")), about,
        )  # fmt: skip

    def text(self, **changes: Any) -> str:
        """As JSON text, with `changes`."""
        now = replace(self, **changes)
        kept: dict[str, Any] = {
            "images": dict(now.images), "step": now.step, "only": list(now.only), "without": dict(now.without),
            "part": now.part, "again": now.again,
        }  # fmt: skip
        kept = {name: value for name, value in kept.items() if value}
        return mapping.dump({**kept, "about": now.about} if set(kept) - {"images"} and now.about else kept)


def fields_of(change: Change) -> tuple[str, ...]:
    """The fields of content that an edit sends: what changed, less what was refused in an earlier step."""
    assert isinstance(change.to, Content)
    return left_to_send(change.to, mapping.changed_fields(change.before, change.to), Memory.of(change).without)


def create_step(change: Change) -> str:
    """The step of a create that is due: a listing that has its id is corrected there, never made again."""
    return CREATE if change.ids is None else EDIT


def resends(change: Change) -> bool:
    """Whether the stored bytes of a create are sent again: its answer was lost, and nothing was refused before that."""
    if change.intent is None or change.intent.body is None or change.ids is not None:
        return False
    memory = Memory.of(change)
    return not (memory.step or memory.only or memory.again)


def missing_picture(change: Change, known: Mapping[str, str]) -> Picture | None:
    """The next picture to upload before this change can go on: one call carries one (facts, section 8)."""
    content = content_of(change)
    if content is None or resends(change):
        return None
    if isinstance(change.to, Content) and "pictures" not in fields_of(change):
        return None
    have = Memory.of(change).images
    return next((p for p in content.pictures if p.sha256 not in have and p.sha256 not in known), None)
