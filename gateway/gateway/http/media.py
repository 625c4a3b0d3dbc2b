"""Which media type and which language a request wants: Accept and Accept-Language, read once per header text."""

from __future__ import annotations

from enum import StrEnum
from functools import lru_cache


class Media(StrEnum):
    """What the endpoint can answer with."""

    RESPONSE = "application/graphql-response+json"
    JSON = "application/json"
    EVENTS = "text/event-stream"
    HTML = "text/html"


_RANGES = {
    "application/graphql-response+json": Media.RESPONSE,
    "application/json": Media.JSON,
    # a client that takes anything may be an old one, which reads errors only behind status 200
    "*/*": Media.JSON,
    "application/*": Media.JSON,
    "text/event-stream": Media.EVENTS,
    "text/html": Media.HTML,
    "application/xhtml+xml": Media.HTML,
}


@lru_cache(maxsize=512)
def wanted_media(accept: str | None) -> tuple[Media, ...]:
    """What the client takes, best first; empty when it takes nothing of ours. No header means JSON."""
    if accept is None or not accept.strip():
        return (Media.JSON,)
    found: dict[Media, tuple[float, int]] = {}
    for place, (value, quality) in enumerate(_weighted(accept)):
        media = _RANGES.get(value)
        if media is not None and quality > 0 and media not in found:
            found[media] = (-quality, place)
    return tuple(sorted(found, key=found.__getitem__))


@lru_cache(maxsize=512)
def wanted_language(accept: str | None) -> str:
    """``zh`` or ``en``, whichever the header prefers; English when it names neither."""
    best, best_quality = "en", 0.0
    for value, quality in _weighted(accept or ""):
        language = value.partition("-")[0]
        if language in ("zh", "en") and quality > best_quality:
            best, best_quality = language, quality
    return best


def _weighted(header: str) -> list[tuple[str, float]]:
    parts = []
    for part in header[:1_000].lower().split(","):
        value, *parameters = (piece.strip() for piece in part.split(";"))
        quality = 1.0
        for parameter in parameters:
            name, _, number = parameter.partition("=")
            if name.strip() == "q":
                try:
                    quality = min(max(float(number), 0.0), 1.0)
                except ValueError:
                    quality = 0.0
        parts.append((value, quality))
    return parts
