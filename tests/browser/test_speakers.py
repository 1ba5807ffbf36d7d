"""The speakers' page as somebody uses it: found, narrowed, opened at the words, taken away as a file."""

from __future__ import annotations

import csv
import io
import json
import re
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import MINISTER, VIEWS, Visit, Visiting, assert_harmless, lit, serious

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]


@pytest.mark.parametrize("view", VIEWS)
def test_a_speaker_is_found_narrowed_and_opened_at_the_words(visiting: Visiting, app: str, view: str) -> None:
    with visiting(app, view) as visit:
        page = visit.page
        visit.open("/speakers")
        busiest = page.locator(".listed li").first
        expect(busiest).to_have_text(re.compile("Katerina Voronina.*6 statements.*The Harbour.*the transport minister"))
        assert not visit.scrolls_sideways
        assert serious(page) == []
        # As another alphabet writes it.
        page.get_by_label("Find a speaker by name or role").fill("Воронина")
        expect(page.locator(".listed li")).to_have_count(1)
        page.get_by_role("link", name="Katerina Voronina").press("Enter")

        lines = page.locator(".statements .line")
        expect(lines).to_have_count(6)
        expect(page).to_have_title("Katerina Voronina · On Record")
        expect(page.get_by_role("heading", level=1)).to_have_text("Katerina Voronina")
        expect(page.get_by_text("Also written: K. Voronina")).to_be_visible()
        expect(lines.nth(2).locator(".kind")).to_have_text("reported, not verbatim")
        expect(lines.nth(3).locator(".words")).to_have_attribute("lang", "fr")
        chart = page.get_by_test_id("stVegaLiteChart")
        expect(chart.locator("svg")).to_contain_text("November 2023")
        in_words = re.compile("^Bar chart, October 2023 to December 2023: 6 statements. Most of them, 3: October 2023")
        expect(chart).to_have_attribute("aria-label", in_words)
        page.get_by_text("The same as a table").click()
        expect(page.get_by_role("row", name="October 2023 1 1 1 3")).to_be_visible()
        visit.settle()
        assert not visit.scrolls_sideways
        assert serious(page) == []

        cite = page.get_by_role("button", name="Source 2: Ferries stay in port")
        cite.press("Enter")
        drawer = page.get_by_role("dialog")
        assert lit(drawer) == "the crews “had done everything” to help the passengers"
        expect(drawer.locator("mark")).to_be_focused()
        page.keyboard.press("Escape")
        expect(drawer).to_have_count(0)
        expect(cite).to_be_focused()

        page.get_by_label("verbatim", exact=True).uncheck()
        expect(lines).to_have_count(2)
        expect(page.get_by_text("2 of 6 statements")).to_be_visible()
        page.get_by_label("verbatim", exact=True).check()
        page.get_by_label("From").fill("2023-11-01")
        expect(lines).to_have_count(3)
        page.get_by_role("combobox", name="Article").select_option(label="La grève s’achève · 20 November 2023 · 2")
        expect(lines).to_have_count(2)
        expect(lines.first.locator(".cite")).to_have_text("4")
        assert not visit.scrolls_sideways
        title = page.get_by_role("link", name="La grève s’achève")
        title.click()
        assert lit(page.locator(".article")) == "La grève est terminée"
        page.go_back()
        expect(lines).to_have_count(6)


def test_statements_leave_as_files(visiting: Visiting, app: str) -> None:
    with visiting(app) as visit:
        page = visit.page
        visit.open("/speakers?name=voronina")
        rows = list(csv.DictReader(io.StringIO(downloaded(page, "Download CSV").decode("utf-8-sig"))))
        assert [row["text"] for row in rows][3:5] == ["La grève est terminée", "'=HYPERLINK(1) est une formule"]
        record = json.loads(downloaded(page, "Download JSON"))
        assert record["name"] == "Katerina Voronina"
        assert len(record["said"]) == 6
        assert record["said"][4]["text"] == "=HYPERLINK(1) est une formule"
        first = record["said"][0]
        assert MINISTER[0]["text"][first["start"] : first["end"]] == first["text"]


def test_names_lead_from_answers_and_articles_to_their_bearer(visiting: Visiting, app: str) -> None:
    with visiting(app, locale="fr-FR") as visit:
        page = visit.page
        visit.open()
        visit.ask("Qu’a dit Igor Konachenkov ?")
        page.locator(".turn").get_by_role("link", name="Igor Konachenkov").first.click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Igor Konachenkov")
        expect(page.locator(".statements .line")).to_have_count(5)
        assert parse_qs(urlsplit(page.url).query)["name"] == ["Igor Konachenkov"]
        # No date is known of this article: there is no chart to draw.
        expect(page.get_by_test_id("stVegaLiteChart")).to_have_count(0)
        page.go_back()
        expect(page.locator(".turn .line")).to_have_count(5)
        visit.open("/article?id=harbour-2")
        page.get_by_role("region", name="Qui parle ici").get_by_role("link", name="K. Voronina").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Katerina Voronina")
        expect(page.get_by_text("Aussi écrit : K. Voronina")).to_be_visible()
        expect(page.get_by_test_id("stVegaLiteChart").locator("svg")).to_contain_text("décembre 2023")
        page.get_by_role("link", name="Tous les intervenants").click()
        expect(page.get_by_role("heading", level=1, name="Intervenants")).to_be_visible()
        expect(page.get_by_role("heading", level=1)).to_have_count(1)


@pytest.mark.parametrize("address", ["/speakers?name=<script>window.hacked=1</script>", "/speakers?key=![x](http://x)"])
def test_an_address_that_means_nobody_gets_a_line(visiting: Visiting, app: str, address: str) -> None:
    with visiting(app) as visit:
        visit.open(address)
        expect(visit.page.get_by_text(re.compile("^Nobody on record is called “(<script>|!)"))).to_be_visible()
        assert_harmless(visit.page)


def test_hostile_articles_stay_text_in_the_list_and_the_ledger(visiting: Visiting, app: str) -> None:
    with visiting(app) as visit:
        page = visit.page
        visit.open("/speakers")
        expect(page.locator(".listed")).to_contain_text("<b>Le Monstre</b> ![o](http://evil.test/outlet.png)")
        assert_harmless(page)
        ana(visit)
        expect(page.locator(".statements")).to_contain_text("<script>window.hacked=1</script><img src=x")
        expect(page.locator(".statements .words").first).to_contain_text("<img src='http://evil.test/a.png'")
        assert_harmless(page)


def ana(visit: Visit) -> None:
    visit.page.get_by_role("link", name="Ana Ruiz").click()
    expect(visit.page.locator(".statements .line")).to_have_count(2)
    visit.settle()


def downloaded(page: Page, button: str) -> bytes:
    with page.expect_download() as download:
        page.get_by_role("button", name=button).click()
    assert download.value.suggested_filename.startswith("katerina-voronina.")
    return Path(download.value.path()).read_bytes()
