"""One story as every format that is read, made as the programs of newsrooms make them."""

from __future__ import annotations

import csv
import dataclasses
import io
import json
import zipfile
from collections.abc import Callable, Iterator, Sequence
from email.message import EmailMessage
from html import escape
from typing import Any

from ingest.models import Article, ParagraphKind

OUTLET, AUTHOR, DATE, ADDRESS = "Le Quotidien", "Ana Ruiz", "2015-10-03", "https://example.org/monde/story.html"


@dataclasses.dataclass(frozen=True)
class Story:
    """An article as its newsroom knows it; a paragraph that begins with "# " is a heading, with "** " in bold."""

    title: str
    paragraphs: tuple[str, ...]
    section: str = ""
    language: str = "fr"

    @property
    def text(self) -> str:
        shown = (p.removeprefix("# ").removeprefix("** ") for p in self.paragraphs)
        return "\n\n".join(filter(None, (self.section, self.title, *shown)))


def story_of(article: Article) -> Story:
    """The story that a plain text tells."""
    body = tuple(
        part.span.of(article.text) for part in article.paragraphs
        if part.kind in {ParagraphKind.PROSE, ParagraphKind.TEASER}
    )  # fmt: skip
    return Story(article.title, body, article.section, article.language)


def txt(story: Story) -> bytes:
    return story.text.encode()


def markdown(story: Story) -> bytes:
    front = f"---\ntitle: {json.dumps(story.title)}\ndate: {DATE}\nauthor: {AUTHOR}\nsource: {OUTLET}\n---\n"
    body = (f"## {p[2:]}" if p.startswith("# ") else f"**{p[3:]}**" if p.startswith("** ") else p for p in
            story.paragraphs)  # fmt: skip
    return "\n\n".join([front, f"# {story.title}", *body]).encode()


def _elements(story: Story) -> str:
    shown = []
    for paragraph in story.paragraphs:
        words = escape(paragraph.removeprefix("# ").removeprefix("** "))
        shown.append(
            f"<h2>{words}</h2>" if paragraph.startswith("# ")
            else f"<p><strong>{words}</strong></p>" if paragraph.startswith("** ") else f"<p>{words}</p>"
        )  # fmt: skip
    return "\n".join(shown)


def html(story: Story, *, encoding: str = "utf-8", head: str = "") -> bytes:
    linked = {
        "@context": "https://schema.org", "@type": "NewsArticle", "headline": story.title, "datePublished": DATE,
        "author": [{"@type": "Person", "name": AUTHOR}], "publisher": {"@type": "Organization", "name": OUTLET},
        "inLanguage": story.language,
    }  # fmt: skip
    return f"""<!DOCTYPE html>
<html lang="{story.language}"><head><meta charset="{encoding}"><title>{escape(story.title)} - {OUTLET}</title>
<meta property="og:title" content="{escape(story.title)}"><meta property="og:site_name" content="{OUTLET}">
<meta property="article:published_time" content="{DATE}T08:00:00+02:00">
<link rel="canonical" href="{ADDRESS}">{head}
<script type="application/ld+json">{json.dumps(linked)}</script>
<script>document.write("«Rien», a déclaré le script.")</script></head>
<body><nav><ul><li><a href="/">Accueil</a></li><li><a href="/monde">Monde</a></li></ul></nav>
<main><article><h1>{escape(story.title)}</h1>
<figure><img src="a.jpg" alt="">
<figcaption>«Une légende», a dit la photographe Eva Noll. Photo : agence</figcaption></figure>
{_elements(story)}
<aside><h3>Sur le même sujet</h3><ul><li><a href="/a">«Tout va bien», assure un ministre</a></li>
<li><a href="/b">«Tout va mal», répond un autre</a></li></ul></aside>
</article></main><footer>Mentions légales. Tous droits réservés. Abonnez-vous à notre lettre.</footer></body></html>
""".encode(encoding, "xmlcharrefreplace")


