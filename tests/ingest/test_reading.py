from __future__ import annotations

import datetime
import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.errors import NothingToRead, UnreadableArticle
from ingest.models import Article, ParagraphKind
from ingest.reading.files import SourceFile, articles, source_files

FRENCH = "Société\n\nL’été arrive à Nîmes\n\n«Il fera chaud», a prévenu l’élue Ana Ruiz. Cœurs fragiles s’abstenir.\n"
RUSSIAN = "Погода\n\nВ Перми жарко\n\nСиноптики обещают тридцать градусов. Врачи советуют пить воду. " * 3


def read(name: str, data: bytes | str) -> list[Article | UnreadableArticle]:
    return list(articles(Path(name), data.encode() if isinstance(data, str) else data))


def one(name: str, data: bytes | str) -> Article:
    (found,) = read(name, data)
    assert isinstance(found, Article), found
    return found


def refused(name: str, data: bytes | str) -> str:
    (found,) = read(name, data)
    assert isinstance(found, UnreadableArticle), found
    return str(found)


# Encodings


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        pytest.param(FRENCH, "utf-8", id="utf-8"),
        pytest.param(FRENCH, "utf-8-sig", id="utf-8-with-mark"),
        pytest.param(FRENCH, "utf-16", id="utf-16-with-mark"),
        pytest.param("\ufeff" + FRENCH, "utf-16-be", id="utf-16-be-with-mark"),
        pytest.param(FRENCH, "utf-16-le", id="utf-16-le-french"),
        pytest.param(FRENCH, "utf-16-be", id="utf-16-be-french"),
        pytest.param(RUSSIAN, "utf-16-le", id="utf-16-le-russian"),
        pytest.param(RUSSIAN, "utf-16-be", id="utf-16-be-russian"),
        pytest.param(FRENCH, "windows-1252", id="windows-1252"),
        pytest.param(FRENCH.replace("\n", "\r\n"), "windows-1252", id="windows-1252-and-line-ends"),
    ],
)
def test_a_text_is_the_same_in_every_encoding_that_is_read(text: str, encoding: str) -> None:
    assert one("a.txt", text.encode(encoding)).text == text.removeprefix("\ufeff")


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("«Le chœur d’Évry reste», a-t-il dit… 3 € le ½ litre, 20 m² à 5°C. L’œuvre coûte 100 £.", id="fr"),
        pytest.param(
            "Il a dit«oui»et puis«non», à Noël, où l’été fut très sûr ; ça va, Sjørn ? Où ? Là.", id="fr-sloppy"
        ),
        pytest.param("„Die Straße bleibt zu“, sagte Jürgen Groß. »Schön wär’s!« Öl kostet 1½-mal so viel.", id="de"),
        pytest.param("—¿Vendrá mañana? —¡Sí, señor! El 1.º de mayo, la M.ª José pagó 20 €; nº 5, pingüino.", id="es"),
        pytest.param("“A decisão não é só nossa”, disse João. A 2.ª reunião é às 10h; 30 m³, a avó e o avô.", id="pt"),
        pytest.param("Hún sagði að það væri gott veður í dag, en þó rigndi á Ísafirði. Ný brú opnar.", id="is"),
        pytest.param("Færgen sejler ikke, sagde Søren Ågård. På øen blæser det, så én må vente.", id="da"),
        pytest.param("Tea® and coffee™ cost £3 or 50¢ – naïve, isn’t it? It’s 2¼ miles to São Tomé.", id="en"),
        pytest.param("Perché? La città è più bella così, però il caffè costa. Lì, il Tromsø di Mario.", id="it"),
    ],
)
@pytest.mark.parametrize("times", [1, 9])
def test_windows_1252_is_read_whatever_its_language_has_of_marks(text: str, times: int) -> None:
    text = f"{text} " * times
    assert one("a.txt", text.encode("cp1252")).text == text


