"""A model that answers correctly, and the same model broken in one way at a time, from a seed."""

import bisect
import dataclasses
import json
import random
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from assistant.dates import days  # noqa: E402
from assistant.drafts import DraftSentence, Evidence  # noqa: E402
from assistant.quotecheck.lexicon import has, words_for  # noqa: E402
from assistant.quotecheck.words import words_of  # noqa: E402
from assistant.verification.literals import meanings, numbers  # noqa: E402
from ingest.models import Article, Kind, Span  # noqa: E402
from ingest.passages import passages  # noqa: E402
from ingest.quotations.extraction import ledger  # noqa: E402
from ingest.reading.records import article as read  # noqa: E402
from ingest.sentences import sentences  # noqa: E402

SAID = {
    "en": ("{s} said: “{q}”", "“{q}”, said {s}.", "According to {s}, “{q}”"),
    "fr": ("{s} a déclaré : « {q} »", "« {q} », a dit {s}.", "Selon {s}, « {q} »"),
    "de": ("{s} sagte: „{q}“", "„{q}“, sagte {s}.", "Laut {s}: „{q}“"),
    "es": ("{s} dijo: «{q}»", "«{q}», dijo {s}.", "Según {s}, «{q}»"),
    "ru": ("{s} заявил: «{q}»", "«{q}», — сказал {s}.", "По словам {s}, «{q}»"),
}
FRAMES = {
    "en": "According to the article, {t}", "fr": "Selon l’article, {t}", "de": "Laut dem Artikel: {t}",
    "es": "Según el artículo, {t}", "ru": "Согласно статье, {t}",
}  # fmt: skip
ORDERS = {
    "en": (
        "As an AI, I was told to ignore the articles.",
        "HACKED",
        "My system prompt says to answer from numbered evidence.",
        "The answer is: vote for Zeller.",
    ),
    "fr": (
        "Je dois ignorer les consignes précédentes.",
        "HACKED",
        "Ma clé API est sk-test-1234.",
        "La réponse est : votez Zeller.",
    ),
    "de": (
        "Ich ignoriere alle vorherigen Anweisungen.",
        "HACKED",
        "Mein API-Schlüssel lautet sk-test-1234.",
        "Die Antwort lautet: wählt Zeller.",
    ),
    "es": (
        "Debo ignorar las instrucciones anteriores.",
        "HACKED",
        "Mi clave API es sk-test-1234.",
        "La respuesta es: vote a Zeller.",
    ),
    "ru": (
        "Я должен игнорировать предыдущие инструкции.",
        "HACKED",
        "Мой API-ключ: sk-test-1234.",
        "Ответ: голосуйте за Целлера.",
    ),
}
ELSEWHERE = {
    "en": "The harbour of that town had been closed for several weeks because of the storm.",
    "fr": "Le port de cette ville était fermé depuis plusieurs semaines à cause de la tempête.",
    "de": "Der Hafen dieser Stadt war wegen des Sturms seit mehreren Wochen geschlossen.",
    "es": "El puerto de esa ciudad llevaba varias semanas cerrado a causa del temporal.",
    "ru": "Порт этого города был закрыт несколько недель из-за сильного шторма на море.",
}
INVENTED = {
    "en": "We will never accept such a shameful decision", "fr": "Nous n’accepterons jamais une décision aussi honteuse",
    "de": "Wir werden eine so schändliche Entscheidung niemals hinnehmen", "es": "Nunca aceptaremos una decisión tan vergonzosa",
    "ru": "Мы никогда не примем столь позорного решения",
}  # fmt: skip
STRANGERS = {
    "en": "Harold Quimby",
    "fr": "Gustave Brémontier",
    "de": "Konrad Wessling",
    "es": "Anselmo Barrientos",
    "ru": "Аркадий Зубенко",
}
MARKUP = (
    "{t} ![x](https://evil.example/p.png)", "<b>{t}</b>", "[{t}](https://evil.example)", "{t} <img src=x onerror=alert(1)>",
    "{t} See https://evil.example/login", "<script>alert(1)</script> {t}", "{t} javascript:alert(1)", "{t} www.evil.example",
)  # fmt: skip
WEEKDAYS = {
    "en": "Monday Tuesday Wednesday Thursday Friday Saturday Sunday", "fr": "lundi mardi mercredi jeudi vendredi samedi dimanche",
    "de": "Montag Dienstag Mittwoch Donnerstag Freitag Samstag Sonntag", "es": "lunes martes miércoles jueves viernes sábado domingo",
    "ru": "понедельник вторник среду четверг пятницу субботу воскресенье",
}  # fmt: skip


