"""What people are, compared across languages: "the spokesman", "le porte-parole", "представитель"."""

from __future__ import annotations

import functools
import re
import tomllib
from collections.abc import Mapping
from importlib import resources

from ingest.folding import bare, latin
from ingest.languages import words

_WORD = re.compile(r"\w+(?:-\w+)*")
# Words of one role in several languages that no list names agree in their first letters: "président", "presidente".
_STEM = 5
_OF = re.compile(r"\b(?:of|for|at|de|du|des|d'|del|von|vom|zum|zur|im|beim|для|при)\b|,")


@functools.lru_cache(maxsize=32768)
def concepts(description: str) -> tuple[str, ...]:
    """Return what a description says, in its order: concepts of the role list, or the beginnings of other words.

    >>> concepts("le porte-parole du ministère russe de la Défense")
    ('spokesperson', 'ministry', 'russian', 'defence')
    """
    found: list[str] = []
    for word in _WORD.findall(bare(description)):
        for part in (word,) if word in _concepts() else word.split("-"):
            if len(part) > 1 and part not in words("particles"):
                found += _concepts().get(part) or (latin(part)[:_STEM],)
    return tuple(found)


def is_role(words_: str) -> bool:
    """Tell whether a phrase is nothing but a description in words of the role list."""
    found = [word for word in _WORD.findall(bare(words_)) if word not in words("particles")]
    return bool(found) and all(word in _concepts() for word in found)


def is_role_word(word: str) -> bool:
    """Tell whether the role list, or the list of empty words, explains `word`."""
    return bare(word) in _concepts() or bare(word) in words("particles")


@functools.lru_cache(maxsize=32768)
def heads(description: str) -> frozenset[str]:
    """Return what a description may say that somebody is, leaving out whose and which.

    Romance languages put that first, Germanic ones last; so it is the people among the concepts before the first "of",
    else the organisations, else all of them: "the defence ministry spokesman" is a spokesman.
    """
    said = concepts(_OF.split(bare(description), maxsplit=1)[0]) or concepts(description)
    for sort in ("people", "organisations"):
        if found := frozenset(said) & _sorts()[sort]:
            return found
    return frozenset(said) - _sorts()["attributes"]


def is_somebody(description: str) -> bool:
    """Tell whether a description says that it is a person or an organisation, in words of the role list."""
    return bool(heads(description) & (_sorts()["people"] | _sorts()["organisations"]))


def says_all(description: str, asked: str) -> bool:
    """Tell whether `description` says all that `asked` says, and somebody or something asked for is its head.

    "The ministry" is not its spokesman: the head of a description is what somebody is.
    """
    wanted = set(concepts(asked))
    return bool(wanted) and wanted <= set(concepts(description)) and bool(heads(description) & heads(asked))


@functools.cache
def _sorts() -> Mapping[str, frozenset[str]]:
    return {sort: frozenset(table) for sort, table in _tables().items()}


@functools.cache
def _tables() -> Mapping[str, Mapping[str, list[str]]]:
    return tomllib.loads(resources.files("ingest").joinpath("roles.toml").read_text(encoding="utf-8"))


@functools.cache
def _concepts() -> Mapping[str, tuple[str, ...]]:
    """A word may say several things: "Verteidigungsministerium" is a ministry, and of defence."""
    found: dict[str, tuple[str, ...]] = {}
    for concept, known in (pair for table in _tables().values() for pair in table.items()):
        for word in known:
            found[bare(word)] = tuple(dict.fromkeys((*found.get(bare(word), ()), concept)))
    return found