@pytest.mark.parametrize(
    ("data", "seems"),
    [
        pytest.param(RUSSIAN.encode("koi8-r"), "koi8_r", id="koi8-r"),
        pytest.param(RUSSIAN.encode("windows-1251"), "cp1251", id="windows-1251"),
        pytest.param(("Zażółć gęślą jaźń, powiedział minister w Łodzi. " * 9).encode("iso8859-2"), "", id="latin-2"),
        pytest.param(("Le préfet a déclaré être prêt. " * 9).encode("cp850"), "", id="dos"),
        pytest.param(("Žluťoučký kůň úpěl. " * 9).encode("iso8859-2"), "", id="latin-2-czech"),
        pytest.param("Žluťoučký kůň, řekl Jan.".encode("iso8859-2"), "", id="latin-2-czech-line"),
        pytest.param(
            ("Zdeněk Novák řekl, že příští týden neodjede. " * 9).encode("cp1250"), "", id="windows-1250-czech"
        ),
        pytest.param(("Başkan dün açıkladı: karar alındı, dağıtım yarın. " * 9).encode("cp1254"), "", id="turkish"),
        pytest.param(("Die Fähre fährt täglich, hört man. " * 9).encode("cp437"), "", id="dos-german"),
        pytest.param(("El señor llegó allí con la niña. " * 9).encode("cp437"), "", id="dos-spanish"),
        pytest.param(("Le chœur reprend l’œuvre. " * 9).replace("’", "'").encode("iso8859-15"), "", id="latin-9"),
        pytest.param(("Le pain coûte 3 € ici. " * 9).encode("iso8859-15"), "", id="latin-9-euro"),
        pytest.param(("日本の首相は昨日、記者会見で述べた。" * 9).encode("shift_jis"), "cp932", id="shift-jis"),
        pytest.param(FRENCH.encode("utf-32"), "UTF-32", id="utf-32"),
        pytest.param(b"\xef\xbb\xbf" + b"caf\xe9 au lait " * 9, "damaged UTF-8", id="damaged-utf-8"),
        pytest.param("hello".encode("utf-16") + b"x", "damaged UTF-16", id="damaged-utf-16"),
        pytest.param(b"\xff\xfe\x00\xd8" + "abc".encode("utf-16-le"), "damaged UTF-16", id="half-a-surrogate-pair"),
        pytest.param(b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 9, "binary data", id="png"),
        pytest.param(b"PK\x03\x04\x14\x00" + bytes(range(200)) * 9, "binary data", id="zip"),
        pytest.param(b"\0" * 4000, "binary data", id="zeros"),
        pytest.param(b"hello\0world\0" * 99, "binary data", id="nul-riddled"),
        pytest.param(b"\xef\xbb\xbf" + b"\0\1\2" * 99, "binary data", id="binary-behind-a-mark"),
    ],
)
def test_any_other_encoding_is_refused_by_name(data: bytes, seems: str) -> None:
    reason = refused("folder/a.txt", data)
    assert reason.startswith(f"folder/a.txt: {seems}")
    assert "only UTF-8, UTF-16 and Windows-1252 text is read" in reason


@given(st.binary(max_size=600))
def test_any_bytes_at_all_are_an_article_or_a_reason(data: bytes) -> None:
    for ending in (".txt", ".md", ".jsonl", ".csv"):
        for found in read(f"a{ending}", data):
            assert isinstance(found, Article | UnreadableArticle)
            if isinstance(found, Article):
                # What is read can be stored.
                "".join([found.text, found.title, found.author, found.id]).encode()


# Plain text


def test_a_text_file_gets_what_it_states_and_nothing_else() -> None:
    article = one("folder/le-pont.txt", "Ville\n\nLe pont rouvre\n\nIl était fermé depuis mai 2023, dit Ana Ruiz.\n")
    assert (article.id, article.section, article.title) == ("le-pont", "Ville", "Le pont rouvre")
    assert article.language == "fr"
    assert article.published is None
    assert (article.author, article.outlet, article.url) == ("", "", "")


@pytest.mark.parametrize("data", [b"", b" \n\t\n", b"\xef\xbb\xbf", b"\xff\xfe"], ids=repr)
@pytest.mark.parametrize("ending", [".txt", ".md"])
def test_an_empty_file_is_said_to_be_empty(data: bytes, ending: str) -> None:
    assert refused(f"a{ending}", data) == f"a{ending}: empty"