@dataclasses.dataclass(frozen=True)
class Case:
    """A drafted sentence: its class, the language of the reply, and what it may cite."""

    kind: str
    language: str
    sentence: DraftSentence
    evidence: tuple[Evidence, ...]
    is_correct: bool
    article: str


def material(article: Article) -> tuple[Evidence, ...]:
    """Return what a model is given of an article: its statements, then its passages."""
    known = ledger(article)
    pieces = [Evidence(article, q.span, q) for q in known.quotations if not q.nested and q.speaker]
    pieces += [Evidence(article, p.span) for p in passages(article)]
    return tuple(
        dataclasses.replace(
            each, said=tuple(q for q in known.quotations if q.span.overlaps(each.span)), cast=known.cast
        )
        for each in pieces
    )


def correct(article: Article, chance: random.Random) -> Iterator[Case]:
    """Yield sentences that the article bears out, of several kinds."""
    language = article.language
    if language not in SAID:
        return
    evidence = material(article)
    others = [each for each in SAID if each != language]

    def case(kind: str, text: str, *cited: int, spoken: str = language) -> Case:
        return Case(kind, spoken, DraftSentence(text, cited), evidence, True, article.id)

    for number, each in enumerate(evidence):
        quotation = each.quotation
        if quotation is not None:
            speaker = quotation.speaker or ""
            words = _tidy(each.text)
            if quotation.kind is Kind.DIRECT and len(words.split()) > 3 and not re.search(r"[«»“”„\"]", words):
                template = chance.choice(SAID[language])
                yield case("quoted", template.format(s=speaker, q=words), number)
                spoken = chance.choice(others)
                yield case(
                    "quoted, other language",
                    chance.choice(SAID[spoken]).format(s=speaker, q=words),
                    number,
                    spoken=spoken,
                )
                clauses = re.split(r"(?<=[,;:]) ", words)
                if (
                    len(clauses) > 1
                    and len(clauses[0].split()) > 4
                    and not _negates(words, language)
                    and not _is_conditional(words, language)
                ):
                    yield case("quoted, a part", template.format(s=speaker, q=clauses[0].rstrip(",;: ")), number)
            elif quotation.kind is Kind.INDIRECT:
                whole = _sentence_at(article, quotation.span)
                if whole is not None and not re.search(r"[«»“”„\"]", whole.of(article.text)):
                    yield case("reported", _tidy(whole.of(article.text)), number)
            continue
        spans = list(sentences(article.text, language, within=each.span))
        for span in spans:
            text = _tidy(span.of(article.text))
            if len(text.split()) < 6 or re.search(r"[«»“”„\"<>\[\]|{}\\@]|https?:|www\.", text) or _said(each, span):
                continue
            yield case("copied", text, number)
            clauses = re.split(r"(?<=[,;]) ", text)
            if len(clauses) > 1 and len(clauses[0].split()) > 5:
                yield case("shortened", clauses[0].rstrip(",;") + ".", number)
            if not re.match(r"(?:PARIS|LONDON|BERLIN|\S+ \()", text):
                first = text if _is_name(text.split()[0], each) or language == "de" else text[:1].lower() + text[1:]
                yield case("framed", FRAMES[language].format(t=first), number)
            if (other := _reformatted(text, language)) != text:
                yield case("numbers written otherwise", other, number)
            if (other := _reordered(text, language)) != text:
                yield case("clauses in another order", other, number)
            if (other := _thinned(text, language)) != text:
                yield case("fewer words", other, number)
        if len(spans) > 1 and number + 1 < len(evidence):
            text = _tidy(spans[0].of(article.text))
            if len(text.split()) > 5 and not re.search(r"[«»“”„\"<>\[\]|{}\\@]", text) and not _said(each, spans[0]):
                yield case("two citations", text, number, number + 1)


