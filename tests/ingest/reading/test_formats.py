from __future__ import annotations

import datetime
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ingest.errors import UnreadableArticle
from ingest.models import Article, ParagraphKind
from ingest.quotations.extraction import ledger
from ingest.reading.files import articles
from tests.ingest.reading import made
from tests.ingest.reading.made import Story

INTERVIEW = Story(
    "«Je n’ai pas peur de l’eau», dit la gardienne du phare",
    (
        "Depuis douze ans, Maud Kerrien garde seule le phare de l’île. Elle a répondu à nos questions.",
        "** Comment passez-vous l’hiver ?",
        "Je lis, je répare, je dors peu. Je ne m’ennuie jamais, parce que la mer change tous les jours.",
        "** Et quand le bateau ne vient pas ?",
        "Alors j’attends, et je mange ce que j’ai. Je garde toujours trois semaines de conserves dans la cave.",
        "** Que direz-vous à celui qui vous remplacera ?",
        "Je lui dirai de ne rien promettre à personne, et de vérifier la lampe deux fois chaque nuit.",
    ),
)
REPORT = Story(
    "La digue tiendra, promet la préfète",
    (
        "La digue de Port-Blanc résistera aux grandes marées de samedi, ont assuré lundi les services de l’Etat.",
        "# Des travaux achevés à temps",
        "«La digue tiendra, nous l’avons vérifiée pierre par pierre», a déclaré la préfète, Lise Morvan. Elle a ajouté "
        "que les habitants du quai seraient prévenus la veille par téléphone.",
        "# Les pêcheurs restent inquiets",
        "«On nous a déjà dit cela il y a six ans», a répondu Yann Le Goff, le président du comité des pêches.",
        "Lire aussi : Les marées du siècle en cinq dates",
    ),
)


def read(name: str, data: bytes) -> list[Article | UnreadableArticle]:
    return list(articles(Path(name), data))


def one(name: str, data: bytes) -> Article:
    (found,) = read(name, data)
    assert isinstance(found, Article), found
    return found


def refused(name: str, data: bytes) -> str:
    (found,) = read(name, data)
    assert isinstance(found, UnreadableArticle), found
    return str(found)


def statements(article: Article) -> list[tuple[str, str, str | None]]:
    return [(" ".join(q.span.of(article.text).split()), q.kind.value, q.speaker) for q in ledger(article).quotations]


each_format = pytest.mark.parametrize(
    ("name", "make"), [pytest.param(name, make, id=id_) for id_, name, make in made.FORMATS]
)


@each_format
def test_every_format_of_an_article_makes_the_same_statements(
    seed_article: Article, name: str, make: made.Maker
) -> None:
    assert statements(one(name, make(made.story_of(seed_article)))) == statements(seed_article)


@each_format
def test_every_format_keeps_title_headings_prose_and_teasers_apart(name: str, make: made.Maker) -> None:
    article = one(name, make(REPORT))
    assert article.title == REPORT.title
    assert [span.of(article.text) for span in article.prose][-1].endswith("le président du comité des pêches.")
    assert len([p for p in article.paragraphs if p.kind is ParagraphKind.TEASER]) == 1
    assert article.text.count(REPORT.title) <= 2  # Markdown states it in its front matter
    speakers = {speaker for _, _, speaker in statements(article)}
    assert {"Lise Morvan", "Yann Le Goff"} <= speakers
    for caption in ("légende", "Eva Noll", "Abonnez", "ministre", "pupitre", "édition du soir", "samedi 3 octobre"):
        assert caption not in article.text


MARKED = ("html", "htm", "pdf", "docx", "odt", "eml-html", "nitf", "newsml-g2", "rss", "atom", "zip")


@pytest.mark.parametrize(
    ("name", "make"), [pytest.param(name, make, id=id_) for id_, name, make in made.FORMATS if id_ in MARKED]
)
def test_headings_and_bold_questions_are_no_prose(name: str, make: made.Maker) -> None:
    for story, marked in ((REPORT, "# "), (INTERVIEW, "** ")):
        article = one(name, make(story))
        headings = [p.span.of(article.text) for p in article.paragraphs if p.kind is ParagraphKind.HEADING]
        assert headings == [p.removeprefix(marked) for p in story.paragraphs if p.startswith(marked)]


