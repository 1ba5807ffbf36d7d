"""What the engine knows of a language: one TOML file each, read once."""

from __future__ import annotations

import dataclasses
import functools
import re
import tomllib
from collections.abc import Iterable, Mapping
from importlib import resources
from typing import Any

FINITE, PARTICIPLE, GERUND, INFINITIVE = 1, 2, 4, 8
_TENSES = {"finite": FINITE, "participle": PARTICIPLE, "gerund": GERUND, "infinitive": INFINITIVE}

# How much a verb of the class says about what stands beside it.
SPEECH, STANCE, OBJECT, MANNER = "speech", "stance", "object", "manner"


@dataclasses.dataclass(frozen=True, slots=True)
class Verb:
    """A form of a verb that can report words: its class and which forms (FINITE | PARTICIPLE …) it can be."""

    kind: str
    forms: int
    lemma: str = ""


class Adverbs(frozenset[str]):
    """Adverbs: those listed and all with the language's ending ("-ly", "-mente")."""

    ending: str = ""
    nouns: frozenset[str] = frozenset()

    def __contains__(self, word: object) -> bool:
        if super().__contains__(word):
            return True
        return (
            isinstance(word, str)
            and bool(self.ending)
            and len(word) > 5
            and word.endswith(self.ending)
            and word not in self.nouns
        )


def _adverbs(words: frozenset[str], ending: str, nouns: frozenset[str]) -> frozenset[str]:
    if not ending:
        return words
    adverbs = Adverbs(words)
    adverbs.ending = ending
    adverbs.nouns = nouns
    return adverbs


