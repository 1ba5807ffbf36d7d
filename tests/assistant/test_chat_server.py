"""A real chat server with a small real model: the transport, its failures, and nonsense for the verification to sort.

What the model writes is never asserted: it is a language model of 135 million parameters.
"""

from __future__ import annotations

import contextlib
import dataclasses
import http.client
import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from assistant.answering import Assistant
from assistant.generating.writer import ChatWriter
from assistant.models import Answer, Mode, Reply, Usage
from assistant.phrases import phrase
from assistant.settings import Settings
from assistant.wiring import chat_model
from ingest.archive.archive import Archive
from ingest.errors import ModelFailed
from tests.assistant.model_server import KEY
from tests.conftest import ROOT, Ran

pytestmark = pytest.mark.timeout(240)

_PATIENCE = 90.0
ARTICLE = {
    "id": "harbour",
    "lang": "en",
    "title": "The harbour reopens",
    "date": "2025-03-04",
    "text": "The harbour of Varn reopened on Monday after nine days of repairs.\n\n"
    "“The breakwater will hold for forty years,” said the harbour master, Ana Ruiz.\n\n"
    "She added that three ships “had turned back to Osk”.",
}
WHAT = "What did Ana Ruiz say?"
WHEN = "When did the harbour of Varn reopen?"


@dataclasses.dataclass
class Server:
    """The process and its address."""

    process: subprocess.Popen[str]
    url: str

    @property
    def is_busy(self) -> bool:
        """Whether it writes for anybody."""
        asked = urllib.request.Request(f"{self.url}/slots", headers={"Authorization": f"Bearer {KEY}"})
        with urllib.request.urlopen(asked, timeout=20) as reply:
            return any(slot["is_processing"] for slot in json.loads(reply.read()))

    def awaited(self, *, busy: bool) -> bool:
        """Whether it comes to be busy, or free, while there is patience."""
        until = time.monotonic() + 30
        while time.monotonic() < until:
            if self.is_busy is busy:
                return True
            time.sleep(0.02)
        return False


@contextlib.contextmanager
def serving() -> Iterator[Server]:
    """Serve the small model from a process of its own."""
    process = subprocess.Popen(
        [sys.executable, str(Path(__file__).with_name("model_server.py"))], stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL, text=True, cwd=ROOT,
    )  # fmt: skip
    assert process.stdout is not None
    try:
        url = ""
        until = time.monotonic() + _PATIENCE
        while not url and time.monotonic() < until and (line := process.stdout.readline()):
            url = line.split()[1] if line.startswith("LISTEN") else ""
        assert url, "the chat server did not start"
        # What it prints from now on must not fill the pipe.
        threading.Thread(target=process.stdout.read, daemon=True).start()
        yield Server(process, url)
    finally:
        process.kill()
        process.wait()


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with serving() as one:
        yield one