@each_format
def test_an_interview_is_one_whatever_its_format(name: str, make: made.Maker) -> None:
    said = statements(one(name, make(INTERVIEW)))
    answers = [words for words, _, speaker in said if speaker == "Maud Kerrien"]
    assert [words[:8] for words in answers if not words.startswith("Je n’ai")] == ["Je lis, ", "Alors j’", "Je lui d"]
    assert not any("?" in words for words, _, _ in said)


@pytest.mark.parametrize(
    ("id_", "outlet", "date"),
    [
        pytest.param("html", True, True, id="html"),
        pytest.param("nitf", True, True, id="nitf"),
        pytest.param("newsml-g2", True, True, id="newsml-g2"),
        pytest.param("newsml-g2-message", True, True, id="newsml-g2-message"),
        pytest.param("atom", True, True, id="atom"),
        pytest.param("rss", True, True, id="rss-in-its-own-time-zone"),
        pytest.param("eml", False, True, id="eml"),
        pytest.param("mbox", False, True, id="mbox"),
        # When a document was saved is not when it was published.
        pytest.param("docx", False, False, id="docx"),
        pytest.param("odt", False, False, id="odt"),
        pytest.param("pdf", False, False, id="pdf"),
        pytest.param("rtf", False, False, id="rtf"),
    ],
)
def test_what_a_format_states_of_the_article_is_kept(id_: str, outlet: bool, date: bool) -> None:
    name, make = next((name, make) for known, name, make in made.FORMATS if known == id_)
    article = one(name, make(REPORT))
    assert article.author == made.AUTHOR
    assert article.outlet == (made.OUTLET if outlet else "")
    assert article.published == (datetime.date(2015, 10, 3) if date else None)
    assert article.language == "fr"


# Web pages


@pytest.mark.parametrize(
    ("head", "body", "stated"),
    [
        pytest.param(
            '<meta property="og:title" content="Titre ouvert"><meta property="og:site_name" content="Le Phare">'
            '<meta property="article:published_time" content="2021-02-03T10:00:00Z">'
            '<meta name="author" content="Jo Roy">',
            "", ("Titre ouvert", "Le Phare", "2021-02-03", "Jo Roy"), id="opengraph",
        ),
        pytest.param(
            '<script type="application/ld+json">{"@graph": [{"@type": "WebSite"}, {"@type": ["ReportageNewsArticle"], '
            '"headline": "Titre lié", "datePublished": "2021-02-04", "author": {"name": "Zoé Aït"}, '
            '"publisher": {"name": "La Balise"}}]}</script>',
            "", ("Titre lié", "La Balise", "2021-02-04", "Zoé Aït"), id="json-ld-graph",
        ),
        pytest.param(
            '<title>Titre nu</title><script type="application/ld+json">{"@type": "NewsArticle", broken</script>',
            "", ("Titre nu", "", None, ""), id="broken-json-ld",
        ),
        pytest.param("", "<h1>Titre vu</h1>", ("Titre vu", "", None, ""), id="only-a-headline"),
    ],
)  # fmt: skip
def test_a_page_states_itself_in_its_head(head: str, body: str, stated: tuple[str, str, str | None, str]) -> None:
    words = "".join(f"<p>{p}</p>" for p in REPORT.paragraphs if not p.startswith("# "))
    page = f'<html lang="fr"><head>{head}</head><body><article>{body}{words}</article></body></html>'
    article = one("a.html", page.encode())
    date = article.published.isoformat() if article.published else None
    assert (article.title, article.outlet, date, article.author) == stated


def test_a_headline_is_the_title_though_others_are_told_a_shorter_one() -> None:
    page = made.html(REPORT).replace(
        f'og:title" content="{REPORT.title}'.encode(), b'og:title" content="La digue'
    ).replace(f'"headline": {json.dumps(REPORT.title)}'.encode(), b'"headline": "La digue"')  # fmt: skip
    article = one("a.html", page)
    assert article.title == REPORT.title
    assert "La digue\n" not in article.text