@dataclasses.dataclass(frozen=True, slots=True)
class Lexicon:
    """The words of one language. All are lower case with plain apostrophes; phrases are tuples of tokens."""

    language: str
    elisions: frozenset[str]
    verbs: Mapping[str, Verb]
    phrases: Mapping[str, tuple[tuple[tuple[str, ...], Verb], ...]]
    particles: frozenset[str]
    auxiliaries: frozenset[str]
    modals: frozenset[str]
    finite: frozenset[str]
    subjunctive: frozenset[str]
    before: tuple[tuple[str, ...], ...]
    weak_before: tuple[tuple[str, ...], ...]
    behind: frozenset[str]
    not_sources: frozenset[str]
    complementisers: frozenset[str]
    questions: frozenset[str]
    not_complements: frozenset[str]
    pronouns: Mapping[str, str]
    possessives: frozenset[str]
    relatives: frozenset[str]
    clitics: frozenset[str]
    reflexives: frozenset[str]
    negations: frozenset[str]
    denials: frozenset[str]
    informing: tuple[str, ...]
    infinitive_marks: frozenset[str]
    infinitives: frozenset[str]
    gerund_marks: frozenset[str]
    splitters: frozenset[str]
    publishers: frozenset[str]
    determiners: Mapping[str, str]
    definites: frozenset[str]
    contracted: Mapping[str, str]
    anyone: frozenset[str]
    masculines: Mapping[str, str]
    organisations_have_gender: bool
    prepositions: frozenset[str]
    of: frozenset[str]
    conjunctions: frozenset[str]
    subordinators: frozenset[str]
    adverbs: frozenset[str]
    times: frozenset[str]
    stopwords: frozenset[str]
    titles: Mapping[str, str]
    roles: Mapping[str, str]
    role_endings: tuple[str, ...]
    organisations: frozenset[str]
    organisation_endings: tuple[str, ...]
    documents: frozenset[str]
    unnamed: frozenset[str]
    groups: frozenset[str]
    generic: Mapping[str, tuple[str, ...]]
    names: Mapping[str, str]
    countries: frozenset[str]
    name_particles: frozenset[str]
    abbreviations: frozenset[str]
    works: frozenset[str]
    whom: frozenset[str]
    pro_drop: bool
    question_labels: frozenset[str]
    answer_labels: frozenset[str]
    no_labels: frozenset[str]
    first_person: frozenset[str]
    credits: tuple[str, ...]
    announcers: tuple[tuple[str, ...], ...]
    things: frozenset[str]
    bare_clause: bool
    bare_verbs: frozenset[str]
    addressed_verbs: frozenset[str]
    telling_verbs: frozenset[str]
    impersonal: frozenset[str]
    places: frozenset[str]
    latter: frozenset[str]
    pointing: frozenset[str]
    echoes: frozenset[str]
    like: frozenset[str]
    source_nouns: frozenset[str]
    source_openers: frozenset[str]
    separable: Mapping[str, frozenset[str]]
    ordinal_dot: bool
    noun_verbs: frozenset[str]
    reporting_infinitives: frozenset[str]
    cutters: frozenset[str]
    contrasts: frozenset[str]
    directives: frozenset[str]
    commissives: frozenset[str]
    same: frozenset[str]
    verb_starts: frozenset[str]
    weak_alone: frozenset[str]
    human_endings: tuple[str, ...]
    source_words: frozenset[str]
    never_clause: frozenset[str]
    plain_verbs: frozenset[str]
    verb_second: bool
    reported_moods: frozenset[str]
    own_sources: tuple[tuple[tuple[str, ...], str], ...]
    after_comma: frozenset[str]
    case_endings: tuple[str, ...]
    accompaniment: frozenset[str]
    qualifiers: frozenset[str]
    passives: frozenset[str]
    before_infinitive: frozenset[str]
    insertions: Mapping[str, tuple[tuple[str, ...], ...]]
    occasions: frozenset[str]
    issued: frozenset[str]
    not_circumstance: frozenset[str]
    infinitive_clause: bool
    verb_last: bool
    postposed_particle: bool
    inversion: re.Pattern[str] | None
    infinitive_ending: re.Pattern[str] | None
    genitive: str
    articles: frozenset[str] = dataclasses.field(init=False)
    openers: frozenset[str] = dataclasses.field(init=False)
    source_firsts: frozenset[str] = dataclasses.field(init=False)
    clause_openers: frozenset[str] = dataclasses.field(init=False)
    fillers: frozenset[str] = dataclasses.field(init=False)
    settings: frozenset[str] = dataclasses.field(init=False)
    openings: frozenset[str] = dataclasses.field(init=False)
    sourceful: frozenset[str] = dataclasses.field(init=False)
    outside: frozenset[str] = dataclasses.field(init=False)
    bound: frozenset[str] = dataclasses.field(init=False)
    light: frozenset[str] = dataclasses.field(init=False)
    between: frozenset[str] = dataclasses.field(init=False)
    subjects: frozenset[str] = dataclasses.field(init=False)
    before_relative: frozenset[str] = dataclasses.field(init=False)
    conjunctions_or_comma: frozenset[str] = dataclasses.field(init=False)

    def __post_init__(self) -> None:
        """Unite the sets that rules ask for at every word."""
        articles = frozenset(self.determiners) | self.possessives
        united = {
            "articles": articles,
            "openers": articles | self.of,
            "clause_openers": self.complementisers | self.questions,
            "source_firsts": frozenset(p[0] for p in (*self.before, *self.weak_before))
            | frozenset(p[0] for p, _ in self.own_sources)
            | self.behind
            | self.after_comma
            | self.source_openers,
            "fillers": self.adverbs | self.conjunctions,
            "settings": self.prepositions | self.times | self.adverbs,
            "openings": self.prepositions | self.times | self.relatives,
            "sourceful": self.documents | self.unnamed,
            "outside": self.prepositions | self.of | self.adverbs,
            "bound": self.prepositions | self.of,
            "light": self.clitics | self.negations,
            "between": self.adverbs | self.clitics | self.negations,
            "subjects": frozenset(self.pronouns) | self.relatives,
            "before_relative": self.prepositions | {",", ")"},
            "conjunctions_or_comma": self.conjunctions | {","},
        }
        if isinstance(self.adverbs, Adverbs):
            for name in ("fillers", "settings", "outside", "between"):
                united[name] = _adverbs(frozenset(united[name]), self.adverbs.ending, self.adverbs.nouns)
        for name, words in united.items():
            object.__setattr__(self, name, words)


