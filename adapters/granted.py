"""A call that needs a grant: renewed once where only the token was refused, for every marketplace with tokens."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from adapters.contract import AuthError, Cause, Grant, GrantSource
from adapters.judging import Failed

R = TypeVar("R", bound=Failed)


def with_grant(grants: GrantSource, say: Callable[[Grant], R], token_refused: Callable[[R], bool]) -> R:
    """The answer to a call that `say` puts on the wire with a grant.

    A refusal of the token comes from the gate, so the call was surely not applied: even a stock number may be said
    again, once, with a new grant.

    Raises:
        AuthError: there is no grant, it cannot be renewed, or the new one was refused too.
    """
    grant = grants.grant()
    reply = say(grant)
    if not token_refused(reply):
        return reply
    reply = say(grants.renew(grant))
    if token_refused(reply):
        raise AuthError(Cause.auth, reply.code, reply.text)
    return reply
