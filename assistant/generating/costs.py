"""What tokens cost, where that is known."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

# US dollars for a million tokens read, read from the provider's cache, and written; OpenAI's page of models, November
# 2026. Only what was looked up stands here: the price of another model is a setting.
_PRICES: Mapping[str, tuple[float, float, float]] = {"gpt-6-luna": (0.10, 0.01, 0.50)}
# A token is about so many characters of the languages here, on the safe side.
_CHARACTERS_A_TOKEN = 3


@dataclasses.dataclass(frozen=True, slots=True)
class Prices:
    """US dollars for a million tokens: of the prompt, of it from the provider's cache, and of the answer."""

    input: float
    cached: float
    output: float

    def cost(self, read: int, cached: int, written: int) -> float:
        """Return what so many tokens cost in dollars; `cached` are among those `read`."""
        return ((read - cached) * self.input + cached * self.cached + written * self.output) / 1e6


def prices(model: str, stated: tuple[float, float, float] | None = None) -> Prices | None:
    """Return what a model costs: as `stated`, else as known; None where nobody says."""
    if stated is not None:
        return Prices(*stated)
    known = _PRICES.get(model)
    return Prices(*known) if known else None


def tokens(text: str) -> int:
    """Return about how many tokens a text is; on the safe side, as no tokenizer is at hand without a download."""
    return len(text.encode(errors="replace")) // (_CHARACTERS_A_TOKEN + 1) + len(text) // (2 * _CHARACTERS_A_TOKEN) + 1