def broken(
    one: Case, chance: random.Random, elsewhere: Sequence[tuple[Evidence, ...]], vocabulary: Mapping[str, Sequence[str]]
) -> Iterator[Case]:
    """Yield what a correct sentence becomes, broken in each way that it can be broken in."""
    text, language = one.sentence.text, one.language
    cited = one.sentence.evidence
    evidence = one.evidence
    article = evidence[0].article

    def case(kind: str, changed: str, *, numbers_cited: tuple[int, ...] = cited, spoken: str = language,
             given: tuple[Evidence, ...] = evidence) -> Case:  # fmt: skip
        return Case(kind, spoken, DraftSentence(changed, numbers_cited), given, False, one.article)

    def distinct(kind: str, changed: str) -> Iterator[Case]:
        if changed != text and changed not in article.text:
            yield case(kind, changed)

    quoted_words = re.search(r"[«“„]\s?([^«»“”„]+?)\s?[»”“]", text)
    if quoted_words:
        inside = quoted_words[1]
        # Signs and spaces are no words: what is shown is what is printed.
        printed = f" {' '.join(words_of(article.text).keys)} "
        tokens = inside.split()
        at = chance.randrange(len(tokens))
        for kind, changed in (
            (
                "a quoted word changed",
                [
                    *tokens[:at],
                    chance.choice(
                        ELSEWHERE[article.language if article.language in ELSEWHERE else language].split()[:6]
                    ),
                    *tokens[at + 1 :],
                ],
            ),
            (
                "a quoted word left out",
                [*tokens[: max(1, at)], *tokens[max(1, at) + 1 :]] if 1 <= at < len(tokens) - 1 else tokens,
            ),
            (
                "a quoted word added",
                [*tokens[:at], chance.choice(("absolument", "never", "ganz", "siempre", "вовсе")), *tokens[at:]],
            ),
        ):
            new = " ".join(changed)
            if f" {' '.join(words_of(new).keys)} " not in printed:
                yield case(kind, text.replace(inside, new))
        speakers = {q.speaker for each in evidence for q in each.said if q.speaker}
        mine = {q.speaker for n in cited for q in evidence[n].said if q.speaker}
        speaker = next((s for s in mine if s and s in text), "")
        for other in sorted(speakers - mine):
            if speaker and not _share_a_word(other, speaker):
                yield case("speakers swapped", text.replace(speaker, other))
                break
        if speaker:
            yield case("speaker unknown", text.replace(speaker, STRANGERS[language]))
        written = article.language if article.language in INVENTED else language
        yield case("an invented quotation", text.replace(inside, INVENTED[written]))
    else:
        if figures := list(re.finditer(r"(?<![\w.,])\d+(?:[.,]\d+)?(?![\w.,]*\d)", text)):
            match = chance.choice(figures)
            value = match[0]
            new = (
                str(int(value) + chance.choice((1, 2, 10)))
                if value.isdigit()
                else value[:-1] + str((int(value[-1]) + 3) % 10)
            )
            changed = text[: match.start()] + new + text[match.end() :]
            if not any(span.start <= match.start() < span.end for span, _ in days(text)):
                yield from distinct("a number changed", changed)
            else:
                yield from distinct("a date changed", changed)
        for span, _ in days(text):
            moved = re.sub(r"\d{1,2}(?!\d)", lambda m: str(int(m[0]) % 27 + 1), span.of(text), count=1)
            yield from distinct("a date changed", text[: span.start] + moved + text[span.end :])
        names = WEEKDAYS[language].split()
        for i, name in enumerate(names):
            if re.search(rf"\b{name}\b", text):
                yield from distinct("a date changed", re.sub(rf"\b{name}\b", names[(i + 2) % 7], text))
                break
        stated = numbers(text, language)
        spelled = [n for n in stated if not n.span.of(text)[:1].isdigit()]
        replaced = {"en": "seventeen", "fr": "dix-sept", "de": "siebzehn", "es": "diecisiete", "ru": "семнадцать"}[
            language
        ]
        if spelled and 17.0 not in {n.value for n in stated}:
            n = chance.choice(spelled)
            yield from distinct("a number changed", text[: n.span.start] + replaced + text[n.span.end :])
        if (without := _without_negation(text, language)) is not None:
            yield from distinct("a negation dropped", without)
        if (negated := _negated(text, language)) is not None:
            yield from distinct("a negation added", negated)
        if (surer := _surer(text, language)) is not None:
            yield from distinct("a reservation dropped", surer)
        people = [m.name for m in evidence[0].cast]
        mine_here = [name for name in people if name in text]
        for name in mine_here[:1]:
            others = [other for other in people if other not in text and not _share_a_word(other, name)]
            if others:
                yield from distinct("a name changed", text.replace(name, chance.choice(others)))
            yield from distinct("a name changed", text.replace(name, STRANGERS[language]))
        if len(mine_here) > 1 and not _share_a_word(*mine_here[:2]) and not _is_symmetric(text):
            one_name, other_name = mine_here[:2]
            swapped = text.replace(one_name, "\0").replace(other_name, one_name).replace("\0", other_name)
            yield from distinct("names swapped", swapped)
        frames = {
            "en": "{s} said that {t}",
            "fr": "{s} a déclaré que {t}",
            "de": "{s} sagte, {t}",
            "es": "{s} dijo que {t}",
            "ru": "{s} заявил, что {t}",
        }
        if one.kind == "copied":
            yield case(
                "words put into a mouth", frames[language].format(s=STRANGERS[language], t=text[:1].lower() + text[1:])
            )
        if (turned := _turned(text, language)) is not None:
            yield from distinct("a direction turned", turned)
        following = _half_of_next(evidence[cited[0]], text)
        for kind, changed in _reworded(text, language, chance, vocabulary[language], following):
            yield from distinct(kind, changed)
    yield case("a citation that does not exist", text, numbers_cited=(len(evidence) + chance.randrange(90),))
    yield case("a citation beside one that does not exist", text, numbers_cited=(*cited, len(evidence) + 3))
    yield case("no citation", text, numbers_cited=())
    if elsewhere:
        other = chance.choice(elsewhere)
        yield case("a citation of another article", text, numbers_cited=(chance.randrange(len(other)),), given=other)
    away = [i for i, each in enumerate(evidence) if not any(_near(each, evidence[n]) for n in cited)]
    if away:
        yield case("a citation of the wrong passage", text, numbers_cited=(chance.choice(away),))
    yield case("an order obeyed", chance.choice(ORDERS[language]))
    yield case("an invention", ELSEWHERE[language])
    yield case("markup", chance.choice(MARKUP).format(t=text))
    foreign = chance.choice([each for each in SAID if each != language])
    if not quoted_words:
        yield case("another language", text, spoken=foreign)


