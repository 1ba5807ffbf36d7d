"""What the interface says, in English and French. Replies come from the assistant, in the question's language."""

from __future__ import annotations

import dataclasses
import datetime

from ingest.models import Kind


@dataclasses.dataclass(frozen=True, slots=True)
class Texts:
    """Every text of the interface in one language. {places} are filled by `str.format`.

    Plurals are pairs: the form for one, the form for many.
    """

    code: str
    zero_is_singular: bool
    thousands: str
    day: str
    first_day: str
    months: tuple[str, ...]
    languages: dict[str, str]
    kinds: dict[Kind, str]
    kinds_explained: dict[Kind, str]

    articles: str
    new_conversation: str
    promise_before: str
    promise_lit: str
    promise_after: str
    lead: str
    holds: str
    article_count: tuple[str, str]
    statement_count: tuple[str, str]
    speaker_count: tuple[str, str]
    try_asking: str
    ask: str
    searching: str
    opening_archive: str
    question_label: str
    conversation: str
    show_earlier: tuple[str, str]
    source: str
    source_label: str
    close: str
    speaker_unknown: str
    named_earlier: str
    named_later: str
    named_by: str
    open_article: str

    empty_title: str
    empty_lead: str
    empty_again: str
    waiting: tuple[str, str]
    find: str
    none_found: str
    show_more: str
    no_statements: str

    who_speaks: str
    light_hint: str
    not_this_version: str
    latest_version: str
    no_article_named: str
    unknown_article: str
    unexpected: str

    def count(self, number: int, forms: tuple[str, str]) -> str:
        """Return `number` with the noun form that goes with it."""
        singular = number == 1 or (number == 0 and self.zero_is_singular)
        return forms[0 if singular else 1].format(n=f"{number:,}".replace(",", self.thousands))

    def date(self, iso: str) -> str:
        """Return an ISO date in words, anything else as it is."""
        try:
            date = datetime.date.fromisoformat(iso)
        except ValueError:
            return iso
        day = self.first_day if date.day == 1 else self.day
        return day.format(day=date.day, month=self.months[date.month - 1], year=date.year)

    def language(self, code: str) -> str:
        """Return the name of a language, its code where we have no name, nothing where it is undetermined."""
        return "" if code == "und" else self.languages.get(code, code.upper())


def texts(locale: str | None) -> Texts:
    """Return the texts for a browser's locale; English where we do not speak its language."""
    return FRENCH if (locale or "").lower().partition("-")[0] == "fr" else ENGLISH


ENGLISH = Texts(
    code="en",
    zero_is_singular=False,
    thousands=",",
    day="{day} {month} {year}",
    first_day="{day} {month} {year}",
    months=("January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
            "November", "December"),
    languages={"ar": "Arabic", "de": "German", "en": "English", "es": "Spanish", "fr": "French", "it": "Italian",
               "nl": "Dutch", "pl": "Polish", "pt": "Portuguese", "ru": "Russian", "uk": "Ukrainian", "zh": "Chinese"},
    kinds={Kind.DIRECT: "verbatim", Kind.MIXED: "partly verbatim", Kind.INDIRECT: "reported, not verbatim"},
    kinds_explained={
        Kind.DIRECT: "The lit words stand in quotation marks in the article.",
        Kind.MIXED: "Only the brighter words stand in quotation marks; the rest is the reporter’s wording.",
        Kind.INDIRECT: "The reporter’s wording of what was said. None of it stands in quotation marks.",
    },
    articles="Articles",
    new_conversation="New conversation",
    promise_before="Who said what, ",
    promise_lit="in their exact words",
    promise_after=".",
    lead="Ask about the news in your articles. Every line of an answer opens the article at the words it rests on.",
    holds="On record: {statements} by {speakers}, in {articles}.",
    article_count=("{n} article", "{n} articles"),
    statement_count=("{n} statement", "{n} statements"),
    speaker_count=("{n} speaker", "{n} speakers"),
    try_asking="Try asking",
    ask="Ask what somebody said",
    searching="Looking through the articles",
    opening_archive="Opening the archive. The first answer takes a few seconds longer",
    question_label="Question",
    conversation="Conversation",
    show_earlier=("Show {n} earlier question", "Show {n} earlier questions"),
    source="Source {n}",
    source_label="Source {n}: {title}",
    close="Close",
    speaker_unknown="Speaker not named",
    named_earlier="“{mention}” is {speaker}, named earlier in the article.",
    named_later="“{mention}” is {speaker}, named later in the article.",
    named_by="“{mention}” is {speaker}.",
    open_article="Open the article at these words",
    empty_title="No articles yet",
    empty_lead="On Record answers from the articles you give it. Add the ones that come with it, or your own:",
    empty_again="Look again",
    waiting=(
        "{n} passage is not indexed yet. It can be found by its words already; its meaning follows.",
        "{n} passages are not indexed yet. They can be found by their words already; their meaning follows.",
    ),
    find="Find by title or outlet",
    none_found="No article has “{words}” in its title or outlet.",
    show_more="Show more",
    no_statements="no statements",
    who_speaks="Who speaks here",
    light_hint="Choose a statement to light its words.",
    not_this_version="This is an earlier version of the article. What was said is listed with the latest one.",
    latest_version="Open the latest version",
    no_article_named="This address names no article.",
    unknown_article="No article “{id}” is in the archive.",
    unexpected="That did not work. Nothing was lost; please try again.",
)  # fmt: skip

