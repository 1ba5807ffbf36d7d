"""Who is named in an article, and whom a name, a role or a pronoun stands for at a given place."""

from __future__ import annotations

import bisect
import dataclasses
import re
from collections.abc import Iterable, Sequence

from ingest.folding import bare
from ingest.models import CastMember, Reference, Span, SpeakerKind
from ingest.quotations import phrases
from ingest.quotations.lexicon import Lexicon
from ingest.quotations.phrases import Mention
from ingest.quotations.scenes import Scene
from ingest.quotations.words import Word

_NEAR = 8  # rows that are looked through lest somebody is indexed twice
_MOST = 200  # how many mentions back anybody is looked for


@dataclasses.dataclass(slots=True, eq=False)
class Member:
    """A member of the cast while the article is read."""

    name: str
    kind: SpeakerKind
    words: tuple[str, ...] = ()
    gender: str = ""
    roles: list[str] = dataclasses.field(default_factory=list)
    heads: set[str] = dataclasses.field(default_factory=set)
    mentions: list[Span] = dataclasses.field(default_factory=list)
    plural: bool = False
    acronyms: set[str] = dataclasses.field(default_factory=set)

    def frozen(self, lexicon: Lexicon) -> CastMember:
        """Return the member as the ledger keeps it."""
        spans = tuple(sorted(set(self.mentions)))
        roles = dict.fromkeys(tidy for role in self.roles if (tidy := tidied(role, lexicon)))
        return CastMember(self.name, self.kind, self.gender, tuple(roles), spans)


@dataclasses.dataclass(frozen=True, slots=True)
class Resolution:
    """Whom a mention stands for; `evidence` is where the article gives that name."""

    member: Member | None
    speaker: str | None
    evidence: Span | None
    confidence: float


_UNRESOLVED = Resolution(None, None, None, 0.0)


def surname(words: Sequence[str]) -> str:
    """Return the word of a name that stands for the whole in the news."""
    return words[-1] if words else ""


_WORDS = re.compile(r"[^\W_]+(?:[-'’.&][^\W_]+)*'?")
_LONGEST_ROLE = 14
_LONGEST_ORGANISATION = 9


def tidied(role: str, lexicon: Lexicon) -> str:
    """Return a role description without what stands before it in the sentence, or "" if it is none."""
    spans = [m.span() for m in _WORDS.finditer(role)]
    tokens = [role[a:b].lower().replace("’", "'") for a, b in spans]

    def is_role(token: str) -> bool:
        return any(t in lexicon.roles for t in (token, *token.split("'"), *token.split("-"))) or bool(
            lexicon.role_endings and len(token) > 5 and token.endswith(lexicon.role_endings)
        )

    heads = [n for n, token in enumerate(tokens) if is_role(token)]
    if not heads:
        return ""
    head = heads[0]
    if lexicon.bare_clause:
        complement = next(
            (n for n, t in enumerate(tokens) if t in lexicon.of or t in lexicon.prepositions), len(tokens)
        )
        head = max((n for n in heads if n < complement), default=head)
    begin = 0
    for n in range(head):
        joined = tokens[n] in lexicon.conjunctions and n + 1 < len(tokens) and role[spans[n + 1][0]].isupper()
        if tokens[n] in lexicon.subordinators or tokens[n] in lexicon.finite or tokens[n] in lexicon.verbs or joined:
            begin = n + 1
        elif tokens[n] in lexicon.articles and tokens[n - 1 if n else n] not in lexicon.of:
            begin = n
    rest = tokens[begin:]
    loose = rest[-1] in lexicon.bound or rest[-1] in lexicon.articles or rest[-1] in lexicon.titles
    if (loose and rest[-1] not in lexicon.roles) or len(rest) > _LONGEST_ROLE:
        return ""
    if any(t in lexicon.relatives for t in rest):
        return ""
    return role[spans[begin][0] :].strip()


