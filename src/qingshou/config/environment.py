"""What may be set from outside, read once; everything missing or wrong is reported together.

Each setting is QINGSHOU_<NAME> in the environment, save DATABASE_URL and APP_DATABASE_URL, which many hosts already
set. docs/reference/settings.md lists them all.
"""

import base64
import binascii
import json
import os
import re
import secrets
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Self

from pydantic import Field, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from qingshou.kernel.errors import Misconfigured


class Mode(StrEnum):
    """What the installation is for; production demands every secret, the others make their own."""

    PRODUCTION = "production"
    DEMO = "demo"
    TEST = "test"


class Environment(BaseSettings):
    """All settings, typed. Lists are written with commas."""

    model_config = SettingsConfigDict(env_prefix="QINGSHOU_", extra="ignore", frozen=True)

    mode: Mode = Mode.PRODUCTION
    debug: bool = False
    home: Path = Path("var")
    database_url: str = Field(default="", validation_alias="DATABASE_URL")
    app_database_url: str = Field(default="", validation_alias="APP_DATABASE_URL")
    database_role: str = "app"
    database_name: str = "qingshou"
    secret_key: str = ""
    # key id to 32 bytes in base64, newest first: "k2=...,k1=..."
    data_keys: str = ""
    blind_index_key: str = ""
    allowed_hosts: Annotated[list[str], NoDecode] = ["localhost", "127.0.0.1"]
    trusted_origins: Annotated[list[str], NoDecode] = []
    trusted_proxies_count: int = 0
    time_zone: str = "Asia/Shanghai"
    email_url: str = ""
    channels: str = ""
    payments: str = ""
    # a clamd that looks at documents from outside: 'tcp://host:3310' or 'unix:///run/clamav/clamd.ctl'
    scanner: str = ""
    # far above what one process answers in good order: it stops who runs wild
    api_per_minute_max: Annotated[int, Field(ge=0)] = 30_000
    behind_tls: bool = True
    log_level: str = "INFO"

    @field_validator("allowed_hosts", "trusted_origins", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        return [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value

    @field_validator("scanner")
    @classmethod
    def _is_address(cls, value: str) -> str:
        if value and not re.fullmatch(r"tcp://[\w.-]+:[0-9]{1,5}|unix:///[^\s]+", value, re.ASCII):
            raise ValueError("must be tcp://host:port or unix:///path of a clamd")
        return value

    @field_validator("database_role")
    @classmethod
    def _known_role(cls, value: str) -> str:
        if value not in ("app", "owner"):
            raise ValueError("must be 'app' (everyday work) or 'owner' (migrations only)")
        return value

    @model_validator(mode="after")
    def _secrets_in_production(self) -> Self:
        if self.mode is Mode.PRODUCTION:
            missing = [
                f"QINGSHOU_{name.upper()}"
                for name in ("secret_key", "data_keys", "blind_index_key")
                if not getattr(self, name)
            ]
            if missing:
                raise ValueError(
                    f"production needs {', '.join(missing)}: set them, or set QINGSHOU_MODE=demo to have them made"
                )
        if self.secret_key and len(self.secret_key) < 50:
            raise ValueError("QINGSHOU_SECRET_KEY must have at least 50 characters")
        self.parsed_data_keys()
        return self

    def parsed_data_keys(self) -> dict[str, bytes]:
        """Return key id -> 32 bytes, newest first; ValueError names a bad entry by its id, never by its content."""
        keys: dict[str, bytes] = {}
        for entry in filter(None, self.data_keys.split(",")):
            key_id, _, encoded = entry.strip().partition("=")
            try:
                raw = base64.b64decode(encoded, validate=True)
            except binascii.Error:
                raw = b""
            if len(raw) != 32 or not key_id.isalnum():
                raise ValueError(f"QINGSHOU_DATA_KEYS entry '{key_id}' must be id=<32 bytes in base64>")
            keys[key_id] = raw
        return keys


def _kept_secrets(home: Path, mode: Mode) -> dict[str, str]:
    """Return the secrets an installation made for itself, making them on first use (file mode 0600).

    The file also remembers the mode, so that later commands beside a demo need no setting.
    """
    path = home / "secrets.json"
    if path.exists():
        kept: dict[str, str] = json.loads(path.read_text())
        return kept
    home.mkdir(parents=True, exist_ok=True)
    made = {
        "mode": mode.value,
        "secret_key": secrets.token_urlsafe(50),
        "data_keys": "k1=" + base64.b64encode(secrets.token_bytes(32)).decode(),
        "blind_index_key": base64.b64encode(secrets.token_bytes(32)).decode(),
        "owner_password": secrets.token_urlsafe(24),
        "app_password": secrets.token_urlsafe(24),
        "superuser_password": secrets.token_urlsafe(24),
    }
    scratch = path.with_suffix(f".{os.getpid()}")
    descriptor = os.open(scratch, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        json.dump(made, file)
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(scratch, path)  # fails when another process was first: then theirs holds
    except FileExistsError:
        made = json.loads(path.read_text())
    scratch.unlink()
    return made


def _mode(home: Path, *, embedded: bool) -> Mode:
    """Return the mode set, or the one this home was made with, or production (a wrong one is reported later)."""
    given = os.environ.get("QINGSHOU_MODE")
    path = home / "secrets.json"
    if given is None and embedded and path.exists():
        given = json.loads(path.read_text()).get("mode")
    return Mode(given) if given in set(Mode) else Mode.PRODUCTION


def read_environment() -> tuple[Environment, dict[str, str]]:
    """Read the environment once.

    Gives   (Environment, database passwords of the embedded server by role)
    Stops   Misconfigured listing every missing or wrong setting together
    """
    home = Path(os.environ.get("QINGSHOU_HOME", "var")).resolve()
    embedded = not os.environ.get("DATABASE_URL")
    mode = _mode(home, embedded=embedded)
    kept = _kept_secrets(home, mode) if mode is not Mode.PRODUCTION or embedded else {}
    made = {
        name: kept[name]
        for name in ("secret_key", "data_keys", "blind_index_key")
        if mode is not Mode.PRODUCTION and f"QINGSHOU_{name.upper()}" not in os.environ
    }
    given = {"mode": mode} if "QINGSHOU_MODE" not in os.environ else {}
    try:
        environment = Environment(**made, **given, home=home)  # type: ignore[arg-type]
    except ValidationError as error:
        lines = [
            f"- {'_'.join(str(part) for part in problem['loc']) or 'settings'}: {problem['msg']}"
            for problem in error.errors()
        ]
        raise Misconfigured("The settings are not complete:\n" + "\n".join(lines), count=len(lines)) from None
    passwords = {role: kept.get(f"{role}_password", "") for role in ("superuser", "owner", "app")}
    return environment, passwords
