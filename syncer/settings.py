"""The settings: `syncer.toml` (what an operator edits) and `secrets.env` beside it (0600; secrets stand only there).

An unknown key is an error, with the nearest one that exists: a typing error that is silently ignored is a setting that
an operator believes in. Nothing read here is ever shown back, secrets least of all.
"""

from __future__ import annotations

import os
import re
import stat
import tomllib
from collections.abc import Mapping, Sequence
from datetime import date, time
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Literal, get_args

from dotenv import dotenv_values
from pydantic import BaseModel, ConfigDict, Field, PositiveInt, SecretStr, ValidationError, field_validator
from pydantic_core import ErrorDetails, PydanticCustomError
from pydantic_settings import BaseSettings, SettingsConfigDict

from adapters.contract import Limits, Rate
from syncer.errors import ConfigError
from syncer.texts import LANGUAGES, _, kept

CONFIG_NAME = "syncer.toml"
SECRETS_NAME = "secrets.env"


State = Literal["new", "active", "paused", "winding_down", "closed"]
EARLIER_STATES = {"draft": "new", "closing": "winding_down"}
"""How these were called before; a config that says so is understood."""


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class Sells(_Frozen):
    """Which products a channel sells; by default none."""

    producers: tuple[str, ...] = ()
    except_categories: tuple[str, ...] = ()


class ShippingSettings(_Frozen):
    """How products of a category are shipped on one channel; what is left out, a path above it says."""

    couriers: tuple[str, ...] = ()
    days_to_ship: int | None = Field(default=None, ge=1)
    parcel_g: int | None = Field(default=None, gt=0)
    parcel_cm: tuple[PositiveInt, PositiveInt, PositiveInt] | None = None


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
    state: State = "new"
    """What the operator wishes; how far a new channel has come is stored (docs/decisions/0016)."""
    url: str | None = None
    shop_id: str
    sells: Sells = Sells()
    shipping: dict[str, ShippingSettings] = Field(default_factory=dict)
    """{path of our categories, "*" = all: how its products are shipped}."""
    empty: bool = False
    reopened: bool = False
    """Push to a marketplace that has closed its shops all the same: somebody knows better."""
    orders_every_s: float = Field(default=60.0, gt=0)
    stock_buffer: int = Field(default=0, ge=0)
    location: str | None = None
    redirect: str | None = None
    """Where the owner's browser ends after agreeing: the address that is registered for the app."""
    key_ends: date | None = None
    """The last day on which the app's own key at the marketplace is good; the report warns before it."""
    assumptions: dict[str, str] = Field(default_factory=dict)
    limits: LimitSettings = LimitSettings()

    @field_validator("state", mode="before")
    @classmethod
    def _is_called_so_now(cls, state: Any) -> Any:
        return EARLIER_STATES.get(state, state) if isinstance(state, str) else state

    @field_validator("url", "redirect")
    @classmethod
    def _is_http(cls, url: str | None) -> str | None:
        if url is not None and not url.startswith(("http://", "https://")):
            raise PydanticCustomError("not_http", "an address begins with http:// or https://")
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


class ReportSettings(_Frozen):
    """Where the report that staff read is written, and when each morning (WIB)."""

    folder: str = "reports"
    morning: str = Field(default="07:00", pattern=r"^([01]\d|2[0-3]):[0-5]\d$")

    @property
    def morning_at(self) -> time:
        """`morning` as a time of day."""
        return time.fromisoformat(self.morning)


class ConfigFile(_Frozen):
    """`syncer.toml`, checked."""

    database: str = "sqlite:///syncer.db"
    language: Literal["id", "en"] = "id"
    categories: str = "categories.csv"
    orders_max_age_s: float = Field(default=60.0, gt=0)
    health: HealthSettings = HealthSettings()
    guard: GuardSettings = GuardSettings()
    report: ReportSettings = ReportSettings()
    channels: dict[str, ChannelFile] = Field(default_factory=dict)