# Markdown

PAGE = """---
title: Le pont rouvre
date: 2024-03-05
author: [Ana Ruiz, Paul Roy]
source: Le Quotidien
lang: fr-FR
url: https://example.org/pont
---
# Un autre titre

Le pont a *rouvert* hier. Les voitures y passent.

## Les travaux

- Ils ont duré un an.
- Ils ont coûté cher.

> «C’est un succès», a dit le maire.

![photo](pont.jpg)

| an | coût |
|----|------|

```sh
# code
pont --ouvrir
```

Lire aussi : Le prix des travaux
"""


def test_front_matter_states_what_a_page_is() -> None:
    article = one("a.md", PAGE)
    assert article.title == "Le pont rouvre"
    assert article.published == datetime.date(2024, 3, 5)
    assert (article.author, article.outlet, article.language) == ("Ana Ruiz, Paul Roy", "Le Quotidien", "fr")
    assert article.url == "https://example.org/pont"


def test_markdown_stays_as_published_and_its_marks_are_outside_the_prose() -> None:
    article = one("a.md", PAGE)
    assert article.text == PAGE
    assert [span.of(article.text) for span in article.prose] == [
        "Le pont a *rouvert* hier. Les voitures y passent.",
        "Ils ont duré un an.",
        "Ils ont coûté cher.",
        "«C’est un succès», a dit le maire.",
    ]
    kinds = [paragraph.kind for paragraph in article.paragraphs]
    assert kinds.count(ParagraphKind.TITLE) == kinds.count(ParagraphKind.HEADING) == 1
    assert kinds[-1] is ParagraphKind.TEASER


def test_the_first_heading_is_the_title_where_nothing_else_states_one() -> None:
    assert one("a.md", "# Le pont *rouvre* #\n\nEnfin.\n").title == "Le pont *rouvre*"


@pytest.mark.parametrize(
    "date",
    ["05/03/2024", "March 5, 2024", "hier", "''", "[2024-03-05]", "2024", "20240", "null"],
)
def test_a_date_that_could_be_read_two_ways_is_no_date(date: str) -> None:
    assert one("a.md", f"---\ndate: {date}\n---\nUne phrase.\n").published is None


@pytest.mark.parametrize(
    "stated",
    [
        pytest.param("title: [unclosed", id="no-yaml"),
        pytest.param("date: 2024-13-45", id="impossible-date"),
        pytest.param("title: " + "[" * 5000, id="bottomless"),
        pytest.param('author: "\\uD800"', id="half-a-surrogate-pair"),
        pytest.param("title: !!python/object/apply:os.system ['true']", id="code"),
    ],
)
def test_front_matter_that_cannot_be_read_is_refused_with_its_file(stated: str) -> None:
    assert refused("folder/a.md", f"---\n{stated}\n---\n# T\n\nUne phrase.\n").startswith("folder/a.md: ")


@pytest.mark.parametrize("stated", ["- a\n- b", "just words", "author: &a [*a]", "title: {a: b}"], ids=repr)
def test_front_matter_that_states_nothing_of_use_is_no_harm(stated: str) -> None:
    article = one("a.md", f"---\n{stated}\n---\n# Titre\n\nUne phrase.\n")
    assert (article.title, article.author) == ("Titre", "")


# Tables

ROWS = [
    {"id": "a1", "title": "Le pont rouvre", "text": "Il était fermé, dit le maire.\n\nIl rouvre.", "lang": "fr",
     "date": "2024-03-05", "source": "Le Quotidien", "author": "Ana Ruiz", "url": "https://example.org/1"},
    {"id": "a2", "title": "", "text": "Ville\n\nLe tram \"B\" reprend; enfin, presque\n\nIl roule.", "lang": "",
     "date": "", "source": "", "author": "", "url": ""},
]  # fmt: skip


def table(delimiter: str) -> str:
    import csv
    import io

    written = io.StringIO(newline="")
    rows = csv.DictWriter(written, [name.upper() for name in ROWS[0]], delimiter=delimiter)
    rows.writeheader()
    rows.writerows({name.upper(): value for name, value in row.items()} for row in ROWS)
    return written.getvalue()


