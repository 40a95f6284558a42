"""A config of ours that points at the running sandbox: `import` and `resync` are all it takes."""

from __future__ import annotations

import base64
import csv
import os
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True)
class ChannelLines:
    """What the config says of one sandbox channel. `categories`: (our path, leaf id, attributes)."""

    channel: str
    marketplace: str
    url: str
    shop_id: str
    limits: Mapping[str, str]
    secrets: Mapping[str, str]
    categories: Sequence[tuple[str, str, str]]
    location: str | None = None
    assumptions: Mapping[str, str] = field(default_factory=dict)


def write_config(path: Path, channels: Sequence[ChannelLines]) -> None:
    """Write syncer.toml at `path`, and secrets.env (0600) and categories.csv beside it; earlier ones are replaced."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(_toml(channels), encoding="utf-8")
    _secrets(path.with_name("secrets.env"), channels)
    with path.with_name("categories.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("category", "marketplace", "external_id", "attributes"))
        for channel in channels:
            writer.writerows((ours, channel.marketplace, leaf, extra) for ours, leaf, extra in channel.categories)


def _toml(channels: Sequence[ChannelLines]) -> str:
    head = (
        "# Written by `syncer sandbox`: every channel here is a local marketplace with invented data.\n"
        'database = "sqlite:///syncer.db"\nlanguage = "id"\ncategories = "categories.csv"\n\n[health]\nport = 0\n'
    )
    return head + "".join(_channel(channel) for channel in channels)


def _channel(channel: ChannelLines) -> str:
    limits = "".join(f"{key} = {value}\n" for key, value in channel.limits.items())
    location = "" if channel.location is None else f'location = "{channel.location}"\n'
    assumed = "".join(f'"{key}" = "{position}"\n' for key, position in channel.assumptions.items())
    assumptions = f"\n[channels.{channel.channel}.assumptions]\n{assumed}" if assumed else ""
    return (
        f"\n[channels.{channel.channel}]\n"
        f'marketplace = "{channel.marketplace}"\nstate = "active"\nurl = "{channel.url}"\n'
        f'shop_id = "{channel.shop_id}"\nsells = {{ producers = ["*"] }}\nempty = true\n{location}'
        f"{assumptions}\n[channels.{channel.channel}.limits]\n{limits}"
    )


def _secrets(path: Path, channels: Sequence[ChannelLines]) -> None:
    key = base64.urlsafe_b64encode(random.SystemRandom().randbytes(32)).decode()
    lines = [f"SYNCER_KEY={key}"]
    for channel in channels:
        prefix = channel.channel.upper().replace("-", "_")
        lines += [f"{prefix}__{name.upper()}={value}" for name, value in channel.secrets.items()]
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write("\n".join(lines) + "\n")