class Environment(BaseSettings):
    """What the process's environment says (SYNCER_…); it wins over the files. An empty variable says nothing."""

    model_config = SettingsConfigDict(
        env_prefix="SYNCER_", extra="ignore", env_ignore_empty=True, hide_input_in_errors=True
    )
    config: Path | None = None
    database_url: str | None = None
    lang: str | None = None
    key: SecretStr | None = None


class ChannelSettings(_Frozen):
    """One channel, with its limits complete."""

    name: str
    marketplace: str
    state: State
    closed_why: str
    url: str | None
    shop_id: str
    sells: Sells
    shipping: Mapping[str, ShippingSettings]
    cm3_per_kg: int | None
    empty: bool
    orders_every_s: float
    stock_buffer: int
    location: str | None
    redirect: str | None
    key_ends: date | None
    assumptions: Mapping[str, str]
    limits: Limits

    @property
    def at_work(self) -> bool:
        """Whether the service and the commands without a channel's name look after it."""
        return self.state in ("new", "active", "winding_down")


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
    report: ReportSettings
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
            there = ", ".join(sorted(self.channels)) or _("none yet")
            text = _("no channel '{name}' in {file}; there are: {there}")
            raise ConfigError(text.format(name=name, file=self.file, there=there)) from None

    def secrets(self, channel: ChannelSettings, needed: Sequence[str], optional: Sequence[str]) -> dict[str, str]:
        """The secrets of a channel by the adapter's own names.

        Raises:
            ConfigError: a needed one is missing; the sentence names the line to write.
        """
        prefix = _prefix(channel.name)
        found = {}
        for name in (*needed, *optional):
            value = self.secret_values.get(prefix + name.upper())
            if value is not None and value.get_secret_value():
                found[name] = value.get_secret_value()
            elif name in needed:
                text = _("{file}: {key} is missing; write the line {key}=… there")
                raise ConfigError(text.format(file=self.folder / SECRETS_NAME, key=prefix + name.upper()))
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
    speaks = _language(language or environment.lang or parsed.language)
    return Settings(
        file=path,
        folder=folder,
        database=_database(database or environment.database_url or parsed.database, folder),
        language=speaks,
        categories=folder / parsed.categories,
        orders_max_age_s=parsed.orders_max_age_s,
        health=parsed.health,
        guard=parsed.guard,
        report=parsed.report,
        channels=_channels(path, parsed, speaks),
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
        raw = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        text = _("{file}: there is no such file; `syncer init` writes one, --config names another")
        raise ConfigError(text.format(file=path)) from None
    except OSError as error:
        text = _("{file}: cannot be read ({reason}); correct its permissions")
        raise ConfigError(text.format(file=path, reason=error.strerror)) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        text = _("{file}: is not valid TOML ({reason}); correct that line")
        raise ConfigError(text.format(file=path, reason=error)) from None
    try:
        return ConfigFile.model_validate(raw)
    except ValidationError as error:
        raise ConfigError(f"{path}: {first_fault(error, ConfigFile)}") from None


def first_fault(error: ValidationError, model: type[BaseModel]) -> str:
    """The first thing that is wrong, in one sentence; never the value itself."""
    faults = error.errors(include_url=False, include_input=False)
    # A misspelt name is told before the setting that is therefore missing.
    first = min(faults, key=lambda fault: fault["type"] != "extra_forbidden")
    place = ".".join(str(part) for part in first["loc"])
    if first["type"] != "extra_forbidden":
        return _("{key}: {reason}; correct this setting").format(key=place, reason=_reason(first))
    known = sorted(_known_keys(model, first["loc"][:-1]))
    near = get_close_matches(str(first["loc"][-1]), known, n=1)
    if near:
        return _("{key}: there is no such setting; did you mean '{near}'?").format(key=place, near=near[0])
    return _("{key}: there is no such setting; known here: {known}").format(key=place, known=", ".join(known))


def _reason(fault: ErrorDetails) -> str:
    """What is wrong with one value, in the reader's language."""
    bounds = {key: str(value).replace(" or ", ", ") for key, value in fault.get("ctx", {}).items()}
    kind = "int_type" if fault["type"] in ("int_parsing", "int_from_float") else fault["type"]
    texts = {
        "missing": _("is missing"),
        "string_type": _("must be text in quotes"),
        "int_type": _("must be a whole number"),
        "float_type": _("must be a number"),
        "float_parsing": _("must be a number"),
        "bool_type": _("must be true or false"),
        "bool_parsing": _("must be true or false"),
        "tuple_type": _("must be a list in [ ]"),
        "model_type": _("must be a section of its own"),
        "dict_type": _("must be a section of its own"),
        "greater_than": _("must be more than {gt}"),
        "greater_than_equal": _("must be {ge} or more"),
        "less_than_equal": _("must be {le} or less"),
        "literal_error": _("must be one of {expected}"),
        "date_type": _("must be a date such as 2027-03-31, without quotes"),
        "date_from_datetime_parsing": _("must be a date such as 2027-03-31, without quotes"),
        "date_from_datetime_inexact": _("must be a date such as 2027-03-31, without quotes"),
        "not_http": _("must be an address that begins with http:// or https://"),
    }
    return texts[kind].format(**bounds) if kind in texts else fault["msg"]


def _known_keys(model: Any, where: Sequence[int | str]) -> list[str]:
    """The settings that exist at `where`, a path of keys and positions below `model`."""
    for part in where:
        if isinstance(part, str) and hasattr(model, "model_fields"):
            model = model.model_fields[part].annotation
        else:  # a name that the operator chose, or a position in a list: what matters is what stands there
            model = _model_in(model)
    return list(getattr(_model_in(model), "model_fields", {}))


def _model_in(annotation: Any) -> Any:
    """The settings class inside an annotation such as ``tuple[X, ...] | None`` or ``dict[str, X]``."""
    if hasattr(annotation, "model_fields"):
        return annotation
    inside = (_model_in(part) for part in get_args(annotation))
    return next((found for found in inside if found is not None), None)


def read_secrets(path: Path) -> dict[str, SecretStr]:
    """The lines of `secrets.env`; none when the file does not exist.

    Raises:
        ConfigError: others may read the file, or it cannot be read.
    """
    if not path.exists():
        return {}
    if os.name == "posix" and path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise ConfigError(_("{file}: others may read it; run `chmod 600 {file}`").format(file=path))
    try:
        lines = dotenv_values(path, encoding="utf-8-sig", interpolate=False)
    except OSError as error:
        text = _("{file}: cannot be read ({reason}); correct its permissions")
        raise ConfigError(text.format(file=path, reason=error.strerror)) from None
    except UnicodeDecodeError:
        raise ConfigError(_("{file}: is not UTF-8 text; write it anew").format(file=path)) from None
    return {key: SecretStr(value) for key, value in lines.items() if value is not None}


# --- channels and their limits ---------------------------------------------------------------------------------------


def _channels(path: Path, parsed: ConfigFile, language: str) -> dict[str, ChannelSettings]:
    prefixes: dict[str, str] = {}
    for name in parsed.channels:
        if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_-]*", name):
            text = _("{file}: channels.{name}: a channel's name has only letters, digits, - and _; give it another")
            raise ConfigError(text.format(file=path, name=name))
        other = prefixes.setdefault(_prefix(name), name)
        if other != name:
            text = _("{file}: channels '{one}' and '{two}' would share their secrets ({prefix}…); rename one")
            raise ConfigError(text.format(file=path, one=other, two=name, prefix=_prefix(name)))
    return {name: _channel(path, name, channel, language) for name, channel in parsed.channels.items()}


