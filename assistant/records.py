"""Replies as JSON values: the contract of the command line."""

from __future__ import annotations

import dataclasses
from typing import Any

from assistant.models import Abstention, Answer, Citation, Match, QuoteCheck, Reply
from assistant.phrases import phrase
from ingest.archive.records import KnownSpeaker, Statement


def reply_record(reply: Reply) -> dict[str, Any]:
    """Return a reply as `ask --json` prints it. The citations of an abstention are the nearest evidence, no answer."""
    is_answer = isinstance(reply, Answer)
    return {
        "question": reply.question,
        "language": reply.language,
        "answered": is_answer,
        "reason": reply.reason.value if isinstance(reply, Abstention) else None,
        "text": reply.text,
        "mode": reply.mode.value if isinstance(reply, Answer) else "extracted",
        "sentences": [
            {
                "text": sentence.text,
                "citations": list(sentence.citations),
                "mode": sentence.mode.value,
                "verified": sentence.verified,
            }
            for sentence in (reply.sentences if isinstance(reply, Answer) else ())
        ],
        "citations": [citation_record(c) for c in (reply.citations if isinstance(reply, Answer) else reply.nearest)],
        "timings": dict(reply.timings),
        "usage": dataclasses.asdict(reply.usage) if reply.usage else None,
        "check": check_record(reply.check) if reply.check else None,
        "notice": reply.notice or None,
        "filters": [dataclasses.asdict(each) for each in reply.filters],
        "understood": reply.understood or None,
        "left_out": [each.value for each in reply.left_out] if isinstance(reply, Answer) else [],
        "fallback": (reply.fallback or None) if isinstance(reply, Answer) else None,
        "stopped": reply.stopped if isinstance(reply, Answer) else False,
        "model": (reply.model or None) if isinstance(reply, Answer) else None,
        "hand": reply.hand.value if isinstance(reply, Answer) and reply.hand else None,
    }


def citation_record(citation: Citation) -> dict[str, Any]:
    """Return a citation as JSON values."""
    return {
        "n": citation.number,
        "article_id": citation.article_id,
        "version": citation.version,
        "title": citation.title,
        "start": citation.span.start,
        "end": citation.span.end,
        "text": citation.text,
        "speaker": citation.speaker,
        "kind": citation.kind.value if citation.kind else None,
        "outlet": citation.outlet,
        "published": citation.published,
    }


def check_record(check: QuoteCheck) -> dict[str, Any]:
    """Return the check of a quotation as `check --json` prints it."""
    return {
        "verdict": check.verdict.value,
        "confidence": check.confidence,
        "quotation": check.quotation,
        "claimed_speaker": check.claimed_speaker,
        "matches": [match_record(match) for match in check.matches],
        "explanation": check.explanation,
        "language": check.language,
        "timings": dict(check.timings),
    }


def match_record(match: Match) -> dict[str, Any]:
    """Return words that a quotation was compared with as JSON values."""
    return {
        "article_id": match.article_id,
        "version": match.version,
        "start": match.span.start,
        "end": match.span.end,
        "text": match.text,
        "pieces": [[piece.start, piece.end] for piece in match.pieces],
        "speaker": match.speaker,
        "quoted_by": match.quoted_by,
        "kind": match.kind.value if match.kind else None,
        "similarity": match.similarity,
        "difference": [
            {"op": each.operation.value, "claimed": each.claimed, "printed": each.printed,
             "meaning": [change.value for change in each.changes]}
            for each in match.difference
        ],
        "missing": [[missing.start, missing.end] for missing in match.missing],
        "sentence": match.whole_sentence,
        "before": match.before,
        "after": match.after,
        "title": match.title,
        "outlet": match.outlet,
        "published": match.published,
        "url": match.url,
        "language": match.language,
        "reference": match.reference,
    }  # fmt: skip


def speaker_record(speaker: KnownSpeaker) -> dict[str, Any]:
    """Return a speaker as JSON values."""
    return {
        "name": speaker.name,
        "kind": speaker.kind.value,
        "names": list(speaker.names),
        "roles": list(speaker.roles),
        "statements": speaker.statements,
    }


def statement_record(statement: Statement) -> dict[str, Any]:
    """Return a statement as JSON values: one row of a speaker's ledger."""
    quotation = statement.quotation
    return {
        "speaker": quotation.speaker,
        "kind": quotation.kind.value,
        "text": statement.text,
        "article_id": statement.article_id,
        "version": statement.version,
        "start": quotation.span.start,
        "end": quotation.span.end,
        "title": statement.title,
        "outlet": statement.outlet,
        "published": statement.published,
        "language": statement.language,
        "confidence": round(quotation.confidence, 3),
    }


def nearest_heading(reply: Abstention) -> str:
    """Return the line that stands before the nearest evidence of an abstention."""
    return phrase("nearest", reply.language)
