"""Where parts are chosen and joined."""

from __future__ import annotations

from assistant.answering import Assistant
from assistant.settings import Settings
from ingest.archive.archive import Archive
from ingest.embeddings.e5 import Bulk
from ingest.embeddings.models import embedding_model


def assistant(settings: Settings) -> Assistant:
    """Return the assistant over the archive that the settings name. Raises OnRecordError in one line."""
    archive = Archive.opened(
        settings.archive,
        model=settings.embeddings,
        free_space_floor_mb=settings.free_space_floor_mb,
        servers=settings.servers,
    )
    return Assistant(
        archive,
        # Questions cost no more for it; whoever compares many sentences gets the faster engine.
        embedding_model(settings.embeddings, bulk=Bulk()),
        longest_question=settings.longest_question,
        answer_sentences=settings.answer_sentences,
    )