def _prefix(channel: str) -> str:
    """What the lines of a channel begin with in secrets.env."""
    return channel.upper().replace("-", "_") + "__"


def _channel(path: Path, name: str, channel: ChannelFile, language: str) -> ChannelSettings:
    closed_why = "" if channel.url is not None or channel.reopened else _closed(channel.marketplace, language)
    return ChannelSettings(
        name=name,
        marketplace=channel.marketplace,
        state="closed" if closed_why else channel.state,
        closed_why=closed_why or kept("as the config says"),
        url=channel.url,
        shop_id=channel.shop_id,
        sells=channel.sells,
        shipping=channel.shipping,
        cm3_per_kg=_cm3_per_kg(channel.marketplace),
        empty=channel.empty,
        orders_every_s=channel.orders_every_s,
        stock_buffer=channel.stock_buffer,
        location=channel.location,
        redirect=channel.redirect,
        key_ends=channel.key_ends,
        assumptions=channel.assumptions,
        limits=_limits(path, name, channel),
    )


def _limits(path: Path, name: str, channel: ChannelFile) -> Limits:
    """The marketplace's dated limits, with what the channel's own section overrides, key by key."""
    own = channel.limits.model_dump(exclude_none=True)
    dated = config_dir() / "marketplaces" / f"{channel.marketplace}.toml"
    if dated.is_file():
        merged = {**_dated(dated).model_dump(exclude_none=True), **own}
    elif "rates" in own:  # a marketplace of an installed package: its pace stands in the config alone
        merged = own
    else:
        text = _(
            "{file}: channels.{name}.marketplace: nothing is known of '{marketplace}', known are: {known}; correct it, "
            "or give its pace in [channels.{name}.limits]"
        )
        known = ", ".join(sorted(file.stem for file in dated.parent.glob("*.toml")))
        raise ConfigError(text.format(file=path, name=name, marketplace=channel.marketplace, known=known))
    rates = tuple(Rate(**rate) for rate in merged.pop("rates", ()))
    return Limits(rates=rates, **merged)


