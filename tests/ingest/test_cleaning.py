from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.cleaning import is_teaser, paragraphs
from ingest.models import ParagraphKind

SECTION, TITLE, PROSE, TEASER = (
    ParagraphKind.SECTION, ParagraphKind.TITLE, ParagraphKind.PROSE, ParagraphKind.TEASER,
)  # fmt: skip


def kinds(text: str, *, title: str = "") -> list[ParagraphKind]:
    return [paragraph.kind for paragraph in paragraphs(text, title=title)]


PAGES = [
    pytest.param(
        "Société\n\nLes boulangers de Brest ferment le lundi\n\nLa décision a été prise hier soir. Elle surprend.\n\n"
        "Lire aussi : Le prix du pain monte\n\n«C’est dur», a dit Ana Le Goff.",
        [SECTION, TITLE, PROSE, TEASER, PROSE], id="fr-section-title-teaser",
    ),
    pytest.param(
        "Science\n\nA comet passes over Leeds tonight\n\nIt can be seen from nine. Bring a coat.\n\n"
        "Read more: How to find a comet\n\nThe next one comes in ten years.",
        [SECTION, TITLE, PROSE, TEASER, PROSE], id="en-section-title-teaser",
    ),
    pytest.param(
        "Wirtschaft\n\nDie Bahn verkauft ihre letzten Schiffe\n\nDas teilte der Konzern am Montag mit.\n\n"
        "Lesen Sie auch: Fähren im Norden\n\nDer Preis blieb geheim.",
        [SECTION, TITLE, PROSE, TEASER, PROSE], id="de-section-title-teaser",
    ),
    pytest.param(
        "Cultura\n\nEl teatro de Lugo abre sus puertas\n\nLa obra dura tres horas, dijo el director.\n\n"
        "Te puede interesar: Otros teatros\n\nLas entradas se agotaron.",
        [SECTION, TITLE, PROSE, TEASER, PROSE], id="es-section-title-teaser",
    ),
    pytest.param(
        "Спорт\n\nХоккеисты из Перми вышли в финал\n\nМатч прошёл в субботу. Трибуны были полны.\n\n"
        "Читайте также: Кто играет в финале\n\nТренер остался доволен.",
        [SECTION, TITLE, PROSE, TEASER, PROSE], id="ru-section-title-teaser",
    ),
    pytest.param(
        "Le tramway reprend\n\nLes rames circulent de nouveau depuis ce matin.",
        [TITLE, PROSE], id="title-without-section",
    ),
    pytest.param(
        "La ville a rouvert le pont ce matin. Les voitures y passent.\n\nLe maire s’en réjouit.",
        [PROSE, PROSE], id="no-title",
    ),
    pytest.param(
        "Faut-il fermer le port de Sète ?\n\n" + "Le débat dure depuis des années dans la ville. " * 4 + "\n\nFin.",
        [TITLE, PROSE, PROSE], id="title-that-is-a-question",
    ),
    pytest.param(
        "„Die Brücke in Husum bleibt zu.“\n\nDas sagte Bürgermeisterin Ute Harms am Montag. Es gibt Ärger.",
        [PROSE, PROSE], id="de-lede-is-a-quotation",
    ),
    pytest.param(
        "Nord\n\nHusums Brücke bleibt zu\n\n„Wir sagen ›Nein.‹“\n\n‚So ist es.‘\n\n»Mehr nicht.«\n\nDas war alles.",
        [SECTION, TITLE, PROSE, PROSE, PROSE, PROSE], id="de-closing-marks-of-every-kind",
    ),
    pytest.param("‚Die Fähre fährt nicht mehr.‘\n\nDas sagte der Kapitän.", [PROSE, PROSE], id="de-single-marks"),
    pytest.param("›Die Fähre fährt.‹\n\nDas sagte der Kapitän.", [PROSE, PROSE], id="de-single-guillemets"),
    pytest.param("»Die Fähre fährt.«\n\nDas sagte der Kapitän.", [PROSE, PROSE], id="de-guillemets"),
    pytest.param("Une seule ligne sans point", [PROSE], id="one-line"),
    pytest.param("* * *\n\nTitre court\n\nUne phrase de prose.\n\n---", [TITLE, PROSE], id="ornaments-are-nothing"),
    pytest.param(
        "Monde\r\n\r\nUn accord est signé à Oslo\r\n\r\nLes deux pays se félicitent.\r\n",
        [SECTION, TITLE, PROSE], id="windows-line-ends",
    ),
    pytest.param("", [], id="empty"),
    pytest.param(" \n\t\n ", [], id="white-space"),
]  # fmt: skip


