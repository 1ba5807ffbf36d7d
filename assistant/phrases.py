"""The assistant's own words, in the language of the question."""

from __future__ import annotations

import functools
import tomllib
from collections.abc import Mapping
from importlib import resources

from ingest.models import Kind

FALLBACK = "en"


@functools.cache
def _tables() -> Mapping[str, Mapping[str, str]]:
    text = resources.files("assistant.lexicon").joinpath("phrases.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def spoken(language: str) -> str:
    """Return the language that a reply to a question in `language` is given in."""
    return language if language in _tables() else FALLBACK


def phrase(name: str, language: str, **values: object) -> str:
    """Return the phrase called `name`, its {places} filled."""
    text = _tables()[spoken(language)][name]
    # Names come from articles and questions: braces in them are not places.
    for place, value in values.items():
        text = text.replace("{" + place + "}", str(value))
    return text


def quoted(words: str, language: str) -> str:
    """Return `words` between the quotation marks of `language`."""
    return phrase("quotation_open", language) + words + phrase("quotation_close", language)


def kind(of: Kind, language: str) -> str:
    """Return in words how much of a statement is verbatim."""
    return phrase(f"kind_{of.value}", language)
