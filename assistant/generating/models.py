"""The chat model that the settings name, by LangChain's `init_chat_model`."""

from __future__ import annotations

import contextlib
import dataclasses
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from assistant.generating.connection import client
from assistant.generating.costs import Prices, prices
from assistant.generating.failures import Failure, failed
from ingest.errors import ModelFailed

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

# OpenAI's cheap current model (November 2026).
DEFAULT = "gpt-6-luna"
OPENAI = "openai"
_OPENAI_URL = "https://api.openai.com/v1"
_LOCAL_KEY = "not-needed"
# What LangChain knows to stand before a colon, less OpenAI, and the package of each where its name is another. Names of
# models have colons too: "llama3.2:3b".
_PROVIDERS = frozenset(
    "anthropic anthropic_bedrock azure_ai azure_openai baseten bedrock bedrock_converse cohere deepseek fireworks "
    "google_anthropic_vertex google_genai google_vertexai groq huggingface ibm litellm meta mistralai nvidia ollama "
    "openrouter perplexity together upstage xai".split()
)
_PACKAGES = {
    "anthropic_bedrock": "langchain-aws", "azure_openai": "langchain-openai", "bedrock": "langchain-aws",
    "bedrock_converse": "langchain-aws", "google_anthropic_vertex": "langchain-google-vertexai",
    "nvidia": "langchain-nvidia-ai-endpoints",
}  # fmt: skip
# Models that think take an effort, and no temperature. Those for a conversation only do not think.
_THINKS = re.compile(r"gpt-(?P<major>[5-9]|\d\d)(?:\.(?P<minor>\d+))?(?P<kind>(?!-chat)(?:[-.].*)?)$|o[134](?:-.*)?$")
# These have efforts of their own; the service chooses.
_OWN_EFFORTS = ("-pro", "-codex")


@dataclasses.dataclass(frozen=True, slots=True)
class Chosen:
    """Which chat model answers and how it is asked. Times are in seconds, `price` in dollars for a million tokens."""

    name: str
    base_url: str = dataclasses.field(default="", repr=False)
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
    def provider(self) -> str:
        """Whose interface is spoken: "openai", also by any server of a base URL, else what LangChain calls it."""
        return provider(self.name, self.base_url)

    @property
    def model(self) -> str:
        """What the provider calls the model."""
        return self.name.removeprefix(f"{self.provider}:")

    @property
    def is_openai(self) -> bool:
        """Whether OpenAI's own service answers."""
        host = urlsplit(self.base_url or _OPENAI_URL).hostname or ""
        return self.provider == OPENAI and (host == "api.openai.com" or host.endswith(".openai.com"))

    @property
    def prices(self) -> Prices | None:
        """What it costs; None where nobody says."""
        return prices(self.model, self.price) if self.is_openai or self.price else None

    @property
    def place(self) -> str:
        """Where it is, without credentials or query: to be shown and kept."""
        if self.provider != OPENAI:
            return self.provider
        parts = urlsplit(self.base_url)
        if not parts.hostname:
            return "OpenAI" if not self.base_url else ""
        port = f":{parts.port}" if parts.port else ""
        return f"{parts.scheme}://{parts.hostname}{port}{parts.path.rstrip('/')}"

    @property
    def package(self) -> str:
        """The package by which the provider is spoken to."""
        return _PACKAGES.get(self.provider, f"langchain-{self.provider.replace('_', '-')}")


def provider(name: str, base_url: str) -> str:
    """Return whose interface a model is asked by: a server of a base URL speaks OpenAI's."""
    before, colon, _ = name.partition(":")
    return before if colon and not base_url and before in _PROVIDERS else OPENAI


def chat_model(chosen: Chosen) -> BaseChatModel:
    """Return the model, ready to be asked; nothing is sent yet. Raises ModelFailed where its package is missing."""
    from langchain.chat_models import init_chat_model

    stated: dict[str, Any] = {
        "timeout": chosen.timeout,
        # The transport tries again itself: it can be stopped meanwhile.
        "max_retries": 0,
        "max_tokens": chosen.most_output,
    }
    if chosen.temperature is not None and not _thinking(chosen):
        stated["temperature"] = chosen.temperature
    if chosen.provider == OPENAI:
        if effort := chosen.effort or _least_effort(chosen):
            stated["reasoning_effort"] = effort
        # Whatever is not stated here, LangChain reads from the environment.
        stated |= {
            "base_url": chosen.base_url or _OPENAI_URL,
            "api_key": chosen.key or _LOCAL_KEY,
            "openai_proxy": None,
            "http_client": client(),
            "stream_usage": chosen.stream_usage,
        }
    try:
        model: BaseChatModel = init_chat_model(chosen.model, model_provider=chosen.provider, **stated)
    except ImportError:
        raise ModelFailed(Failure.PACKAGE.value) from None
    return model


def _thinking(chosen: Chosen) -> re.Match[str] | None:
    # Gateways put the maker before the name: "openai/gpt-5-mini".
    return _THINKS.match(chosen.model.rpartition("/")[2])


def _least_effort(chosen: Chosen) -> str:
    """The least that a model of OpenAI can think; "" where it is not known or not to be stated."""
    found = _thinking(chosen)
    if not chosen.is_openai or found is None or not found["major"] or any(k in found["kind"] for k in _OWN_EFFORTS):
        return ""
    return "minimal" if (int(found["major"]), int(found["minor"] or 0)) < (5, 1) else "none"


def served(chosen: Chosen) -> list[str]:
    """Return the names of the models that a server has that speaks OpenAI's interface. Raises ModelFailed."""
    import openai

    try:
        with openai.OpenAI(
            api_key=chosen.key or _LOCAL_KEY, base_url=chosen.base_url or _OPENAI_URL,
            timeout=min(10.0, chosen.timeout), max_retries=0,
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
