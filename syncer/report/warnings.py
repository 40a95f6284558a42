"""What a person should know of listings and nothing stops: gathered from the store, by what it is."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence

from sqlmodel import Session, col, select

from syncer.report.causes import advice_on
from syncer.report.failures import EXAMPLES
from syncer.report.values import Warnings
from syncer.store.tables import ListingRow
from syncer.texts import told


def warnings(session: Session, names: Mapping[int, str]) -> tuple[Warnings, ...]:
    """The warnings of the channels `names`, {channel row: name}; what most products share stands first."""
    found: dict[str, list[tuple[str, str]]] = {}
    rows = session.exec(
        select(ListingRow.channel_id, ListingRow.warnings_json)
        .where(col(ListingRow.channel_id).in_(names), col(ListingRow.warnings_json).is_not(None))
        .order_by(col(ListingRow.channel_id), col(ListingRow.id))
    )
    for channel_id, text in rows:
        for one in json.loads(text or "[]"):
            found.setdefault(one["code"], []).append((names[channel_id], one["message"]))
    made = [_group(code, said) for code, said in found.items()]
    return tuple(sorted(made, key=lambda group: (-group.count, group.advice.id)))


def _group(code: str, said: Sequence[tuple[str, str]]) -> Warnings:
    channels = Counter(channel for channel, _message in said)
    # A product that is warned of on three channels is said once; whose channel it is stands in the counts.
    messages = list(dict.fromkeys(told(message) for _channel, message in said))
    return Warnings(advice_on(code), len(said), dict(sorted(channels.items())), tuple(messages[:EXAMPLES]))