def _closed(marketplace: str, language: str) -> str:
    """Since when and why the live marketplace takes no listings any more; '' if it does."""
    dated = config_dir() / "marketplaces" / f"{marketplace}.toml"
    if not dated.is_file():
        return ""
    closed = tomllib.loads(dated.read_text(encoding="utf-8")).get("closed", {})
    return f"{closed['why'][language]}, {closed['since']:%d/%m/%Y}" if closed else ""


def _cm3_per_kg(marketplace: str) -> int | None:
    """Cubic centimetres that the marketplace's couriers charge as a kilogram, where its dated file says so."""
    dated = config_dir() / "marketplaces" / f"{marketplace}.toml"
    if not dated.is_file():
        return None
    found = tomllib.loads(dated.read_text(encoding="utf-8")).get("shipping", {}).get("cm3_per_kg")
    return None if found is None else int(found)


def _dated(path: Path) -> LimitSettings:
    """The section [limits] of config/marketplaces/NAME.toml."""
    try:
        return LimitSettings.model_validate(tomllib.loads(path.read_text(encoding="utf-8")).get("limits", {}))
    except ValidationError as error:
        raise ConfigError(f"{path}: limits.{first_fault(error, LimitSettings)}") from None
    except tomllib.TOMLDecodeError as error:
        text = _("{file}: is not valid TOML ({reason}); correct that line")
        raise ConfigError(text.format(file=path, reason=error)) from None


# --- single values ---------------------------------------------------------------------------------------------------


def _language(language: str) -> str:
    if language not in LANGUAGES:
        text = _("there are no texts in '{language}'; choose one of {languages}")
        raise ConfigError(text.format(language=language, languages=", ".join(LANGUAGES)))
    return language


def _database(url: str, folder: Path) -> str:
    """`url` with psycopg 3 for a plain postgresql://, and a relative SQLite path counted from the config's folder."""
    scheme, sign, rest = url.partition("://")
    if scheme in ("postgresql", "postgres", "postgresql+psycopg") and rest:
        return f"postgresql+psycopg://{rest}"
    if scheme != "sqlite" or not sign or not rest.startswith("/"):
        # The address itself is not shown: it may hold a password.
        text = _("the database's address is not understood; write sqlite:///syncer.db or postgresql://user@host/name")
        raise ConfigError(text)
    name = rest.removeprefix("/")
    if not name or name.startswith(("/", ":memory:", "file:")):
        return url
    return f"sqlite:///{folder / name}"
