"""Whether a follow-up that a model rewrote is still the question that was asked."""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant.generating.prompts import asking
from assistant.quotecheck.words import words_of
from assistant.verification.lexicon import is_content, knows, words_for
from ingest.folding import latin
from ingest.languages import language_of

_LONGEST = 300
_ACTS = re.compile(r"https?:|www\.|[<>{}\[\]\n]")
# Words are of one family that begin alike for so long; shorter ones are the same.
_BEGINNING = 5
# So many words tell their language.
_TELLING = 4
_SPOKEN = ("en", "fr", "es", "de", "ru")


def is_rewriting(text: str, question: str, history: Sequence[str]) -> bool:
    """Tell whether a text is the question said in full, and nothing else.

    Every word that says something comes from the conversation, and the language is the question's.
    """
    if not text or len(text) > max(_LONGEST, 2 * len(question)) or _ACTS.search(text):
        return False
    # What is too short to tell is asked in the language of what came before.
    told = next(filter(None, map(_language, (question, *reversed(history)))), "")
    if told and (_language(text) or told) != told:
        return False
    known = {_family(key) for each in (question, *history) for key in words_of(each).keys}
    return all(_family(key) in known or _is_grammar(key, told) for key in words_of(text).keys)


def _is_grammar(key: str, language: str) -> bool:
    return not is_content(key, language) or key in asking(language)


def _family(key: str) -> str:
    plain = latin(key)
    return plain if key[:1].isdigit() else plain[:_BEGINNING]


def _language(text: str) -> str:
    """The language of a text; "" where it cannot be told."""
    keys = words_of(text).keys
    if len(keys) >= _TELLING:
        return language_of(text, default="")
    found = {code: sum(key in words_for("stop", code) or key in asking(code) for key in keys) for code in _SPOKEN}
    best = [code for code, count in found.items() if count and count == max(found.values())]
    return best[0] if len(best) == 1 and knows(best[0]) else ""
