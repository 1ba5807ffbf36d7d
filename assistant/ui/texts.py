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
    speakers: str
    new_conversation: str
    conversations: str
    stop: str
    regenerate: str
    later_go: tuple[str, str]
    edit: str
    save: str
    without_model: str
    writing: str
    stopped: str
    not_stored: str
    copy_of: str
    no_conversations: str
    search_conversations: str
    rename: str
    delete: str
    delete_sure: str
    export_markdown: str
    export_json: str
    manage: str
    title: str
    rated: str
    why_bad: str
    note: str
    send: str
    reason_wrong_speaker: str
    reason_wrong_words: str
    reason_not_answered: str
    reason_missing: str
    reason_other: str
    call_count: tuple[str, str]
    tokens_used: str
    tokens_estimated: str
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

    find_speaker: str
    no_such_speaker: str
    which_speaker: str
    most_on_record: str
    all_speakers: str
    also_written: str
    described_as: str
    all_by: str
    written_here: str
    nothing_said: str
    kind_filter: str
    article_filter: str
    every_article: str
    from_day: str
    to_day: str
    some_chosen: str
    none_chosen: str
    download_csv: str
    download_json: str
    over_time: str
    chart: str
    as_numbers: str
    period: str
    total: str
    undated: tuple[str, str]

    check: str
    check_title: str
    check_lead: str
    quotation: str
    claimed_speaker: str
    check_now: str
    check_there: str
    checking: str
    open_source: str
    in_context: str
    missing_words: str
    as_claimed: str
    as_printed: str
    kind_printed: str
    compared: str
    not_printed: str
    printed_instead: str
    copy_reference: str
    copied: str
    selected: str
    many_title: str
    many_lead: str
    many_file: str
    many_progress: str
    many_result: str
    quotation_count: tuple[str, str]
    unusable: str

    who_speaks: str
    light_hint: str
    not_this_version: str
    latest_version: str
    corrected_on: str
    corrected: str
    words_stand: str
    words_changed: str
    was_printed: str
    is_printed: str
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

    def month(self, month: int, year: int) -> str:
        """Return a month in words."""
        return f"{self.months[month - 1]} {year}"

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
    speakers="Speakers",
    conversations="Conversations",
    stop="Stop",
    regenerate="Ask again",
    later_go=(
        "{n} question was asked after this one. It goes, and its answer with it.",
        "{n} questions were asked after this one. They go, and their answers with them.",
    ),
    edit="Edit the question",
    save="Ask",
    without_model="Answer without a model",
    writing="Writing; each sentence is checked before it is shown",
    stopped="Stopped.",
    not_stored="This conversation could not be stored: {why}",
    copy_of="Somebody else's conversation: what you ask goes into a copy of your own.",
    no_conversations="No conversation yet.",
    search_conversations="Search in questions and answers",
    rename="Rename",
    delete="Delete",
    delete_sure="Delete for good",
    export_markdown="Export as Markdown",
    export_json="Export as JSON",
    manage="Rename, export, delete",
    title="Title",
    rated="Thank you.",
    why_bad="What is wrong?",
    note="Note",
    send="Send",
    reason_wrong_speaker="Wrong speaker",
    reason_wrong_words="Wrong words",
    reason_not_answered="Not what was asked",
    reason_missing="Something is missing",
    reason_other="Something else",
    call_count=("{n} call", "{n} calls"),
    tokens_used="{input} tokens read, {output} written",
    tokens_estimated="about {input} tokens read, {output} written",
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
    find_speaker="Find a speaker by name or role, in any spelling",
    no_such_speaker="Nobody on record is called “{words}”, nor described so.",
    which_speaker="Several speakers may be meant by “{words}”:",
    most_on_record="Those with the most statements on record",
    all_speakers="All speakers",
    also_written="Also written: {names}",
    described_as="Described as: {roles}",
    all_by="All statements on record by {speaker}",
    written_here="here: {name}",
    nothing_said="Articles mention {speaker}, but nothing that {speaker} said is on record.",
    kind_filter="How much is verbatim",
    article_filter="Article",
    every_article="All articles",
    from_day="From",
    to_day="To",
    some_chosen="{n} of {statements}",
    none_chosen="No statement is of this choice.",
    download_csv="Download CSV",
    download_json="Download JSON",
    over_time="Over time",
    chart="Bar chart, {first} to {last}: {statements}. Most of them, {n}: {most}. The table after it has the numbers.",
    as_numbers="The same as a table",
    period="Published",
    total="All",
    undated=(
        "{n} statement stands in an article without a date and is not in the chart.",
        "{n} statements stand in articles without a date and are not in the chart.",
    ),
    check="Check",
    check_title="Check a quotation",
    check_lead="Paste what somebody is said to have said: is it on record, by whom, and what was changed?",
    quotation="Quotation",
    claimed_speaker="Who is said to have said it (optional)",
    check_now="Check",
    check_there="Open on the Check page",
    checking="Comparing with the articles",
    open_source="Open the source",
    in_context="In the article",
    missing_words="Left out:",
    as_claimed="As claimed",
    as_printed="As printed",
    kind_printed="in the article: {kind}",
    compared="Compared with the printed words",
    not_printed="not printed:",
    printed_instead="printed:",
    copy_reference="Copy the reference",
    copied="Copied",
    selected="Selected: press Ctrl+C to copy",
    many_title="Many at once",
    many_lead="A CSV or JSONL file with the columns quotation and speaker comes back with the verdicts added.",
    many_file="File of quotations",
    many_progress="Checked: {n} of {total}",
    many_result="Download the result",
    quotation_count=("{n} quotation", "{n} quotations"),
    unusable="not checked",
    who_speaks="Who speaks here",
    light_hint="Choose a statement to light its words.",
    not_this_version="This is an earlier version of the article. What was said is listed with the latest one.",
    latest_version="Open the latest version",
    corrected_on="Corrected since, on {date}. What changed:",
    corrected="Corrected since. What changed:",
    words_stand="The cited words still stand.",
    words_changed="The cited words no longer stand as they were.",
    was_printed="before:",
    is_printed="now:",
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
    speakers="Intervenants",
    conversations="Conversations",
    stop="Arrêter",
    regenerate="Redemander",
    later_go=(
        "{n} question a été posée après celle-ci. Elle disparaîtra, avec sa réponse.",
        "{n} questions ont été posées après celle-ci. Elles disparaîtront, avec leurs réponses.",
    ),
    edit="Modifier la question",
    save="Poser",
    without_model="Répondre sans modèle",
    writing="Rédaction ; chaque phrase est vérifiée avant d’être montrée",
    stopped="Arrêté.",
    not_stored="Cette conversation n’a pas pu être enregistrée : {why}",
    copy_of="La conversation de quelqu’un d’autre : vos questions iront dans une copie à vous.",
    no_conversations="Aucune conversation pour l’instant.",
    search_conversations="Chercher dans les questions et réponses",
    rename="Renommer",
    delete="Supprimer",
    delete_sure="Supprimer définitivement",
    export_markdown="Exporter en Markdown",
    export_json="Exporter en JSON",
    manage="Renommer, exporter, supprimer",
    title="Titre",
    rated="Merci.",
    why_bad="Qu’est-ce qui ne va pas ?",
    note="Remarque",
    send="Envoyer",
    reason_wrong_speaker="Mauvais auteur",
    reason_wrong_words="Mauvais mots",
    reason_not_answered="Pas la question posée",
    reason_missing="Il manque quelque chose",
    reason_other="Autre chose",
    call_count=("{n} appel", "{n} appels"),
    tokens_used="{input} jetons lus, {output} écrits",
    tokens_estimated="environ {input} jetons lus, {output} écrits",
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
    find_speaker="Chercher un nom ou une fonction, quelle que soit l’orthographe",
    no_such_speaker="Personne au dossier ne s’appelle « {words} » ni n’est décrit ainsi.",
    which_speaker="« {words} » peut désigner plusieurs intervenants :",
    most_on_record="Ceux qui ont le plus de déclarations au dossier",
    all_speakers="Tous les intervenants",
    also_written="Aussi écrit : {names}",
    described_as="Présentation : {roles}",
    all_by="Toutes les déclarations au dossier de {speaker}",
    written_here="ici : {name}",
    nothing_said="Des articles mentionnent {speaker}, mais aucune déclaration de sa part n’est au dossier.",
    kind_filter="Part de verbatim",
    article_filter="Article",
    every_article="Tous les articles",
    from_day="Du",
    to_day="Au",
    some_chosen="{n} sur {statements}",
    none_chosen="Aucune déclaration ne correspond à ce choix.",
    download_csv="Télécharger CSV",
    download_json="Télécharger JSON",
    over_time="Au fil du temps",
    chart="Diagramme à barres, {first} – {last} : {statements}. Le plus grand nombre, {n} : {most}. "
    "Le tableau qui suit donne les nombres.",
    as_numbers="Les mêmes nombres en tableau",
    period="Publication",
    total="Total",
    undated=(
        "{n} déclaration est dans un article sans date et ne figure pas dans le diagramme.",
        "{n} déclarations sont dans des articles sans date et ne figurent pas dans le diagramme.",
    ),
    check="Vérifier",
    check_title="Vérifier une citation",
    check_lead="Collez les propos que l’on prête à quelqu’un : sont-ils au dossier, de qui, et altérés en quoi ?",
    quotation="Citation",
    claimed_speaker="À qui on la prête (facultatif)",
    check_now="Vérifier",
    check_there="Ouvrir dans la page Vérifier",
    checking="Comparaison avec les articles",
    open_source="Ouvrir la source",
    in_context="Dans l’article",
    missing_words="Omis :",
    as_claimed="Telle que citée",
    as_printed="Telle qu’imprimée",
    kind_printed="dans l’article : {kind}",
    compared="Comparée aux mots imprimés",
    not_printed="non imprimé :",
    printed_instead="imprimé :",
    copy_reference="Copier la référence",
    copied="Copiée",
    selected="Sélectionnée : Ctrl+C pour copier",
    many_title="Plusieurs à la fois",
    many_lead="Un fichier CSV ou JSONL avec les colonnes quotation et speaker revient avec les verdicts.",
    many_file="Fichier de citations",
    many_progress="Vérifiées : {n} sur {total}",
    many_result="Télécharger le résultat",
    quotation_count=("{n} citation", "{n} citations"),
    unusable="non vérifiée",
    who_speaks="Qui parle ici",
    light_hint="Choisissez une déclaration pour surligner ses mots.",
    not_this_version="Ceci est une version antérieure de l’article. Les déclarations sont avec la plus récente.",
    latest_version="Ouvrir la version la plus récente",
    corrected_on="Corrigé depuis, le {date}. Ce qui a changé :",
    corrected="Corrigé depuis. Ce qui a changé :",
    words_stand="Les mots cités y sont toujours.",
    words_changed="Les mots cités n’y sont plus tels quels.",
    was_printed="avant :",
    is_printed="maintenant :",
    no_article_named="Cette adresse ne désigne aucun article.",
    unknown_article="L’article « {id} » n’est pas dans les archives.",
    unexpected="Cela n’a pas fonctionné. Rien n’est perdu ; veuillez réessayer.",
)  # fmt: skip
