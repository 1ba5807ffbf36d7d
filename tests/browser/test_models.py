"""Answers that a model writes, as a visitor sees them; conversations kept, linked, found, exported and deleted."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from ingest.archive.catalog import Catalog
from ingest.archive.sql.answers import forget_kept_answers
from tests.assistant import scripted_model
from tests.assistant.scripted_model import KEY, MODEL, Script
from tests.browser.conftest import ROOT, VIEWS, Visiting, assert_harmless, ingest, lit, serious, serving

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]

WHAT = "Qu'a dit Konachenkov ?"
WHERE = "Quand la vidéoconférence a-t-elle eu lieu ?"
QUOTED = "Igor Konachenkov a déclaré que « la plupart de ces propositions pourraient être acceptées » [2]. "
REWORDED = "Igor Konachenkov a annoncé une vidéoconférence tenue le 1er octobre [4]. "
FALSE = "Igor Konachenkov a annoncé une vidéoconférence tenue le 5 octobre [4]. "
HARMFUL = (
    "Igor Konachenkov a annoncé une vidéoconférence le 1er octobre ![x](http://evil.test/x.png) [4]. "
    "<img src='http://evil.test/y.png' onerror='window.hacked=1'> [2]. "
    "[Moscou](javascript:window.hacked=2) répond [2]. "
    "Voir https://evil.test/z [2]. "
)


@pytest.fixture(scope="module")
def served() -> Iterator[tuple[Script, str]]:
    with scripted_model.served() as one:
        yield one


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An archive of the sample article, and the log of the app beside it."""
    one = tmp_path_factory.mktemp("models")
    ingest(one / "archive", ROOT / "seeds")
    return one


@pytest.fixture
def script(served: tuple[Script, str], folder: Path) -> Script:
    """The script of the one server, as new, and no answer of the test before kept."""
    one = served[0]
    for name, value in vars(Script()).items():
        setattr(one, name, value)
    catalog = Catalog.opened(folder / "archive")
    with catalog.writing() as connection:
        forget_kept_answers(connection)
    catalog.close()
    return one


@pytest.fixture(scope="module")
def app(served: tuple[Script, str], folder: Path) -> Iterator[str]:
    """The app with the scripted model. Its key is nowhere to be read afterwards."""
    settings = {
        "OPENAI_API_KEY": KEY,
        "OPENAI_BASE_URL": served[1],
        "ONRECORD_CHAT_MODEL": MODEL,
        "ONRECORD_CHAT_MODE": "prose",
        "ONRECORD_CHAT_RETRIES": "0",
        "ONRECORD_CHAT_PRICE_INPUT": "0.1",
        "ONRECORD_CHAT_PRICE_OUTPUT": "0.5",
    }
    with serving(folder / "archive", folder / "log.txt", settings) as url:
        yield url
    assert KEY not in (folder / "log.txt").read_text("utf-8")
    for path in (folder / "archive").rglob("*"):
        assert not path.is_file() or KEY.encode() not in path.read_bytes(), path


def asks(page: Page, question: str) -> None:
    box = page.get_by_test_id("stChatInputTextArea")
    box.fill(question)
    box.press("Enter")


@pytest.mark.parametrize("view", VIEWS)
def test_who_wrote_what_is_verified_and_what_was_left_out_are_plain(
    visiting: Visiting, app: str, script: Script, view: str
) -> None:
    script.reply = QUOTED + FALSE + REWORDED
    with visiting(app, view) as visit:
        page = visit.page
        visit.open()
        visit.ask(WHAT)
        turn = page.locator(".turn")
        expect(turn.locator(".made")).to_contain_text(f"Écrit par {MODEL}")
        expect(turn.locator(".verified")).to_contain_text("la plupart de ces propositions")
        expect(turn.locator(".unverified .doubt")).to_contain_text("non vérifié")
        expect(turn.locator(".remark").first).to_contain_text("Une phrase a été écartée")
        expect(turn.locator(".prose")).not_to_contain_text("5 octobre")
        # What is said otherwise, unverified, takes no statement's place.
        expect(turn.locator(".line")).to_have_count(4)
        assert not visit.scrolls_sideways
        assert serious(page) == []
        turn.locator(".verified").get_by_role("button").click()
        assert lit(page.get_by_role("dialog")) == "la plupart de ces propositions pourraient être acceptées"


