"""Sources side by side: those that differ, and copies that are one."""

from collections.abc import Callable

import pytest

from assistant.answering import Assistant
from assistant.models import Answer

COUNTED = "The ferry {name} sank off Port Louis on Tuesday night. Rescuers said {count} people drowned when it sank. "
COPIED = (
    "Divers searched the wreck until dawn and found the captain's log in his cabin. The harbour master has closed "
    "the strait to all traffic while an inquiry is held. The owner of the ferry, a family firm, has run the route "
    "since the war and lost no boat before. A service will be held in the cathedral on Sunday; flags are at half mast. "
)


@pytest.fixture
def differing(over: Callable[..., Assistant]) -> Assistant:
    return over(
        {"id": "a", "lang": "en", "source": "The Courier", "date": "2026-03-04", "title": "Ferry sinks off Port Louis",
         "text": COUNTED.format(name="Mistral", count=12) + COPIED},
        {"id": "b", "lang": "en", "source": "Island News", "date": "2026-03-04", "title": "Many drown in the strait",
         "text": "The Mistral, a ferry, sank in the strait. Police counted 15 people who drowned when the ferry sank. "
                 "The mayor spoke of a black day for the island and thanked the crews of the fishing boats."},
        {"id": "c", "lang": "en", "source": "Daily Copy", "date": "2026-03-05", "title": "Ferry sinks off Port Louis",
         "text": COUNTED.format(name="Mistral", count=12) + COPIED},
    )  # fmt: skip


def test_sources_that_differ_stand_side_by_side_by_name(differing: Assistant) -> None:
    reply = differing.ask("How many people drowned when the ferry sank?")
    assert isinstance(reply, Answer)
    assert reply.opening == "The sources differ:"
    told = [sentence.text for sentence in reply.sentences]
    assert any(text.startswith("The Courier, 2026-03-04: ") and "12 people" in text for text in told) or any(
        text.startswith("Daily Copy, 2026-03-05: ") and "12 people" in text for text in told
    )
    assert any(text.startswith("Island News, 2026-03-04: ") and "15 people" in text for text in told)


def test_copies_of_one_report_are_one_source(differing: Assistant) -> None:
    reply = differing.ask("How many people drowned when the ferry sank?")
    assert isinstance(reply, Answer)
    assert len({citation.article_id for citation in reply.citations} & {"a", "c"}) == 1


def test_sources_that_agree_do_not_differ(over: Callable[..., Assistant]) -> None:
    agreeing = over(
        {"id": "a", "lang": "en", "source": "The Courier", "text": COUNTED.format(name="Mistral", count=12)},
        {"id": "b", "lang": "en", "source": "Island News",
         "text": "A ferry went down on Tuesday. In all 12 people drowned when the ferry sank, the coast guard said."},
    )  # fmt: skip
    reply = agreeing.ask("How many people drowned when the ferry sank?")
    assert isinstance(reply, Answer)
    assert reply.opening == "The articles say:"