def test_the_words_tell_the_language_where_a_template_lies() -> None:
    assert one("a.html", made.html(REPORT).replace(b'lang="fr"', b'lang="en"')).language == "fr"


def test_scripts_are_neither_run_nor_read() -> None:
    page = made.html(REPORT).replace(
        b"</article>",
        b'<p onclick="x()">Rien de plus n\xe2\x80\x99a filtr\xc3\xa9 de la r\xc3\xa9union, tenue lundi au port.</p>'
        b"<script>var a = '<p>\xc2\xabFaux\xc2\xbb, a dit le script.</p>'</script>"
        b'<iframe src="file:///etc/passwd"></iframe></article>',
    )
    text = one("a.html", page).text
    assert "script" not in text
    assert "onclick" not in text
    assert "<" not in text


@pytest.mark.parametrize("between", [" ", "<br>", "<br/>\n"], ids=["space", "break", "break-and-line"])
@pytest.mark.parametrize("tag", ["b", "strong"])
@pytest.mark.parametrize("ending", ["html", "xml"])
def test_a_question_in_bold_before_its_answer_is_a_heading(ending: str, tag: str, between: str) -> None:
    lede, *turns = INTERVIEW.paragraphs
    asked = "".join(
        f"<p><{tag}>{question[3:]}</{tag}>{between}{answer}</p>"
        for question, answer in zip(turns[::2], turns[1::2], strict=True)
    )
    inner = f"<p>{lede}</p>{asked}"
    page = (
        f"<html><body><article><h1>{INTERVIEW.title}</h1>{inner}</article></body></html>" if ending == "html"
        else f"<nitf><body><body.head><hedline><hl1>{INTERVIEW.title}</hl1></hedline></body.head>"
        f"<body.content>{inner.replace('<br>', '<br/>')}</body.content></body></nitf>"
    )  # fmt: skip
    article = one(f"a.{ending}", page.encode())
    headings = [p.span.of(article.text) for p in article.paragraphs if p.kind is ParagraphKind.HEADING]
    assert headings == [question[3:] for question in turns[::2]]
    assert [span.of(article.text) for span in article.prose] == [lede, *turns[1::2]]
    assert "\x02" not in article.text


def test_a_page_that_a_script_fills_in_is_read_from_its_head() -> None:
    linked = {"@type": "NewsArticle", "headline": REPORT.title, "articleBody": "\n".join(REPORT.paragraphs[2:3] * 3)}
    head = f'<html><head><script type="application/ld+json">{json.dumps(linked)}</script></head>'
    excuse = "Activez JavaScript pour lire cette page, ou revenez plus tard avec un autre programme."
    assert one("a.html", f"{head}<body></body></html>".encode()).title == REPORT.title
    article = one("a.html", f'{head}<body><div id="app">{excuse}</div></body></html>'.encode())
    assert article.title == REPORT.title
    assert "a déclaré la préfète, Lise Morvan" in article.text
    assert "JavaScript" not in article.text


@pytest.mark.parametrize("around", ["<article>{}</article>", "<main>{}</main>", "{}", "<header><a>x</a></header>{}"])
def test_a_brief_is_read_with_its_headline_apart(around: str) -> None:
    inner = around.format("<h1>Pont ouvert</h1><p>Le pont est ouvert, a dit la maire.</p>")
    page = f"<html><head><title>Pont ouvert - {made.OUTLET}</title></head><body>{inner}</body></html>"
    article = one("a.html", page.encode())
    assert article.text == "Pont ouvert\n\nLe pont est ouvert, a dit la maire."
    assert article.title == "Pont ouvert"


