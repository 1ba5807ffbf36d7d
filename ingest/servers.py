"""The servers that an archive may use in place of the files in its folder."""

from __future__ import annotations

import dataclasses


@dataclasses.dataclass(frozen=True, slots=True)
class Servers:
    """Addresses, "" where there is no such server; what may hold a password or a key is never shown.

    `catalog` is that of a PostgreSQL database, `chroma` that of a Chroma server, which is sent `chroma_token`.
    """

    catalog: str = dataclasses.field(default="", repr=False)
    chroma: str = dataclasses.field(default="", repr=False)
    chroma_token: str = dataclasses.field(default="", repr=False)
    chroma_tenant: str = "default_tenant"
    chroma_database: str = "default_database"


NONE = Servers()
