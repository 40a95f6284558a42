"""Errors that nobody foresaw, and those of disk and database, in one sentence."""

from __future__ import annotations

from sqlalchemy.exc import DBAPIError

from syncer.texts import _


def sentence(error: Exception) -> str:
    """What to tell an operator of `error`; the traceback is shown with SYNCER_DEBUG=1."""
    if isinstance(error, DBAPIError) and error.connection_invalidated:
        text = _("the database ended the connection ({reason}); what was committed stands, run the command again")
        return text.format(reason=error.orig)
    if isinstance(error, DBAPIError):
        text = _("the database refused ({reason}); free the disk, correct its permissions, or try again")
        return text.format(reason=error.orig)
    if isinstance(error, OSError):
        name = f"{error.filename}: " if error.filename else ""
        return name + _("{reason}; correct the place, its permissions or the disk").format(reason=error.strerror)
    text = _("this should not have happened ({kind}: {reason}); run it with SYNCER_DEBUG=1 and report what it says")
    return text.format(kind=type(error).__name__, reason=error)