def test_a_message_that_is_laid_out_as_a_table_is_read() -> None:
    inner = "<table><tr><td>Le pont est ouvert, dit Ana Ruiz.</td><td>12,5</td></tr></table>"
    page = f"<table><tr><td>{inner}</td></tr></table>"
    message = f"Subject: Pont\nContent-Type: text/html; charset=x-unknown\n\n{page}".encode()
    assert [span.of(article.text) for article in [one("a.eml", message)] for span in article.prose] == [
        "Le pont est ouvert, dit Ana Ruiz."
    ]


AROUND = {
    "related": '<div class="related-articles"><h3>Related</h3><p><a href="/a">«Jamais», dit une LEAK</a></p></div>',
    "related-list": '<ul class="related"><li><a href="/a">«Jamais», dit une LEAK</a></li></ul>',
    "caption": '<div class="wp-caption"><img src="x"><p class="wp-caption-text">«Ici», dit Eva LEAK.</p></div>',
    "caption-span": '<span class="caption">«Ici», a dit Eva Noll devant la LEAK. Photo : agence</span>',
    "credit": '<div class="image"><img src="x"><div class="credit">Eva LEAK / agence</div></div>',
    "newsletter": '<div class="newsletter-signup"><p>Recevez LEAK chaque matin notre lettre, c’est gratuit.</p></div>',
    "author": '<div class="author-bio"><p>LEAK est notre correspondante. «J’aime cela», dit-elle souvent.</p></div>',
    "comments": '<div id="comments"><p>«Sottises», a écrit LEAK lundi à midi, sans autre explication.</p></div>',
    "hidden": '<p style="display:none">«Rien», a dit LEAK, que personne ne voit sur cette page.</p>',
    "rights": "<p>© 2024 Agence LEAK. Tous droits réservés.</p>",
    "share": '<div class="share-buttons"><a href="/x">LEAK</a></div>',
}


@pytest.mark.parametrize("around", [pytest.param(part, id=name) for name, part in AROUND.items()])
def test_what_stands_around_an_article_is_left_out(around: str) -> None:
    lede, *rest = (f"<p>{p}</p>" for p in REPORT.paragraphs if not p.startswith("# "))
    inner = "".join((f"<h1>{REPORT.title}</h1>", lede, around, *rest))
    page = f"<html><body><main><article>{inner}</article></main></body></html>"
    article = one("a.html", page.encode())
    assert "LEAK" not in article.text
    assert len(article.prose) == 3


def test_a_line_that_is_a_link_is_no_prose_and_what_is_pulled_out_of_the_text_stands_once() -> None:
    words = "La digue tiendra, nous l’avons vérifiée pierre par pierre"
    page = made.html(REPORT).replace(
        b"<h2>",
        f'<p><a href="/x">«Jamais», dit une autre</a></p><blockquote><p>«{words}»</p></blockquote><h2>'.encode(),
        1,
    )
    article = one("a.html", page)
    assert "«Jamais», dit une autre" not in [span.of(article.text) for span in article.prose]
    assert article.text.count(words) == 1


@pytest.mark.parametrize(
    "page",
    [
        pytest.param("<html><body></body></html>", id="empty"),
        pytest.param("<html><body><script>let a = 1</script></body></html>", id="only-a-script"),
        pytest.param("<title>Accueil</title><body><nav><a href='/a'>A</a></nav></body>", id="nav"),
    ],
)  # fmt: skip
def test_a_page_without_an_article_is_refused(page: str) -> None:
    assert refused("folder/a.html", page.encode()) == "folder/a.html: no article in this page"


@pytest.mark.parametrize(
    ("title", "is_error"),
    [
        ("404 Not Found", True), ("Page introuvable - Le Quotidien", True), ("Le Quotidien | Erreur 404", True),
        ("Seite nicht gefunden", True), ("Página no encontrada", True), ("Страница не найдена", True),
        ("Not found: the cellar’s lost wine", True), ("Le manuscrit introuvable refait surface", False),
        ("Une erreur de 404 millions", False),
    ],
)  # fmt: skip
def test_an_error_page_is_told_by_its_heading(title: str, is_error: bool) -> None:
    page = f"<html><head><title>{title}</title></head><body><h1>{title}</h1><p>{REPORT.paragraphs[0]}</p></body></html>"
    (found,) = read("a.html", page.encode())
    assert isinstance(found, UnreadableArticle) is is_error, found


