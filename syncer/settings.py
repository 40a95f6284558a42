"""The settings: `syncer.toml` (what an operator edits) and `secrets.env` beside it (0600; secrets stand only there).

An unknown key is an error, with the nearest one that exists: a typing error that is silently ignored is a setting that
an operator believes in. Nothing read here is ever shown back, secrets least of all.
"""

from __future__ import annotations

import os
import stat
import tomllib
from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Literal

from dotenv import dotenv_values
from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from adapters.contract import Limits, Rate
from syncer.errors import ConfigError

CONFIG_NAME = "syncer.toml"
SECRETS_NAME = "secrets.env"


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class Sells(_Frozen):
    """Which products a channel sells; by default none."""

    producers: tuple[str, ...] = ()
    except_categories: tuple[str, ...] = ()


class RateSettings(_Frozen):
    """At most `count` calls in any `window_s` seconds, per `scope`."""

    scope: str
    count: int = Field(gt=0)
    window_s: float = Field(gt=0)
    operation: str | None = None


class LimitSettings(_Frozen):
    """Pace and delays; what is left out comes from config/marketplaces/NAME.toml."""

    rates: tuple[RateSettings, ...] | None = None
    concurrency: int | None = Field(default=None, gt=0)
    settle_s: float | None = Field(default=None, ge=0)
    create_ready_s: float | None = Field(default=None, ge=0)
    deadline_s: float | None = Field(default=None, gt=0)
    connect_s: float | None = Field(default=None, gt=0)
    attempts: int | None = Field(default=None, gt=0)
    clock_tolerance_s: float | None = Field(default=None, gt=0)
    rows_per_call: int | None = Field(default=None, gt=0)
    listings_per_call: int | None = Field(default=None, gt=0)


class ChannelFile(_Frozen):
    """One channel as the file has it."""

    marketplace: str
    state: Literal["draft", "active", "paused", "closing"] = "draft"
    url: str | None = None
    shop_id: str
    sells: Sells = Sells()
    empty: bool = False
    stock_buffer: int = Field(default=0, ge=0)
    limits: LimitSettings = LimitSettings()

    @field_validator("url")
    @classmethod
    def _is_http(cls, url: str | None) -> str | None:
        if url is not None and not url.startswith(("http://", "https://")):
            raise ValueError("must begin with http:// or https://")
        return url


class GuardSettings(_Frozen):
    """The numbers of the guards (DESIGN 7, promise 3). Shares in per cent of the channel's offers."""

    factor: int = Field(default=5, gt=1)
    stock_factor: int = Field(default=10, gt=1)
    stock_least: int = Field(default=20, ge=0)
    share_from: int = Field(default=20, ge=0)
    price_share: int = Field(default=50, ge=0, le=100)
    stock_share: int = Field(default=90, ge=0, le=100)
    content_share: int = Field(default=50, ge=0, le=100)
    structure_share: int = Field(default=50, ge=0, le=100)
    take_down_share: int = Field(default=20, ge=0, le=100)


class HealthSettings(_Frozen):
    """The daemon's health port on loopback; 0 = any free one."""

    port: int = Field(default=8750, ge=0, le=65535)


class ConfigFile(_Frozen):
    """`syncer.toml`, checked."""

    database: str = "sqlite:///syncer.db"
    language: Literal["id", "en"] = "id"
    categories: str = "categories.csv"
    orders_max_age_s: float = Field(default=60.0, gt=0)
    health: HealthSettings = HealthSettings()
    guard: GuardSettings = GuardSettings()
    channels: dict[str, ChannelFile] = Field(default_factory=dict)


class Environment(BaseSettings):
    """What the process's environment and `secrets.env` say. The environment wins over the file."""

    model_config = SettingsConfigDict(env_prefix="SYNCER_", extra="ignore", hide_input_in_errors=True)
    config: Path | None = None
    database_url: str | None = None
    lang: str | None = None
    key: SecretStr | None = None


class ChannelSettings(_Frozen):
    """One channel, with its limits complete."""

    name: str
    marketplace: str
    state: Literal["draft", "active", "paused", "closing"]
    url: str | None
    shop_id: str
    sells: Sells
    empty: bool
    stock_buffer: int
    limits: Limits


class Settings(_Frozen):
    """Everything a command needs to know. `folder` = where the config lies; relative paths count from there."""

    file: Path | None
    folder: Path
    database: str
    language: str
    categories: Path
    orders_max_age_s: float
    health: HealthSettings
    guard: GuardSettings
    channels: Mapping[str, ChannelSettings]
    key: SecretStr
    secret_values: Mapping[str, SecretStr] = Field(repr=False)

    def channel(self, name: str) -> ChannelSettings:
        """The channel called `name`.

        Raises:
            ConfigError: there is none; the sentence names those there are.
        """
        try:
            return self.channels[name]
        except KeyError:
            there = ", ".join(sorted(self.channels)) or "none yet"
            raise ConfigError(f"no channel '{name}' in {self.file}; there are: {there}") from None

    def secrets(self, channel: ChannelSettings, names: Sequence[str]) -> dict[str, str]:
        """The secrets of a channel by the adapter's own names; tokens may be missing, credentials may not.

        Raises:
            ConfigError: a credential is missing; the sentence names the line to write.
        """
        prefix = channel.name.upper().replace("-", "_") + "__"
        found = {}
        for name in names:
            value = self.secret_values.get(prefix + name.upper())
            if value is not None:
                found[name] = value.get_secret_value()
            elif not name.endswith("_token"):
                raise ConfigError(
                    f"{self.folder / SECRETS_NAME}: {prefix}{name.upper()} is missing; write the line there"
                )
        return found


