"""A small shop and a small catalogue for tests of whole processes."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.prove.kill import few_products
from tests.prove.world import World, world


@pytest.fixture
def here() -> Iterator[World]:
    """A world with a few products imported and nothing pushed."""
    with world() as made:
        made.import_catalogue(few_products(made.folder))
        yield made
