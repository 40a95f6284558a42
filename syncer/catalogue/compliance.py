"""What laws and marketplaces demand of the catalogue, from the dated file that says so."""

from __future__ import annotations

import re
import tomllib
from datetime import date
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError, field_validator

from syncer.catalogue.problems import Claim, RuleSettings
from syncer.errors import ConfigError
from syncer.settings import config_dir
from syncer.texts import _


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class _Pirt(_Strict):
    food: str
    frozen: str
    remark_days: int


class _Halal(_Strict):
    since: date


class _BannedClaim(_Strict):
    pattern: str
    since: date

    @field_validator("pattern")
    @classmethod
    def _compiles(cls, pattern: str) -> str:
        try:
            re.compile(pattern)
        except re.error as error:
            raise ValueError(f"is no regular expression: {error}") from None
        return pattern


class _Compliance(_Strict):
    pirt: _Pirt
    halal: _Halal
    claims: tuple[_BannedClaim, ...] = ()


def rule_settings(path: Path | None = None) -> RuleSettings:
    """The rules' settings with the dated rules of `path` (default: `compliance.toml` of our config).

    Raises:
        ConfigError: the file is missing or says something that cannot be understood.
    """
    path = path or config_dir() / "compliance.toml"
    try:
        found = _Compliance.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except OSError as error:
        said = _("{path}: cannot be read ({error}); bring it back")
        raise ConfigError(said.format(path=path, error=error.strerror)) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(_("{path}: is not TOML ({error}); correct it").format(path=path, error=error)) from None
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        said = _("{path}: {where}: {reason}; correct it")
        raise ConfigError(said.format(path=path, where=where, reason=first["msg"])) from None
    return RuleSettings(
        claims=tuple(Claim(claim.pattern, claim.since) for claim in found.claims),
        food=found.pirt.food,
        frozen=found.pirt.frozen,
        certificate_days=found.pirt.remark_days,
        halal_since=found.halal.since,
    )