@pytest.mark.parametrize(("page", "expected"), PAGES)
def test_the_parts_of_a_published_page_are_recognised(page: str, expected: list[ParagraphKind]) -> None:
    assert kinds(page) == expected


@pytest.mark.parametrize(
    ("line", "teaser"),
    [
        pytest.param("Lire aussi : Le port rouvre", True, id="fr"),
        pytest.param("► À LIRE AUSSI > Le port rouvre", True, id="fr-capitals-and-arrow"),
        pytest.param("Lire aussi\u00a0: Le port rouvre", True, id="fr-no-break-space"),
        pytest.param("Related: The harbour opens", True, id="en"),
        pytest.param("Mehr zum Thema: Der Hafen", True, id="de"),
        pytest.param("Lea también: El puerto", True, id="es"),
        pytest.param("ЧИТАЙТЕ ТАКЖЕ: Порт открыт", True, id="ru"),
        pytest.param("Lire aussi est un plaisir, dit-elle.", False, id="the-words-in-prose"),
        pytest.param("Related matters were discussed by the council.", False, id="en-prose"),
        pytest.param("Lire aussi : " + "une phrase. " * 40, False, id="too-long-to-be-one"),
    ],
)
def test_a_line_that_points_at_another_article_is_a_teaser(line: str, teaser: bool) -> None:
    assert is_teaser(line) is teaser


def test_text_broken_at_a_fixed_width_is_one_paragraph() -> None:
    mail = (
        "The committee met on Tuesday to discuss the plans for a new\n"
        "bridge, which the mayor has promised since the last election\n"
        "and which the council has put off three times already.\n\n"
        "It will meet again in May.\n"
    )
    found = paragraphs(mail)
    assert [paragraph.kind for paragraph in found] == [PROSE, PROSE]
    assert found[0].span.of(mail).count("\n") == 2


def test_lines_of_their_own_length_are_paragraphs_of_their_own() -> None:
    text = "First line that says something.\nSecond.\nThe third line is a good deal longer than both."
    assert len(paragraphs(text)) == 3


@pytest.mark.parametrize(
    ("text", "title", "expected"),
    [
        pytest.param("Economy\n\nPrices rise\n\nThey rose.", "Prices rise", [SECTION, TITLE, PROSE], id="in-the-text"),
        pytest.param("PRICES RISE\n\nThey rose.", "Prices rise", [TITLE, PROSE], id="in-capitals"),
        pytest.param("They rose\n\nAnd fell", "Prices rise", [PROSE, PROSE], id="not-in-the-text"),
    ],
)
def test_where_a_title_is_stated_nothing_else_is_taken_for_one(
    text: str, title: str, expected: list[ParagraphKind]
) -> None:
    assert kinds(text, title=title) == expected


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=400))
def test_paragraphs_are_in_order_trimmed_and_leave_no_word_out(text: str) -> None:
    found = [paragraph.span for paragraph in paragraphs(text)]
    assert all(a.end <= b.start for a, b in itertools.pairwise(found))
    assert all(span.of(text) == span.of(text).strip() for span in found)
    held = {at for span in found for at in range(span.start, span.end)}
    assert not any(character.isalnum() for at, character in enumerate(text) if at not in held)


@pytest.mark.parametrize("unit", ["\n", "a", " ", "a\n", "«", "\r", "Lire aussi : a\n\n"])
def test_a_long_page_of_anything_takes_time_in_proportion(unit: str) -> None:
    import time

    def seconds(length: int) -> float:
        since = time.process_time()
        paragraphs(unit * (length // len(unit)))
        return time.process_time() - since

    seconds(1000)
    assert seconds(400_000) < 40 * max(seconds(40_000), 0.005)
