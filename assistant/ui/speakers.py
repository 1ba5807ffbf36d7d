"""The speakers: who says most, whom a name or a role means, and every statement of one of them."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import partial
from itertools import groupby
from typing import TYPE_CHECKING, Any

import streamlit as st

from assistant.models import Citation
from assistant.phrases import quoted
from assistant.ui import components, exports, notices, source, timeline
from assistant.ui.desk import desk
from assistant.ui.links import LONGEST_NAME, Whose, whose
from assistant.ui.pages import asked_of, pages, spoken
from assistant.ui.safe import escaped
from assistant.ui.texts import Texts
from ingest.models import Kind

if TYPE_CHECKING:
    from ingest.archive.catalog import Appearance, Catalog, KnownSpeaker, Statement

_AT_ONCE = 50
_FOUND = 30
# Of a minister of many years there are hundreds of descriptions.
_MOST_ROLES = 6
_MOST_NAMES = 24


def draw() -> None:
    """Draw the speaker that the address names, or all of them."""
    said, wanted = spoken(), whose(asked_of("speakers", "name", "key"))
    if not wanted.parameters:
        st.set_page_config(page_title=f"{said.speakers} · On Record")
        st.html(f'<div class="onrecord-title"><h1>{escaped(said.speakers)}</h1></div>')
    waiting = st.empty()
    for _ in desk().waited():
        waiting.empty()
    archive = desk().assistant().archive
    if archive.catalog.is_empty():
        notices.no_articles()
    elif wanted.parameters:
        _draw_wanted(wanted, archive.catalog, said)
    else:
        _draw_everybody(archive.catalog, said)


def found(wanted: Whose, catalog: Catalog) -> tuple[KnownSpeaker, ...]:
    """Return whom an address means: exactly where it can tell, else whoever the name may stand for."""
    from assistant.speakers import meant

    exactly = catalog.speaker_of_key(wanted.key) if wanted.key else None
    if exactly is None and wanted.article_id:
        exactly = catalog.speaker_in(wanted.article_id, wanted.name)
    if exactly is not None:
        return (exactly,)
    return meant(wanted.name, catalog).speakers if wanted.name else ()


def looked_up(words: str, catalog: Catalog) -> list[KnownSpeaker]:
    """Return whom these words may mean, then those in whose names they stand: a name may be half typed."""
    from assistant.speakers import meant

    speakers = {speaker.ids: speaker for speaker in meant(words, catalog).speakers}
    for speaker in catalog.speakers_spelled(words, most=_FOUND):
        if not any(set(speaker.ids) & set(ids) for ids in speakers):
            speakers[speaker.ids] = speaker
    return list(speakers.values())[:_FOUND]


def _draw_everybody(catalog: Catalog, said: Texts) -> None:
    words = st.text_input(
        said.find_speaker, key="find-speaker", type="search", placeholder=said.find_speaker, max_chars=LONGEST_NAME,
        label_visibility="collapsed", live=True,
    )  # fmt: skip
    wanted = " ".join((words or "").split())
    if wanted:
        several = looked_up(wanted, catalog)
        if not several:
            notices.line(said.no_such_speaker.format(words=wanted), quiet=True)
        _draw_list(several, catalog, said, key="found")
        return
    limit = int(st.session_state.get("speakers-listed", _AT_ONCE))
    # One more than is shown tells whether there are more.
    busiest = catalog.known_speakers(most=limit + 1)
    notices.line(said.most_on_record, quiet=True)
    _draw_list(busiest[:limit], catalog, said, key="busiest")
    if len(busiest) > limit:
        st.button(said.show_more, key="more-speakers", on_click=_show_more, args=("speakers-listed", limit))


def _show_more(of: str, limit: int) -> None:
    st.session_state[of] = limit + _AT_ONCE


def _draw_list(speakers: Sequence[KnownSpeaker], catalog: Catalog, said: Texts, *, key: str) -> None:
    if not speakers:
        return
    appearances: dict[int, list[Appearance]] = {}
    for appearance in catalog.appearances(id_ for speaker in speakers for id_ in speaker.ids):
        appearances.setdefault(appearance.speaker_id, []).append(appearance)
    entries = [
        entry(speaker, [each for id_ in speaker.ids for each in appearances.get(id_, ())], said) for speaker in speakers
    ]
    chosen = components.listed({"entries": entries}, key=f"speakers-{key}")
    speaker = next((each for each in speakers if each.keys[0] == chosen), None)
    if speaker is not None:
        st.switch_page(pages().speakers, query_params=_exactly(speaker).parameters)


def _exactly(speaker: KnownSpeaker) -> Whose:
    """The address that means this speaker, whoever else is called so; the name is for whoever reads it."""
    return Whose(speaker.name[:LONGEST_NAME], key=speaker.keys[0])


def entry(speaker: KnownSpeaker, appearances: Sequence[Appearance], said: Texts) -> dict[str, Any]:
    """Return what a list shows of a speaker."""
    outlets = Counter(each.outlet for each in appearances if each.outlet)
    statements = said.count(speaker.statements, said.statement_count) if speaker.statements else said.no_statements
    described = roles(appearances, said.code, most=1)
    return {
        "id": speaker.keys[0],
        "address": _exactly(speaker).address,
        "title": speaker.name,
        "language": "",
        "meta": " · ".join([statements, *(outlet for outlet, _ in outlets.most_common(3))]),
        "described": described[0][0] if described else "",
        "describedIn": described[0][1] if described else "",
    }


def roles(appearances: Iterable[Appearance], language: str, *, most: int) -> list[tuple[str, str]]:
    """Return how a speaker is described, with the language of each description.

    Those in the reader's language come first, then the most frequent ones.
    """
    counted = Counter((role, each.language) for each in appearances for role in each.roles)
    ordered = sorted(counted, key=lambda described: (described[1] != language, -counted[described]))
    different = dict[str, tuple[str, str]]()
    for role, spoken_in in ordered:
        different.setdefault(role.casefold(), (role, spoken_in))
    return list(different.values())[:most]


def _draw_wanted(wanted: Whose, catalog: Catalog, said: Texts) -> None:
    with st.container(key="back"):
        st.page_link(pages().speakers, label=said.all_speakers, icon=":material/arrow_back:")
    meant = found(wanted, catalog)
    name = wanted.name or wanted.key[:LONGEST_NAME]
    st.set_page_config(page_title=f"{meant[0].name if len(meant) == 1 else name} · On Record")
    if len(meant) == 1:
        _draw_one(meant[0], catalog, said)
        return
    st.html(f'<div class="onrecord-title"><h1>{escaped(name)}</h1></div>')
    form = said.which_speaker if meant else said.no_such_speaker
    notices.line(form.format(words=name), quiet=bool(meant))
    _draw_list(meant, catalog, said, key="meant")


def _draw_one(speaker: KnownSpeaker, catalog: Catalog, said: Texts) -> None:
    lines = "".join(about(speaker, catalog.appearances(speaker.ids), said))
    st.html(f'<div class="onrecord-title"><h1>{escaped(speaker.name)}</h1>{lines}</div>')
    statements = tuple(each for each in catalog.statements(speaker.ids) if not each.quotation.nested)
    if not statements:
        notices.line(said.nothing_said.format(speaker=speaker.name))
        return
    _draw_statements(speaker, statements)


def about(speaker: KnownSpeaker, appearances: Sequence[Appearance], said: Texts) -> list[str]:
    """Return the lines of HTML that say who this is: how described, and what names were taken for this person."""
    lines = []
    if described := roles(appearances, said.code, most=_MOST_ROLES):
        marked = ", ".join(f"<span{_lang(language)}>{escaped(role)}</span>" for role, language in described)
        lines.append(escaped(said.described_as).replace("{roles}", marked))
    if others := [name for name in speaker.names if name != speaker.name][:_MOST_NAMES]:
        lines.append(
            escaped(said.also_written).replace("{names}", ", ".join(f"<b>{escaped(name)}</b>" for name in others))
        )
    return [f'<p class="onrecord-line quiet">{line}</p>' for line in lines]


def _lang(code: str) -> str:
    return f' lang="{escaped(code)}"' if code and code != "und" else ""


@dataclasses.dataclass(frozen=True, slots=True)
class Filter:
    """Which statements are shown: of one article or all, of these kinds, published from one day to another."""

    article_id: str = ""
    kinds: Collection[str] = tuple(Kind)
    first: str = ""
    last: str = ""

    @classmethod
    def of(cls, chosen: Mapping[str, Any]) -> Filter:
        """Read what the browser says is chosen."""
        kinds = chosen.get("kinds")
        return cls(
            article_id=str(chosen.get("article") or ""),
            kinds=tuple(map(str, kinds)) if isinstance(kinds, list) else tuple(Kind),
            first=str(chosen.get("from") or ""),
            last=str(chosen.get("to") or ""),
        )

    def takes(self, statement: Statement) -> bool:
        """Tell whether a statement is to be shown. One without a date is of no stretch of time."""
        published = statement.published
        if (self.first or self.last) and not published:
            return False
        return (
            (not self.article_id or statement.article_id == self.article_id)
            and statement.quotation.kind.value in self.kinds
            and (not self.first or published >= self.first)
            and (not self.last or published <= self.last)
        )


@st.fragment
def _draw_statements(speaker: KnownSpeaker, statements: Sequence[Statement]) -> None:
    """The statements with what narrows them: choosing or opening one redraws nothing else."""
    said = spoken()
    chosen = Filter.of(components.filters(narrowing(statements, said), key=f"filters-{speaker.keys[0]}"))
    numbered = [(number, each) for number, each in enumerate(statements, 1) if chosen.takes(each)]
    shown = [each for _, each in numbered]
    every = said.count(len(statements), said.statement_count)
    some = len(shown) < len(statements)
    notices.line(said.some_chosen.format(n=len(shown), statements=every) if some else every)
    _draw_exports(speaker, shown, said)
    # Every place is there in every run: a fragment that grows while it is interrupted breaks the page.
    heading, chart, numbers, ledger, more = (st.empty() for _ in range(5))
    if not shown:
        with ledger:
            notices.line(said.none_chosen, quiet=True)
        return
    counted = timeline.periods(shown, said)
    # A single day needs no chart.
    if len(counted) > 1:
        scheme = str(st.context.theme.type or "light")
        heading.html(f'<div class="onrecord-title"><h2>{escaped(said.over_time)}</h2></div>')
        chart.vega_lite_chart(timeline.chart(counted, said, scheme=scheme), alt=timeline.described(counted, said))
        undated = len(shown) - sum(period.total for period in counted)
        note = f'<p class="onrecord-line quiet">{escaped(said.count(undated, said.undated))}</p>' if undated else ""
        numbers.html(timeline.legend(counted, said) + note + timeline.table(counted, said))
    of = f"statements-listed-{speaker.keys[0]}"
    limit = int(st.session_state.get(of, _AT_ONCE))
    with ledger:
        picked = components.statements({"groups": grouped(numbered[:limit], speaker, said)}, key="statements")
    if len(numbered) > limit:
        more.button(said.show_more, key="more-statements", on_click=_show_more, args=(of, limit))
    by_number = dict(numbered)
    if (statement := by_number.get(picked.article or 0)) is not None:
        st.switch_page(pages().article, query_params=source.place_of(citation(0, statement)).parameters)
    if (statement := by_number.get(picked.source or 0)) is not None:
        source.open_drawer(citation(picked.source or 0, statement))


def _draw_exports(speaker: KnownSpeaker, shown: Sequence[Statement], said: Texts) -> None:
    """What is shown, as files. The data is bound: a download is made outside the session."""
    table, record = partial(exports.as_csv, shown), partial(exports.as_json, speaker, shown)
    with st.container(key="exports", horizontal=True):
        st.download_button(
            said.download_csv, table, exports.file_name(speaker, "csv"), "text/csv", key="csv", on_click="ignore",
            disabled=not shown,
        )  # fmt: skip
        st.download_button(
            said.download_json, record, exports.file_name(speaker, "json"), "application/json", key="json",
            on_click="ignore", disabled=not shown,
        )  # fmt: skip


def narrowing(statements: Sequence[Statement], said: Texts) -> dict[str, Any]:
    """Return what the browser needs to draw the filters: only what there is to choose from."""
    articles = Counter(each.article_id for each in statements)
    titles = {each.article_id: each for each in statements}
    dates = sorted(each.published for each in statements if each.published)
    kinds = {each.quotation.kind for each in statements}
    return {
        "kindsLabel": said.kind_filter,
        "kinds": [{"kind": kind.value, "label": said.kinds[kind]} for kind in Kind if kind in kinds],
        "articlesLabel": said.article_filter,
        "everyArticle": said.every_article,
        "articles": [
            {
                "id": id_,
                "language": titles[id_].language,
                "label": " · ".join(filter(None, (_title(titles[id_]), said.date(titles[id_].published), str(number)))),
            }
            for id_, number in articles.items()
        ],
        "fromLabel": said.from_day,
        "toLabel": said.to_day,
        "first": dates[0] if dates else "",
        "last": dates[-1] if dates else "",
    }


def _title(statement: Statement) -> str:
    return statement.title or statement.article_id


def grouped(
    numbered: Iterable[tuple[int, Statement]], speaker: KnownSpeaker, said: Texts
) -> list[dict[str, Any]]:  # fmt: skip
    """Return statements as the browser draws them, those of one article together."""
    groups = []
    for _, together in groupby(numbered, key=lambda pair: (pair[1].article_id, pair[1].version)):
        members = list(together)
        first = members[0][1]
        groups.append({
            "title": _title(first),
            "language": first.language,
            "address": source.place_of(citation(0, first)).address,
            "source": " · ".join(filter(None, (first.outlet, said.date(first.published)))),
            "lines": [_line(number, statement, speaker, said) for number, statement in members],
        })  # fmt: skip
    return groups


def _line(number: int, statement: Statement, speaker: KnownSpeaker, said: Texts) -> dict[str, Any]:
    quotation = statement.quotation
    verbatim = quotation.kind is Kind.DIRECT
    name = quotation.speaker or ""
    title = _title(statement)
    return {
        "text": quoted(statement.text, said.code) if verbatim else statement.text,
        "language": statement.language,
        "kind": quotation.kind.value,
        "speaker": said.written_here.format(name=name) if name and name != speaker.name else "",
        "label": said.kinds[quotation.kind],
        "citations": [{"number": number, "title": title, "label": said.source_label.format(n=number, title=title)}],
    }


def citation(number: int, statement: Statement) -> Citation:
    """Return a statement as the citation of that number, which the drawer opens."""
    quotation = statement.quotation
    return Citation(
        number, statement.article_id, statement.version, quotation.span, statement.text, title=_title(statement),
        outlet=statement.outlet, published=statement.published, language=statement.language,
        speaker=quotation.speaker, kind=quotation.kind, fragments=quotation.fragments, mention=quotation.mention,
        reference=quotation.reference, antecedent=quotation.antecedent,
    )  # fmt: skip