@functools.cache
def lexicon(language: str) -> Lexicon | None:
    """Return the words of a language (ISO 639-1), or None where it has no file."""
    if not re.fullmatch(r"[a-z]{2,3}", language):
        return None
    file = resources.files("ingest.quotations").joinpath("lexicon", f"{language}.toml")
    if not file.is_file():
        return None
    return _built(language, tomllib.loads(file.read_text(encoding="utf-8")))


def languages() -> tuple[str, ...]:
    """Return the languages that have a file."""
    folder = resources.files("ingest.quotations").joinpath("lexicon")
    return tuple(sorted(f.name.removesuffix(".toml") for f in folder.iterdir() if f.name.endswith(".toml")))


def _built(language: str, data: dict[str, Any]) -> Lexicon:
    def words(*path: str) -> frozenset[str]:
        return frozenset(_at(data, *path, default="").split())

    def gendered(*path: str) -> dict[str, str]:
        """Flatten {m = "il", f = "elle"} to {"il": "m", "elle": "f"}."""
        return {word: gender for gender, row in _at(data, *path, default={}).items() for word in row.split()}

    def phrases(*path: str) -> tuple[tuple[str, ...], ...]:
        return tuple(tuple(row.split()) for row in sorted(_at(data, *path, default=[]), key=len, reverse=True))

    def pattern(key: str) -> re.Pattern[str] | None:
        return re.compile(data[key]) if data.get(key) else None

    by_first: dict[str, list[tuple[tuple[str, ...], Verb]]] = {}
    for kind, rows in _at(data, "phrases", default={}).items():
        for row in rows:
            form, _, phrase = row.rpartition(":")
            tokens = tuple(phrase.split())
            rows_of_first = by_first.setdefault(tokens[0], [])
            known = next((n for n, (known_tokens, _) in enumerate(rows_of_first) if known_tokens == tokens), -1)
            if known >= 0:
                forms = rows_of_first[known][1].forms | _TENSES[form or "finite"]
                rows_of_first[known] = (tokens, Verb(rows_of_first[known][1].kind, forms, phrase))
            else:
                rows_of_first.append((tokens, Verb(kind, _TENSES[form or "finite"], phrase)))
    listed = gendered("roles")
    singular = {
        word: gender for gender, row in _at(data, "roles", default={}).items() if gender != "p" for word in row.split()
    }
    for role in [r for r in listed if data.get("role_plurals") and listed[r] != "p" and r not in words("finite")]:
        plural = role[:-1] + "ies" if role.endswith("y") and data["role_plurals"] == "ies" else role + "s"
        if not role.endswith(("s", "x", "ch")):
            listed.setdefault(plural, "p")
    roles = {**listed, **singular, **_feminines(gendered("roles"), _at(data, "role_feminines", default={}))}
    function_words = words("stopwords")
    for key in (
        "prepositions",
        "conjunctions",
        "subordinators",
        "adverbs",
        "of",
        "clitics",
        "complementisers",
        "relatives",
    ):
        function_words |= words(key)
    function_words |= frozenset(gendered("pronouns")) | frozenset(gendered("determiners")) | words("possessives")
    return Lexicon(
        language=language,
        elisions=words("elisions"),
        verbs=_verbs(data),
        phrases={first: tuple(sorted(rows, key=lambda r: -len(r[0]))) for first, rows in by_first.items()},
        particles=words("particles"),
        auxiliaries=words("auxiliaries"),
        modals=words("modals"),
        finite=words("finite"),
        subjunctive=words("subjunctive"),
        before=phrases("sources", "before"),
        weak_before=phrases("sources", "weak"),
        behind=words("sources", "behind"),
        not_sources=words("sources", "never"),
        complementisers=words("complementisers"),
        questions=words("questions"),
        not_complements=words("not_complements"),
        pronouns=gendered("pronouns"),
        possessives=words("possessives"),
        relatives=words("relatives"),
        clitics=words("clitics"),
        reflexives=words("reflexives"),
        negations=words("negations"),
        denials=words("denials"),
        informing=tuple(words("informing")),
        infinitive_marks=words("infinitive_marks"),
        infinitives=words("infinitives"),
        gerund_marks=words("gerund_marks"),
        splitters=words("splitters"),
        publishers=words("publishers"),
        determiners=gendered("determiners"),
        definites=words("definites"),
        contracted=_at(data, "contracted", default={}),
        anyone=words("anyone"),
        masculines=_masculines(gendered("roles"), _at(data, "role_feminines", default={})),
        organisations_have_gender=bool(data.get("organisations_have_gender", True)),
        prepositions=words("prepositions"),
        of=words("of"),
        conjunctions=words("conjunctions"),
        subordinators=words("subordinators"),
        adverbs=_adverbs(words("adverbs"), str(data.get("adverb_ending", "")), words("no_adverbs")),
        times=words("times"),
        stopwords=function_words,
        titles=gendered("titles"),
        roles=roles,
        role_endings=tuple(_at(data, "role_endings", default="").split()),
        organisations=words("organisations"),
        organisation_endings=tuple(_at(data, "organisation_endings", default="").split()),
        documents=words("documents"),
        unnamed=words("unnamed"),
        groups=words("groups"),
        generic={w: tuple(row.split()) for w, row in _at(data, "generic", default={}).items()},
        names=_names(gendered("names"), function_words, roles, gendered("titles"), words("organisations")),
        countries=_shared("places", "known") | _shared("places", "pairs"),
        name_particles=words("name_particles"),
        abbreviations=words("abbreviations"),
        works=words("works"),
        whom=words("whom"),
        pro_drop=bool(data.get("pro_drop", False)),
        question_labels=words("interview", "questions"),
        answer_labels=words("interview", "answers"),
        no_labels=words("interview", "never"),
        first_person=words("interview", "first"),
        credits=tuple(_at(data, "interview", "credits", default=[])),
        announcers=phrases("announcers"),
        things=words("things"),
        bare_clause=bool(data.get("bare_clause", False)),
        bare_verbs=words("bare_verbs"),
        addressed_verbs=words("addressed_verbs"),
        telling_verbs=words("telling_verbs"),
        impersonal=words("impersonal"),
        places=words("places"),
        latter=words("latter"),
        pointing=words("pointing"),
        echoes=words("echoes"),
        like=words("like"),
        source_nouns=words("source_nouns"),
        source_openers=words("source_openers"),
        separable={
            form: frozenset(particles.split())
            for forms, particles in _at(data, "separable", default={}).items()
            for form in forms.split()
        },
        ordinal_dot=bool(data.get("ordinal_dot", False)),
        noun_verbs=words("noun_verbs"),
        reporting_infinitives=words("reporting_infinitives"),
        cutters=words("cutters"),
        contrasts=words("contrasts"),
        directives=words("directives"),
        commissives=words("commissives"),
        same=words("same"),
        verb_starts=words("verb_starts"),
        weak_alone=words("weak_alone"),
        human_endings=tuple(words("human_endings")),
        source_words=frozenset(p[0] for p in phrases("sources", "before") if len(p) == 1),
        never_clause=words("never_clause"),
        plain_verbs=words("plain_verbs"),
        verb_second=bool(data.get("verb_second", False)),
        reported_moods=words("reported_moods"),
        own_sources=tuple((tuple(k.split()), v) for k, v in _at(data, "sources", "own", default={}).items()),
        after_comma=words("after_comma"),
        case_endings=tuple(sorted(words("case_endings"), key=len, reverse=True)),
        accompaniment=words("accompaniment"),
        qualifiers=words("qualifiers"),
        passives=words("passives"),
        before_infinitive=words("before_infinitive"),
        insertions=_by_last(phrases("insertions")),
        occasions=words("occasions"),
        issued=words("issued"),
        not_circumstance=words("not_circumstance"),
        infinitive_clause=bool(data.get("infinitive_clause", False)),
        verb_last=bool(data.get("verb_last", False)),
        postposed_particle=bool(data.get("postposed_particle", False)),
        inversion=pattern("inversion"),
        infinitive_ending=pattern("infinitive_ending"),
        genitive=str(data.get("genitive", "")),
    )


