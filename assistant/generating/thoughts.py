"""What a model thinks aloud, taken out of its reply."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Generator, Iterable

_TAG = re.compile(r"<(/?)(?:think(?:ing)?|thought|reasoning)>|\[(/?)THINK\]", re.IGNORECASE)
_LONGEST_TAG = 12
# By a number in brackets, or the word that nothing answers, a reply begins to answer.
_ANSWERS = re.compile(r"[\[【]\s*\^?[a-z]{0,8}\.?\s*\d|\((?:sources?|evidence)\s+\d|no\\?_answer", re.IGNORECASE)
_LONGEST_SIGN = 24
# How models begin to think aloud, mostly in English and Chinese whatever the question is in.
_ALOUD = re.compile(
    r"""[\W_]*(?:
    (?:ok(?:ay)?|alright|hm+|well|so|first|now|wait|let(?:['’]s|\sme|\sus)|i|i['’]\w+|we|to\sanswer|looking|thinking)\b
    |(?:the|this)\s(?:user|question|task|evidence|instructions?|rules?|prompt|sources?)\b|(?:evidence|sources?|user)\b
    |(?:bon|d['’]accord|voyons|alors|je|l['’]utilisateur|la\squestion)\b
    |(?:vale|bueno|veamos|el\susuario|la\spregunta)\b
    |(?:gut|also|ich|der\sbenutzer|der\snutzer|die\sfrage)\b
    |(?:хорошо|итак|давай\w*|пользователь|вопрос|мне|я)\b
    |好|嗯|首先|用户|问题|我)""",
    re.IGNORECASE | re.VERBOSE,
)
_OPENING = 40
# Before this sign, what of the reply is not yet told is to be forgotten.
FORGET = "\f"


@dataclasses.dataclass(slots=True)
class Habit:
    """What is known of a model from its replies so far: whether the end of a thought came that nobody saw begin."""

    thinks_aloud: bool = False


def without(text: str) -> str:
    """Return a whole reply without the thoughts in it."""
    return "".join(spoken([text])).rpartition(FORGET)[2].strip()


def spoken(chunks: Iterable[str], habit: Habit | None = None) -> Generator[str, None, None]:
    """Yield a reply without its thoughts, "" for a chunk that tells nothing yet; however it is cut into chunks.

    The template of some models opens the thought in the prompt, so that only its end is seen. Therefore nothing is
    given before the first citation, by which a reply begins to answer, and of a reply that begins like a thought
    ("Okay, the user asks …") nothing before a thought ends or the whole ends. Where a thought ends all the same that
    nobody saw begin, `FORGET` says that what came before was none of the answer, and `habit` is told: of such a model
    nothing more is given before a thought ends.
    """
    habit = habit or Habit()
    waiting, held = "", ""
    is_thought, is_released, searched = False, False, 0
    for chunk in chunks:
        waiting += chunk.replace(FORGET, " ")
        told = ""
        while True:
            found = _TAG.search(waiting)
            if found is None:
                kept = _begun_tag(waiting)
                before, waiting = waiting[: len(waiting) - kept], waiting[len(waiting) - kept :]
            else:
                before, waiting = waiting[: found.start()], waiting[found.end() :]
            if not (was_thought := is_thought):
                if is_released:
                    told += before
                else:
                    held += before
                    if not habit.thinks_aloud and _begins(held, searched):
                        told, held, is_released = told + held, "", True
                    searched = max(0, len(held) - _LONGEST_SIGN)
            if found is None:
                break
            if is_thought := not (found[1] or found[2]):
                continue
            # What follows a thought is said.
            told += held + " " if was_thought else FORGET
            habit.thinks_aloud = habit.thinks_aloud or not was_thought
            held, is_released = "", True
        yield told
    yield held if is_thought else held + waiting


def _begins(held: str, searched: int) -> bool:
    """Whether a reply has begun to answer."""
    return bool(_ANSWERS.search(held, searched)) and not _ALOUD.match(held[:_OPENING])


def _begun_tag(text: str) -> int:
    """How many characters at the end may be the beginning of a tag."""
    start = max(text.rfind("<", -_LONGEST_TAG), text.rfind("[", -_LONGEST_TAG))
    return len(text) - start if start >= 0 and re.fullmatch(r"[<\[]/?[a-zA-Z]*", text[start:]) else 0
