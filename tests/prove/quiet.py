"""A second resync writes nothing, and neither does a new renderer version over an old database."""

from __future__ import annotations

import sqlite3
import sys
from contextlib import closing

from tests.prove.world import World, say, world


def main() -> int:
    """Sync, sync again, then once more as a release whose renderer words everything differently."""
    with world() as here:
        here.import_catalogue()
        here.resync()
        listed = len(here.truth())
        second = _writes_of_resync(here)
        _age(here)
        third = _writes_of_resync(here)
        return say(
            "quiet",
            f"{listed} listings; second resync {second} writes; a new renderer over the old database {third} writes",
            good=listed > 0 and second == 0 and third == 0,
        )


def _writes_of_resync(here: World) -> int:
    here.reset_calls()
    here.resync()
    return here.writes()


def _age(here: World) -> None:
    """Make the database that of an older release: other words for the same sources, an older version, all due."""
    with closing(sqlite3.connect(here.database)) as database, database:
        changed = database.execute(
            "UPDATE listing SET renderer = renderer - 1, due_at = '2020-01-01 00:00:00.000000', "
            'content_acknowledged = replace(content_acknowledged, \'"title": "\', \'"title": "old wording of \'), '
            "structure_acknowledged = replace(structure_acknowledged, '\"weight_g\": ', '\"weight_g\": 9') "
            "WHERE created"
        ).rowcount
        if not changed:
            raise AssertionError("nothing was aged: the proof would prove nothing")


if __name__ == "__main__":
    sys.exit(main())
