"""The ledger of an article as one JSON object, in the schema of the evaluation sets."""

from __future__ import annotations

from typing import Any

from ingest.models import Article, Ledger, Quotation, Span


def record(article: Article, ledger: Ledger) -> dict[str, Any]:
    """Return {"id", "lang", "quotes", "cast"} with the offsets and the words of everything."""

    def words(span: Span) -> dict[str, Any]:
        return {"start": span.start, "end": span.end, "text": span.of(article.text)}

    def quote(quotation: Quotation) -> dict[str, Any]:
        row: dict[str, Any] = {
            **words(quotation.span),
            "speaker": quotation.speaker,
            "verb": quotation.cue.of(article.text) if quotation.cue else None,
            "kind": quotation.kind.value,
            "ref": quotation.reference.value,
            "fragments": [words(fragment) for fragment in quotation.fragments],
            "confidence": quotation.confidence,
            "mention": words(quotation.mention) if quotation.mention else None,
            "antecedent": words(quotation.antecedent) if quotation.antecedent else None,
        }
        if quotation.group is not None:
            row["group"] = quotation.group
        if quotation.nested:
            row["nested"] = True
        return row

    return {
        "id": article.id,
        "lang": article.language,
        "quotes": [quote(quotation) for quotation in ledger.quotations],
        "cast": [
            {
                "name": member.name,
                "kind": member.kind.value,
                "gender": member.gender,
                "roles": list(member.roles),
                "mentions": [words(span) for span in member.mentions],
            }
            for member in ledger.cast
        ],
    }
