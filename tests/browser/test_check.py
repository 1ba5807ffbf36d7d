"""The check of a quotation as somebody uses it: pasted, compared word by word, opened at the words, many at once."""

from __future__ import annotations

import csv
import io
import json
import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import VIEWS, Visiting, assert_harmless, lit, serious

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]

PRINTED = "la plupart de ces propositions pourraient être acceptées"


@pytest.mark.parametrize("view", VIEWS)
def test_a_quotation_is_compared_word_by_word_and_opens_at_its_source(visiting: Visiting, app: str, view: str) -> None:
    with visiting(app, view) as visit:
        page = visit.page
        visit.open("/check")
        assert serious(page) == []
        page.get_by_label("Quotation", exact=True).fill(PRINTED.replace("pourraient", "ne pourraient pas"))
        page.get_by_label("Who is said to have said it").fill("Конашенков")
        page.get_by_test_id("stForm").get_by_role("button", name="Check").press("Enter")
        finding = page.locator(".verdict .finding")
        expect(finding.get_by_role("heading")).to_contain_text("altered")
        best = page.locator(".verdict .match").first
        expect(best.locator("del")).to_have_text(["not printed: ne", "not printed: pas"])
        expect(best.locator(".turned").first).to_have_text("a negation")
        expect(best.locator(".context mark")).to_have_text(PRINTED)
        expect(best.locator(".words")).to_have_attribute("lang", "fr")
        expect(best.locator(".reference")).to_contain_text(PRINTED)
        visit.settle()
        assert not visit.scrolls_sideways
        assert serious(page) == []

        source = best.get_by_role("button", name=re.compile("^Source 1"))
        source.press("Enter")
        drawer = page.get_by_role("dialog")
        assert lit(drawer) == PRINTED
        expect(drawer.locator("mark")).to_be_focused()
        page.keyboard.press("Escape")
        expect(drawer).to_have_count(0)
        expect(source).to_be_focused()

        # The address asks the same again.
        visit.open(page.url)
        expect(finding).to_contain_text("altered")
        expect(page.get_by_label("Who is said to have said it")).to_have_value("Конашенков")


def test_a_translation_stands_beside_its_original(visiting: Visiting, app: str) -> None:
    with visiting(app, locale="fr-FR") as visit:
        page = visit.page
        visit.open("/check?q=Most+of+these+proposals+could+be+accepted")
        expect(page.locator(".verdict .finding")).to_contain_text("traduit")
        expect(page.locator(".verdict .beside .words")).to_have_text([
            "Most of these proposals could be accepted", PRINTED,
        ])  # fmt: skip
        page.locator(".verdict").get_by_role("link", name="Igor Konachenkov").first.click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Igor Konachenkov")


def test_what_cannot_be_checked_gets_a_line(visiting: Visiting, app: str) -> None:
    with visiting(app) as visit:
        page = visit.page
        visit.open("/check?q=%3F%21")
        expect(page.locator(".onrecord-line").nth(1)).to_be_visible()
        expect(page.locator(".verdict")).to_have_count(0)
        visit.open("/check?q=rouvre <img src='http://evil.test/a.png' onerror='window.hacked=4'> demain&by=<b>Ana</b>")
        expect(page.locator(".verdict .finding")).to_be_visible()
        assert_harmless(page)


def test_a_file_of_quotations_comes_back_with_the_verdicts(visiting: Visiting, app: str) -> None:
    given = f"id,quotation,speaker\n1,{PRINTED},Konachenkov\n2,=cmd|' /C calc'!A0,\n3,{PRINTED},Barack Obama\n"
    with visiting(app) as visit:
        page = visit.page
        visit.open("/check")
        chooser = page.get_by_test_id("stFileUploader").locator("input[type=file]")
        chooser.set_input_files({"name": "claims.csv", "mimeType": "text/csv", "buffer": given.encode()})
        with page.expect_download() as download:
            page.get_by_role("button", name="Download the result").click()
        assert download.value.suggested_filename == "claims-checked.csv"
        rows = list(csv.DictReader(io.StringIO(Path(download.value.path()).read_bytes().decode("utf-8-sig"))))
        assert [row["id"] for row in rows] == ["1", "2", "3"]
        assert (rows[0]["verdict"], rows[2]["verdict"]) == ("verbatim", "misattributed")
        assert rows[1]["quotation"].startswith("'=cmd")
        assert serious(page) == []
        lines = json.dumps({"words": PRINTED}).encode()
        chooser.set_input_files({"name": "other.jsonl", "mimeType": "application/jsonl", "buffer": lines})
        expect(page.get_by_text(re.compile("other.jsonl: no column named quotation"))).to_be_visible()


@pytest.mark.parametrize("view", VIEWS)
def test_the_chat_answers_a_quotation_with_its_check(visiting: Visiting, app: str, view: str) -> None:
    with visiting(app, view) as visit:
        page = visit.page
        visit.open()
        visit.ask("What did Konachenkov say?")
        visit.ask("Did he say “all of these proposals could be accepted”?")
        finding = page.locator(".verdict .finding")
        expect(finding).to_contain_text("Altered", ignore_case=True)
        expect(finding).to_be_in_viewport()
        best = page.locator(".verdict .match").first
        expect(best.locator(".beside .words")).to_have_text(["all of these proposals could be accepted", PRINTED])
        assert not visit.scrolls_sideways
        assert serious(page) == []

        best.get_by_role("button", name=re.compile("^Source 1")).press("Enter")
        assert lit(page.get_by_role("dialog")) == PRINTED
        page.keyboard.press("Escape")
        page.get_by_role("link", name="Open on the Check page").click()
        expect(page.get_by_label("Quotation", exact=True)).to_have_value("all of these proposals could be accepted")
        expect(page.get_by_label("Who is said to have said it")).to_have_value("Konachenkov")
        expect(finding).to_contain_text("altered")


def test_a_quoted_word_in_a_question_brings_no_check(visiting: Visiting, app: str) -> None:
    with visiting(app) as visit:
        visit.open()
        visit.ask("What is “Daesh”?")
        expect(visit.page.locator(".verdict")).to_have_count(0)
