"""The grant of a shop that is only a wire."""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar

from adapters.contract import AuthError, Cause, Grant


class RenewedGrants:
    """One grant, renewed as often as asked for, unless it cannot be. A shop names its first one, and its refusal."""

    first: ClassVar[Grant]
    refusal: ClassVar[tuple[str, str]]

    def __init__(self, renewable: bool = True) -> None:
        self.renewals = 0
        self.renewable = renewable

    def grant(self) -> Grant:
        return replace(self.first, access_token=f"renewed-token-{self.renewals}") if self.renewals else self.first

    def renew(self, stale: Grant) -> Grant:
        if not self.renewable:
            raise AuthError(Cause.auth, *self.refusal)
        self.renewals += 1
        return self.grant()
