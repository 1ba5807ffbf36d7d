"""One record of metadata, whatever it was written in: the columns of a table, the front matter of a file."""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from ingest.cleaning import paragraphs
from ingest.errors import UnreadableArticle
from ingest.languages import language_of
from ingest.models import Article
from ingest.reading import plain


class Record(BaseModel):
    """An article as a table states it. Only `text` must be there; a given `id` becomes the article's id."""

    model_config = ConfigDict(extra="ignore", coerce_numbers_to_str=True, str_strip_whitespace=False)

    id: str = Field(default="", max_length=200)
    title: str = ""
    text: str = Field(min_length=1)
    lang: str = ""
    date: str = ""
    source: str = ""
    author: str = ""
    url: str = ""

    @field_validator("author", mode="before")
    @classmethod
    def _several_authors(cls, value: Any) -> Any:
        return _words(value) if isinstance(value, list) else value

    @field_validator("*", mode="before")
    @classmethod
    def _absent_is_empty(cls, value: Any) -> Any:
        if isinstance(value, datetime.date):
            return value.isoformat()
        return "" if value is None else value


def article(record: Mapping[str, Any], *, name: str, id: str) -> Article:  # noqa: A002
    """Return the article that a record states, `id` standing in where it states none. `name` is for errors."""
    try:
        stated = Record.model_validate(record)
    except ValidationError as error:
        first = error.errors()[0]
        raise UnreadableArticle(name, f"{'.'.join(map(str, first['loc']))}: {first['msg']}") from error
    if not stated.text.strip():
        raise UnreadableArticle(name, "text: empty")
    if not _is_unicode("".join(stated.model_dump().values())):
        raise UnreadableArticle(name, "half a surrogate pair, which is no text")
    id = stated.id.strip() or id  # noqa: A001
    if not stated.title.strip():
        return with_metadata(plain.article(stated.text, id=id), record)
    # Title and text are stated apart: nothing in the text is taken for a title but the title itself.
    parts = paragraphs(stated.text, title=stated.title)
    # Finding out the language is most of the work on a row; what states it saves that.
    language = _language(stated.lang) or language_of(stated.text)
    read = Article(id=id, text=stated.text, paragraphs=parts, language=language)
    return with_metadata(read, record)


def with_metadata(read: Article, stated: Mapping[str, Any]) -> Article:
    """Return the article with what its source states of title, language, date, outlet, author and address."""
    words = {key: _words(stated.get(key)) for key in ("title", "lang", "source", "outlet", "author", "url")}
    if not _is_unicode("".join(words.values())):
        raise UnreadableArticle(read.id, "half a surrogate pair, which is no text")
    return dataclasses.replace(
        read,
        title=words["title"] or read.title,
        language=_language(words["lang"]) or read.language,
        published=_date(stated.get("date")),
        outlet=words["source"] or words["outlet"] or read.outlet,
        author=words["author"] or read.author,
        url=words["url"] or read.url,
    )


def _language(tag: str) -> str:
    """The language of a tag like "fr-FR", empty where it is none."""
    language = tag.strip().lower().replace("_", "-").split("-")[0]
    return language if len(language) in (2, 3) and language.isalpha() else ""


def _is_unicode(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _words(value: Any) -> str:
    """The words of a value; a list of several is joined, and lists within lists say nothing."""
    if isinstance(value, list | tuple):
        return ", ".join(filter(None, (_words(each) for each in value if not isinstance(each, list | tuple | dict))))
    return "" if value is None or isinstance(value, dict) else " ".join(str(value).split())


def _date(value: Any) -> datetime.date | None:
    """A date in ISO form; any other form is ambiguous, and no date is better than a wrong one."""
    if isinstance(value, datetime.datetime):
        return value.date()
    if isinstance(value, datetime.date):
        return value
    try:
        return datetime.datetime.fromisoformat(str(value or "").strip()).date()
    except ValueError:
        return None
