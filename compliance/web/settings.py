"""Settings from the environment (``COMPLIANCE_...``) and ``instance/config.toml``; a wrong one stops the start."""

import os
import ssl
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, TomlConfigSettingsSource

from compliance.people import breached


class SettingsError(Exception):
    """One line that says which setting is wrong, and why."""


class Settings(BaseSettings):
    """Everything that an operator can set. The environment wins over the file."""

    model_config = SettingsConfigDict(env_prefix="COMPLIANCE_", extra="forbid")

    instance: Path = Path("instance")
    mode: Literal["demo", "production"] = "demo"
    secret_key: Annotated[str, Field(min_length=32)] | None = None
    sealing_keys: Path | None = None
    sealing_key: SecretStr = SecretStr("")
    sealing_keys_command: str = ""
    public_url: str | None = None
    hosted_in: str = ""
    database_url: str | None = None
    queue_url: str | None = None
    files_url: Annotated[str, Field(pattern=r"^s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](/[A-Za-z0-9._/-]*)?$")] | None = (
        None
    )
    files_endpoint: str | None = None
    files_region: str = "us-east-1"
    files_access_key: str = ""
    files_secret_key: SecretStr = SecretStr("")
    mail_url: str | None = None
    mail_from: str = "noreply@example.org"
    mail_tls: Literal["required", "offered"] = "required"
    mail_authority: Path | None = None
    sms_url: str | None = None
    sms_token: str = ""
    wecom_url: str = "https://qyapi.weixin.qq.com"
    wecom_corporation: str = ""
    wecom_agent: Annotated[int, Field(ge=0)] = 0
    wecom_secret: str = ""
    sign_file: Path | None = None
    sign_passphrase: SecretStr = SecretStr("")
    sign_chain: Path | None = None
    sign_module: Path | None = None
    sign_token: str = ""
    sign_pin: SecretStr = SecretStr("")
    sign_label: str = ""
    sign_stamp_url: SecretStr = SecretStr("")
    sign_stamp: Literal["required", "offered"] = "required"
    sign_trust: Path | None = None
    breached_passwords: Annotated[Path, AfterValidator(breached.checked)] | None = None
    virus_scanner: Annotated[str, Field(pattern=r"^(unix:/.+|tcp:[^:]+:[0-9]+)$")] | None = None
    backup_folder: Path | None = None
    backup_key: SecretStr = SecretStr("")
    backup_key_file: Path | None = None
    backup_key_command: str = ""
    anchor_to: Annotated[str, Field(pattern=r"^([^@\s]+@[^@\s]+)?$")] = ""
    host: str = "127.0.0.1"
    workers: Annotated[int, Field(ge=1, le=64)] = 2
    threads: Annotated[int, Field(ge=1, le=64)] = 4
    job_workers: Annotated[int, Field(ge=1, le=16)] = 1
    read_only: bool = False
    stop_seconds: Annotated[int, Field(ge=2, le=600)] = 20
    metrics_address: Annotated[str, Field(pattern=r"^[^:/ ]+:[0-9]{1,5}$")] | None = None
    log_format: Literal["text", "json"] = "text"
    log_level: Literal["info", "warning", "error"] = "warning"
    upload_limit_mb: Annotated[int, Field(ge=1, le=200)] = 64
    trusted_proxies: Annotated[int, Field(ge=0, le=5)] = 0
    tablet_idle_minutes: Annotated[int, Field(ge=1, le=120)] = 5
    tablet_keep_days: Annotated[int, Field(ge=0, le=60)] = 3
    tablet_wipe_days: Annotated[int, Field(ge=1, le=365)] = 14
    tablet_warn_hours: Annotated[int, Field(ge=1, le=720)] = 24

    @field_validator("public_url", "files_endpoint")
    @classmethod
    def _absolute(cls, value: str | None) -> str | None:
        if value is not None and (urlsplit(value).scheme not in ("http", "https") or not urlsplit(value).netloc):
            raise ValueError("must be an address such as https://visits.example.org")
        return value.rstrip("/") if value else value

    @field_validator("database_url")
    @classmethod
    def _known_database(cls, value: str | None) -> str | None:
        if value is not None and not value.startswith(("sqlite:///", "postgresql+psycopg://")):
            raise ValueError("must begin with sqlite:/// or postgresql+psycopg://")
        return value

    @field_validator("queue_url")
    @classmethod
    def _known_queue(cls, value: str | None) -> str | None:
        if value is not None and not value.startswith(
            ("sqlite:///", "redis://", "rediss://", "postgresql://", "memory:")
        ):
            raise ValueError("must begin with sqlite:///, redis://, postgresql:// or be memory:")
        return value

    @field_validator("mail_url")
    @classmethod
    def _known_mail(cls, value: str | None) -> str | None:
        if value is not None and (urlsplit(value).scheme not in ("smtp", "smtps") or not urlsplit(value).hostname):
            raise ValueError("must be an address such as smtp://user:password@mail.example.org:587")
        return value

    @field_validator("sms_url", "wecom_url")
    @classmethod
    def _known_gateway(cls, value: str | None) -> str | None:
        parts = urlsplit(value) if value else None
        local = parts is not None and parts.hostname in ("localhost", "127.0.0.1", "::1")
        if parts is not None and (
            not parts.hostname or (parts.scheme != "https" and not (local and parts.scheme == "http"))
        ):
            raise ValueError("must be an address such as https://sms.example.org/send (http:// only on this machine)")
        return value

    @field_validator("sign_stamp_url")
    @classmethod
    def _known_stamps(cls, value: SecretStr) -> SecretStr:
        parts = urlsplit(value.get_secret_value())
        if value.get_secret_value() and (parts.scheme not in ("http", "https") or not parts.hostname):
            raise ValueError("must be an address such as https://stamps.example.org/tsa")
        return value

    @field_validator("mail_authority", "sign_trust")
    @classmethod
    def _certificates(cls, value: Path | None) -> Path | None:
        if value is not None:
            try:
                ssl.create_default_context(cafile=value)
            except (OSError, ssl.SSLError) as error:
                raise ValueError(f"must be a file of certificates in PEM form ({error.strerror or error})") from None
        return value

    @model_validator(mode="after")
    def _wecom_is_complete(self) -> Self:
        if self.wecom_secret and not (self.wecom_corporation and self.wecom_agent):
            raise ValueError("wecom_secret: WeCom needs wecom_corporation and wecom_agent as well")
        return self

    @model_validator(mode="after")
    def _bucket_is_complete(self) -> Self:
        if self.files_url and not (self.files_access_key and self.files_secret_key.get_secret_value()):
            raise ValueError("files_url: a bucket needs files_access_key and files_secret_key as well")
        return self

    @model_validator(mode="after")
    def _one_key_signs(self) -> Self:
        if self.sign_file and self.sign_module:
            raise ValueError("sign_file: the key is either in a file or in a token (sign_module), not in both")
        if self.sign_module and not self.sign_token:
            raise ValueError("sign_token: name the token (its label) that sign_module should use")
        return self

    @model_validator(mode="after")
    def _production_is_complete(self) -> Self:
        if self.mode == "production":
            if not self.secret_key:
                raise ValueError(
                    "secret_key: production needs one of at least 32 characters (compliance setup makes it)"
                )
            if not self.public_url:
                raise ValueError("public_url: production needs it, because it is printed on letters for years")
        return self

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """The environment first, then the file in the instance folder, then what a test passes."""
        file = Path(os.environ.get("COMPLIANCE_INSTANCE", "instance")) / "config.toml"
        return (init_settings, env_settings, TomlConfigSettingsSource(settings_cls, file))


def load(**given: Any) -> Settings:
    """Read the settings. Raises ``SettingsError`` with one line that names the setting, its source and the fault."""
    try:
        settings = Settings(**given)
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(str(part) for part in first["loc"])
        reason = first["msg"].removeprefix("Value error, ")
        known = ", ".join(Settings.model_fields)
        if first["type"] == "extra_forbidden":
            reason = f"is not a setting (known: {known})"
        variable = f"COMPLIANCE_{name.upper()}" if name else "settings"
        raise SettingsError(f"{variable}: {reason}") from None
    except ValueError as error:  # a TOML file that cannot be read as one
        raise SettingsError(f"instance/config.toml: {error}") from None
    settings.instance = settings.instance.resolve()
    return settings