class Cast:
    """The people and organisations of one article, and who spoke last."""

    def __init__(self, lexicon: Lexicon) -> None:
        self.lexicon = lexicon
        self.members: list[Member] = []
        self._by_word: dict[str, list[Member]] = {}
        self._recent: list[Member] = []
        self._places: list[int] = []
        self._named: list[tuple[int, Member]] = []
        self._heard: list[Member] = []
        self._speakers: list[Member] = []
        self._described: dict[tuple[str, SpeakerKind], Member] = {}

    # --- reading the article -------------------------------------------------------------------------------------

    def read(self, scene: Scene) -> None:
        """Add whoever this part of the article names."""
        words, lexicon = scene.words, self.lexicon
        at, count = 0, len(words)
        while at < count:
            word = words[at]
            if not word.is_word:
                at += 1
                continue
            if word.capital or word.low in lexicon.titles:
                end = phrases.name_run(words, at, count, lexicon)
                if end > at:
                    self._run(scene, at, end)
                    at = end
                    continue
            if phrases.is_organisation(word, lexicon) and not word.capital:
                at = max(at + 1, self._organisation(scene, at))
                continue
            at += 1

    def _run(self, scene: Scene, first: int, last: int) -> None:
        words, lexicon = scene.words, self.lexicon
        start = phrases.without_roles(words, first, last, lexicon)
        previous = first - 1
        while previous >= 0 and words[previous].low in {"."}:
            previous -= 1
        title = ""
        if previous >= 0 and words[previous].low in lexicon.titles:
            title = words[previous].low
        elif start > first and words[first].low in lexicon.titles:
            title = words[first].low
        complement = previous >= 0 and words[previous].low in lexicon.of and start == first and not title
        if complement or (
            words[previous].low in lexicon.determiners and previous > 0 and words[previous - 1].low in lexicon.of
            if previous >= 0
            else False
        ):
            if last - first < 3:
                if not (last - first == 2 and words[first].low in lexicon.names):
                    if any(phrases.is_organisation(words[n], lexicon) for n in range(first, last)):
                        self._organisation(scene, first)
                    return
            else:
                start = next((n for n in range(first, last - 1) if words[n].low in lexicon.names), first + 1)
        if start >= last:
            return
        tokens = [words[n] for n in range(start, last) if words[n].is_word and words[n].low != "'s"]
        if any(phrases.is_organisation(w, lexicon) for w in tokens):
            self._organisation(scene, first)
            return
        known_first = tokens[0].low in lexicon.names or tokens[0].low.partition("-")[0] in lexicon.names
        role = self._role_before(scene, start, first) or self._role_behind(scene, last)
        span = Span(words[start].start, words[last - 1].end)
        if (len(tokens) >= 2 and (known_first or role or title)) or (title and tokens):
            member = self._person(span.of(scene.text), tokens)
            self._mention(member, span)
            self._describe(member, scene, role, title, tokens)
        elif tokens:
            for member in self._by_word.get(self._key(tokens[-1].text), ()):
                if member.kind is SpeakerKind.PERSON:
                    self._mention(member, span)
                    if role:
                        self._describe(member, scene, role, "", tokens)
                    break

    def _describe(
        self, member: Member, scene: Scene, role: tuple[int, int] | None, title: str, tokens: Sequence[Word]
    ) -> None:
        lexicon, words = self.lexicon, scene.words
        told = lexicon.titles.get(title, "")
        told = told if told in {"m", "f"} else ""
        if title in lexicon.roles:
            member.heads.add(title)
        known = lexicon.names.get(tokens[0].low) or lexicon.names.get(tokens[0].low.partition("-")[0]) or ""
        if role is not None:
            first, last = role
            text = Span(words[first].start, words[last - 1].end).of(scene.text)
            member.roles.append(text)
            for n in range(first, last):
                if phrases.is_role(words[n], lexicon):
                    member.heads.add(words[n].low)
                    if not told:
                        gender = phrases.role_gender(words[n], lexicon)
                        told = gender if gender in {"m", "f"} else ""
                if lexicon.genitive == "" and words[n].low in lexicon.of:
                    break
            determiner = lexicon.determiners.get(words[first].low, "")
            if determiner in {"m", "f"}:
                told = told or determiner
        if not member.gender:
            member.gender = known if len(tokens) > 1 and known in {"m", "f"} else told

    def _role_before(self, scene: Scene, at: int, run: int) -> tuple[int, int] | None:
        """Return the role description that ends right before a name, a comma aside."""
        words, lexicon = scene.words, self.lexicon
        end = at
        if end > 0 and words[end - 1].low == ",":
            end -= 1
        start = end
        while start > 0 and end - start < 14:
            word = words[start - 1]
            if not word.is_word or word.depth != words[at].depth:
                if word.low in {"'", "/", "&"} and not word.mark:
                    start -= 1
                    continue
                break
            if word.low in lexicon.finite or word.low in lexicon.relatives or word.low in lexicon.complementisers:
                break
            if word.low in lexicon.conjunctions and start < run and words[start].low not in lexicon.of:
                break
            if lexicon.bare_clause and word.low in lexicon.prepositions:
                break
            if (
                word.low in lexicon.verbs
                and not phrases.is_role(word, lexicon)
                and not word.capital
                and lexicon.verbs[word.low].forms & 1
            ):
                break
            start -= 1
        heads = [n for n in range(start, end) if phrases.is_role(words[n], lexicon)]
        if not heads:
            return None
        head = heads[0] if lexicon.language in {"fr", "es", "ru"} else heads[-1]
        if at - end and at - heads[-1] > 12:
            return None
        begin = head
        while begin > start and words[begin - 1].low not in lexicon.outside:
            begin -= 1
            if words[begin].low in lexicon.determiners or words[begin].low in lexicon.possessives:
                break
        if lexicon.roles.get(words[head].low) == "p":
            return None
        return (begin, end) if begin < end else None

    def _role_behind(self, scene: Scene, at: int) -> tuple[int, int] | None:
        """Return the role description that follows a name after a comma, a dash or a bracket."""
        words, lexicon = scene.words, self.lexicon
        if at + 1 >= len(words) or words[at].low not in {",", "(", "-"} or words[at].mark:
            return None
        start = at + 1
        end = start
        while end < len(words) and end - start < 18:
            word = words[end]
            if (
                (not word.is_word and word.low not in {"'", "/", "&"})
                or word.mark
                or word.low in lexicon.finite
                or word.low in lexicon.relatives
            ):
                break
            end += 1
        reach = start + (3 if lexicon.language in {"fr", "es"} else 8)
        for n in range(start, min(end, reach)):
            if words[n].low in lexicon.of or words[n].low in lexicon.prepositions:
                return None
            if phrases.is_role(words[n], lexicon):
                return (start, end)
        return None

    def _person(self, name: str, tokens: Sequence[Word]) -> Member:
        folded = tuple(bare(t.text).removesuffix(".") for t in tokens)
        for member in self._by_word.get(self._key(folded[-1]), ()):
            if member.kind is not SpeakerKind.PERSON:
                continue
            if len(folded) == 1 or len(member.words) == 1 or _same_first(folded, member.words):
                if len(folded) > len(member.words):
                    member.name, member.words = name, folded
                    self._index(member, folded)
                return member
        member = Member(name, SpeakerKind.PERSON, folded)
        self.members.append(member)
        self._index(member, folded)
        return member

    def _key(self, word: str) -> str:
        """Return what a name is looked up by: without case endings, where the language has them."""
        folded = bare(word)
        for ending in self.lexicon.case_endings:
            if folded.endswith(ending) and len(folded) - len(ending) >= 3:
                return folded[: len(folded) - len(ending)]
        return folded

    def _index(self, member: Member, words: Iterable[str]) -> None:
        for word in words:
            rows = self._by_word.setdefault(self._key(word), [])
            if member not in rows[-_NEAR:]:
                rows.append(member)

    def _organisation(self, scene: Scene, at: int) -> int:
        """Add the organisation whose noun phrase holds the word `at`; return where the phrase ends."""
        words, lexicon = scene.words, self.lexicon
        first = at
        while (
            first > 0
            and words[first - 1].is_word
            and words[first - 1].depth == words[at].depth
            and (words[first - 1].capital and words[first - 1].low not in lexicon.stopwords)
        ):
            first -= 1
        if first > 0 and words[first - 1].is_word and words[first - 1].low in lexicon.determiners:
            first -= 1
        last = (
            phrases.end_of_phrase(words, max(first, at), min(len(words), at + 14), lexicon)
            if lexicon.language != "en"
            else at + 1
        )
        if lexicon.language == "en":
            while (
                last < len(words)
                and words[last].is_word
                and (
                    words[last].capital
                    or (
                        words[last].low in {"of", "the", "for", "and"}
                        and last + 1 < len(words)
                        and (words[last + 1].capital or words[last + 1].low == "the")
                    )
                )
                and words[last].low not in lexicon.finite
            ):
                last += 1
        content = [n for n in range(first, last) if words[n].is_word and words[n].low not in lexicon.stopwords]
        if not content or (len(content) < 2 and not words[content[0]].capital):
            return at + 1
        mention = phrases.parsed(words, first, last, lexicon)
        if mention is None or mention.reference is Reference.PRONOUN or mention.plural:
            return at + 1
        self._named_organisation(scene, mention)
        return max(last, at + 1)

    def _named_organisation(self, scene: Scene, mention: Mention) -> Member:
        words, lexicon = scene.words, self.lexicon
        content = _content(words, mention, lexicon)
        span = Span(words[mention.first].start, words[mention.last - 1].end)
        best: Member | None = None
        near = min((self._by_word.get(self._key(w), []) for w in content), key=len, default=[]) if content else []
        for member in near[-_MOST:]:
            if member.kind is SpeakerKind.PERSON:
                continue
            known = set(member.words)
            if set(content) <= known or (content and content[0] in member.acronyms):
                best = member  # the later one wins: it is the nearer
        if best is not None:
            self._mention(best, span)
            return best
        name = _described(scene, mention, lexicon)
        tail = mention.last
        while tail - 1 > mention.first and words[tail - 1].capital and words[tail - 1].is_word:
            tail -= 1
        if lexicon.bare_clause and mention.first < tail < mention.last and words[tail - 1].low == mention.head:
            name = Span(words[tail].start, words[mention.last - 1].end).of(scene.text)  # "online lender Prospa"
        member = Member(name, SpeakerKind.ORGANISATION, tuple(content), mention.gender, plural=mention.plural)
        member.heads.add(mention.head)
        self._mention(member, span)
        at = mention.last
        if at + 2 < len(words) and words[at].low == "(" and words[at + 2].low == ")" and words[at + 1].capital:
            member.acronyms.add(bare(words[at + 1].text))
        for n in range(mention.first, mention.last - 1):
            if words[n].low == "(" and words[n + 1].capital and n > mention.first:
                member.acronyms.add(bare(words[n + 1].text))
        self.members.append(member)
        self._index(member, content)
        for acronym in member.acronyms:
            self._index(member, (acronym,))
        return member

    # --- resolving -----------------------------------------------------------------------------------------------

    def frozen(self, text: str) -> tuple[CastMember, ...]:
        """Return the cast as the ledger keeps it: people, and organisations that speak or have a name of their own."""
        spoke = {id(member) for member in self._heard}
        kept = (m for m in self.members if m.mentions and (id(m) in spoke or self._is_named(m, text)))
        return tuple(member.frozen(self.lexicon) for member in kept)

    def _is_named(self, member: Member, text: str) -> bool:
        """Tell whether somebody who never speaks is surely a person or an organisation, no place and no thing."""
        lexicon = self.lexicon
        words = member.mentions[0].of(text).split()
        low = [w.lower().strip(".,'’\"") for w in (member.name.split() if member.kind is SpeakerKind.PERSON else words)]
        if not low or low[-1] in lexicon.things or low[0] in lexicon.things:
            return False
        if member.kind is SpeakerKind.PERSON:
            if any(w in lexicon.stopwords for w in low) or (
                len(low) > 1 and member.name.isupper() and text.upper() != text
            ):
                return False
            first = low[0] in lexicon.names or low[0].partition("-")[0] in lexicon.names
            return first or bool(member.gender and not member.roles) or any(tidied(r, lexicon) for r in member.roles)
        if " ".join(w for w in low if w not in lexicon.articles) in lexicon.countries:
            return False
        content = [w for w in words if w.lower() not in lexicon.stopwords]
        verbs = any(w in lexicon.finite or w in lexicon.verbs for w in words)
        loose = low[0] in lexicon.possessives or low[0] in lexicon.bound or len(words) > _LONGEST_ORGANISATION
        joined = any(w in lexicon.conjunctions for w in low) and not lexicon.bare_clause
        if verbs or loose or joined or any(w[:1].isdigit() for w in words) or member.heads & lexicon.things:
            return False
        if not lexicon.verb_last and any(w in lexicon.names for w in low[:2]) and not any(c in low for c in lexicon.of):
            return False  # a person's office or book
        return len(content) > 1 and any(w[:1].isupper() for w in words[1:])

    def resolved(self, scene: Scene, mention: Mention | None, previous: Member | None) -> Resolution:
        """Return whom a mention stands for. Without a mention it is `previous`, who spoke before."""
        if mention is None:
            return self._to(previous, 0.6)
        if mention.reference is Reference.PRONOUN:
            if not mention.head and not mention.plural and self._recent and not self._recent[0].plural:
                return self._to(self._recent[0], 0.75)
            return self._pronoun(scene, mention)
        words, lexicon = scene.words, self.lexicon
        if mention.name is not None and not mention.plural:
            return self._name(scene, mention)
        if mention.reference is Reference.NAME and mention.name is None and not mention.plural:
            tokens = [words[n] for n in range(mention.first, mention.last) if words[n].is_word]
            for member in self._by_word.get(self._key(tokens[-1].text), ()) if tokens else ():
                return self._to(member, 0.9)
        if mention.organisation or mention.reference is Reference.ORGANISATION:
            return self._organisation_at(scene, mention)
        if mention.plural or words[mention.first].low in lexicon.possessives:
            return self._unnamed(scene, mention)
        return self._description(scene, mention)

    def known(self, scene: Scene, mention: Mention) -> Member | None:
        """Return whom a sentence is about, if it is somebody: a full name, or a name or role met before."""
        words = scene.words
        if mention.reference is Reference.PRONOUN or mention.plural:
            return None
        if mention.name is not None:
            first, last = mention.name
            if (
                last - first == 1
                and not self._by_word.get(self._key(words[first].text))
                and (first == mention.first or not mention.organisation)
            ):
                head = words[mention.first].low
                if (
                    not (first > mention.first and phrases.is_organisation(words[first - 1], self.lexicon))
                    and head not in self.lexicon.titles
                ):
                    return None
                if phrases.is_organisation(words[first - 1], self.lexicon):
                    span = Span(words[first].start, words[last - 1].end)
                    member = Member(span.of(scene.text), SpeakerKind.ORGANISATION, (bare(words[first].text),))
                    member.heads.add(words[first - 1].low)
                    self._mention(member, span)
                    self.members.append(member)
                    self._index(member, member.words)
                    return member
            return self.resolved(scene, mention, None).member
        if words[mention.first].low in self.lexicon.definites and phrases.is_role_phrase(words, mention, self.lexicon):
            return self._description(scene, mention).member
        opening = words[mention.first].low
        own = opening in self.lexicon.possessives or self.lexicon.determiners.get(opening, "") in {"m", "f"}
        if own and phrases.is_role_phrase(words, mention, self.lexicon) and not mention.organisation:
            return self._unnamed(scene, mention).member  # "Her husband agrees. “We ran,” he says."
        if mention.organisation:
            content = _content(words, mention, self.lexicon)
            if content and (words[mention.first].low not in self.lexicon.articles or len(content) > 1):
                return self._organisation_at(scene, mention).member
        return None

    def _met(self, at: int) -> list[Member]:
        """Return who was named before the offset `at`, the nearest first."""
        found: dict[int, Member] = {}
        end = bisect.bisect_left(self._places, at)
        for _, member in reversed(self._named[max(0, end - _MOST) : end]):
            found.setdefault(id(member), member)
        return list(found.values())

    def _mention(self, member: Member, span: Span) -> None:
        member.mentions.append(span)
        if not self._places or self._places[-1] <= span.start:
            self._places.append(span.start)
            self._named.append((span.start, member))

    def spoke(self, member: Member | None, *, only_named: bool = False) -> None:
        """Remember that somebody spoke, or was only named as the subject, for the pronouns that follow."""
        if member is None:
            return
        if not only_named:
            self._heard.append(member)
            if member in self._speakers:
                self._speakers.remove(member)
            self._speakers.insert(0, member)
            del self._speakers[40:]
        if member in self._recent:
            self._recent.remove(member)
        self._recent.insert(0, member)
        del self._recent[40:]

    def _to(self, member: Member | None, confidence: float) -> Resolution:
        if member is None:
            return _UNRESOLVED
        return Resolution(member, member.name, member.mentions[0] if member.mentions else None, confidence)

    def _name(self, scene: Scene, mention: Mention) -> Resolution:
        words = scene.words
        assert mention.name is not None
        first, last = mention.name
        tokens = [words[n] for n in range(first, last) if words[n].is_word and words[n].low != "'s"]
        span = Span(words[first].start, words[last - 1].end)
        if mention.organisation:
            return self._organisation_at(scene, mention)
        rows = self._by_word.get(self._key(tokens[-1].text), [])
        folded = tuple(bare(t.text) for t in tokens)
        for member in sorted(rows, key=lambda m: m.kind is not SpeakerKind.PERSON):
            if (
                member.kind is SpeakerKind.PERSON
                and len(folded) > 1
                and len(member.words) > 1
                and not _same_first(folded, member.words)
            ):
                continue
            if (
                len(tokens) == 1
                and member.kind is SpeakerKind.PERSON
                and member.words[-1] != folded[0]
                and member.words[0] != folded[0]
            ):
                continue
            self._mention(member, span)
            if not member.gender:
                member.gender = mention.gender
            if member.kind is SpeakerKind.PERSON:
                self._describe(member, scene, mention.role or self._role_behind(scene, last), "", tokens)
            return self._to(member, 0.95)
        if mention.role is None and (behind := self._role_behind(scene, last)) is not None:
            mention = dataclasses.replace(mention, role=behind)
        named = self._person(span.of(scene.text), tokens)
        self._mention(named, span)
        named.gender = named.gender or mention.gender
        self._describe(named, scene, mention.role, "", tokens)
        return self._to(named, 0.9)

    def _organisation_at(self, scene: Scene, mention: Mention) -> Resolution:
        words, lexicon = scene.words, self.lexicon
        content = [w for w in _content(words, mention, lexicon) if w.rpartition("-")[2] not in lexicon.qualifiers]
        head = [n for n in range(mention.first, mention.last) if words[n].low == mention.head]
        lone = len(content) == 1 and content[0] == bare(mention.head)
        if lone and head and words[head[0]].capital and lexicon.language != "de":
            lone = words[head[0]].low in lexicon.organisations
        if any(words[n].low in lexicon.same for n in range(mention.first, mention.last)) and self._recent:
            return self._to(self._recent[0], 0.7)  # "la même source"
        if lone and words[mention.first].low in lexicon.determiners:
            # "la banque", "le communiqué": the organisation that was last in focus
            for member in self._recent:
                if member.kind is SpeakerKind.ORGANISATION and (
                    mention.head in member.heads or mention.head in member.words
                ):
                    return self._to(member, 0.85)
            document = mention.head in lexicon.issued
            if mention.head in lexicon.documents and not document:
                return self._unnamed(scene, mention)
            at = words[mention.first].start
            for member in [*self._recent, *self._met(at)]:
                if member.kind is SpeakerKind.ORGANISATION and {
                    w for h in lexicon.generic.get(mention.head, ()) for w in (h,)
                } & (member.heads | set(member.words)):
                    return self._to(member, 0.75)
            for member in self._recent:
                if document or (member.kind is SpeakerKind.ORGANISATION and not (member.heads & lexicon.organisations)):
                    return self._to(member, 0.6)
        return self._to(self._named_organisation(scene, mention), 0.85)

    def _unnamed(self, scene: Scene, mention: Mention) -> Resolution:
        name = _described(scene, mention, self.lexicon)
        kind = SpeakerKind.GROUP if mention.plural else SpeakerKind.UNNAMED
        if (known := self._described.get((name, kind))) is not None:
            return self._to(known, 0.75)
        words = scene.words
        member = self._described[name, kind] = Member(name, kind, (), mention.gender, plural=mention.plural)
        member.heads.add(mention.head)
        self._mention(member, Span(words[mention.first].start, words[mention.last - 1].end))
        self.members.append(member)
        return self._to(member, 0.75)

    def _description(self, scene: Scene, mention: Mention) -> Resolution:
        words, lexicon = scene.words, self.lexicon
        head = mention.head
        first = words[mention.first]
        if any(words[n].low in lexicon.same for n in range(mention.first, mention.last)) and self._recent:
            return self._to(self._recent[0], 0.7)
        if (
            any(words[n].low in lexicon.latter for n in range(mention.first, mention.last))
            and mention.last - mention.first == 2
        ):
            return self._pronoun(scene, dataclasses.replace(mention, reference=Reference.PRONOUN))  # "ce dernier"
        definite = first.low in lexicon.definites or (first.capital and phrases.is_role(first, lexicon))
        if not definite:
            return self._unnamed(scene, mention)
        content = set(_content(words, mention, lexicon)) - {bare(head)}
        at = words[mention.first].start
        if not content:
            for member in self._speakers[:3]:
                if head in member.heads and member.kind in {SpeakerKind.UNNAMED, SpeakerKind.PERSON}:
                    if member.kind is SpeakerKind.UNNAMED and _agrees(mention, member):
                        return self._to(member, 0.8)  # "a spokesperson … the spokesperson"
                    break
        people = [m for m in self._recent if m.kind is SpeakerKind.PERSON]
        people += [m for m in self._met(at) if m.kind is SpeakerKind.PERSON and m not in people]
        wanted = set(lexicon.generic.get(head, ())) | {head}
        for heads, confidence in (({head}, 0.85), (wanted, 0.75)):
            for member in people:
                if not _agrees(mention, member):
                    continue
                kinds = {_masculine(h, lexicon) for h in member.heads} | member.heads
                if not kinds & (heads | {_masculine(h, lexicon) for h in heads}):
                    continue
                described = {w for role in member.roles for w in bare(role).replace("'", " ").split()} | set(
                    member.words
                )
                if content and not content & described and heads == {head}:
                    continue
                return self._to(member, confidence)
        if not content and phrases.is_role_phrase(words, mention, lexicon):
            for member in sorted(people, key=lambda m: m not in self._speakers[:2]):
                if (
                    (member in self._recent[:3] or member in self._speakers[:2])
                    and _agrees(mention, member)
                    and (not member.heads or head in lexicon.generic)
                ):
                    return self._to(member, 0.6)
            if people and head in lexicon.anyone and _agrees(mention, people[0]):
                return self._to(people[0], 0.6)
        return self._unnamed(scene, mention)

    def _pronoun(self, scene: Scene, mention: Mention) -> Resolution:
        lexicon = self.lexicon
        at = scene.words[mention.first].start
        if mention.plural:
            last = self._recent[0] if self._recent else None
            if last is not None and last.kind is SpeakerKind.UNNAMED and not mention.gender and not last.gender:
                return self._to(last, 0.6)  # "One mechanic said … They added"
            for member in self._recent:
                if member.plural or member.kind is SpeakerKind.GROUP:
                    return self._to(member, 0.7)
        if mention.organisation:
            for member in self._recent:
                if member.kind is SpeakerKind.ORGANISATION:
                    return self._to(member, 0.7)
            return _UNRESOLVED
        if mention.head in lexicon.pointing:
            for member in self._met(at):
                if member.gender == mention.gender and not member.plural:
                    return self._to(member, 0.7)  # "celle-ci": whoever was named last
        if not mention.plural:
            for member in self._recent:
                if (member.kind is SpeakerKind.PERSON and _agrees(mention, member)) or (
                    member.kind is SpeakerKind.UNNAMED
                    and _agrees(mention, member)
                    and any(h in lexicon.roles for h in member.heads)
                ):
                    if not member.gender and mention.gender:
                        member.gender = mention.gender
                    return self._to(member, 0.85)
            before = [m for m in self._met(at) if m.kind is SpeakerKind.PERSON and _agrees(mention, m)]
            if before and not any(self._grammatical(m, mention) for m in self._recent[:1]):
                return self._to(before[0], 0.6)
            if lexicon.organisations_have_gender:
                for member in self._recent:
                    if self._grammatical(member, mention):
                        return self._to(member, 0.65)
        for member in self._recent:
            if member.kind is not SpeakerKind.PERSON and (not mention.gender or lexicon.organisations_have_gender):
                return self._to(member, 0.5)
        return _UNRESOLVED

    def _grammatical(self, member: Member, mention: Mention) -> bool:
        return member.kind is not SpeakerKind.PERSON and (
            not member.gender or not mention.gender or member.gender == mention.gender
        )


