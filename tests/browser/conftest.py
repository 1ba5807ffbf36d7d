"""A real archive, a real server and a real Chromium, one of each for all tests."""

from __future__ import annotations

import contextlib
import dataclasses
import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Locator,
    Page,
    Playwright,
    Request,
    expect,
    sync_playwright,
)

ROOT = Path(__file__).parents[2]
# Chromium's own services are kept quiet, so that every request seen is one of the app.
_ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
              "--disable-component-update", "--disable-sync"]  # fmt: skip
VIEWS: dict[str, dict[str, Any]] = {
    "desktop-light": {"viewport": {"width": 1280, "height": 800}, "color_scheme": "light"},
    "desktop-dark": {"viewport": {"width": 1280, "height": 800}, "color_scheme": "dark"},
    "phone": {"viewport": {"width": 390, "height": 844}, "color_scheme": "light", "is_mobile": True, "has_touch": True},
}
_PATIENCE = 15_000

expect.set_options(timeout=_PATIENCE)

# Markup, Markdown, LaTeX and addresses that would run, fetch or restyle if anything took them for more than letters.
HOSTILE = {
    "id": "hostile",
    "lang": "fr",
    "source": "<b>Le Monstre</b> ![o](http://evil.test/outlet.png)",
    "date": "2024-03-01",
    "title": (
        "<script>window.hacked=1</script><img src=x onerror='window.hacked=2'> ![t](http://evil.test/t.png) "
        "$x^2$ :material/home: [lien](javascript:window.hacked=3)"
    ),
    "text": (
        "«Le port de Vigo <img src='http://evil.test/a.png' onerror='window.hacked=4'> rouvre "
        "![b](http://evil.test/b.png) demain $\\alpha$ :red[rouge]», a déclaré Ana Ruiz.\n\n"
        "<style>body, .stApp { display: none !important; background: red !important; }</style>"
        "<script>window.hacked=5</script><iframe src='http://evil.test/frame'></iframe>\n\n"
        "Elle a ajouté que «[les bateaux](javascript:window.hacked=6) </mark></p><h1>attendent</h1> au large»."
    ),
}

# One minister in three articles of three months, spelled in two ways and two languages; one line looks like a formula.
MINISTER: list[dict[str, str]] = [
    {
        "id": "harbour-1", "lang": "en", "source": "The Harbour", "date": "2023-10-02", "title": "Ferries stay in port",
        "text": "“The ferries stay in port until Friday,” said the transport minister, Katerina Voronina.\n\n"
        "She added that the crews “had done everything” to help the passengers.\n\n"
        "Voronina said the strike would end soon.",
    },
    {
        "id": "harbour-2", "lang": "fr", "source": "Le Large", "date": "2023-11-20", "title": "La grève s’achève",
        "text": "«La grève est terminée», a déclaré la ministre des Transports, K. Voronina.\n\n"
        "«=HYPERLINK(1) est une formule», a ajouté K. Voronina.",
    },
    {
        "id": "harbour-3", "lang": "en", "source": "The Harbour", "date": "2023-12-05", "title": "Ferries sail again",
        "text": "“Every ferry sails again today,” said Katerina Voronina, the transport minister.",
    },
]  # fmt: skip