@pytest.fixture(scope="module")
def harbour(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An archive of one short article: a small model reads slowly."""
    folder = tmp_path_factory.mktemp("harbour")
    (folder / "article.jsonl").write_text(json.dumps(ARTICLE), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "ingest", "add", str(folder / "article.jsonl"), "--archive", str(folder / "archive")],
        capture_output=True, text=True, timeout=240, check=False, cwd=ROOT,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return folder / "archive"


Asking = Callable[..., Assistant]


@pytest.fixture
def asking(on_seed: Assistant, harbour: Path, server: Server) -> Iterator[Asking]:
    """Make an assistant that asks the server: `asking(chat_mode="select")`."""
    opened: list[Archive] = []

    def one(**stated: Any) -> Assistant:
        opened.append(Archive.opened(harbour, model=on_seed.model.name))
        fields: dict[str, Any] = {
            "openai_api_key": KEY, "openai_base_url": f"{server.url}/v1", "chat_model": "smollm2", "chat_mode": "prose",
            "chat_output": 80, "chat_retries": 0, "chat_timeout": 120, **stated,
        }  # fmt: skip
        chosen = chat_model(Settings(archive=harbour, **fields))
        assert chosen is not None
        return Assistant(opened[-1], on_seed.model, writer=ChatWriter(chosen))

    yield one
    for each in opened:
        each.close()


def _stands(reply: Reply) -> Answer:
    """Assert what holds of an answer whatever a model writes: its citations are the article's letters, nothing acts."""
    assert isinstance(reply, Answer)
    for each in reply.citations:
        assert each.text == ARTICLE["text"][each.span.start : each.span.end]
    for sentence in reply.sentences:
        if sentence.mode is Mode.EXTRACTED or not sentence.verified:
            continue
        cited = " ".join(each.text for each in reply.citations if each.number in sentence.citations)
        assert set(re.findall(r"\d+", sentence.text)) <= set(re.findall(r"\d+", ARTICLE["text"]))
        for words in re.findall(r"[“\"«]([^”\"»]+)[”\"»]", sentence.text):
            assert words.strip(" .,") in ARTICLE["text"]
        assert cited
    assert not re.search(r"https?:|<\w|!\[|\]\(", " ".join(each.text for each in reply.sentences))
    return reply


def test_a_reply_comes_in_parts_and_its_tokens_are_counted_by_the_server(asking: Asking) -> None:
    writer = asking().writer
    assert writer is not None
    parts, usage = _replied(writer, "Tell me about the sea.", 30)
    assert "".join(parts).strip()
    assert len(parts) > 5
    assert 0 < usage.output <= 31
    assert 5 < usage.input < 100
    _, again = _replied(writer, "Tell me about the sea.", 5)
    assert again.input == usage.input
    assert again.cached > 0


def _replied(writer: ChatWriter, text: str, most: int) -> tuple[list[str], Usage]:
    """The parts of a reply, also of one that would be longer than it may be, and what it took."""
    asking, parts = writer.replied([("user", text)], max_tokens=most), list[str]()
    with contextlib.suppress(ModelFailed):
        parts.extend(filter(None, asking))
    return parts, asking.usage


def test_nonsense_about_the_ledger_leaves_every_statement(asking: Asking) -> None:
    one = asking()
    answer = _stands(one.ask(WHAT))
    plain = one.ask(WHAT, extracted=True)
    assert isinstance(plain, Answer)
    assert {each.span for each in plain.citations} <= {each.span for each in answer.citations}
    assert answer.usage is not None
    assert answer.usage.input > 200
    assert answer.usage.output > 0


@pytest.mark.parametrize("question", [WHEN, "Quand le port de Varn a-t-il rouvert ?", "How long did the repairs take?"])
def test_nonsense_is_sorted_by_verification(asking: Asking, question: str) -> None:
    reply = asking(chat_temperature=1.5).ask(question, anew=True)
    if isinstance(reply, Answer):
        _stands(reply)
    else:
        assert reply.usage is not None


def test_a_choice_of_sentences_keeps_to_the_schema(asking: Asking) -> None:
    one = asking(chat_mode="select", chat_temperature=1.5)
    for question in (WHEN, "How many ships turned back?", "Who is the mayor of Lima?"):
        reply = one.ask(question, anew=True)
        if not isinstance(reply, Answer):
            continue
        answer = _stands(reply)
        assert all(each.mode is Mode.EXTRACTED for each in answer.sentences)
        # A grammar may run out of room; never does it write something else.
        assert answer.fallback in ("", phrase("model_failed_endless", "en"), phrase("model_failed_format", "en"))


def test_stopping_frees_the_server(asking: Asking, server: Server) -> None:
    # Long enough that it cannot be done by itself.
    growing = asking(chat_output=1500).replies(WHAT, anew=True)
    for each in growing:
        if each.is_writing and server.is_busy:
            break
    assert server.is_busy
    growing.close()
    assert server.awaited(busy=False)


def test_a_wrong_key_is_told_and_nowhere_repeated(asking: Asking, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    answer = _stands(asking(openai_api_key="sk-not-this-one").ask(WHAT))
    assert answer.fallback == phrase("model_failed_key", "en")
    assert "sk-not-this-one" not in caplog.text
    assert "sk-not-this-one" not in repr(answer)


def test_more_than_the_model_can_read_is_told(asking: Asking, server: Server) -> None:
    one = asking(chat_context=100_000)
    writer = one.writer
    assert writer is not None
    with pytest.raises(ModelFailed) as error:
        list(writer.replied([("user", "harbour " * 6000)]))
    assert error.value.failure == "context"
    # And it goes on answering.
    assert server.awaited(busy=False)
    assert _replied(writer, "Hello.", 4)[0]


def test_a_server_that_takes_too_long_is_left(asking: Asking, server: Server) -> None:
    answer = _stands(asking(chat_timeout=0.01).ask(WHAT))
    assert answer.fallback == phrase("model_failed_timeout", "en")
    assert len(answer.sentences) == 2
    assert server.awaited(busy=False)


def test_a_server_killed_in_mid_stream_leaves_the_articles_words(asking: Asking) -> None:
    with serving() as dying:
        one = asking(openai_base_url=f"{dying.url}/v1", chat_output=1500)
        growing = one.replies(WHAT, anew=True)
        for count, each in enumerate(growing):
            if each.is_writing and count > 4:
                break
        os.kill(dying.process.pid, signal.SIGKILL)
        *_, last = growing
        answer = _stands(last.reply)  # type: ignore[arg-type]
        assert answer.fallback in (phrase("model_failed_broken", "en"), phrase("model_failed_unreachable", "en"))
        assert len([each for each in answer.sentences if each.mode is Mode.EXTRACTED]) == 2
        after = _stands(one.ask(WHAT))
        assert after.fallback


@contextlib.contextmanager
def limited(server: Server, *, refused: int, wait: str) -> Iterator[tuple[str, list[int]]]:
    """A gateway to the server that answers 429 with Retry-After to the first requests; gives the status of each."""
    statuses = list[int]()
    there = urlsplit(server.url)

    class Gateway(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if len(statuses) < refused:
                statuses.append(429)
                self.send_response(429)
                self.send_header("Retry-After", wait)
                self.send_header("Content-Type", "application/json")
                self.end_headers()
                self.wfile.write(b'{"error": {"message": "slow down"}}')
                return
            onward = http.client.HTTPConnection(str(there.hostname), there.port, timeout=120)
            headers = {"Authorization": self.headers["Authorization"], "Content-Type": "application/json"}
            onward.request("POST", self.path, body, headers)
            reply = onward.getresponse()
            statuses.append(reply.status)
            self.send_response(reply.status)
            self.send_header("Content-Type", reply.headers["Content-Type"])
            self.end_headers()
            with contextlib.suppress(OSError):
                while part := reply.read1():
                    self.wfile.write(part)
                    self.wfile.flush()
            onward.close()

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    gateway = ThreadingHTTPServer(("127.0.0.1", 0), Gateway)
    gateway.daemon_threads = True
    thread = threading.Thread(target=gateway.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{gateway.server_address[1]}/v1", statuses
    finally:
        gateway.shutdown()
        gateway.server_close()
        thread.join()


def test_a_short_wait_that_the_server_asks_for_is_waited(asking: Asking, server: Server) -> None:
    with limited(server, refused=1, wait="1") as (url, statuses):
        started = time.perf_counter()
        answer = _stands(asking(openai_base_url=url, chat_retries=1).ask(WHAT))
        assert time.perf_counter() - started >= 1.0
        assert statuses == [429, 200]
        assert answer.usage is not None


def test_a_long_wait_is_not_and_the_server_is_left_alone_for_so_long(asking: Asking, server: Server) -> None:
    with limited(server, refused=9, wait="45") as (url, statuses):
        one = asking(openai_base_url=url, chat_retries=3)
        started = time.perf_counter()
        answer = _stands(one.ask(WHAT))
        assert time.perf_counter() - started < 10
        assert answer.fallback == phrase("model_failed_rate", "en")
        assert len(answer.sentences) == 2
        _stands(one.ask(WHAT, anew=True))
        assert statuses == [429]


def test_the_self_test_tells_what_the_model_can_do(
    run: Callable[..., Ran], server: Server, seed_archive_copy: Path
) -> None:
    settings = {"OPENAI_API_KEY": KEY, "OPENAI_BASE_URL": f"{server.url}/v1", "ONRECORD_CHAT_MODEL": "smollm2",
                "ONRECORD_CHAT_OUTPUT": "80"}  # fmt: skip
    done = run("assistant", "model", "--json", archive=seed_archive_copy, settings=settings, kill_after=220)
    told = done.json
    assert told["answers"] is True
    assert told["streams"] is True
    assert told["counts_tokens"] is True
    assert told["suited"] in ("prose", "select", "")
    assert KEY not in done.out + done.err