def docx(story: Story) -> bytes:
    import docx

    document = docx.Document()
    document.core_properties.author, document.core_properties.title = AUTHOR, story.title
    document.sections[0].header.paragraphs[0].text = f"{OUTLET} – édition du soir"
    document.add_paragraph(story.title, style="Title")
    for paragraph in story.paragraphs:
        if paragraph.startswith("# "):
            document.add_heading(paragraph[2:], level=2)
        elif paragraph.startswith("** "):
            document.add_paragraph().add_run(paragraph[3:]).bold = True
        else:
            # A program keeps one sentence in many runs.
            added, middle = document.add_paragraph(), len(paragraph) // 2
            added.add_run(paragraph[:middle])
            added.add_run(paragraph[middle:]).italic = True
    document.add_paragraph("«Une légende», a dit la photographe Eva Noll.", style="Caption")
    return _saved(document)


def odt(story: Story) -> bytes:
    from odfdo import Document, Header, Paragraph, Style

    document = Document("text")
    document.body.clear()
    document.meta.creator = document.meta.initial_creator = AUTHOR
    document.insert_style(Style("paragraph", name="Loud", area="text", bold=True), automatic=True)
    document.body.append(Header(1, story.title))
    for paragraph in story.paragraphs:
        if paragraph.startswith("# "):
            document.body.append(Header(2, paragraph[2:]))
        elif paragraph.startswith("** "):
            document.body.append(Paragraph(paragraph[3:], style="Loud"))
        else:
            document.body.append(Paragraph(paragraph))
    return _saved(document)


def rtf(story: Story) -> bytes:
    def escaped(words: str) -> str:
        return "".join(
            f"\\{c}" if c in "\\{}" else c if c.isascii() else f"\\u{ord(c) - 65536 * (ord(c) > 32767)}?" for c in words
        )

    shown = [f"\\b {escaped(story.title)}\\b0\\par"]
    for paragraph in story.paragraphs:
        words = escaped(paragraph.removeprefix("# ").removeprefix("** "))
        shown.append(f"\\b {words}\\b0\\par" if paragraph[:2] in {"# ", "**"} else f"{words}\\par")
    return (
        "{\\rtf1\\ansi\\ansicpg1252\\deff0{\\fonttbl{\\f0\\fswiss Helvetica;}}"
        f"{{\\info{{\\title {escaped(story.title)}}}{{\\author {AUTHOR}}}}}\n" + "\n".join(shown) + "}"
    ).encode("ascii")


def eml(story: Story, *, part: str = "both") -> bytes:
    message = EmailMessage()
    message["Subject"], message["From"], message["To"] = story.title, f"{AUTHOR} <ruiz@example.org>", "desk@example.org"
    message["Date"], message["Message-ID"] = "Sat, 03 Oct 2015 08:00:00 +0200", f"<{len(story.text)}@example.org>"
    plain = "\n\n".join(p.removeprefix("# ").removeprefix("** ") for p in story.paragraphs)
    page = f"<html><body><h1>{escape(story.title)}</h1>{_elements(story)}</body></html>"
    message.set_content(page if part == "html" else plain, subtype="html" if part == "html" else "plain")
    if part == "both":
        message.add_alternative(page, subtype="html")
    return bytes(message)


def mbox(*stories: Story) -> bytes:
    return b"".join(b"From ruiz@example.org Sat Oct  3 08:00:00 2015\n" + eml(story) + b"\n" for story in stories)


def record(story: Story) -> dict[str, str]:
    return {"title": story.title, "text": story.text, "date": DATE, "source": OUTLET, "author": AUTHOR}


def document(story: Story) -> bytes:
    return json.dumps(record(story), ensure_ascii=False, indent=1).encode()


def jsonl(*stories: Story) -> bytes:
    return "\n".join(json.dumps(record(story)) for story in stories).encode()


def delimited(*stories: Story, delimiter: str = ",") -> bytes:
    written = io.StringIO(newline="")
    rows = csv.DictWriter(written, list(record(stories[0])), delimiter=delimiter)
    rows.writeheader()
    rows.writerows(map(record, stories))
    return written.getvalue().encode()


