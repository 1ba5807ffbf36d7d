"""The chat model that the settings name, by LangChain's `init_chat_model`."""

from __future__ import annotations

import contextlib
import dataclasses
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from assistant.generating.costs import Prices, prices

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

# OpenAI's cheap current model (November 2026).
DEFAULT = "gpt-6-luna"
_LOCAL_KEY = "not-needed"
# Models that think take an effort, and no temperature.
_THINKING = ("gpt-5", "gpt-6", "gpt-7", "o1", "o3", "o4")


@dataclasses.dataclass(frozen=True, slots=True)
class Chosen:
    """Which chat model answers and how it is asked. Times are in seconds, `price` in dollars for a million tokens."""

    name: str
    base_url: str = ""
    key: str = dataclasses.field(default="", repr=False)
    mode: str = "auto"
    effort: str = ""
    temperature: float | None = None
    timeout: float = 30.0
    deadline: float = 120.0
    retries: int = 1
    most_output: int = 1500
    context: int = 12_000
    stream_usage: bool = True
    price: tuple[float, float, float] | None = None
    daily_dollars: float | None = None
    daily_tokens: int | None = None
    tracing: bool = False

    @property
    def is_openai(self) -> bool:
        """Whether OpenAI's own service answers."""
        host = urlsplit(self.base_url).hostname or "" if self.base_url else "api.openai.com"
        return ":" not in self.name.removeprefix("openai:") and (
            host == "api.openai.com" or host.endswith(".openai.com")
        )

    @property
    def prices(self) -> Prices | None:
        """What it costs; None where nobody says."""
        return prices(self.name, self.price) if self.is_openai or self.price else None

    @property
    def place(self) -> str:
        """Where it is, without credentials or query: to be shown and kept."""
        parts = urlsplit(self.base_url)
        if not parts.hostname:
            return "OpenAI" if not self.base_url else ""
        port = f":{parts.port}" if parts.port else ""
        return f"{parts.scheme}://{parts.hostname}{port}{parts.path.rstrip('/')}"


def chat_model(chosen: Chosen) -> BaseChatModel:
    """Return the model, ready to be asked; nothing is sent yet."""
    from langchain.chat_models import init_chat_model

    name = chosen.name.removeprefix("openai:")
    stated: dict[str, Any] = {
        "timeout": chosen.timeout,
        # The writer tries again itself: it can be stopped meanwhile.
        "max_retries": 0,
        "max_tokens": chosen.most_output,
    }
    thinks = name.startswith(_THINKING)
    if chosen.temperature is not None and not thinks:
        stated["temperature"] = chosen.temperature
    if ":" in name:
        # Another provider, by its own package.
        other: BaseChatModel = init_chat_model(name, **stated)
        return other
    if effort := chosen.effort or ("none" if thinks and chosen.is_openai and not name.startswith("o") else ""):
        stated["reasoning_effort"] = effort
    if chosen.base_url:
        stated["base_url"] = chosen.base_url
    model: BaseChatModel = init_chat_model(
        f"openai:{name}", api_key=chosen.key or _LOCAL_KEY, stream_usage=chosen.stream_usage, **stated
    )  # fmt: skip
    return model


def served(chosen: Chosen) -> list[str]:
    """Return the names of the models that the server has. Raises ModelFailed."""
    import openai

    from assistant.generating.failures import failed

    try:
        with openai.OpenAI(
            api_key=chosen.key or _LOCAL_KEY, base_url=chosen.base_url or None, timeout=min(10.0, chosen.timeout),
            max_retries=0,
        ) as client:  # fmt: skip
            return [model.id for model in client.models.list().data]
    except Exception as error:
        raise failed(error) from None


@contextlib.contextmanager
def traced(*, enabled: bool) -> Iterator[None]:
    """Let LangSmith see what is asked inside the block only where that is `enabled`, whatever the environment says."""
    from langsmith import tracing_context

    with tracing_context(enabled=enabled):
        yield
