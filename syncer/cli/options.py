"""What stands before the command, and what the commands open with it."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from syncer.settings import Settings
    from syncer.store.database import Database

JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON, and nothing else, on stdout.")]
ChannelOption = Annotated[str | None, typer.Option("--channel", help="Only this channel.")]
SkuOption = Annotated[list[str] | None, typer.Option("--sku", help="Only these SKUs; may be repeated.")]


@dataclass(frozen=True, slots=True)
class Globals:
    """`--config --database --lang`."""

    config: Path | None
    database: str | None
    lang: str | None

    def settings(self) -> Settings:
        """The settings, and from now on their language."""
        from syncer.settings import load_settings
        from syncer.texts import use_language

        settings = load_settings(self.config, self.database, self.lang)
        if not self.lang and not os.environ.get("SYNCER_LANG"):
            use_language(settings.language)
        return settings


def open_store(settings: Settings) -> Database:
    """The database that the settings name, created or upgraded where that is needed.

    Raises:
        ConfigError: the database's driver is not installed.
        StoreError: it cannot be opened or written.
    """
    from syncer.errors import ConfigError
    from syncer.store.schema import open_database
    from syncer.texts import _

    try:
        return open_database(settings.database)
    except ModuleNotFoundError as error:
        text = _("PostgreSQL needs {module}; run: pip install 'marketplace-syncer[postgres]'")
        raise ConfigError(text.format(module=error.name)) from None


@contextmanager
def opened(context: typer.Context) -> Iterator[tuple[Settings, Database]]:
    """The settings and the database of a command."""
    settings = context.obj.settings()
    database = open_store(settings)
    try:
        yield settings, database
    finally:
        database.close()


def print_json(value: Any) -> None:
    """`value` as the command's whole stdout."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=1, default=str) + "\n")


def tell(text: str) -> None:
    """Something for a person that is not the command's result."""
    print(text, file=sys.stderr)