def test_a_sentence_is_shown_before_the_next_one_is_written_and_the_model_can_be_stopped(
    visiting: Visiting, app: str, script: Script
) -> None:
    script.reply = QUOTED + REWORDED + " " * len(QUOTED + REWORDED)
    script.parts, script.gate = 2, threading.Event()
    with visiting(app) as visit:
        page = visit.page
        visit.open()
        asks(page, WHAT)
        turn = page.locator(".turn").last
        expect(turn.locator(".verified")).to_contain_text("la plupart de ces propositions")
        expect(page.get_by_text("Writing; each sentence is checked before it is shown")).to_be_visible()
        assert serious(page) == []
        # Loaded again, what was shown is there.
        page.get_by_role("button", name="Stop").click()
        expect(turn.locator(".remark").first).to_contain_text("Arrêté avant la fin")
        expect(turn.locator(".verified")).to_have_count(1)
        script.gate.set()
        visit.settle()
        page.reload()
        expect(page.locator(".turn .verified")).to_contain_text("la plupart de ces propositions")
        expect(page.locator(".turn .remark").first).to_contain_text("Arrêté avant la fin")


def begun(page: Page, script: Script) -> Locator:
    """Ask, and wait until one sentence is shown of an answer whose model then says nothing."""
    script.reply = QUOTED + REWORDED + " " * len(QUOTED + REWORDED)
    script.parts, script.gate = 2, threading.Event()
    asks(page, WHAT)
    turn = page.locator(".turn").first
    expect(turn.locator(".verified")).to_contain_text("la plupart de ces propositions")
    return turn


def test_a_citation_of_a_growing_answer_opens_its_source_and_what_is_shown_stays(
    visiting: Visiting, app: str, script: Script
) -> None:
    with visiting(app) as visit:
        page = visit.page
        visit.open()
        turn = begun(page, script)
        turn.locator(".verified").get_by_role("button").click()
        drawer = page.get_by_role("dialog")
        assert lit(drawer) == "la plupart de ces propositions pourraient être acceptées"
        page.keyboard.press("Escape")
        expect(drawer).to_have_count(0)
        expect(turn.locator(".verified")).to_have_count(1)
        expect(turn.locator(".made")).to_contain_text(f"Écrit par {MODEL}")
        expect(turn.locator(".remark").first).to_contain_text("Arrêté avant la fin")
        assert script.gate is not None
        script.gate.set()
        visit.settle()
        page.wait_for_timeout(500)
        expect(turn.locator(".remark").first).to_contain_text("Arrêté avant la fin")
        assert len(script.requests) == 1
        page.reload()
        expect(turn.locator(".remark").first).to_contain_text("Arrêté avant la fin")
        assert len(script.requests) == 1
        page.get_by_role("button", name="Ask again").click()
        expect(turn.locator(".unverified")).to_have_count(1)
        assert len(script.requests) == 2


def test_the_next_question_ends_an_answer_and_asks_for_none_again(visiting: Visiting, app: str, script: Script) -> None:
    with visiting(app) as visit:
        page = visit.page
        visit.open()
        first = begun(page, script)
        gate = script.gate
        assert gate is not None
        script.reply, script.gate = lambda messages: "" if "Rewrite" in messages[0]["content"] else QUOTED, None
        asks(page, "Qu'a dit Draitser ?")
        expect(page.locator(".turn .reply")).to_have_count(2)
        visit.settle()
        gate.set()
        page.wait_for_timeout(500)
        expect(first.locator(".remark").first).to_contain_text("Arrêté avant la fin")
        expect(first.locator(".verified")).to_have_count(1)
        # The first answer, the second question rewritten, the second answer.
        asked = [request["messages"][0]["content"][:20] for request in script.requests]
        assert len(asked) == 3, asked
        page.reload()
        expect(page.locator(".turn")).to_have_count(2)
        expect(page.locator(".turn .remark").first).to_contain_text("Arrêté avant la fin")


def test_a_model_can_be_stopped_before_its_first_sentence(visiting: Visiting, app: str, script: Script) -> None:
    script.reply, script.wait = QUOTED, 4.0
    with visiting(app) as visit:
        page = visit.page
        visit.open()
        asks(page, WHAT)
        page.get_by_role("button", name="Stop").click()
        expect(page.locator(".turn .problem")).to_contain_text("Stopped.")
        visit.settle()
        page.wait_for_timeout(4500)
        expect(page.locator(".turn .problem")).to_contain_text("Stopped.")
        expect(page.locator(".turn .reply")).to_have_count(0)
        assert len(script.requests) == 1
        page.reload()
        expect(page.locator(".turn .problem")).to_contain_text("Stopped.")
        assert len(script.requests) == 1