FRENCH = Texts(
    code="fr",
    zero_is_singular=True,
    thousands="\u202f",
    day="{day} {month} {year}",
    first_day="{day}er {month} {year}",
    months=("janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre",
            "novembre", "décembre"),
    languages={"ar": "arabe", "de": "allemand", "en": "anglais", "es": "espagnol", "fr": "français", "it": "italien",
               "nl": "néerlandais", "pl": "polonais", "pt": "portugais", "ru": "russe", "uk": "ukrainien",
               "zh": "chinois"},
    kinds={Kind.DIRECT: "verbatim", Kind.MIXED: "en partie verbatim", Kind.INDIRECT: "rapporté, non verbatim"},
    kinds_explained={
        Kind.DIRECT: "Les mots surlignés sont entre guillemets dans l’article.",
        Kind.MIXED: "Seuls les mots surlignés plus vivement sont entre guillemets ; le reste est du journaliste.",
        Kind.INDIRECT: "Les mots du journaliste, qui rapporte ces propos. Rien n’y est entre guillemets.",
    },
    articles="Articles",
    new_conversation="Nouvelle conversation",
    promise_before="Qui a dit quoi, ",
    promise_lit="mot pour mot",
    promise_after=".",
    lead="Posez une question sur l’actualité de vos articles. Chaque ligne de la réponse ouvre l’article aux mots "
    "sur lesquels elle repose.",
    holds="Au dossier : {statements} de {speakers}, dans {articles}.",
    article_count=("{n} article", "{n} articles"),
    statement_count=("{n} déclaration", "{n} déclarations"),
    speaker_count=("{n} personne ou institution", "{n} personnes ou institutions"),
    try_asking="Essayez",
    ask="Demandez ce que quelqu’un a dit",
    searching="Recherche dans les articles",
    opening_archive="Ouverture des archives. La première réponse prend quelques secondes de plus",
    question_label="Question",
    conversation="Conversation",
    show_earlier=("Afficher {n} question précédente", "Afficher {n} questions précédentes"),
    source="Source {n}",
    source_label="Source {n} : {title}",
    close="Fermer",
    speaker_unknown="Auteur des propos non nommé",
    named_earlier="« {mention} » désigne {speaker}, que l’article nomme plus haut.",
    named_later="« {mention} » désigne {speaker}, que l’article nomme plus bas.",
    named_by="« {mention} » désigne {speaker}.",
    open_article="Ouvrir l’article à ces mots",
    empty_title="Pas encore d’articles",
    empty_lead="On Record répond d’après les articles que vous lui donnez. Ajoutez ceux qui l’accompagnent, "
    "ou les vôtres :",
    empty_again="Vérifier à nouveau",
    waiting=(
        "{n} passage n’est pas encore indexé. On le trouve déjà par ses mots ; son sens suivra.",
        "{n} passages ne sont pas encore indexés. On les trouve déjà par leurs mots ; leur sens suivra.",
    ),
    find="Chercher un titre ou une source",
    none_found="Aucun article n’a « {words} » dans son titre ou sa source.",
    show_more="Afficher la suite",
    no_statements="aucune déclaration",
    who_speaks="Qui parle ici",
    light_hint="Choisissez une déclaration pour surligner ses mots.",
    not_this_version="Ceci est une version antérieure de l’article. Les déclarations sont avec la plus récente.",
    latest_version="Ouvrir la version la plus récente",
    no_article_named="Cette adresse ne désigne aucun article.",
    unknown_article="L’article « {id} » n’est pas dans les archives.",
    unexpected="Cela n’a pas fonctionné. Rien n’est perdu ; veuillez réessayer.",
)  # fmt: skip