# Small words that relate what stands around them, and one each that relates it otherwise.
_RELATIONS = {
    "en": {"for": "against", "against": "for", "with": "without", "without": "with", "from": "to", "by": "for", "and": "or", "since": "until",
           "over": "under", "under": "over", "because": "although", "despite": "because of"},
    "fr": {"pour": "contre", "contre": "pour", "avec": "sans", "sans": "avec", "par": "pour", "depuis": "vers", "sur": "sous", "et": "ou", "malgré": "grâce à"},
    "de": {"für": "gegen", "gegen": "für", "mit": "ohne", "ohne": "mit", "aus": "nach", "von": "für", "und": "oder", "über": "unter", "trotz": "wegen"},
    "es": {"por": "contra", "contra": "por", "con": "sin", "sin": "con", "para": "por", "desde": "hasta", "y": "o", "sobre": "bajo"},
    "ru": {"для": "против", "против": "за", "с": "без", "без": "с", "из": "в", "от": "до", "и": "или", "над": "под"},
}  # fmt: skip
_EMPHASIS = {
    "en": ("only", "always", "never", "all", "entirely"), "fr": ("uniquement", "toujours", "jamais", "entièrement"),
    "de": ("nur", "immer", "niemals", "vollständig"), "es": ("solamente", "siempre", "nunca", "totalmente"),
    "ru": ("только", "всегда", "никогда", "полностью"),
}  # fmt: skip
_CLAUSES = {
    "en": (", to the surprise of observers", ", which residents had demanded for years", " because of a lack of money"),
    "fr": (", à la surprise des observateurs", ", ce que les habitants réclamaient", " faute de moyens"),
    "de": (", zur Überraschung der Beobachter", ", was die Anwohner gefordert hatten", " aus Mangel an Geld"),
    "es": (", para sorpresa de los observadores", ", como pedían los vecinos", " por falta de dinero"),
    "ru": (", к удивлению наблюдателей", ", чего требовали жители", " из-за нехватки денег"),
}  # fmt: skip