@pytest.mark.parametrize("encoding", ["utf-8", "windows-1252", "iso-8859-15", "utf-16"])
def test_a_page_is_read_in_the_encoding_that_it_names(encoding: str) -> None:
    assert one("a.html", made.html(REPORT, encoding=encoding)).text == one("a.html", made.html(REPORT)).text


@pytest.mark.parametrize(
    "lie", ["iso-8859-1", "koi8-r", "utf-7", "rot13", "zip", "unicode_escape", "no-such", "utf-16"]
)
def test_a_page_that_lies_about_its_encoding_is_read_as_what_it_is(lie: str) -> None:
    page = made.html(REPORT).replace(b'charset="utf-8"', f'charset="{lie}"'.encode())
    assert one("a.html", page).text == one("a.html", made.html(REPORT)).text


def test_russian_in_an_old_encoding_is_read_where_the_page_names_it() -> None:
    words = "«Мост надёжен», — заявила мэр города Анна Руис. По её словам, движение начнётся завтра утром, а старую "
    story = Story("Мост открыт", (f"{words} переправу закроют до весны.",) * 2, language="ru")
    for encoding in ("koi8-r", "windows-1251", "iso-8859-5"):
        page = (
            made.html(story, encoding="utf-8").decode().replace("utf-8", encoding).encode(encoding, "xmlcharrefreplace")
        )
        assert "заявила мэр города Анна Руис" in one("a.html", page).text


# PDF


def test_words_broken_at_line_ends_are_whole_and_compounds_keep_their_hyphens() -> None:
    words = "Le porte-parole a-t-il vraiment communiqué, peut-être hier, la réglementation internationale ? "
    story = Story("Un titre assez long pour être vu", (words * 12,))
    for columns in (1, 2, 3):
        text = one("a.pdf", made.pdf(story, columns=columns)).text
        assert text.count("porte-parole a-t-il vraiment communiqué, peut-être hier, la régl") == 12, text
        assert text.count("réglementation internationale ?") == 12


def test_columns_are_read_one_after_the_other_and_running_heads_are_left_out() -> None:
    long = Story("La très longue séance du conseil", tuple(
        f"Point {n}. Le conseil a voté la mesure numéro {n}, après un débat que la présidente a jugé utile et que "
        f"l’opposition a quitté avant la fin, en protestant contre la méthode suivie depuis le mois de mai {2000 + n}."
        for n in range(60)
    ))  # fmt: skip
    article = one("a.pdf", made.pdf(long))
    assert [p.span.of(article.text) for p in article.paragraphs][1:] == list(long.paragraphs)


def test_a_password_and_a_scan_are_told() -> None:
    from reportlab.pdfgen.canvas import Canvas

    assert refused("a.pdf", made.pdf(REPORT, password="geheim")) == (
        "a.pdf: protected by a password; save it without one"
    )
    import io

    from PIL import Image
    from reportlab.lib.utils import ImageReader

    written = io.BytesIO()
    canvas = Canvas(written)
    canvas.drawImage(ImageReader(Image.new("L", (300, 400), 200)), 50, 50, 400, 600)
    canvas.save()
    assert refused("a.pdf", written.getvalue()) == (
        "a.pdf: a scan: its pages are pictures without text; run text recognition on it first"
    )


# Word, OpenDocument


def test_tracked_deletions_are_gone_and_insertions_are_there() -> None:
    data = made.docx(REPORT)
    w = 'w:author="x" w:date="2020-01-01T00:00:00Z"'
    data = edited(data, "word/document.xml", "</w:body>", (
        f'<w:p><w:r><w:t xml:space="preserve">La préfète a dit </w:t></w:r><w:del w:id="1" {w}><w:r><w:delText>non'
        f'</w:delText></w:r></w:del><w:ins w:id="2" {w}><w:r><w:t>oui, aussitôt.</w:t></w:r></w:ins></w:p></w:body>'
    ))  # fmt: skip
    assert one("a.docx", data).text.endswith("La préfète a dit oui, aussitôt.")