def test_another_page_and_back_finds_what_was_shown(visiting: Visiting, app: str, script: Script) -> None:
    with visiting(app) as visit:
        page = visit.page
        visit.open()
        begun(page, script)
        page.get_by_role("link", name="Speakers").first.press("Enter")
        expect(page).to_have_url(re.compile("speakers"))
        visit.settle()
        page.go_back()
        expect(page.locator(".turn .remark").first).to_contain_text("Arrêté avant la fin")
        expect(page.locator(".turn .verified")).to_have_count(1)
        assert len(script.requests) == 1


def test_only_whoever_asked_rates_and_is_told_what_asking_again_takes_away(
    visiting: Visiting, app: str, script: Script
) -> None:
    script.reply = QUOTED
    with visiting(app) as visit:
        visit.open()
        visit.ask(WHAT)
        visit.ask("Qu'a dit Obama ?")
        address = visit.page.url
        expect(visit.page.get_by_test_id("stFeedback")).to_have_count(2)
        visit.page.get_by_role("button", name="Ask again").first.click()
        expect(visit.page.get_by_text("1 question was asked after this one.")).to_be_visible()
        assert serious(visit.page) == []
        expect(visit.page.locator(".turn")).to_have_count(2)
        with visiting(app) as other:
            other.open(address.removeprefix(app))
            expect(other.page.locator(".turn")).to_have_count(2)
            expect(other.page.get_by_test_id("stFeedback")).to_have_count(0)
        visit.page.get_by_test_id("stPopoverBody").get_by_role("button", name="Ask again").click()
        expect(visit.page.locator(".turn")).to_have_count(1)


def test_what_was_shown_is_there_when_the_page_is_loaded_again_in_the_middle(
    visiting: Visiting, app: str, script: Script
) -> None:
    script.reply = QUOTED + REWORDED + " " * len(QUOTED + REWORDED)
    script.parts, script.gate = 2, threading.Event()
    with visiting(app) as visit:
        page = visit.page
        visit.open()
        asks(page, WHAT)
        expect(page.locator(".turn .verified")).to_contain_text("la plupart de ces propositions")
        expect(page).to_have_url(re.compile("conversation="))
        page.reload()
        expect(page.locator(".turn .verified")).to_contain_text("la plupart de ces propositions")
        script.gate.set()
        page.get_by_role("button", name="Ask again").click()
        expect(page.locator(".turn .unverified")).to_have_count(1)
        expect(page.locator(".turn .line")).to_have_count(4)


def test_a_model_that_breaks_off_is_finished_by_the_articles(visiting: Visiting, app: str, script: Script) -> None:
    script.reply, script.parts, script.breaks_after = QUOTED + REWORDED * 3, 10, 6
    with visiting(app) as visit:
        page = visit.page
        visit.open()
        visit.ask(WHAT)
        turn = page.locator(".turn")
        expect(turn.locator(".verified").first).to_contain_text("la plupart de ces propositions")
        expect(turn.locator(".remark").first).to_contain_text("Le modèle s’est interrompu")
        expect(turn.locator(".line").first).to_be_visible()
        assert serious(page) == []


def test_a_model_can_be_done_without(visiting: Visiting, app: str, script: Script) -> None:
    script.reply = QUOTED
    with visiting(app) as visit:
        page = visit.page
        visit.open()
        visit.ask(WHAT)
        asked = len(script.requests)
        page.get_by_text("Answer without a model").click()
        visit.settle()
        page.get_by_role("button", name="Ask again").click()
        expect(page.locator(".turn .line")).to_have_count(5)
        expect(page.locator(".turn .prose")).to_have_count(0)
        assert len(script.requests) == asked


def test_nothing_that_a_model_writes_acts(visiting: Visiting, app: str, script: Script) -> None:
    script.reply = HARMFUL + QUOTED
    with visiting(app) as visit:
        page = visit.page
        visit.open()
        visit.ask(WHAT)
        expect(page.locator(".turn .verified")).to_have_count(1)
        assert "evil" not in page.locator(".turn").inner_text()
        links = page.locator(".turn a").evaluate_all("all => all.map((each) => each.getAttribute('href'))")
        assert all(re.fullmatch(r"/?speakers\?[\w=&%+.-]+", link) for link in links), links
        assert_harmless(page)


def test_a_question_is_edited_and_those_after_it_go(visiting: Visiting, app: str, script: Script) -> None:
    script.reply = QUOTED
    with visiting(app) as visit:
        page = visit.page
        visit.open()
        visit.ask(WHAT)
        visit.ask("Qu'a dit Obama ?")
        page.get_by_text("Edit the question").first.click()
        expect(page.get_by_text("1 question was asked after this one.")).to_be_visible()
        edited = page.get_by_role("textbox", name="Edit the question").first
        edited.fill("Qu'a dit Eric Draitser ?")
        edited.press("Control+Enter")
        page.get_by_role("button", name="Ask", exact=True).click()
        expect(page.locator(".turn")).to_have_count(1)
        expect(page.locator(".turn .question")).to_contain_text("Eric Draitser")
        expect(page.locator(".turn .line").first).to_be_visible()
        visit.settle()
        page.reload()
        expect(page.locator(".turn")).to_have_count(1)
        expect(page.locator(".turn .question")).to_contain_text("Eric Draitser")