@pytest.mark.parametrize(
    ("name", "data"),
    [
        pytest.param("t.jsonl", "\n\n".join(map(json.dumps, ROWS)), id="jsonl"),
        pytest.param("t.jsonl", "\r\n".join(json.dumps(row, ensure_ascii=False) for row in ROWS), id="jsonl-crlf"),
        pytest.param("t.csv", table(","), id="comma"),
        pytest.param("t.csv", table(";"), id="semicolon"),
        pytest.param("t.csv", table("\t"), id="tab"),
        pytest.param("t.csv", "\ufeff" + table(";"), id="semicolon-with-mark"),
        pytest.param("T.CSV", table(","), id="ending-in-capitals"),
    ],
)
def test_a_table_keeps_ids_texts_and_what_is_stated(name: str, data: str) -> None:
    first, second = read(name, data)
    assert isinstance(first, Article)
    assert isinstance(second, Article)
    assert [first.text, second.text] == [row["text"] for row in ROWS]
    assert (first.id, first.title, first.language, first.outlet, first.author, first.url) == (
        "a1", "Le pont rouvre", "fr", "Le Quotidien", "Ana Ruiz", "https://example.org/1",
    )  # fmt: skip
    assert first.published == datetime.date(2024, 3, 5)
    # Stated nowhere, but laid out as a news site does: found in the text.
    assert (second.id, second.section, second.title) == ("a2", "Ville", 'Le tram "B" reprend; enfin, presque')
    assert (second.published, second.author, second.language) == (None, "", "fr")


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        pytest.param("{not json", "not JSON", id="no-json"),
        pytest.param('["a", "list"]', "no JSON object", id="list"),
        pytest.param('"a string"', "no JSON object", id="string"),
        pytest.param("[" * 100_000, "not JSON", id="bottomless"),
        pytest.param('{"id": "x"}', "text", id="no-text"),
        pytest.param('{"id": "x", "text": null}', "text", id="null-text"),
        pytest.param('{"id": "x", "text": "  \\n"}', "text: empty", id="blank-text"),
        pytest.param('{"id": "x", "text": ["a"]}', "text", id="text-that-is-a-list"),
        pytest.param('{"id": "x", "text": "half \\ud83d pair"}', "text", id="half-a-surrogate-pair"),
        pytest.param('{"id": "x", "title": "\\udc00", "text": "words"}', "surrogate", id="half-a-pair-in-the-title"),
        pytest.param(json.dumps({"id": "x" * 201, "text": "words"}), "id", id="endless-id"),
        pytest.param('{"id": "first", "text": "other words"}', "another article, at t.jsonl, line 1", id="same-id"),
    ],
)
def test_a_bad_line_is_reported_with_its_number_and_the_others_are_read(line: str, reason: str) -> None:
    first, bad, last = read("t.jsonl", f'{{"id": "first", "text": "One."}}\n\n{line}\n{{"id": "z", "text": "Two."}}')
    assert isinstance(first, Article)
    assert isinstance(last, Article)
    assert isinstance(bad, UnreadableArticle)
    assert str(bad).startswith("t.jsonl, line 3: ")
    assert reason in str(bad)


def test_a_line_that_stands_twice_is_one_article_twice() -> None:
    line = '{"id": "x", "text": "The same words."}'
    assert [found.id for found in read("t.jsonl", f"{line}\n{line}") if isinstance(found, Article)] == ["x", "x"]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        pytest.param("x,", "line 3: text", id="no-text"),
        pytest.param("x", "line 3: text", id="too-few-fields"),
        pytest.param("x,Hello, world", "line 3: more fields than columns", id="a-comma-outside-quotation-marks"),
    ],
)
def test_a_bad_row_is_reported_with_its_number_and_the_others_are_read(row: str, reason: str) -> None:
    first, bad, last = read("t.csv", f"id,text\nfirst,One.\n{row}\nlast,Two.\n")
    assert isinstance(first, Article)
    assert isinstance(last, Article)
    assert f"t.csv, {reason}" in str(bad)