def load_settings(config: Path | None = None, database: str | None = None, language: str | None = None) -> Settings:
    """Read the settings: words of the command line before the environment before the file.

    Raises:
        ConfigError: the file is missing or wrong; one sentence says where and what to do.
    """
    environment = Environment()
    path = config or environment.config or Path(CONFIG_NAME)
    parsed = _parse(path)
    folder = path.resolve().parent
    secrets = read_secrets(folder / SECRETS_NAME)
    return Settings(
        file=path,
        folder=folder,
        database=_database(database or environment.database_url or parsed.database, folder),
        language=language or environment.lang or parsed.language,
        categories=folder / parsed.categories,
        orders_max_age_s=parsed.orders_max_age_s,
        health=parsed.health,
        guard=parsed.guard,
        channels={name: _channel(name, channel) for name, channel in parsed.channels.items()},
        key=environment.key or secrets.get("SYNCER_KEY") or SecretStr(""),
        secret_values=secrets,
    )


def config_dir() -> Path:
    """The folder `config/` of a checkout, or its copy in an installation."""
    installed = Path(__file__).parent / "_config"
    return installed if installed.is_dir() else Path(__file__).resolve().parents[1] / "config"


# --- reading ---------------------------------------------------------------------------------------------------------


def _parse(path: Path) -> ConfigFile:
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ConfigError(f"{path}: there is no such file; `syncer init` writes one, --config names another") from None
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read ({error.strerror}); correct its permissions") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: is not valid TOML ({error}); correct that line") from None
    try:
        return ConfigFile.model_validate(raw)
    except ValidationError as error:
        raise ConfigError(f"{path}: {_first(error)}") from None


def _first(error: ValidationError) -> str:
    """The first thing that is wrong, in one sentence; never the value itself."""
    first = error.errors(include_url=False, include_input=False)[0]
    place = ".".join(str(part) for part in first["loc"])
    if first["type"] != "extra_forbidden":
        return f"{place}: {first['msg'].removeprefix('Value error, ')}; correct this setting"
    known = _known_keys(first["loc"][:-1])
    near = get_close_matches(str(first["loc"][-1]), known, n=1)
    hint = f"did you mean '{near[0]}'?" if near else f"known here: {', '.join(sorted(known))}"
    return f"{place}: there is no such setting; {hint}"


def _known_keys(where: Sequence[int | str]) -> list[str]:
    model: Any = ConfigFile
    for part in where:
        if model is ConfigFile and part == "channels":
            model = dict
        elif model is dict:
            model = ChannelFile
        else:
            model = model.model_fields[str(part)].annotation
    return list(getattr(model, "model_fields", {}))


def read_secrets(path: Path) -> dict[str, SecretStr]:
    """The lines of `secrets.env`; none when the file does not exist.

    Raises:
        ConfigError: others may read the file, or it cannot be read.
    """
    if not path.exists():
        return {}
    if os.name == "posix" and path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise ConfigError(f"{path}: others may read it; run `chmod 600 {path}`")
    try:
        lines = dotenv_values(path, encoding="utf-8", interpolate=False)
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read ({error.strerror})") from None
    return {key: SecretStr(value) for key, value in lines.items() if value is not None}


def _channel(name: str, channel: ChannelFile) -> ChannelSettings:
    return ChannelSettings(
        name=name,
        marketplace=channel.marketplace,
        state=channel.state,
        url=channel.url,
        shop_id=channel.shop_id,
        sells=channel.sells,
        empty=channel.empty,
        stock_buffer=channel.stock_buffer,
        limits=_limits(channel),
    )


def _limits(channel: ChannelFile) -> Limits:
    """The marketplace's dated limits, with what the channel's own section overrides."""
    path = config_dir() / "marketplaces" / f"{channel.marketplace}.toml"
    if not path.is_file():
        there = ", ".join(sorted(p.stem for p in path.parent.glob("*.toml")))
        raise ConfigError(f"no marketplace '{channel.marketplace}'; there are: {there}")
    base = LimitSettings.model_validate(tomllib.loads(path.read_text(encoding="utf-8"))["limits"])
    own = channel.limits.model_dump(exclude_none=True)
    merged = {**base.model_dump(exclude_none=True), **own}
    rates = tuple(Rate(**rate) for rate in merged.pop("rates", ()))
    return Limits(rates=rates, **merged)


def _database(url: str, folder: Path) -> str:
    """`url` with psycopg 3 for a plain postgresql://, and a relative SQLite path counted from the config's folder."""
    if url.startswith("postgresql://"):
        return "postgresql+psycopg://" + url.removeprefix("postgresql://")
    prefix = "sqlite:///"
    if url.startswith(prefix) and not url.startswith(prefix + "/") and ":memory:" not in url:
        return prefix + str(folder / url.removeprefix(prefix))
    return url
