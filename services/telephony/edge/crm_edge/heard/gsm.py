"""GSM modems: what comes unasked (`+CLIP`, `+CMTI`, `+CMT`, `+CDS`), the ends of answers, all other lines as said."""

from __future__ import annotations

import re

from crm_edge.heard.lines import PROMPT, Lines, text_of
from crm_edge.heard.signs import CallerId, CallOver, Final, Prompt, Pushed, Ring, Said, Sign, Stored, caller

CLIP = re.compile(r'\+CLIP:\s*"(?P<number>[^"]*)"\s*,\s*(?P<type>\d+)(?P<rest>(?:,.*)?)')
STORED = re.compile(r'\+(?P<what>CMTI|CDSI):\s*"?(?P<storage>[A-Z]{2})"?\s*,\s*(?P<index>\d{1,5})')
PUSHED = re.compile(r"\+(?P<what>CMT|CDS):\s*(?:.*,\s*)?\d{1,3}")
PROBLEM = re.compile(r"\+(?P<kind>CMS|CME) ERROR:\s*(?P<code>.{1,80})")
PDU = re.compile(r"(?:[0-9A-Fa-f]{2}){8,200}")
ENDS = {"NO CARRIER", "BUSY", "NO ANSWER", "NO DIALTONE"}
INTERNATIONAL = 145
RESTRICTED, NOT_AVAILABLE = "1", "2"


class GsmModem:
    """`feed` answers the signs in what came, in order; what an answer consists of is the asker's business."""

    def __init__(self) -> None:
        self._lines = Lines(limit=1024, prompt=True)
        self._awaited: bool | None = None  # a PDU is to follow: of a report (True) or of a message (False)

    def feed(self, data: bytes) -> list[Sign]:
        signs: list[Sign] = []
        for line in self._lines.feed(data):
            if line == PROMPT:
                signs.append(Prompt())
            elif text := text_of(line):
                sign = self._read(text)
                signs += [sign] if sign is not None else []
        return signs

    def forget(self) -> None:
        self._lines.forget()
        self._awaited = None

    def _read(self, text: str) -> Sign | None:
        awaited, self._awaited = self._awaited, None
        if awaited is not None and PDU.fullmatch(text):
            return Pushed(text.upper(), awaited)
        if match := PUSHED.fullmatch(text):
            self._awaited = match["what"] == "CDS"
            return None
        if match := STORED.fullmatch(text):
            return Stored(match["storage"], int(match["index"]), match["what"] == "CDSI")
        return simple(text) or clip(text) or Said(text)


def simple(text: str) -> Sign | None:
    if text == "RING" or text.startswith("+CRING:"):
        return Ring()
    if text in ENDS:
        return CallOver(text)
    if text in ("OK", "ERROR"):
        return Final(text == "OK", "" if text == "OK" else text)
    if match := PROBLEM.fullmatch(text):
        return Final(False, f"{match['kind']} {match['code'].strip()}")
    return None


def clip(text: str) -> CallerId | None:
    """`+CLIP: <number>,<type>[,<subaddr>,<satype>[,<alpha>[,<validity>]]]`; alpha, from the phone book, is the name."""
    match = CLIP.fullmatch(text)
    if match is None:
        return None
    rest = [part.strip().strip('"') for part in match["rest"].split(",")[1:]]
    name = rest[2] if len(rest) > 2 and rest[2] else None
    validity = rest[3] if len(rest) > 3 else "0"
    if validity == RESTRICTED or (validity == NOT_AVAILABLE and not match["number"]):
        return CallerId(None, "private" if validity == RESTRICTED else "unavailable", name)
    number = match["number"]
    if int(match["type"][:3]) == INTERNATIONAL and number and not number.startswith("+"):
        number = f"+{number}"
    return caller(number, name=name)