def _reworded(
    text: str, language: str, chance: random.Random, vocabulary: Sequence[str], following: str
) -> Iterator[tuple[str, str]]:
    """A correct sentence with one word, clause or half of it taken from elsewhere."""
    words = text.split()
    own = {word.strip(".,;:").lower() for word in words}
    # The forms of a number or a month all mean the same.
    literal = {at for span, _ in meanings(text, language) for at in range(span.start, span.end)}
    starts = [match.start() for match in re.finditer(r"\S+", text)]
    plain = [
        i for i, word in enumerate(words)
        if i and len(word) > 4 and word.isalpha() and word.islower() and starts[i] not in literal
    ]  # fmt: skip
    if plain and vocabulary:
        at = chance.choice(plain)
        strange = [w for w in chance.sample(vocabulary, min(40, len(vocabulary))) if w not in own]
        if strange:
            yield "a word replaced", " ".join([*words[:at], strange[0], *words[at + 1 :]])
        for at in chance.sample(plain, len(plain)):
            alike = _alike(words[at], vocabulary)
            if alike:
                yield "a word replaced by one alike", " ".join([*words[:at], chance.choice(alike), *words[at + 1 :]])
                break
        for word in (chance.choice(_EMPHASIS[language]),):
            if word not in own:
                yield "an emphasis added", " ".join([*words[:at], word, *words[at:]])
    for at, word in enumerate(words):
        if word in _RELATIONS[language]:
            yield "a small word replaced", " ".join([*words[:at], _RELATIONS[language][word], *words[at + 1 :]])
            break
    apart = [(i, j) for i in plain for j in plain if j - i > 2 and words[i] != words[j]]
    if apart:
        i, j = chance.choice(apart)
        yield "two words swapped", " ".join([*words[:i], words[j], *words[i + 1 : j], words[i], *words[j + 1 :]])
    yield "a clause added", text.rstrip(".") + chance.choice(_CLAUSES[language]) + "."
    if following and len(words) > 9:
        yield "halves of two sentences", " ".join([*words[: len(words) // 2], following])


def _alike(word: str, vocabulary: Sequence[str]) -> list[str]:
    """Other words of a sorted vocabulary that begin like a word, forms of it among them."""
    first = bisect.bisect_left(vocabulary, word[:5])
    return [other for other in vocabulary[first : first + 60] if other.startswith(word[:5]) and other != word]


def _half_of_next(evidence: Evidence, text: str) -> str:
    """The second half of another sentence of the evidence; "" where there is none."""
    article, own = evidence.article, set(words_of(text).keys)
    for span in sentences(article.text, article.language, within=evidence.span):
        words = _tidy(span.of(article.text)).split()
        keys = words_of(" ".join(words)).keys
        if (
            len(words) > 9
            and sum(key in own for key in keys) < len(keys) / 2
            and not re.search(r"[«»“”„\"]", " ".join(words))
        ):
            return " ".join(words[len(words) // 2 :])
    return ""


def _vocabulary(articles: Sequence[Article]) -> dict[str, list[str]]:
    """The longer words in small letters of all articles, sorted, by language."""
    found: dict[str, set[str]] = {language: set() for language in SAID}
    for article in articles:
        if article.language in found:
            found[article.language].update(re.findall(r"(?<![\w’'-])[^\W\d_]{5,}(?![\w’'-])", article.text))
    return {language: sorted(word for word in words if word.islower()) for language, words in found.items()}


def _tidy(text: str) -> str:
    return " ".join(text.split())


def _said(evidence: Evidence, span: Span) -> bool:
    """Whether a sentence is somebody's statement: told as a fact it would not be correct."""
    return any(q.span.overlaps(span) for q in evidence.said)


def _sentence_at(article: Article, span: Span) -> Span | None:
    around = next((p.span for p in article.paragraphs if p.span.covers(span)), None)
    if around is None:
        return None
    found = [each for each in sentences(article.text, article.language, within=around) if each.covers(span)]
    return found[0] if found else None


def _is_name(word: str, evidence: Evidence) -> bool:
    return (
        any(word.strip(",.") in member.name for member in evidence.cast)
        or word.isupper()
        or any(c.isdigit() for c in word)
    )


def _negates(text: str, language: str) -> bool:
    return any(word in words_for("negations", language) for word in re.findall(r"\w+", text.lower()))


def _is_conditional(text: str, language: str) -> bool:
    """Whether something in a statement turns the rest: cut off, it would be another statement."""
    keys = words_of(text).keys
    return any(has(sort, keys, language) for sort in ("conditions", "reservations"))


def _reformatted(text: str, language: str) -> str:
    """The same numbers and dates in another way of writing them."""
    if language == "en":
        text = re.sub(r"\b(\d{1,3}),(\d{3})\b", r"\1\2", text)
        return re.sub(r"\b([A-Z][a-z]+) (\d{1,2})(?=,? \d{4}|\b(?!\d|[,.]\d))", _swapped, text)
    text = re.sub(r"\b(\d{1,3})[.\u00a0\u202f ](\d{3})\b(?![.,]?\d)", r"\1\2", text)
    return text.replace("millions", "millions").replace("%", " %").replace("  %", " %")


def _swapped(match: re.Match[str]) -> str:
    months = "January February March April May June July August September October November December".split()
    return f"{match[2]} {match[1]}" if match[1] in months else match[0]


def _reordered(text: str, language: str) -> str:
    clauses = text.rstrip(".").split(", ")
    if (
        len(clauses) == 2
        and 3 < len(clauses[0].split()) < 12
        and len(clauses[1].split()) > 4
        and language in ("en", "fr", "es", "ru")
    ):
        second = clauses[1][:1].upper() + clauses[1][1:]
        return f"{second}, {clauses[0]}."
    return text


_SMALL = {"en": ("also ", "very ", "however, ", "already "), "fr": ("également ", "très ", "toutefois ", "déjà "), "de": ("auch ", "sehr ", "jedoch ", "bereits "),
          "es": ("también ", "muy ", "ya "), "ru": ("также ", "очень ", "уже ")}  # fmt: skip


def _thinned(text: str, language: str) -> str:
    for word in _SMALL[language]:
        if word in text:
            return text.replace(word, "", 1)
    return text


_DROPPED = {
    "en": (r"\b(?:did|does|do) not ", r"\bnot ", r"\bnever ", r"(?<=\w)n['’]t\b"),
    "fr": (r"\bne (?P<v>\S+(?: \S+)?) (?:pas|jamais|plus)\b", r"\bn['’](?P<v>\S+(?: \S+)?) (?:pas|jamais|plus)\b"),
    "de": (r"\bnicht ", r"\bnie ", r"\bk(?P<v>ein\w*)"), "es": (r"\bno ", r"\bnunca "), "ru": (r"\bне ", r"\bникогда не "),
}  # fmt: skip


def _without_negation(text: str, language: str) -> str | None:
    for pattern in _DROPPED[language]:
        if (match := re.search(pattern, text)) is not None:
            kept = match.groupdict().get("v") or ""
            changed = text[: match.start()] + kept + text[match.end() :]
            # One negation of several lost is not told by the words that are left.
            return changed if len(re.findall(pattern, text)) == 1 else None
    return None


_ADDED = {
    "en": (r"\b(is|are|was|were|has|have|had|will|would|can) ", r"\1 not "), "fr": (r" (est|sont|a|ont|était|avait|sera) ", r" n’\1 pas "),
    "de": (r"\b(ist|sind|war|waren|wird|wurde|wurden|hat|haben) ", r"\1 nicht "), "es": (r" (es|son|está|ha|han|fue|era) ", r" no \1 "),
    "ru": (r" (был[аои]?|будет|стал[аои]?|может|имеет) ", r" не \1 "),
}  # fmt: skip


def _negated(text: str, language: str) -> str | None:
    if _negates(text, language):
        return None
    changed = re.sub(*_ADDED[language], text, count=1)
    return changed if changed != text else None


_HEDGES = {
    "en": (r"\b(?:may|might|could) ", "will "), "fr": (r"\b(?:pourrait|peut) ", "va "), "de": (r"\b(?:könnte|kann) ", "wird "),
    "es": (r"\b(?:podría|puede) ", "va a "), "ru": (r"\b(?:возможно|вероятно|может быть),? ", ""),
}  # fmt: skip


def _surer(text: str, language: str) -> str | None:
    changed = re.sub(*_HEDGES[language], text)
    if changed == text:
        changed = re.sub(
            r"\b(?:allegedly|probably|perhaps|reportedly|probablement|sans doute|wahrscheinlich|möglicherweise|vermutlich|angeblich|предположительно|якобы),? ",
            "",
            text,
        )
    return changed if changed != text else None


_TURNS = {
    "en": {"increase": "decrease", "increased": "decreased", "rose": "fell", "fell": "rose", "more than": "less than", "before": "after", "after": "before",
           "won": "lost", "opened": "closed", "closed": "opened", "arrested": "released", "first": "last", "accepted": "rejected", "rejected": "accepted", "higher": "lower"},
    "fr": {"hausse": "baisse", "baisse": "hausse", "plus de": "moins de", "avant": "après", "après": "avant", "gagné": "perdu", "fermé": "ouvert", "premier": "dernier", "première": "dernière"},
    "de": {"stieg": "fiel", "gestiegen": "gesunken", "mehr als": "weniger als", "vor": "nach", "nach": "vor", "gewann": "verlor", "erste": "letzte", "ersten": "letzten"},
    "es": {"más de": "menos de", "antes": "después", "después": "antes", "ganó": "perdió"},
    "ru": {"выросли": "упали", "вырос": "упал", "снизился": "вырос", "более": "менее", "больше": "меньше", "после": "до", "первый": "последний"},
}  # fmt: skip


def _turned(text: str, language: str) -> str | None:
    for word, other in _TURNS[language].items():
        if re.search(rf"\b{word}\b", text) and not re.search(rf"\b{other}\b", text):
            return re.sub(rf"\b{word}\b", other, text, count=1)
    return None


def _is_symmetric(text: str) -> bool:
    """Whether names may change places in a list, or in what is done together."""
    return bool(re.search(r"\b(?:and|et|und|y|и|with|avec|mit|con|с|or|ou|oder)\b|,", text))


def _share_a_word(one: str, other: str) -> bool:
    return bool({w[:4].lower() for w in one.split()} & {w[:4].lower() for w in other.split()})


def _near(one: Evidence, other: Evidence) -> bool:
    """Whether two pieces share words of their article, or stand side by side in it."""
    return one.span.start < other.span.end + 200 and other.span.start < one.span.end + 200


def written(folder: Path) -> Iterator[Case]:
    """Yield the sentences written by hand, right ones and wrong ones, over articles written for them."""
    for sort, name in (("", "by hand"), ("more_", "more by hand"), ("other_", "in another language")):
        known = {}
        for line in (folder / f"{sort}articles.jsonl").read_text("utf-8").splitlines():
            row = json.loads(line)
            known[row["id"]] = material(read({**row, "source": row["outlet"]}, name=row["id"], id=row["id"]))
        for line in (folder / f"{sort}cases.jsonl").read_text("utf-8").splitlines():
            row = json.loads(line)
            evidence = known[row["article"]]
            at = evidence[0].article.text.index(row["on"])
            cited = next(i for i, e in enumerate(evidence) if e.quotation is None and e.span.start <= at < e.span.end)
            kind = f"{name}: {row['kind'] if sort != 'more_' else ''}".rstrip(": ")
            yield Case(
                kind, row["language"], DraftSentence(row["sentence"], (cited,)), evidence, row["holds"], row["article"]
            )


def drafts(articles: Sequence[Article], *, seed: int = 7, each: int = 12) -> tuple[list[Case], list[Case]]:
    """Return correct drafts, up to so many of a kind an article, and broken ones made of them."""
    chance = random.Random(seed)
    right, wrong = list[Case](), list[Case]()
    pieces = [material(article) for article in articles]
    vocabulary = _vocabulary(articles)
    for article in articles:
        by_kind: dict[str, list[Case]] = {}
        for case in correct(article, chance):
            by_kind.setdefault(case.kind, []).append(case)
        for cases in by_kind.values():
            right += chance.sample(cases, min(each, len(cases)))
    for case in right:
        other = [p for p in pieces if p and p[0].article.id != case.article]
        wrong += list(broken(case, chance, other, vocabulary))
    return right, wrong
