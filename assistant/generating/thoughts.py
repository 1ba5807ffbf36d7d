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
    r"""[\s*_>#-]*
    (?:(?:ok(?:ay)?|al(?:l\s)?right|well|so|now|first|wait|bon|d['’]accord|alors|vale|bueno|gut|also|хорошо|итак|так)[\s*_,.:!…]+)*
    (?:(?:ok(?:ay)?|al(?:l\s)?right)[\s*_,.:!…]+so\b
    |(?<=[\s*_,])(?:the\suser|l['’]utilisateur|el\susuario|der\s(?:be)?nutzer|пользователь)\b
    |(?:hm+|let(?:['’]s|\sme)|we\s(?:need|have)\sto|i\s(?:need|have|want|am\sasked)\sto|i\s(?:must|should)|i['’]ll)\b
    |(?<=[\s*_,])i\b(?![-.]) | (?:the|this)\s(?:prompt|instructions?\s(?:is|are|says?))\b | thinking\sprocess\b
    |(?:(?:the\s)?user|the\squestion)(?:['’]s\s(?:question|request|query)|\s(?:is|asks?|asked|wants?|wanted|has|needs?|says|would|just))\b
    |looking\s(?:at|through)\sthe\s(?:evidence|sources?|passages?)\b | to\sanswer\s(?:this|the)\b
    |l['’]utilisateur\s(?:demande|veut|souhaite|pose|cherche|me|a|voudrait)\b | voyons\b | la\squestion\s(?:est|porte)\b
    |je\s(?:dois|vais|devrais)\b
    |el\susuario\s(?:pregunta|quiere|pide|desea|me|ha|está)\b | veamos\b | la\spregunta\s(?:es|pide)\b
    |(?:necesito|debo|tengo\sque|voy\sa)\b
    |der\s(?:be)?nutzer\s(?:fragt|möchte|will|hat|bittet)\b | ich\s(?:muss|soll|sollte|werde|brauche)\b
    |die\sfrage\s(?:ist|lautet)\b
    |пользователь\s(?:спрашивает|спросил|хочет|просит|задал|задаёт|задает)\b
    |(?:мне\s(?:нужно|надо|следует)|я\sдолж(?:ен|на))\b
    |好的|好[，,]|嗯|首先|用户|我(?:们)?需要|让我)""",
    re.IGNORECASE | re.VERBOSE,
)
_OPENING = 60
# Before this sign, what of the reply is not yet told is to be forgotten.
FORGET = "\f"


@dataclasses.dataclass(slots=True)
class Habit:
    """What is known of a model from its replies so far: whether the end of a thought came that nobody saw begin.

    That is so until a whole reply comes without any thought.
    """

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
    nothing more is given before a thought ends. Where the reply fails, what was held back is given before the error
    goes on, unless it is a thought.
    """
    habit = habit or Habit()
    waiting, held = "", ""
    is_thought, is_released, has_thought, searched = False, False, False, 0
    source = iter(chunks)
    while True:
        try:
            chunk = next(source)
        except StopIteration:
            break
        except Exception:
            if held and not is_thought and not habit.thinks_aloud:
                yield held
            raise
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
            has_thought = True
            if is_thought := not (found[1] or found[2]):
                continue
            # What follows a thought is said.
            told += held + " " if was_thought else FORGET
            habit.thinks_aloud = habit.thinks_aloud or not was_thought
            held, is_released = "", True
        yield told
    habit.thinks_aloud = habit.thinks_aloud and has_thought
    yield held if is_thought else held + waiting


def _begins(held: str, searched: int) -> bool:
    """Whether a reply has begun to answer."""
    return bool(_ANSWERS.search(held, searched)) and not _ALOUD.match(held[:_OPENING])


def _begun_tag(text: str) -> int:
    """How many characters at the end may be the beginning of a tag."""
    start = max(text.rfind("<", -_LONGEST_TAG), text.rfind("[", -_LONGEST_TAG))
    return len(text) - start if start >= 0 and re.fullmatch(r"[<\[]/?[a-zA-Z]*", text[start:]) else 0