def nitf(story: Story) -> bytes:
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE nitf SYSTEM "nitf-3-4.dtd">
<nitf><head><title>{escape(story.title)}</title><docdata><doc-id id-string="q-2015-10-03"/>
<date.issue norm="{DATE.replace("-", "")}T080000+0200"/><doc.copyright holder="{OUTLET}" year="2015"/></docdata></head>
<body><body.head><hedline><hl1>{escape(story.title)}</hl1></hedline>
<byline>Par <person>{AUTHOR}</person></byline><dateline><location>Moscou</location></dateline></body.head>
<body.content><block>{_elements(story).replace("h2>", "hl2>").replace("strong>", "b>")}</block>
<media media-type="image"><media-caption><p>«Une légende», a dit la photographe Eva Noll.</p></media-caption></media>
</body.content><body.end><tagline>«Fin», a dit le pupitre.</tagline></body.end></body></nitf>""".encode()


def news_item(story: Story, *, guid: str = "urn:newsml:example.org:20151003:q1", status: str = "stat:usable") -> bytes:
    return f"""<newsItem xmlns="http://iptc.org/std/nar/2006-10-01/" guid="{guid}" version="3" standard="NewsML-G2"
 standardversion="2.29" conformance="power" xml:lang="{story.language}">
<catalogRef href="http://www.iptc.org/std/catalog/catalog.IPTC-G2-Standards_36.xml"/>
<itemMeta><itemClass qcode="ninat:text"/><provider literal="{OUTLET}"/>
<versionCreated>{DATE}T08:00:00+02:00</versionCreated>
<pubStatus qcode="{status}"/></itemMeta>
<contentMeta><contentCreated>{DATE}T08:00:00+02:00</contentCreated><by>{AUTHOR}</by><language tag="{story.language}"/>
<headline>{escape(story.title)}</headline></contentMeta>
<contentSet><inlineXML contenttype="application/xhtml+xml"><html xmlns="http://www.w3.org/1999/xhtml">
<head><title>{escape(story.title)}</title></head><body>{_elements(story)}
<figure><figcaption>«Une légende», a dit la photographe Eva Noll.</figcaption></figure></body></html></inlineXML>
</contentSet></newsItem>""".encode()


def news_message(*stories: Story) -> bytes:
    items = b"".join(news_item(story, guid=f"urn:newsml:example.org:{n}") for n, story in enumerate(stories))
    return b'<newsMessage xmlns="http://iptc.org/std/nar/2006-10-01/"><itemSet>' + items + b"</itemSet></newsMessage>"


def rss(*stories: Story, whole: bool = True, site: str = "https://example.org") -> bytes:
    items = "".join(
        f"<item><title>{escape(story.title)}</title><link>{site}/story-{n}.html</link><guid>{site}/?p={n}</guid>"
        f"<pubDate>Sat, 03 Oct 2015 23:30:00 -0500</pubDate><dc:creator>{AUTHOR}</dc:creator>"
        f"<description>{escape(story.paragraphs[0][:80])} …</description>"
        + (f"<content:encoded><![CDATA[{_elements(story)}]]></content:encoded>" if whole else "")
        + "</item>"
        for n, story in enumerate(stories)
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?><rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"'
        ' xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel>'
        f"<title>{OUTLET}</title><link>{site}</link><description>Tout</description>{items}</channel></rss>"
    ).encode()


def atom(*stories: Story, whole: bool = True, site: str = "https://example.org") -> bytes:
    entries = "".join(
        f'<entry><title>{escape(story.title)}</title><link rel="alternate" href="{site}/story-{n}.html"/>'
        f"<id>tag:example.org,2015:{n}</id><published>{DATE}T08:00:00+02:00</published><author><name>{AUTHOR}</name></author>"
        f"<summary>{escape(story.paragraphs[0][:80])} …</summary>"
        + (f'<content type="html">{escape(_elements(story))}</content>' if whole else "")
        + "</entry>"
        for n, story in enumerate(stories)
    )
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><feed xmlns="http://www.w3.org/2005/Atom"><title>{OUTLET}</title>'
        f"<id>tag:example.org,2015:feed</id><updated>{DATE}T08:00:00Z</updated>{entries}</feed>"
    ).encode()


def sitemap(*addresses: str) -> bytes:
    places = "".join(f"<url><loc>{escape(address)}</loc></url>" for address in addresses)
    return f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{places}</urlset>'.encode()


def packed(**members: bytes) -> bytes:
    """A zip file; "__" in a name is a stroke, the last "_" of it the dot before its ending."""
    return zipped({name.replace("__", "/")[::-1].replace("_", ".", 1)[::-1]: data for name, data in members.items()})


def zipped(members: dict[str, bytes]) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as file:
        for name, data in members.items():
            file.writestr(name, data)
    return written.getvalue()


def pdf(story: Story, *, columns: int = 2, password: str = "", title: bool = True) -> bytes:
    """A PDF in columns with running heads, page numbers and words broken at line ends."""
    from reportlab.lib.pagesizes import A4
    from reportlab.lib.pdfencrypt import StandardEncryption
    from reportlab.pdfgen.canvas import Canvas

    written = io.BytesIO()
    canvas = Canvas(written, A4, encrypt=StandardEncryption(password) if password else None)
    canvas.setAuthor(AUTHOR)
    canvas.setTitle(story.title if title else "Microsoft Word - sans titre 3.doc")
    width, height = A4
    column = (width - 100 - 20 * (columns - 1)) / columns
    page, at, y = 1, 0, height - 110.0

    def heads() -> None:
        canvas.setFont("Helvetica", 8)
        canvas.drawString(50, height - 30, f"{OUTLET} – samedi 3 octobre 2015")
        canvas.drawCentredString(width / 2, 25, f"– {page} –")

    heads()
    for n, line in enumerate(_wrapped(story.title, 46)):
        canvas.setFont("Helvetica-Bold", 18)
        canvas.drawString(50, height - 60 - 21 * n, line)
    for paragraph in story.paragraphs:
        is_bold = paragraph[:2] in {"# ", "**"}
        lines = _broken(paragraph.removeprefix("# ").removeprefix("** "), int(column / 5.1))
        for n, line in enumerate(lines):
            if y < 50:
                at, y = at + 1, height - (110.0 if page == 1 else 60.0)
                if at == columns:
                    canvas.showPage()
                    page, at, y = page + 1, 0, height - 60.0
                    heads()
            canvas.setFont("Helvetica-Bold" if is_bold else "Helvetica", 10)
            canvas.drawString(50 + at * (column + 20) + (10 if n == 0 and not is_bold else 0), y, line)
            y -= 12
        y -= 5
    canvas.save()
    return written.getvalue()


def _wrapped(words: str, width: int) -> list[str]:
    import textwrap

    return textwrap.wrap(words, width)


def _broken(words: str, width: int) -> Iterator[str]:
    """Lines of a narrow column, their last words broken with a hyphen where they are long."""
    line = ""
    for word in words.split(" "):
        if len(line) + len(word) + 1 <= width:
            line = f"{line} {word}".strip()
            continue
        room = width - len(line) - 2
        if len(word) > 9 and word.isalpha() and 3 <= room <= len(word) - 3:
            yield f"{line} {word[:room]}-"
            line = word[room:]
        elif "-" in word and 2 <= word.index("-") <= room:
            # At its own hyphen a compound breaks without another.
            yield f"{line} {word[: word.index('-') + 1]}"
            line = word[word.index("-") + 1 :]
        else:
            yield line
            line = word
    yield line


def _saved(document: Any) -> bytes:
    written = io.BytesIO()
    document.save(written)
    return written.getvalue()


Maker = Callable[[Story], bytes]
FORMATS: Sequence[tuple[str, str, Maker]] = (
    ("txt", "story.txt", txt),
    ("md", "story.md", markdown),
    ("html", "story.html", html),
    ("htm", "story.htm", lambda story: html(story, encoding="windows-1252")),
    ("pdf", "story.pdf", pdf),
    ("pdf-one-column", "story.pdf", lambda story: pdf(story, columns=1)),
    ("docx", "story.docx", docx),
    ("odt", "story.odt", odt),
    ("rtf", "story.rtf", rtf),
    ("eml", "story.eml", eml),
    ("eml-plain", "story.eml", lambda story: eml(story, part="plain")),
    ("eml-html", "story.eml", lambda story: eml(story, part="html")),
    ("mbox", "story.mbox", mbox),
    ("json", "story.json", document),
    ("jsonl", "story.jsonl", jsonl),
    ("csv", "story.csv", delimited),
    ("tsv", "story.tsv", lambda story: delimited(story, delimiter="\t")),
    ("nitf", "story.xml", nitf),
    ("newsml-g2", "story.xml", news_item),
    ("newsml-g2-message", "story.xml", news_message),
    ("rss", "story.xml", rss),
    ("atom", "story.atom", atom),
    ("zip", "story.zip", lambda story: packed(deep__story_html=html(story), notes_doc=b"?")),
)
