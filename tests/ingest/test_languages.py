from __future__ import annotations

import pytest

from ingest.languages import language_of, words


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("fr", "Le conseil municipal a voté hier soir la rénovation du vieux pont."),
        ("en", "The city council voted last night to repair the old bridge."),
        ("de", "Der Stadtrat hat gestern Abend die Sanierung der alten Brücke beschlossen."),
        ("es", "El ayuntamiento aprobó anoche la reparación del viejo puente."),
        ("ru", "Городской совет вчера вечером проголосовал за ремонт старого моста."),
        ("it", "Il consiglio comunale ha votato ieri sera il restauro del vecchio ponte."),
        ("ar", "صوت مجلس المدينة مساء أمس على إصلاح الجسر القديم."),
        ("zh", "市议会昨晚投票决定修复旧桥。"),
    ],
)
def test_the_language_of_a_sentence_is_told(language: str, text: str) -> None:
    assert language_of(text) == language


@pytest.mark.parametrize("text", ["", "   ", "2024 – 12:30", "😀 !!", "\x00"])
def test_a_text_without_letters_has_no_language(text: str) -> None:
    assert language_of(text) == "und"
    assert language_of(text, default="fr") == "fr"


def test_an_unknown_sort_of_words_is_an_error() -> None:
    with pytest.raises(KeyError):
        words("recipes")
