"""Where parts are chosen and joined."""

from __future__ import annotations

from assistant.answering import Assistant
from assistant.generating.models import DEFAULT, OPENAI, Chosen, provider
from assistant.generating.writer import ChatWriter
from assistant.settings import Settings
from ingest.archive.archive import Archive
from ingest.archive.catalog import Catalog
from ingest.embeddings.e5 import Bulk
from ingest.embeddings.models import embedding_model
from ingest.errors import OnRecordError

# What is kept of a model that is suited neither to write nor to select.
UNSUITED = "none"


def assistant(settings: Settings) -> Assistant:
    """Return the assistant over the archive that the settings name. Raises OnRecordError in one line."""
    archive = Archive.opened(
        settings.archive,
        model=settings.embeddings,
        free_space_floor_mb=settings.free_space_floor_mb,
        servers=settings.servers,
    )
    chosen = chat_model(settings)
    return Assistant(
        archive,
        # Questions cost no more for it; whoever compares many sentences gets the faster engine.
        embedding_model(settings.embeddings, bulk=Bulk()),
        longest_question=settings.longest_question,
        answer_sentences=settings.answer_sentences,
        writer=chat_writer(chosen, archive.catalog) if chosen else None,
    )


def chat_writer(chosen: Chosen, catalog: Catalog) -> ChatWriter | None:
    """Return what writes with the model; None where a trial has found that it can neither cite nor select.

    That is looked up once: an app that runs asks a model, or leaves it alone, until it is started anew.
    """
    fact = suited_fact(chosen)
    if chosen.mode == "auto" and catalog.meta(fact) == UNSUITED:
        return None
    return ChatWriter(chosen, suited=lambda: catalog.meta(fact))


def chat_model(settings: Settings) -> Chosen | None:
    """Return the chat model that the settings name; None where none is configured.

    Raises OnRecordError where half a price is stated, or a budget in dollars could never be kept.
    """
    key = settings.openai_api_key.get_secret_value().strip()
    address = settings.openai_base_url.get_secret_value()
    name = settings.chat_model.strip()
    if name.lower() == "none" or not (key or address or provider(name, address) != OPENAI):
        return None
    read, cached, written = settings.chat_price_input, settings.chat_price_cached, settings.chat_price_output
    if (read is None) != (written is None):
        given, missing = ("INPUT", "OUTPUT") if written is None else ("OUTPUT", "INPUT")
        raise OnRecordError(
            f"ONRECORD_CHAT_PRICE_{missing} is not set, and ONRECORD_CHAT_PRICE_{given} is: set both, or neither"
        )
    stated = None
    if read is not None and written is not None:
        stated = (read, read if cached is None else cached, written)
    chosen = Chosen(
        name=name or DEFAULT,
        base_url=address,
        key=key,
        mode=settings.chat_mode,
        effort=settings.chat_effort,
        temperature=settings.chat_temperature,
        timeout=settings.chat_timeout,
        deadline=settings.chat_deadline,
        retries=settings.chat_retries,
        most_output=settings.chat_output,
        context=settings.chat_context,
        stream_usage=settings.chat_stream_usage,
        price=stated,
        daily_dollars=settings.chat_daily_budget,
        daily_tokens=settings.chat_daily_tokens,
        tracing=settings.tracing,
    )
    if chosen.daily_dollars is not None and chosen.prices is None:
        raise OnRecordError(
            f"ONRECORD_CHAT_DAILY_BUDGET: nobody says what {chosen.name} costs: set ONRECORD_CHAT_PRICE_INPUT and "
            "ONRECORD_CHAT_PRICE_OUTPUT, or ONRECORD_CHAT_DAILY_TOKENS instead of the budget"
        )
    return chosen


def suited_fact(chosen: Chosen) -> str:
    """Return the name of the fact in the catalog that says which way of asking suits a model."""
    return f"chat_model_mode:{chosen.place}|{chosen.name}"