def test_a_text_box_is_read_once() -> None:
    box = "<w:txbxContent><w:p><w:r><w:t>En bref : la digue tient.</w:t></w:r></w:p></w:txbxContent>"
    names = 'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" xmlns:v="urn:v" xmlns:s="urn:s"'
    boxes = f"<mc:Choice Requires='s'><s:box>{box}</s:box></mc:Choice><mc:Fallback><v:box>{box}</v:box></mc:Fallback>"
    added = (
        f"<w:p {names}><w:r><w:t>Avant.</w:t><mc:AlternateContent>{boxes}</mc:AlternateContent></w:r></w:p></w:body>"
    )
    text = one("a.docx", edited(made.docx(REPORT), "word/document.xml", "</w:body>", added)).text
    assert text.endswith("Avant.\n\nEn bref : la digue tient.")


def test_comments_and_deletions_of_an_opendocument_are_left_out() -> None:
    data = edited(made.odt(REPORT), "content.xml", "</office:text>", (
        "<text:p>La préfète<office:annotation><text:p>vérifier !</text:p></office:annotation> a dit oui."
        "<text:note><text:note-body><text:p>Sic.</text:p></text:note-body></text:note></text:p></office:text>"
    ))  # fmt: skip
    assert one("a.odt", data).text.endswith("La préfète a dit oui.")


def edited(data: bytes, member: str, old: str, new: str) -> bytes:
    import io

    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        members = {name: packed.read(name) for name in packed.namelist()}
    text = members[member].decode()
    assert old in text
    return made.zipped({**members, member: text.replace(old, new).encode()})


# E-mail


def test_a_flowed_message_is_not_broken_where_its_lines_are() -> None:
    lines = "«La digue tiendra, nous l’avons vérifiée \npierre par pierre», a déclaré la préfète, Lise \nMorvan.\n"
    message = f"Subject: =?utf-8?q?La_digue?=\nContent-Type: text/plain; charset=utf-8; format=flowed\n\n{lines}"
    article = one("a.eml", message.encode())
    assert article.text == lines.replace(" \n", " ").strip()
    assert article.title == "La digue"


def test_the_signature_of_a_message_is_not_its_text() -> None:
    article = one("a.eml", b"Subject: x\n\nThe bridge is open, said Ana Ruiz.\n-- \nPress office\n")
    assert article.text == "The bridge is open, said Ana Ruiz."


def test_ten_levels_of_parts_are_read() -> None:
    body = b"Content-Type: text/plain\n\nThe bridge is safe, said Ana Ruiz, the mayor.\n"
    for level in range(10):
        edge = f"b{level}".encode()
        body = (
            b"Content-Type: multipart/mixed; boundary="
            + edge
            + b"\n\n--"
            + edge
            + b"\n"
            + body
            + b"\n--"
            + edge
            + b"--\n"
        )
    assert one("a.eml", b"Subject: The bridge\n" + body).text == "The bridge is safe, said Ana Ruiz, the mayor."


def test_a_forwarded_message_is_read_where_there_is_no_other_text() -> None:
    inner = made.eml(REPORT, part="plain")
    message = b"Subject: Fwd\nContent-Type: message/rfc822\n\n" + inner
    assert "a déclaré la préfète" in one("a.eml", message).text


def test_a_mailbox_names_each_message_by_its_own_id() -> None:
    found = read("box.mbox", made.mbox(REPORT, INTERVIEW))
    assert [a.title for a in found if isinstance(a, Article)] == [REPORT.title, INTERVIEW.title]
    assert len({a.id for a in found if isinstance(a, Article)}) == 2


# Wires


def test_an_item_that_was_withdrawn_is_refused() -> None:
    assert refused("a.xml", made.news_item(REPORT, status="stat:canceled")) == "a.xml: withdrawn by its publisher"


def test_a_message_of_several_items_is_several_articles_by_their_own_ids() -> None:
    found = read("a.xml", made.news_message(REPORT, INTERVIEW))
    assert [a.id for a in found if isinstance(a, Article)] == ["urn:newsml:example.org:0", "urn:newsml:example.org:1"]


