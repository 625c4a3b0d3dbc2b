"""Long texts: cut into parts a message can carry, and put together again in whatever order the parts come."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from crm_edge.sms.alphabet import septets_of
from crm_edge.sms.pdu import Deliver, Part, Written, deliver, submit, user_data

SEPTETS, SEPTETS_OF_PART, SEPTETS_OF_WIDE_PART = 160, 153, 152
UNITS, UNITS_OF_PART, UNITS_OF_WIDE_PART = 70, 67, 66
MOST_PARTS = 255


def cut(sizes: list[int], room: int) -> list[int]:
    """Where to cut things of these sizes so that no piece is larger than `room`: the end of each piece."""
    ends, filled = [], 0
    for at, size in enumerate(sizes):
        if filled + size > room:
            ends.append(at)
            filled = 0
        filled += size
    return [*ends, len(sizes)]


def pieces(text: str, reference: int, *, wide: bool = False) -> list[tuple[bytes, bool]]:
    """User data of each message the text needs, and whether it is a part of several.

    No character is cut in two, neither an escaped one nor a surrogate pair. ValueError beyond 255 parts.
    """
    signs = septets_of(text)
    one, several = (SEPTETS, SEPTETS_OF_WIDE_PART if wide else SEPTETS_OF_PART)
    sizes = [len(codes) for codes in signs] if signs is not None else []
    if signs is None:
        one, several = (UNITS, UNITS_OF_WIDE_PART if wide else UNITS_OF_PART)
        sizes = [len(sign.encode("utf-16-be", errors="replace")) // 2 for sign in text]
    ends = cut(sizes, one)
    if len(ends) > 1:
        ends = cut(sizes, several)
    if len(ends) > MOST_PARTS:
        raise ValueError("the text needs more than 255 messages")
    made = []
    for number, (start, end) in enumerate(zip([0, *ends], ends, strict=False), start=1):
        part = Part(reference, len(ends), number, wide) if len(ends) > 1 else None
        septets = None if signs is None else [code for codes in signs[start:end] for code in codes]
        made.append((user_data(septets, text[start:end], part), part is not None))
    return made


def submits(to: str, text: str, *, reference: int, report: bool = False, wide: bool = False) -> list[Written]:
    """The PDUs that send `text`; `reference` (8 bits, 16 if wide) ties the parts together at the receiver's."""
    made = pieces(text, reference, wide=wide)
    return [submit(to, data, in_parts=part, report=report) for data, part in made]


def delivers(sender: str, text: str, *, reference: int, sent_at: datetime, wide: bool = False) -> list[Written]:
    """The PDUs in which `text` arrives."""
    made = pieces(text, reference, wide=wide)
    return [deliver(sender, data, in_parts=part, sent_at=sent_at) for data, part in made]


def joined(messages: Iterable[Deliver]) -> tuple[str, list[int]]:
    """The text of the parts of one message, in their order, and the numbers that are missing."""
    known = {message.part.number: message for message in messages if message.part is not None}
    total = max((message.part.total for message in known.values() if message.part is not None), default=0)
    text = "".join(known[number].text for number in sorted(known))
    return text, [number for number in range(1, total + 1) if number not in known]
