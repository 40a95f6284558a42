"""Every error that an operator may meet.

SyncerError                     one sentence (what, where, what to do) and an exit code
├── UsageError              2   a word on the command line is wrong
├── ConfigError             2   a setting, secret or file of the config is wrong
├── UnreadableFile          2   a file to import cannot be read as a whole; nothing was changed
├── StoreError              2   the database cannot be opened or written
├── AuthorisationNeeded     4   a shop must be authorised again
├── ChannelBusy             5   another run holds the channel
├── ChannelStopped          3   the channel is paused, new or closed: nothing is pushed there
└── Failed                  1   something did not work
"""

from __future__ import annotations

from syncer.texts import _


class SyncerError(Exception):
    """An error with a sentence for the operator; `exit_code` as DESIGN 8 has it."""

    exit_code = 1


class UsageError(SyncerError):
    """A word on the command line is wrong."""

    exit_code = 2


class ConfigError(SyncerError):
    """A setting, a secret or a file that the config names is wrong or missing."""

    exit_code = 2


class UnreadableFile(SyncerError):
    """A file to import cannot be read as a whole; nothing was changed."""

    exit_code = 2


class StoreError(SyncerError):
    """The database cannot be opened or written."""

    exit_code = 2


class AuthorisationNeeded(SyncerError):
    """A shop must be authorised again by its owner."""

    exit_code = 4


class ChannelBusy(SyncerError):
    """Another run holds the channel for longer than this one may wait."""

    exit_code = 5

    def __init__(self, channel: str) -> None:
        super().__init__(
            _("another run holds channel {channel}; wait for it, or give a longer --wait").format(channel=channel)
        )


class ChannelStopped(SyncerError):
    """Nothing is pushed to this channel until a person says otherwise."""

    exit_code = 3


class Failed(SyncerError):
    """Something did not work, and the sentence says what."""