@functools.cache
def _common() -> dict[str, dict[str, str]]:
    file = resources.files("ingest.quotations").joinpath("names.toml")
    rows: dict[str, dict[str, str]] = tomllib.loads(file.read_text(encoding="utf-8"))
    return rows


def _shared(table: str, key: str) -> frozenset[str]:
    return frozenset(word.replace("_", " ") for word in _common()[table][key].split())


def _names(own: dict[str, str], *others: Iterable[str]) -> dict[str, str]:
    """Return the first names of a language with their gender ("" where it may be either), its own before the common."""
    taken = {word for words in others for word in words} | _shared("places", "known")
    found: dict[str, str] = {}
    for gender, row in _common()["names"].items():
        for name in row.split():
            if name not in taken:
                found[name] = "" if gender == "x" or found.get(name, gender) != gender else gender
    return {**found, **own}


def _by_last(rows: tuple[tuple[str, ...], ...]) -> dict[str, tuple[tuple[str, ...], ...]]:
    return {last: tuple(row for row in rows if row[-1] == last) for last in {row[-1] for row in rows}}


def _at(data: Mapping[str, Any], *path: str, default: Any) -> Any:
    for key in path:
        if key not in data:
            return default
        data = data[key]
    return data


def _feminines(roles: Mapping[str, str], endings: Mapping[str, str]) -> dict[str, str]:
    """Derive "directrice" from "directeur" by the endings the language file gives."""
    derived: dict[str, str] = {}
    for role, gender in roles.items():
        if gender not in {"m", "x"}:
            continue
        for masculine, feminine in endings.items():
            if role.endswith(masculine):
                derived.setdefault(role[: len(role) - len(masculine)] + feminine, "f")
    return {word: gender for word, gender in derived.items() if word not in roles}


