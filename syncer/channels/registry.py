"""Which adapters there are: ours, and those of installed packages (entry-point group `syncer.adapters`).

An adapter module offers ``SECRETS`` and ``OPTIONAL_SECRETS`` (names of lines in secrets.env) and
``build(access, limits, grants, clock, rng, pacer)``. Where an owner lets us in by keys, ``BY_KEYS`` says how.
"""

from __future__ import annotations

from importlib import import_module
from importlib.metadata import entry_points
from types import ModuleType

from syncer.errors import ConfigError
from syncer.texts import _

OURS = {name: f"adapters.{name}.adapter" for name in ("shopee", "bukalapak", "blibli", "lazada", "tiktokshop")}
GROUP = "syncer.adapters"


def adapter_module(marketplace: str) -> ModuleType:
    """The module that builds the adapter of `marketplace`.

    Raises:
        ConfigError: no installed package knows this marketplace.
    """
    if marketplace in OURS:
        return import_module(OURS[marketplace])
    for point in entry_points(group=GROUP, name=marketplace):
        module = point.load()
        if isinstance(module, ModuleType):
            return module
    text = _("no adapter for marketplace '{marketplace}'; there are: {known}")
    raise ConfigError(text.format(marketplace=marketplace, known=", ".join(sorted(known()))))


def known() -> set[str]:
    """The names of all marketplaces with an adapter."""
    return set(OURS) | {point.name for point in entry_points(group=GROUP)}
