"""Names as they are heard: compared whatever the script that they are written in.

A newspaper spells a foreign name by ear, in the letters that it has. What survives from one script to another are the
consonants, and of them the sort: Arabic writes "b" for p and "f" for v, Hebrew one letter for v, o and u, Chinese has
no r that ends a syllable and no two consonants together, Japanese no l. Vowels tell little, and in Arabic, Persian and
Hebrew they are mostly not written. So each word is read into sounds by the custom of its script, and two words are as
like as the least that must be changed in one to hear the other.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping, Sequence

from ingest.folding import latin

# Sounds are single characters: S as in "ship", Z as in "measure" or "jam", C as in "chip", c as in "tsar", x as in
# "loch". Others stand for what a letter may be heard as, of which the most fitting counts.
_EITHER: Mapping[str, str] = {
    "K": "kscCZ",  # the Latin c
    "H": "CSkx",  # ch
    "J": "Zyhx",  # the Latin j
    "X": "ksSzhx",  # the Latin x
    "Q": "kC",
    "G": "gZhxy",  # g before e and i
    "N": "nm",  # a nasal of Greek that may only say that the next consonant is voiced
    "V": "Zc",  # the Greek tz
    "O": "dz",  # the Arabic dh
    "W": "vwu",
    "U": "wuov",  # the Arabic and the Hebrew letter for w, u, o, and in Hebrew v
    "Y": "yiea",  # the Arabic and the Hebrew letter for y, i, e
    "A": "aeiou",  # a vowel's seat
    "P": "pf",
    "B": "bv",
    "M": "bp",  # the Arabic b
    "D": "Zkgcd",  # the Chinese j
    "R": "rlZ",
    "L": "lr",
    "E": "ieh",
    "I": "Shsk",  # the Chinese x
    "T": "tC",
    "F": "fv",
}
_SORTS = ("pbfv", "td", "kgxh", "sSzZCc", "mn", "lr")
_VOWELS = frozenset("aeiouAE")
_WEAK = frozenset("hywYUW")
_SYLLABIC = frozenset(("han", "kana", "hangul"))
_UNVOWELLED = frozenset(("arabic", "hebrew"))

# How a word in Latin letters is read, whatever the language: the longest spelling that fits.
_LATIN: Mapping[str, str] = {
    "schtsch": "S", "shch": "S", "chtch": "S", "szcz": "S", "tsch": "C", "dsch": "Z", "dzh": "Z", "tch": "C",
    "sch": "S",
    "tz": "c", "ts": "c", "dj": "Z", "sh": "S", "zh": "Z", "zs": "Z", "sz": "S", "cz": "C", "sj": "S", "skj": "S",
    "ch": "H", "ph": "f", "kh": "x", "gh": "g", "th": "t", "ck": "k", "cc": "K", "qu": "k", "sci": "Si", "sce": "Se",
    "ou": "u", "oo": "u", "ee": "i", "ij": "i", "c": "K", "j": "J", "x": "X", "q": "Q", "w": "W", "ge": "Ge",
    "gi": "Gi",
    "gy": "Gy", "gue": "ge", "gui": "gi", "ng": "n",
}  # fmt: skip
# How romanised letters of a script are read, where the romanisation is one and the same for every word.
_ROMANISED: Mapping[str, str] = {
    "shch": "S", "dzh": "Z", "dz": "Z", "dzy": "Z", "tsz": "Z", "tsh": "C", "ts": "c", "tz": "c",
    "sh": "S", "zh": "Z", "ch": "C", "cch": "C", "kh": "x", "gh": "g",
    "ph": "f", "th": "t", "bh": "b", "dh": "d", "jh": "Z", "j": "Z", "c": "C", "q": "k", "w": "W", "x": "x", "ks": "ks",
    "ou": "u", "ng": "n",
}  # fmt: skip
_GREEK: Mapping[str, str] = {
    "ngk": "n", "gk": "Ng", "gg": "Ng", "mp": "Nb", "tz": "V", "ts": "C", "ch": "x", "kh": "x", "x": "ks",
    "th": "t", "oy": "u",
    "nt": "Nd", "ei": "i", "oi": "i", "gi": "Gi", "ge": "Ge", "ph": "f", "ay": "av", "ey": "ev", "y": "i",
}  # fmt: skip
_HAN: Mapping[str, str] = {
    "zh": "Z", "ch": "C", "sh": "S", "x": "I", "q": "Q", "j": "D", "z": "c", "c": "c", "r": "R", "l": "L", "w": "W",
    "ng": "n", "b": "B", "f": "F", "ao": "o", "ou": "o", "ai": "e", "ei": "e", "uo": "o", "ia": "a", "ie": "e",
    "ui": "e", "iu": "u", "t": "T",
}  # fmt: skip
_KANA: Mapping[str, str] = {
    "sh": "S", "ch": "T", "ts": "c", "j": "Z", "f": "f", "h": "h", "b": "B", "r": "L", "w": "W", "ou": "o",
    "tch": "C", "cch": "C", "dz": "Z",
}  # fmt: skip
_HANGUL: Mapping[str, str] = {
    "yeo": "yo", "eo": "o", "eu": "u", "ae": "e", "oe": "e", "ui": "i", "wi": "i", "ng": "n", "ch": "C", "j": "Z",
    "p": "P", "b": "B", "r": "L", "l": "L", "pp": "P", "tt": "t", "kk": "k", "jj": "C", "ss": "s", "w": "W",
}  # fmt: skip
_ARABIC: Mapping[str, str] = {
    **dict(zip("ابتثجحخدذرزسشصضطظغفقكلمنهويىپچژگکیآأإؤئ", "AMttZxxdOrzsSsdtzGfkklmnhUYApCZgkYAAAUY", strict=True)),
    "تش": "C", "دج": "Z", "ة": "", "ع": "A", "نغ": "n", "نگ": "n", "نج": "n", "ء": "", "ه\u200c": "h", "تس": "c",
    "ك": "k", "ۀ": "h",
}  # fmt: skip
_HEBREW: Mapping[str, str] = {
    **dict(zip("אבגדהוזחטיכךלמםנןסעפףצץקרשת", "ABgdhUzxtYkkLmmnnsAPPcckrSt", strict=True)),
    "ג'": "Z", "נג": "n", "ז'": "Z", "צ'": "C", "ץ'": "C", "ח'": "x", "וו": "U", "יי": "Y", "טש": "C", "דז'": "Z",
    "ת'": "t",
}  # fmt: skip
_READINGS = {
    "latin": _LATIN, "other": _ROMANISED, "greek": _GREEK, "han": _HAN, "kana": _KANA, "hangul": _HANGUL,
    "arabic": _ARABIC, "hebrew": _HEBREW,
}  # fmt: skip
_RANGES = (
    ("latin", 0x0000, 0x024F), ("greek", 0x0370, 0x03FF), ("hebrew", 0x0590, 0x05FF), ("arabic", 0x0600, 0x077F),
    ("thai", 0x0E00, 0x0E7F), ("latin", 0x1E00, 0x1EFF), ("greek", 0x1F00, 0x1FFF), ("kana", 0x3040, 0x30FF),
    ("han", 0x3400, 0x9FFF), ("hangul", 0xAC00, 0xD7AF), ("arabic", 0xFB50, 0xFEFC),
)  # fmt: skip
_PARTED = re.compile(r"[\s·・‧•=＝\-‐‑–,.，、]+")
_UNHEARD = str.maketrans("", "", "ーｰ\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u2066\u2067\u2068\u2069\ufeff")
# Thai writes some vowels before the consonant that they follow.
_BEFORE = re.compile(r"([เแโใไ])([ก-ฮ])")
# What the romanisation does not tell: small vowels of Japanese that change the consonant, nasals and dots of Hindi.
_BEFOREHAND = tuple(
    (re.compile(pattern), replacement)
    for pattern, replacement in (
        (r"ジェ", "ze"), (r"シェ", "she"), (r"チェ", "che"),
        (r"([テデ])ィ", r"\1i"), (r"([トド])ゥ", r"\1u"), (r"ヴ", "b"),
        (r"ッ", ""), (r"ン", "n"), (r"ज\u093c|\u095b", "z"),
        (r"फ\u093c|\u095e", "f"),
        (r"[\u0901\u0902]", "n"),
    )
)  # fmt: skip


def heard_likeness(asked: str, name: str) -> float:
    """Return 0 to 1: how surely the `asked` name means `name`, whatever the two are written in.

    Every word asked must be heard among the name's; or the whole name in the whole, as some scripts part no words.
    The fewer consonants there are to tell by, the more must fit.
    """
    wanted, have = _words(asked[:_LONGEST]), _words(name[:_LONGEST])
    if not wanted or not have:
        return 0.0
    each = _each(wanted, have)
    if len(have) > 1 and len(wanted) < len(have) and _word_likeness(wanted[-1], have[-1]) < _HEARD:
        each *= 0.9
    whole = 0.0
    # Words that stand for each other may fit less well each where all of them together do.
    if len(wanted) != len(have) or (len(have) > 1 and each >= _HALF_HEARD):
        whole = _likeness(wanted, have) - _OF_THE_WHOLE
    told = sum(_consonants(word) for word in wanted)
    # In one script the letters themselves, vowels too, would have told that it is the same name.
    alike = _IN_ONE_SCRIPT if _script(wanted[-1]) == _script(have[-1]) else 0.0
    if any(_script(word) == "han" and not set(word) <= _TRANSCRIBING for word in wanted):
        alike += _IN_ONE_SCRIPT
    return max(0.0, max(each, whole) - _LITTLE_TOLD.get(told, 0.0) - alike)


def skeletons(name: str) -> tuple[str, ...]:
    """Return the sorts of the consonants of each word of a name, by which names that sound like it are looked up."""
    return tuple(dict.fromkeys(skeleton for word in _words(name) if (skeleton := _skeleton(heard(word)[0]))))


@functools.lru_cache(maxsize=262144)
def skeleton_of_sound(sound: str) -> str:
    """Return the same of a word of which only its `sound` is on record."""
    return _skeleton(sound.translate(_OF_SOUND))


@functools.lru_cache(maxsize=65536)
def heard(word: str) -> tuple[str, str]:
    """Return a word as the sounds that are heard in it, and the script that it is written in."""
    script = _script(word)
    if script == "thai":
        word = _BEFORE.sub(r"\2\1", word)
    for pattern, replacement in _BEFOREHAND if script in ("kana", "other") else ():
        word = pattern.sub(replacement, word)
    letters = word if script in _UNVOWELLED else latin(word)
    spelled = _spellings(script).sub(lambda m: _readings(script)[m[0]], letters)
    sounds = re.sub(r"[^A-Za-z]", "", spelled)
    return re.sub(r"([^aeiou])\1+", r"\1", sounds), script


def _each(wanted: Sequence[str], have: Sequence[str]) -> float:
    """How well the worst of the asked words is heard in a word of the name that no other stands for."""
    left, worst = list(have), 1.0
    for word in wanted:
        if not left:
            return 0.0
        likeness, best = max((_word_likeness(word, other), other) for other in left)
        left.remove(best)
        worst = min(worst, likeness)
    return worst


def _words(name: str) -> tuple[str, ...]:
    found = (word.strip("'’‘\"«»“”„()[]") for word in _PARTED.split(name.translate(_UNHEARD)))
    return tuple(_without_article(word) for word in found if word)


def _without_article(word: str) -> str:
    """The Arabic article is one word with the name, and other languages leave it out."""
    return word[2:] if word.startswith("ال") and len(word) > 4 else word


def _script(word: str) -> str:
    first = next((character for character in word if character.isalpha()), "a")
    return next((script for script, start, end in _RANGES if start <= ord(first) <= end), "other")


@functools.cache
def _readings(script: str) -> Mapping[str, str]:
    return _READINGS.get(script, _ROMANISED)


@functools.cache
def _spellings(script: str) -> re.Pattern[str]:
    return re.compile("|".join(map(re.escape, sorted(_readings(script), key=len, reverse=True))))


def _consonants(word: str) -> int:
    """So many consonants of a word are surely heard."""
    return sum(sound not in _VOWELS and sound not in _WEAK and sound not in "hxN" for sound in heard(word)[0])


def _skeleton(sounds: str) -> str:
    return re.sub(r"(.)\1+", r"\1", sounds.translate(_SKELETON)) or sounds[:1]


@functools.lru_cache(maxsize=65536)
def _word_likeness(one: str, other: str) -> float:
    return _likeness((one,), (other,))


def _likeness(one: Sequence[str], other: Sequence[str]) -> float:
    """How like the sounds of some words are to those of others, each taken as one."""
    first, second = ("".join(heard(word)[0] for word in words) for words in (one, other))
    if not first or not second:
        return 0.0
    scripts = {heard(word)[1] for word in (*one, *other)}
    return _costs(bool(scripts & _SYLLABIC), bool(scripts & _UNVOWELLED)).likeness(first, second)


class _Costs:
    """What it costs to hear one sound as another, or not at all, between two scripts."""

    def __init__(self, *, syllabic: bool, unvowelled: bool) -> None:
        self._syllabic, self._unvowelled = syllabic, unvowelled
        self._change: dict[tuple[str, str], float] = {}
        self._drop = {sound: self._dropped(sound) for sound in _SOUNDS}
        for one in _SOUNDS:
            for other in _SOUNDS:
                pairs = ((a, b) for a in _EITHER.get(one, one) for b in _EITHER.get(other, other))
                self._change[one, other] = min(self._changed(a, b) for a, b in pairs)

    def likeness(self, first: str, second: str) -> float:
        """Return 1 for words that are heard alike, 0 for words that have nothing in common."""
        drop, change = self._drop, self._change
        row = [0.0]
        for sound in second:
            row.append(row[-1] + drop[sound])
        for sound in first:
            previous, row = row, [row[0] + drop[sound]]
            for number, other in enumerate(second):
                row.append(min(
                    previous[number] + change[sound, other], previous[number + 1] + drop[sound], row[-1] + drop[other],
                ))  # fmt: skip
        # Where the first sounds differ in sort, so do the words, however long.
        start = 0.0 if _starts(first) & _starts(second) else _OTHER_START
        weight = max(self._weight(first), self._weight(second))
        return max(0.0, 1.0 - (row[-1] + start) / weight)

    def _weight(self, sounds: str) -> float:
        return sum(_VOWEL_WEIGHT if sound in _VOWELS or sound in _WEAK else 1.0 for sound in sounds) or 1.0

    def _dropped(self, sound: str) -> float:
        if sound in _VOWELS:
            return 0.05 if self._unvowelled else 0.12 if self._syllabic else 0.3
        if sound in _WEAK or sound in "EN":
            return 0.1
        if self._syllabic and sound in "lrLR":
            return 0.3
        return 0.4 if sound in "x" else 1.0

    def _changed(self, one: str, other: str) -> float:
        if one == other:
            return 0.0
        pair = {one, other}
        if pair <= _VOWELS:
            return 0.05 if self._unvowelled else 0.1 if pair in _NEAR_VOWELS or self._syllabic else 0.2
        if pair in _NEAR:
            return 0.1
        if self._syllabic and pair in _NEAR_IN_SYLLABLES:
            return 0.2
        for sort in _SORTS:
            if one in sort and other in sort:
                if sort in ("mn", "lr"):
                    return 0.6 if not self._syllabic else 0.1 if sort == "lr" else 0.4
                return 0.6 if pair in _FAR else 0.25
        return 1.0


@functools.cache
def _costs(syllabic: bool, unvowelled: bool) -> _Costs:
    return _Costs(syllabic=syllabic, unvowelled=unvowelled)


@functools.lru_cache(maxsize=65536)
def _starts(sounds: str) -> frozenset[str]:
    """The sorts that the first consonant heard may be of; a vowel, or one hardly heard, is a sort of its own."""
    first = sounds[0]
    sorts = {
        "" if each in _VOWELS or each in _WEAK or each == "h" else _sort(each) for each in _EITHER.get(first, first)
    }
    return frozenset(sorts | ({"k"} if "h" in _EITHER.get(first, first) or "x" in _EITHER.get(first, first) else set()))


def _sort(sound: str) -> str:
    return next((sort[0] for sort in _SORTS if sound in sort), sound)


# No name has more characters.
_LONGEST = 120
_HEARD = 0.8
_OTHER_START = 0.5
_VOWEL_WEIGHT = 0.35
_NEAR_VOWELS = tuple(map(set, ("ie", "ou", "ao", "ae", "au")))
_NEAR = tuple(map(set, ("iy", "uw", "vw", "xh", "ye", "wo", "Zy", "Sx")))
_FAR = tuple(map(set, ("fb", "pv", "sC", "sZ", "kx", "gx")))
_NEAR_IN_SYLLABLES = tuple(map(set, ("tC", "tZ", "dZ", "tc", "Sh", "kZ", "gZ", "hf", "kC", "SZ")))
_HALF_HEARD = 0.6
_OF_THE_WHOLE = 0.05
_IN_ONE_SCRIPT = 0.08
# Characters by which Chinese spells foreign names; others make words, or Chinese names, which must fit to the sound.
_TRANSCRIBING = frozenset(
    "阿埃艾爱愛安昂奥奧巴白拜班邦包鲍鮑贝貝本比彼别別宾賓波伯勃博布查柴昌彻徹茨次措达達大戴黛丹当當道德邓"
    "鄧登狄迪底地蒂蒙丁东東杜都顿頓多额厄恩尔爾法凡范菲费費芬丰夫弗佛福盖蓋冈岡高戈哥格葛根贡貢古圭果哈海"
    "汉漢汗豪合赫黑亨洪侯胡华華怀懷惠霍基吉季加贾賈简簡姜焦杰金京久居卡凯凱坎康考科柯可克肯孔库庫夸奎昆阔"
    "拉莱萊赖賴兰蘭朗劳勞乐樂勒雷蕾里利丽麗莉莲蓮连連良列林琳龙龍隆卢盧鲁魯路吕呂伦倫罗羅洛马馬玛瑪迈邁麦"
    "麥曼芒毛梅门門孟米密蜜敏明缪莫墨默姆木穆拿纳納娜南内內嫩尼妮涅宁寧纽紐农努诺諾欧歐帕派潘庞龐佩彭蓬皮"
    "平珀泼普奇齐齊恰强乔喬切钦欽琼瓊丘曲茹让讓热熱仁日荣榮容儒瑞若萨薩塞赛賽三桑瑟森沙莎山尚绍紹舍申盛圣"
    "聖什施史士斯司丝絲松苏蘇索塔泰坦汤湯陶特滕提托图圖屯瓦万萬旺威韦韋维維温溫文翁沃乌烏吾武伍西希锡錫夏"
    "香肖谢謝辛欣兴興休修雪逊遜雅亚亞扬揚杨楊尧堯耶叶葉伊依易因英永尤于約约宰赞澤泽增扎詹章朱祖尊佐朔川唐"
    "翰冯馮哲契察娅婭"
)
_LITTLE_TOLD = {0: 0.3, 1: 0.22, 2: 0.15, 3: 0.12, 4: 0.08, 5: 0.05}
_SOUNDS = sorted(set("".join(_SORTS)) | set(_EITHER) | _VOWELS | _WEAK)
_SKELETON = str.maketrans({
    **{sound: _sort(_EITHER.get(sound, sound)[0]).upper() for sound in _SOUNDS},
    **dict.fromkeys("aeiouhywxAEUYN", None),
    "m": "N", "n": "N", "W": "P", "K": "K", "H": "S", "J": "S", "Q": "S", "G": "K",
    "D": "S", "I": "S", "X": "K",
})  # fmt: skip
# The sounds of `ingest.speakers.sound`.
_OF_SOUND = str.maketrans({"S": "S", "F": "f", "K": "k", "C": "s", "I": "i", "U": "u"})
