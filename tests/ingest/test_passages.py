from __future__ import annotations

import datetime
import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.models import Article, ParagraphKind
from ingest.passages import context, embedded_text, embedding_key, passages
from ingest.reading import markdown, plain

PARTS = st.lists(
    st.one_of(
        st.text(st.characters(exclude_categories=["Cs"]), max_size=120),
        st.sampled_from([
            "International", "Lire aussi : Un autre article", "«Nous partons», a dit Ana Ruiz.", "Read more: Elsewhere",
            "قال الوزير إن الاتفاق قريب.", "😀 👩‍👩‍👧 c’est fini. Vraiment ?",
            "Слово за слово. И дело.", "***", "\x00\x1b[31m\x85",
            "Une phrase assez longue pour que plusieurs d’entre elles ne tiennent pas ensemble. " * 3,
        ]),
    ),
    max_size=12,
)  # fmt: skip
GAPS = st.sampled_from(["\n\n", "\n", "\r\n\r\n", "\n \t\n"])
NEWS = st.builds(lambda gap, parts: gap.join(parts), GAPS, PARTS)


@settings(max_examples=200)
@given(NEWS, st.integers(100, 600))
def test_passages_are_exact_spans_and_hold_the_prose_once(text: str, size: int) -> None:
    article = plain.article(text, id="a")
    made = passages(article, size=size)
    assert [passage.number for passage in made] == list(range(len(made)))
    assert all(passage.text == passage.span.of(article.text) for passage in made)
    assert all(passage.text == passage.text.strip() != "" for passage in made)
    assert all(a.span.end <= b.span.start for a, b in itertools.pairwise(made))
    assert all(len(passage.text) <= size for passage in made)
    if article.prose:
        held = {at for passage in made for at in range(passage.span.start, passage.span.end)}
        prose = {at for span in article.prose for at in range(span.start, span.end)}
        assert {at for at in prose - held if not text[at].isspace()} == set()
        assert {at for at in held - prose if not text[at].isspace()} == set()


@given(NEWS)
def test_markdown_passages_are_exact_spans_too(text: str) -> None:
    article = markdown.article(text, id="a")
    assert all(passage.text == passage.span.of(text) for passage in passages(article))


SENTENCE = "La mairie a voté le budget de la ville hier soir. "


@pytest.mark.parametrize(
    ("paragraphs", "counts"),
    [
        pytest.param([SENTENCE * 2, SENTENCE * 2], [4], id="short-paragraphs-share"),
        pytest.param([SENTENCE * 6, SENTENCE * 6], [6, 6], id="a-paragraph-that-fits-stays-whole"),
        pytest.param([SENTENCE * 14], [10, 4], id="a-long-paragraph-is-cut-between-sentences"),
        pytest.param([SENTENCE, "Lire aussi : Un autre vote", SENTENCE], [1, 1], id="never-across-a-teaser"),
    ],
)
def test_passages_are_whole_sentences_of_one_run_of_prose(paragraphs: list[str], counts: list[int]) -> None:
    text = "Le budget de la ville\n\n" + "\n\n".join(paragraphs)
    made = passages(plain.article(text, id="a"), size=500)
    assert [passage.text.count(SENTENCE.strip()) for passage in made] == counts
    assert not any("Lire aussi" in passage.text for passage in made)


def test_the_sample_article_keeps_its_teaser_and_its_headings_out_of_passages(seed_article: Article) -> None:
    made = passages(seed_article)
    kinds = [paragraph.kind for paragraph in seed_article.paragraphs]
    assert kinds.count(ParagraphKind.TEASER) == kinds.count(ParagraphKind.TITLE) == 1
    assert len(made) == 7
    assert not any("Lire aussi" in passage.text or passage.text.startswith("International") for passage in made)


def test_an_article_that_is_only_a_title_has_it_as_its_passage() -> None:
    article = plain.article("Le maire démissionne", id="a")
    assert [passage.text for passage in passages(article)] == ["Le maire démissionne"]


def test_an_article_without_words_has_no_passage() -> None:
    assert passages(plain.article("*** ---\n\n!!!", id="a")) == ()


@pytest.mark.parametrize(
    ("outlet", "published", "title", "expected"),
    [
        pytest.param("", None, "", "", id="nothing-stated"),
        pytest.param("", None, "Titre", "Titre", id="title"),
        pytest.param("Le Quotidien", None, "Titre", "Le Quotidien. Titre", id="outlet-and-title"),
        pytest.param("Le Quotidien", datetime.date(2024, 3, 1), "Titre", "Le Quotidien, 2024-03-01. Titre", id="all"),
        pytest.param("", datetime.date(2024, 3, 1), "", "2024-03-01", id="date"),
    ],
)
def test_what_is_put_before_a_passage_says_where_it_is_from(
    outlet: str, published: datetime.date | None, title: str, expected: str
) -> None:
    before = context(Article("a", "Texte.", title=title, outlet=outlet, published=published))
    assert before == expected
    assert embedded_text(before, "Texte.") == (f"{expected}. Texte." if expected else "Texte.")


def test_an_endless_title_is_not_embedded_with_every_passage() -> None:
    assert len(context(Article("a", "Texte.", title="mot " * 1000))) <= 300


def test_equal_texts_share_an_embedding_and_others_do_not() -> None:
    assert embedding_key("un texte") == embedding_key("un texte") != embedding_key("un Texte")