def _agrees(mention: Mention, member: Member) -> bool:
    return not mention.gender or not member.gender or mention.gender == member.gender


def _same_first(one: Sequence[str], other: Sequence[str]) -> bool:
    if one[-1] != other[-1]:
        return False
    return (
        one[0] == other[0]
        or (one[0][:1] == other[0][:1] and min(len(one[0]), len(other[0])) == 1)
        or one[0] in other
        or other[0] in one
    )


def _masculine(head: str, lexicon: Lexicon) -> str:
    return lexicon.masculines.get(head, head)


def _content(words: Sequence[Word], mention: Mention, lexicon: Lexicon) -> list[str]:
    found = []
    for n in range(mention.first, mention.last):
        word = words[n]
        if word.is_word and word.low not in lexicon.stopwords and word.low != "'s":
            found.append(bare(word.text))
    return found


def _described(scene: Scene, mention: Mention, lexicon: Lexicon) -> str:
    words = scene.words
    text = " ".join(Span(words[mention.first].start, words[mention.last - 1].end).of(scene.text).split())
    if words[mention.first].low in lexicon.contracted:
        first = mention.first + 1
        text = " ".join(Span(words[first].start, words[mention.last - 1].end).of(scene.text).split())
        text = (lexicon.contracted[words[mention.first].low] + " " + text).strip()
    text = text.partition(" (")[0]
    if words[mention.last - 1].low == "'s":
        text = text[:-2]
    if words[mention.first].low in lexicon.articles and words[mention.first].low not in lexicon.contracted:
        text = text[:1].lower() + text[1:]
    return text
