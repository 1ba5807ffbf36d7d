"""How a chat model can fail, by what to do next."""

from __future__ import annotations

import enum
import re
import time
from email.utils import parsedate_to_datetime

from ingest.errors import ModelFailed


class Failure(enum.StrEnum):
    """Why a model did not answer; the phrases `model_failed_…` tell it."""

    KEY = "key"
    MODEL = "model"
    PACKAGE = "package"
    UNREACHABLE = "unreachable"
    TIMEOUT = "timeout"
    RATE = "rate"
    QUOTA = "quota"
    OVERLOADED = "overloaded"
    CONTEXT = "context"
    REQUEST = "request"
    FILTERED = "filtered"
    EMPTY = "empty"
    FORMAT = "format"
    ENDLESS = "endless"
    BROKEN = "broken"


# No provider means more than a day.
_LONGEST_WAIT = 86_400.0
_CONTEXT = re.compile(r"context (?:size|length|window)|maximum context|too many tokens|context_length_exceeded", re.I)
_QUOTA = re.compile(r"insufficient_quota|exceeded your current quota|billing", re.I)
_FILTER = re.compile(r"content_filter|content management policy|flagged|safety", re.I)


def failed(error: BaseException, *, has_begun: bool = False) -> ModelFailed:
    """Return a provider's error as one that says what to do, and nothing that the provider wrote.

    `has_begun` tells that part of the answer had arrived.
    """
    if isinstance(error, ModelFailed):
        return error
    return ModelFailed(_failure(error, has_begun=has_begun).value, wait=_asked_to_wait(error))


def _asked_to_wait(error: BaseException) -> float | None:
    """The seconds of a Retry-After header, which may also be a date; None without one that makes sense."""
    headers = getattr(getattr(error, "response", None), "headers", None) or {}
    stated = str(headers.get("retry-after", ""))
    try:
        wait = float(stated)
    except ValueError:
        try:
            wait = parsedate_to_datetime(stated).timestamp() - time.time()
        except ValueError:
            return None
    return wait if 0 <= wait <= _LONGEST_WAIT else None


def _failure(error: BaseException, *, has_begun: bool) -> Failure:
    import openai

    text = f"{getattr(error, 'code', '') or ''} {error}"
    kinds: tuple[tuple[type[BaseException], Failure], ...] = (
        (openai.APITimeoutError, Failure.TIMEOUT),
        (openai.AuthenticationError, Failure.KEY),
        (openai.PermissionDeniedError, Failure.KEY),
        (openai.NotFoundError, Failure.MODEL),
        (openai.RateLimitError, Failure.QUOTA if _QUOTA.search(text) else Failure.RATE),
        (openai.InternalServerError, Failure.OVERLOADED),
        (openai.LengthFinishReasonError, Failure.ENDLESS),
        (openai.ContentFilterFinishReasonError, Failure.FILTERED),
    )
    for kind, failure in kinds:
        if isinstance(error, kind):
            return failure
    if isinstance(error, openai.APIStatusError):
        if _CONTEXT.search(text):
            return Failure.CONTEXT
        return Failure.FILTERED if _FILTER.search(text) else Failure.REQUEST
    if isinstance(error, openai.APIConnectionError):
        return Failure.BROKEN if has_begun else Failure.UNREACHABLE
    if isinstance(error, TimeoutError) or "Timeout" in type(error).__name__:
        return Failure.TIMEOUT
    if _CONTEXT.search(text) and not has_begun:
        return Failure.CONTEXT
    return Failure.BROKEN if has_begun else Failure.FORMAT if isinstance(error, ValueError) else Failure.UNREACHABLE