@pytest.mark.parametrize("make", [made.news_item, made.nitf, made.rss, made.atom])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "windows-1252", "iso-8859-1"])
def test_xml_is_read_in_its_encoding(make: made.Maker, encoding: str) -> None:
    text = make(REPORT).decode()
    text = text.replace('encoding="UTF-8"', f'encoding="{encoding}"') if "<?xml" in text else (
        f'<?xml version="1.0" encoding="{encoding}"?>{text}'
    )  # fmt: skip
    # Newsrooms call Windows-1252, which has these quotation marks, by an older name.
    data = text.encode("windows-1252" if encoding == "iso-8859-1" else encoding)
    assert one("a.xml", data).text == one("a.xml", make(REPORT)).text


def test_a_picture_is_passed_over() -> None:
    assert read("a.xml", made.news_item(REPORT).replace(b"ninat:text", b"ninat:picture")) == []


def test_xml_of_another_kind_is_named() -> None:
    assert refused("a.xml", b"<invoice/>").startswith("a.xml: XML of another kind (<invoice>)")


# Feeds


@pytest.mark.parametrize("make", [made.rss, made.atom])
def test_a_feed_file_that_only_announces_articles_says_what_to_do(make: Callable[..., bytes]) -> None:
    found = read("feed.xml", make(REPORT, INTERVIEW, whole=False))
    assert [str(each) for each in found] == [
        f"feed.xml, entry {n}: only a summary; add the feed by its address, so that its pages are read" for n in (1, 2)
    ]


def test_a_sitemap_file_says_what_to_do() -> None:
    assert "add it by its own" in refused("sitemap.xml", made.sitemap("https://example.org/a"))


# JSON


@pytest.mark.parametrize(
    "wrap",
    [
        pytest.param(lambda rows: rows, id="list"),
        pytest.param(lambda rows: {"status": "ok", "articles": rows}, id="object-with-a-list"),
    ],
)
def test_a_json_document_may_hold_several_articles(wrap: Callable[[Any], Any]) -> None:
    rows = [{"id": "a", **made.record(REPORT)}, 7, {"id": "b", **made.record(INTERVIEW)}]
    first, bad, last = read("a.json", json.dumps(wrap(rows)).encode())
    assert isinstance(first, Article)
    assert isinstance(last, Article)
    assert (first.id, str(bad), last.id) == ("a", "a.json, entry 2: no JSON object", "b")


# Names that lie


@pytest.mark.parametrize(
    ("name", "make"),
    [
        pytest.param("a.txt", made.pdf, id="pdf-as-txt"),
        pytest.param("a.html", made.pdf, id="pdf-as-html"),
        pytest.param("a.docx", made.rtf, id="rtf-as-docx"),
        pytest.param("a.txt", made.html, id="html-as-txt"),
        pytest.param("a.xml", made.html, id="html-as-xml"),
        pytest.param("a.html", made.nitf, id="nitf-as-html"),
    ],
)
def test_what_a_file_is_counts_more_than_its_name(name: str, make: made.Maker) -> None:
    assert {"Lise Morvan", "Yann Le Goff"} <= {speaker for _, _, speaker in statements(one(name, make(REPORT)))}


@pytest.mark.parametrize("ending", ["pdf", "docx", "odt", "rtf", "zip", "mbox", "xml", "json", "eml"])
@pytest.mark.parametrize("data", [b"just words\n", b"\x89PNG\r\n\x1a\n" + bytes(range(256))], ids=["words", "picture"])
def test_a_file_that_is_not_what_its_name_says_is_refused_in_plain_words(ending: str, data: bytes) -> None:
    reason = refused(f"a.{ending}", data)
    assert reason.startswith(f"a.{ending}: ")
    assert "Error" not in reason
    assert "\n" not in reason


def test_an_old_word_file_says_what_to_do() -> None:
    data = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)
    assert refused("a.docx", data) == "a.docx: an old Word or Office file; save it as .docx"
