"""Caller-ID boxes that write a line of text per happening, from FSK or DTMF; several lines on one port."""

from __future__ import annotations

import re

from crm_edge.heard.fsk import Frames
from crm_edge.heard.lines import Lines, text_of
from crm_edge.heard.signs import CallerId, CallOver, Hook, Ring, Said, Sign, caller

LINE = r"(?:(?:L|LINE|CH)\s*0*(?P<line>[0-9]{1,3})\s*[:,]?\s*)?"
STAMP = r"(?:[0-9]{4}\s?[0-9]{4}\s+)?"
FSK = re.compile(
    LINE + r"(?:FSK|CID|CLIP)\s*[:=,]?\s*" + STAMP + r"(?P<number>\+?[0-9*#-]+|[PO])(?:\s+(?P<name>\S.*))?",
    re.IGNORECASE,
)
# ETSI EN 300 659-3: A or D begins a number, B a reason why there is none (00 unavailable, 10 restricted), C ends it.
DTMF = re.compile(LINE + r"(?:DTMF\s*[:=,]?\s*)?(?P<start>[ABD])(?P<digits>[0-9*#]*)C?", re.IGNORECASE)
STATE = re.compile(LINE + r"(?P<state>RING|OFF\s?HOOK|HOOK\s?OFF|ON\s?HOOK|HOOK\s?ON|IDLE|RING\s?END)", re.IGNORECASE)
SHORTEST_DTMF = 3
RESTRICTED = "10"


class CallerIdBox:
    """`feed` answers the signs in what came.

    `pattern` describes a box that writes otherwise: a regular expression for a whole line with a group `number` and,
    where it has them, `line` and `name`. It is tried first.
    """

    def __init__(self, pattern: str | None = None) -> None:
        self._lines = Lines(limit=200)
        self._own = re.compile(pattern, re.IGNORECASE) if pattern else None

    def feed(self, data: bytes) -> list[Sign]:
        signs: list[Sign] = []
        for line in self._lines.feed(data):
            text = text_of(line)
            if text:
                signs.append(self._read(text))
        return signs

    def forget(self) -> None:
        self._lines.forget()

    def _read(self, text: str) -> Sign:
        return self._number(self._own, text) or self._number(FSK, text) or dtmf(text) or state(text) or Said(text)

    @staticmethod
    def _number(pattern: re.Pattern[str] | None, text: str) -> CallerId | None:
        match = pattern.fullmatch(text) if pattern is not None else None
        if match is None:
            return None
        found = match.groupdict()
        return caller(found["number"] or "", name=found.get("name"), line=found.get("line") or "")


def dtmf(text: str) -> CallerId | None:
    match = DTMF.fullmatch(text)
    if match is None:
        return None
    line, digits = match["line"] or "", match["digits"]
    if match["start"].upper() == "B":
        return CallerId(None, "private" if digits == RESTRICTED else "unavailable", None, line)
    return caller(digits, line=line) if len(digits) >= SHORTEST_DTMF else None


def state(text: str) -> Sign | None:
    match = STATE.fullmatch(text)
    if match is None:
        return None
    word, line = match["state"].upper().replace(" ", ""), match["line"] or ""
    if word == "RING":
        return Ring(line)
    if word in ("IDLE", "RINGEND"):
        return CallOver("IDLE", line)
    return Hook("OFF" in word, line)


class RawBox:
    """A box that passes the exchange's FSK message on as it came, in bytes."""

    def __init__(self) -> None:
        self._frames = Frames()

    def feed(self, data: bytes) -> list[Sign]:
        return list(self._frames.feed(data))

    def forget(self) -> None:
        self._frames.forget()