def test_a_row_that_breaks_the_table_ends_it_and_says_so() -> None:
    first, bad = read("t.csv", 'id,text\nfirst,One.\nx,"Two" words\nlast,Three.\n')
    assert isinstance(first, Article)
    assert str(bad).startswith("t.csv, line 3: ")
    assert str(bad).endswith("the rest of the file is not read")


def test_a_table_without_texts_is_refused() -> None:
    assert refused("t.csv", "id;body\n1;words\n") == "t.csv: no column named text"
    assert refused("t.csv", "\n") == "t.csv: no column named text"
    assert refused("t.csv", 'id,"te"xt\n1,words\n').startswith("t.csv, line 1: ")


def test_a_surplus_of_empty_fields_is_no_harm() -> None:
    assert one("t.csv", "id,text\nx,Words.,,\n").text == "Words."


def test_an_article_without_an_id_is_known_by_its_words() -> None:
    first, second, third = (
        found.id for found in read("t.jsonl", '{"text": "One."}\n{"text": "Two."}\n{"text": "One."}')
        if isinstance(found, Article)
    )  # fmt: skip
    assert first == third != second


@pytest.mark.parametrize("id_", ["a/../b", "a#b", "ü – 漢字", "'; DROP TABLE articles; --", "a b", "%s", "-1"])
def test_an_id_may_be_any_words(id_: str) -> None:
    assert one("t.jsonl", json.dumps({"id": id_, "text": "Words."})).id == id_


def test_numbers_are_ids_and_lists_are_authors() -> None:
    article = one(
        "t.jsonl", '{"id": 7, "text": "Words.", "author": ["Ana Ruiz", "Paul Roy"], "date": "2024-03-05T10:00:00Z"}'
    )
    assert (article.id, article.author) == ("7", "Ana Ruiz, Paul Roy")
    assert article.published == datetime.date(2024, 3, 5)


# Files and folders


def test_a_folder_is_searched_through_in_order_and_other_files_are_passed_over(tmp_path: Path) -> None:
    for name in ("b.txt", "a.md", "deep/er/c.jsonl", "d.csv", "photo.jpg", ".hidden.txt", ".git/e.txt", "notes"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("words", encoding="utf-8")
    (tmp_path / "folder.txt").mkdir()
    (tmp_path / "nowhere.txt").symlink_to(tmp_path / "gone")
    found = [source for source in source_files([tmp_path]) if isinstance(source, SourceFile)]
    assert [str(source.path.relative_to(tmp_path)) for source in found] == ["a.md", "b.txt", "d.csv", "deep/er/c.jsonl"]


def test_a_file_named_twice_is_one_source(tmp_path: Path) -> None:
    file = tmp_path / "a.txt"
    file.write_text("words", encoding="utf-8")
    assert len(list(source_files([file, tmp_path, tmp_path / "." / "a.txt"]))) == 1


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        pytest.param(Path.absolute, "no such file or folder", id="missing"),
        pytest.param(Path.mkdir, "no articles in this folder", id="empty-folder"),
        pytest.param(os.mkfifo, "no regular file", id="pipe"),
    ],
)  # fmt: skip
def test_a_path_without_articles_says_why(tmp_path: Path, make: Callable[[Path], object], reason: str) -> None:
    path = tmp_path / "x.txt"
    make(path)
    (found,) = source_files([path])
    assert isinstance(found, NothingToRead)
    assert str(found).startswith(f"{path}: {reason}")


def test_a_file_of_another_format_is_refused_by_name(tmp_path: Path) -> None:
    path = tmp_path / "photo.jpg"
    path.write_bytes(b"x")
    (found,) = source_files([path])
    assert str(found).startswith(f"{path}: not a format that is read (.txt, .md, .html, .pdf, ")


def test_a_name_that_is_no_text_becomes_an_id_that_is(tmp_path: Path) -> None:
    path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9.txt"))
    path.write_text("Des mots.", encoding="utf-8")
    (source,) = source_files([tmp_path])
    assert isinstance(source, SourceFile)
    source.key.encode()
    (article,) = articles(source.path, path.read_bytes())
    assert isinstance(article, Article)
    assert article.id == "caf\\udce9"
