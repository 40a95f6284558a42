"""What a begun change remembers, and which step of it is due. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from adapters.bukalapak import mapping
from adapters.contract import Change, Content, Listing, Picture
from adapters.editing import content_of, name_of

UPLOAD, CREATE, UPDATE, RELIST = "upload_image", "create_product", "update_product", "relist"
READ = "read_product"
"""No write: the product is read for its SKU ids, its old pictures, or whether it is off sale at all."""


@dataclass(frozen=True, slots=True)
class Memory:
    """`next_step` as a value.

    `images` = {sha256: image id} uploaded for this change; `old` = ids of the pictures that an edit is to remove, None
    until they were read; `again` = how often the pictures were uploaded anew; `without` = {field of content: [cause,
    code, text]} refused so far; `about` = the content that `without` speaks of; `off` = the product was seen off sale.
    """

    images: Mapping[str, str] = field(default_factory=dict)
    old: tuple[str, ...] | None = None
    again: int = 0
    without: Mapping[str, Sequence[str]] = field(default_factory=dict)
    about: str = ""
    off: bool = False

    @classmethod
    def of(cls, change: Change) -> Memory:
        """What the last step left behind, without image ids that a create of unknown fate may have used up."""
        stored = json.loads(change.next_step) if change.next_step else {}
        about = name_of(change.to) if isinstance(change.to, Content) else ""
        same = stored.get("about", about) == about
        spent = _spent(change)
        images = {sha: image for sha, image in stored.get("images", {}).items() if image not in spent}
        old = tuple(stored["old"]) if stored.get("old") is not None else None
        without = stored.get("without", {}) if same else {}
        return cls(images, old, stored.get("again", 0), without, about, stored.get("off", False))

    def text(self, **changes: Any) -> str:
        """As JSON text, with `changes`."""
        now = replace(self, **changes)
        kept: dict[str, Any] = {"images": dict(now.images), "again": now.again}
        kept |= {"old": list(now.old)} if now.old is not None else {}
        kept |= {"off": True} if now.off else {}
        kept |= {"without": dict(now.without), "about": now.about} if now.without else {}
        return json.dumps(kept, ensure_ascii=False, separators=(",", ":"))


def _spent(change: Change) -> frozenset[str]:
    """Image ids that went out with a create whose fate is not known: used up, perhaps (facts, sections 3.3 and 6)."""
    intent = change.intent
    if intent is None or intent.sent_at is None:
        return frozenset()
    return mapping.images_in(intent.body)


def fields_of(change: Change) -> tuple[str, ...]:
    """The fields of content that an edit sends: what changed, less what was refused in an earlier step."""
    assert isinstance(change.to, Content)
    without = Memory.of(change).without
    return tuple(name for name in mapping.changed_fields(change.before, change.to) if name not in without)


def pictures_of(change: Change) -> tuple[Picture, ...]:
    """The pictures that this change sends, each once."""
    content = content_of(change)
    if content is None or (not change.creates and "pictures" not in fields_of(change)):
        return ()
    return tuple({p.sha256: p for p in content.pictures}.values())


def missing_picture(change: Change) -> Picture | None:
    """The next picture to upload before this change can go on; a call takes one (facts, section 3.4)."""
    if change.creates and change.ids is not None:
        return None
    have = Memory.of(change).images
    return next((p for p in pictures_of(change) if p.sha256 not in have), None)


def step_of(change: Change) -> str:
    """The step of a create, an edit or a relist that is due.

    After a create its SKU ids are read, if its answer had none, and a product that is to be hidden is taken off sale.
    Without a remembered step (a restart, a lost answer) the step follows from what is known to be there. A relist comes
    back with stock 0 (facts, section 4.4), so only what was just seen off sale is put on sale again.
    """
    if change.to is True:
        return RELIST if Memory.of(change).off else READ
    if missing_picture(change) is not None:
        return UPLOAD
    if isinstance(change.to, Content):
        needs_old = bool(pictures_of(change)) and Memory.of(change).old is None
        return READ if needs_old else UPDATE
    assert isinstance(change.to, Listing)
    if change.ids is None:
        return CREATE
    known = {v.sku for v in change.to.structure.variants} <= set(change.ids.offers)
    return "sold" if known and not change.to.visible else READ