def test_a_reply_is_rated_with_reasons(visiting: Visiting, app: str, script: Script) -> None:
    script.reply = QUOTED
    with visiting(app) as visit:
        page = visit.page
        visit.open()
        visit.ask(WHAT)
        page.get_by_test_id("stFeedback").get_by_role("radio").nth(1).click()
        page.get_by_role("button", name="Something is missing").click()
        expect(page.get_by_text("Thank you.")).to_be_visible()
        assert serious(page) == []


def test_a_conversation_is_kept_found_renamed_exported_linked_and_deleted(
    visiting: Visiting, app: str, script: Script, tmp_path: Path
) -> None:
    script.reply = QUOTED
    with visiting(app) as visit:
        page = visit.page
        visit.open()
        visit.ask("Qu’a déclaré Konachenkov ?")
        visit.ask("Qu'a dit Obama ?")
        address = page.url
        assert "conversation=" in address

        visit.open("/conversations")
        expect(page.get_by_role("link", name="Qu’a déclaré Konachenkov ?")).to_be_visible()
        search = page.get_by_label("Search in questions and answers")
        search.fill("zibeline")
        search.press("Enter")
        expect(page.get_by_role("link", name="Qu’a déclaré Konachenkov ?")).to_have_count(0)
        search.fill("obama propositions")
        search.press("Enter")
        expect(page.get_by_role("link", name="Qu’a déclaré Konachenkov ?")).to_be_visible()
        assert serious(page) == []
        page.get_by_test_id("stPopover").get_by_role("button").click()
        assert serious(page) == []
        with page.expect_download() as download:
            page.get_by_role("button", name="Export as JSON").click()
        download.value.save_as(tmp_path / "one.json")
        told = json.loads((tmp_path / "one.json").read_text("utf-8"))
        assert [turn["question"] for turn in told["turns"]] == ["Qu’a déclaré Konachenkov ?", "Qu'a dit Obama ?"]
        with page.expect_download() as download:
            page.get_by_role("button", name="Export as Markdown").click()
        download.value.save_as(tmp_path / "one.md")
        assert "la plupart de ces propositions" in (tmp_path / "one.md").read_text("utf-8")
        title = page.get_by_label("Title")
        title.fill("<b>Syrie</b> ![x](http://evil.test)")
        title.press("Enter")
        page.get_by_role("button", name="Rename").click()
        link = page.get_by_role("link", name="<b>Syrie</b> ![x]")
        expect(link).to_be_visible()
        assert_harmless(page)
        link.click()
        expect(page.locator(".turn")).to_have_count(2)

        # Somebody else reads it by its address, and goes on in a copy.
        with visiting(app) as other:
            other.open(address.removeprefix(app))
            expect(other.page.locator(".turn")).to_have_count(2)
            expect(other.page.get_by_text("Somebody else's conversation")).to_be_visible()
            other.ask("Qu'a dit Draitser ?")
            expect(other.page.locator(".turn")).to_have_count(3)
            assert other.page.url != address
            other.open("/conversations")
            expect(other.page.get_by_test_id("stPopover")).to_have_count(1)

        visit.open("/conversations")
        page.get_by_test_id("stPopover").get_by_role("button").click()
        page.get_by_text("Delete", exact=True).click()
        page.get_by_role("button", name="Delete for good").click()
        expect(page.get_by_text("No conversation yet.")).to_be_visible()
        visit.open(address.removeprefix(app))
        expect(page.get_by_text("no such conversation")).to_be_visible()


def test_two_windows_on_one_conversation_lose_nothing(visiting: Visiting, app: str, script: Script) -> None:
    script.reply = QUOTED
    with visiting(app) as visit:
        page = visit.page
        visit.open()
        visit.ask(WHAT)
        address = page.url
        second = page.context.new_page()
        second.goto(address)
        expect(second.locator(".turn")).to_have_count(1)
        asks(second, "Qu'a dit Obama ?")
        expect(second.locator(".turn .reply")).to_have_count(2)
        visit.ask("Qu'a dit Draitser ?")
        assert page.url != address
        second.reload()
        expect(second.locator(".turn .question").last).to_contain_text("Obama")
        second.close()