def ingest(archive: Path, *what: Path) -> None:
    """Add files to an archive from a process of their own, as a person would."""
    command = [sys.executable, "-m", "ingest", "add", *map(str, what), "--archive", str(archive)]
    done = subprocess.run(command, cwd=ROOT, env=_environment(archive), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@contextlib.contextmanager
def serving(archive: Path, log: Path, settings: Mapping[str, str] | None = None) -> Iterator[str]:
    """Serve the app over an archive. Nothing it does may end in a traceback."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    command = [sys.executable, "-m", "streamlit", "run", "streamlit_app.py", "--server.port", str(port),
               "--server.address", "127.0.0.1"]  # fmt: skip
    with log.open("wb") as output:
        server = subprocess.Popen(
            command,
            cwd=ROOT,
            env={**_environment(archive), **(settings or {})},
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            _wait_for(url, server, log)
            yield url
        finally:
            server.terminate()
            try:
                server.wait(10)
            except subprocess.TimeoutExpired:
                server.kill()
                server.wait()
    assert "Traceback" not in log.read_text(), log.read_text()[-3000:]


def _environment(archive: Path) -> dict[str, str]:
    """Settings of whoever runs the tests stay out of them."""
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith(("ONRECORD_", "STREAMLIT_", "OPENAI_"))
    }
    return {**kept, "ONRECORD_ARCHIVE": str(archive)}


def _wait_for(url: str, server: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + 60
    while True:
        try:
            urllib.request.urlopen(url + "/_stcore/health", timeout=2).close()
            return
        except OSError:
            assert server.poll() is None, log.read_text()
            assert time.monotonic() < deadline, log.read_text()
            time.sleep(0.05)


@dataclasses.dataclass(frozen=True)
class Visit:
    """A page of the app as one visitor sees it."""

    page: Page

    def open(self, address: str = "/") -> None:
        """Go to an address and wait until it is drawn."""
        self.page.goto(address)
        self.settle()

    def settle(self) -> None:
        """Wait until the script has run to its end."""
        expect(self.page.get_by_test_id("stApp")).to_have_attribute("data-test-script-state", "notRunning")

    def ask(self, question: str) -> None:
        """Ask, and wait for the reply."""
        replies = self.page.locator(".turn .reply, .turn .problem")
        before = replies.count()
        box = self.page.get_by_test_id("stChatInputTextArea")
        box.fill(question)
        box.press("Enter")
        expect(replies).to_have_count(before + 1)
        self.settle()

    @property
    def scrolls_sideways(self) -> bool:
        """Whether anything is wider than the window."""
        scrolling = "[document.documentElement, ...document.querySelectorAll('[data-testid=stMain], [role=dialog]')]"
        return bool(self.page.evaluate(f"{scrolling}.some((each) => each.scrollWidth > each.clientWidth)"))


Visiting = Callable[..., contextlib.AbstractContextManager[Visit]]


@pytest.fixture(scope="session")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An archive of the sample article, a hostile one and those of a minister."""
    folder = tmp_path_factory.mktemp("archive")
    records = folder / "records.jsonl"
    records.write_text("\n".join(map(json.dumps, [HOSTILE, *MINISTER])), encoding="utf-8")
    ingest(folder / "archive", ROOT / "seeds", records)
    return folder / "archive"


def chromium() -> str | None:
    """Where Chromium is, if it is installed."""
    return shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


def launched(playwright: Playwright, executable: str) -> Browser:
    """Start it."""
    return playwright.chromium.launch(executable_path=executable, args=_ARGUMENTS)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium. Where none is installed the tests are skipped, but never in CI."""
    executable = chromium()
    if executable is None:
        if os.environ.get("CI"):
            pytest.fail("CI is set and Chromium is missing: the browser tests cannot be left out")
        pytest.skip("Chromium is not installed")
    with sync_playwright() as playwright:
        opened = launched(playwright, executable)
        yield opened
        opened.close()


@pytest.fixture(scope="session")
def app(archive: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the app over `archive`."""
    with serving(archive, tmp_path_factory.mktemp("server") / "log.txt") as url:
        yield url


@pytest.fixture
def visiting(browser: Browser) -> Visiting:
    """Opens a window on a server; at its end nothing may have gone wrong in it, nor left the machine."""

    @contextlib.contextmanager
    def visit(url: str, view: str = "desktop-light", *, locale: str = "en-US") -> Iterator[Visit]:
        context = browser.new_context(locale=locale, reduced_motion="reduce", base_url=url, **VIEWS[view])
        context.set_default_timeout(_PATIENCE)
        try:
            wrong = list[str]()
            yield Visit(_watched(context, url, wrong))
            assert not wrong, wrong
        finally:
            context.close()

    return visit


def _watched(context: BrowserContext, url: str, wrong: list[str]) -> Page:
    page = context.new_page()

    def console(message: ConsoleMessage) -> None:
        where = message.location.get("url") or ""
        # Streamlit looks for its own health check beside every page it is opened at, and does without.
        if message.type == "error" and "/_stcore/" not in where:
            wrong.append(f"console: {message.text} ({where})")

    def request(sent: Request) -> None:
        if sent.url.startswith(("http", "ws")) and not sent.url.startswith((url, url.replace("http", "ws", 1))):
            wrong.append(f"external request: {sent.url}")

    page.on("console", console)
    page.on("pageerror", lambda error: wrong.append(f"error: {error}"))
    page.on("request", request)
    return page


def lit(within: Locator) -> str:
    """The lit words, which must be in sight."""
    mark = within.locator("mark")
    expect(mark).to_have_count(1)
    expect(mark).to_be_in_viewport()
    return mark.inner_text()


def serious(page: Page) -> list[str]:
    """What axe holds to be a serious or critical barrier."""
    # Whatever fades in is looked at when it has arrived: a half transparent text has no contrast to speak of.
    page.wait_for_timeout(300)
    found = Axe().run(page).response["violations"]
    return [f"{v['id']}: {v['nodes'][0]['html'][:200]}" for v in found if v["impact"] in ("serious", "critical")]


def assert_harmless(page: Page) -> None:
    """No script of the article ran, nothing it names was built, and the page looks as ever."""
    assert page.evaluate("window.hacked") is None
    assert page.locator("img, iframe, .katex, [data-testid=stApp] script, a[href^='javascript']").count() == 0
    assert page.evaluate("getComputedStyle(document.body).display") == "block"
    expect(page.get_by_test_id("stApp")).to_be_visible()
