"""What the interface says, in every language it speaks."""

from __future__ import annotations

import dataclasses
import string

import pytest

from assistant.ui.texts import ENGLISH, FRENCH, Texts, texts
from ingest.models import Kind

BOTH = [pytest.param(ENGLISH, id="english"), pytest.param(FRENCH, id="french")]


def places(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


@pytest.mark.parametrize("said", BOTH)
def test_no_text_is_empty(said: Texts) -> None:
    for field in dataclasses.fields(said):
        value = getattr(said, field.name)
        assert value or field.name == "zero_is_singular", field.name
        if isinstance(value, tuple):
            assert all(value), field.name


def test_both_languages_fill_the_same_places() -> None:
    for field in dataclasses.fields(Texts):
        english, french = getattr(ENGLISH, field.name), getattr(FRENCH, field.name)
        if isinstance(english, str):
            assert places(english) == places(french), field.name
        if isinstance(english, tuple):
            assert [places(form) for form in english] == [places(form) for form in french], field.name


@pytest.mark.parametrize("said", BOTH)
def test_every_kind_of_statement_has_words(said: Texts) -> None:
    assert set(said.kinds) == set(said.kinds_explained) == set(Kind)
    assert len(said.months) == 12


def test_a_reported_statement_is_never_called_verbatim() -> None:
    assert ENGLISH.kinds[Kind.INDIRECT] == "reported, not verbatim"
    assert FRENCH.kinds[Kind.INDIRECT] == "rapporté, non verbatim"


@pytest.mark.parametrize(
    ("locale", "expected"),
    [
        pytest.param("fr-FR", FRENCH, id="france"),
        pytest.param("fr", FRENCH, id="bare-code"),
        pytest.param("FR-ca", FRENCH, id="any-case"),
        pytest.param("fry-NL", ENGLISH, id="frisian-is-not-french"),
        pytest.param("en-US", ENGLISH, id="english"),
        pytest.param("ja-JP", ENGLISH, id="no-texts-for-it"),
        pytest.param("", ENGLISH, id="empty"),
        pytest.param(None, ENGLISH, id="unknown"),
    ],
)
def test_texts_follow_the_locale(locale: str | None, expected: Texts) -> None:
    assert texts(locale) is expected


@pytest.mark.parametrize(
    ("said", "iso", "expected"),
    [
        pytest.param(ENGLISH, "2015-10-02", "2 October 2015", id="english"),
        pytest.param(FRENCH, "2015-10-02", "2 octobre 2015", id="french"),
        pytest.param(FRENCH, "2024-03-01", "1er mars 2024", id="french-first-of-the-month"),
        pytest.param(ENGLISH, "", "", id="none"),
        pytest.param(ENGLISH, "soon", "soon", id="no-date"),
    ],
)
def test_dates_are_given_in_words(said: Texts, iso: str, expected: str) -> None:
    assert said.date(iso) == expected


@pytest.mark.parametrize(
    ("said", "number", "expected"),
    [
        pytest.param(ENGLISH, 0, "0 statements", id="english-none"),
        pytest.param(ENGLISH, 1, "1 statement", id="english-one"),
        pytest.param(ENGLISH, 12345, "12,345 statements", id="english-thousands"),
        pytest.param(FRENCH, 0, "0 déclaration", id="french-none-is-singular"),
        pytest.param(FRENCH, 2, "2 déclarations", id="french-two"),
        pytest.param(FRENCH, 12345, "12\u202f345 déclarations", id="french-thousands"),
    ],
)
def test_numbers_take_the_form_of_their_noun(said: Texts, number: int, expected: str) -> None:
    assert said.count(number, said.statement_count) == expected


def test_a_language_without_a_name_keeps_its_code() -> None:
    assert ENGLISH.language("fr") == "French"
    assert FRENCH.language("sw") == "SW"
    assert ENGLISH.language("und") == ""