def _masculines(roles: Mapping[str, str], endings: Mapping[str, str]) -> dict[str, str]:
    """Return the masculine form of each derived feminine."""
    derived: dict[str, str] = {}
    for role, gender in roles.items():
        for masculine, feminine in endings.items() if gender in {"m", "x"} else ():
            if role.endswith(masculine):
                derived.setdefault(role[: len(role) - len(masculine)] + feminine, role)
    return derived


def _verbs(data: Mapping[str, Any]) -> dict[str, Verb]:
    """Inflect the regular verbs by their conjugations and add the listed irregular forms.

    A later class does not overwrite an earlier one, so a verb of speech stays one; forms of one spelling are united.
    """
    found: dict[str, Verb] = {}

    def add(form: str, kind: str, flag: int, lemma: str) -> None:
        known = found.get(form)
        if known is None:
            found[form] = Verb(kind, flag, lemma)
        elif known.kind == kind:
            found[form] = Verb(kind, known.forms | flag, known.lemma)

    conjugations: Mapping[str, Mapping[str, str]] = _at(data, "conjugations", default={})
    for kind in (SPEECH, STANCE, OBJECT, MANNER):
        table = _at(data, "verbs", kind, default={})
        for verb in table.get("regular", "").split():
            stem, _, ending = verb.rpartition("|")
            if not stem:
                name = max((n for n in conjugations if verb.endswith(n)), key=len, default="")
                stem, ending = verb[: len(verb) - len(name)], name
            for tense, endings in conjugations.get(ending, {}).items():
                for suffix in endings.split():
                    add(stem + suffix.replace("0", ""), kind, _TENSES[tense], stem + ending)
        for tense, flag in _TENSES.items():
            for form in table.get(tense, "").split():
                add(form, kind, flag, form)
    for form in _at(data, "verbs", "never", default="").split():
        found.pop(form, None)
    return found
