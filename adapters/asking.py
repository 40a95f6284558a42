"""Questions of a survey: what a shop refuses is written down and the next one asked; the line's troubles end it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar

from adapters.contract import AuthError, MarketplaceError, RefusedCall, Transient

T = TypeVar("T")


@dataclass(slots=True)
class Asking:
    """Asks one question after the other and remembers the refusals."""

    refused: list[RefusedCall] = field(default_factory=list)

    def of(self, operation: str, question: Callable[[], T]) -> T | None:
        """What `question` finds, or None where the shop may not ask it.

        Raises:
            Transient: nothing can be concluded now.
            AuthError: the shop lets us in no more.
        """
        try:
            return question()
        except (Transient, AuthError):
            raise
        except MarketplaceError as error:
            self.refused.append(RefusedCall(operation, error.code, error.text))
            return None


def skew(theirs: datetime | None, ours: datetime | None) -> float | None:
    """The marketplace's clock less ours in seconds, by an answer's Date (whole seconds); None where it has none."""
    return None if theirs is None or ours is None else (theirs - ours).total_seconds()
