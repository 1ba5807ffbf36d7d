"""Settings of the assistant: those of the archive, and its own."""

from __future__ import annotations

from typing import Literal
from urllib.parse import urlsplit

from pydantic import AliasChoices, Field, SecretStr, field_validator
from pydantic_core import PydanticCustomError
from pydantic_settings import SettingsConfigDict

import ingest.settings


class Settings(ingest.settings.Settings):
    """What can be set about answering."""

    # An error must not repeat what may hold a key.
    model_config = SettingsConfigDict(hide_input_in_errors=True)

    longest_question: int = Field(default=2000, ge=50, le=20000)
    answer_sentences: int = Field(default=4, ge=1, le=10)
    # These two are known by the names that every program reads them by.
    openai_api_key: SecretStr = Field(
        default=SecretStr(""), validation_alias=AliasChoices("OPENAI_API_KEY", "openai_api_key")
    )
    openai_base_url: SecretStr = Field(
        default=SecretStr(""), validation_alias=AliasChoices("OPENAI_BASE_URL", "openai_base_url")
    )
    chat_model: str = ""
    chat_mode: Literal["auto", "prose", "select"] = "auto"
    chat_effort: Literal["", "none", "minimal", "low", "medium", "high", "xhigh", "max"] = ""
    chat_temperature: float | None = Field(default=None, ge=0, le=2)
    chat_timeout: float = Field(default=30.0, gt=0, le=600)
    chat_deadline: float = Field(default=120.0, gt=0, le=3600)
    chat_retries: int = Field(default=1, ge=0, le=5)
    chat_output: int = Field(default=1500, ge=80, le=100_000)
    chat_context: int = Field(default=12_000, ge=500, le=1_000_000)
    chat_stream_usage: bool = True
    chat_price_input: float | None = Field(default=None, ge=0)
    chat_price_cached: float | None = Field(default=None, ge=0)
    chat_price_output: float | None = Field(default=None, ge=0)
    chat_daily_budget: float | None = Field(default=None, ge=0)
    chat_daily_tokens: int | None = Field(default=None, ge=0)
    tracing: bool = False

    @field_validator("openai_base_url")
    @classmethod
    def _is_an_address(cls, value: SecretStr) -> SecretStr:
        stated = value.get_secret_value().strip()
        if not stated:
            return SecretStr("")
        try:
            parts = urlsplit(stated)
            is_whole = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
        except ValueError:
            is_whole = False
        if not is_whole:
            raise PydanticCustomError("address", "no address that begins with http:// or https://")
        if "@" in parts.netloc or parts.query or parts.fragment:
            # An address is shown, kept and logged.
            raise PydanticCustomError(
                "credentials", "an address with a name, a password or a query; put the key in OPENAI_API_KEY"
            )
        return SecretStr(stated)
