"""Voice modems with `AT+VCID=1` (lines `NMBR = …`) and `AT+VCID=2` (the message in hexadecimal)."""

from __future__ import annotations

import re
from collections.abc import Callable

from crm_edge.heard import fsk
from crm_edge.heard.lines import Lines, text_of
from crm_edge.heard.signs import CallerId, CallerName, CallOver, Final, Ring, Said, Sign, caller

FIELD = re.compile(r"(DATE|TIME|NMBR|NAME|DDN_NMBR)\s*=\s*(.*)", re.IGNORECASE)
HEXADECIMAL = re.compile(r"(?:MESG\s*=\s*)?((?:[0-9A-F]{2} ?){5,})", re.IGNORECASE)
RINGS = {"RING", "R"}
ENDS = {"NO CARRIER", "BUSY", "NO ANSWER", "NO DIALTONE", "NO DIAL TONE"}
SHORT_NUMBERS = {"DDN_NMBR", "NMBR"}


class VcidModem:
    """`feed` answers the signs in what came. The number is told at once, a name that follows as a sign of its own."""

    def __init__(self) -> None:
        self._lines = Lines(limit=640)
        self._name: str | None = None
        self._told = False

    def feed(self, data: bytes) -> list[Sign]:
        signs: list[Sign] = []
        for line in self._lines.feed(data):
            text = text_of(line)
            if text:
                signs += self._read(text)
        return signs

    def forget(self) -> None:
        self._lines.forget()

    def _read(self, text: str) -> list[Sign]:
        word = text.upper()
        if word in RINGS:
            self._name, self._told = None, False
            return [Ring()]
        if word in ENDS:
            return [CallOver(word)]
        if word in ("OK", "ERROR"):
            return [Final(word == "OK", "" if word == "OK" else "ERROR")]
        for pattern, read in self._forms():
            if match := pattern.fullmatch(text):
                sign = read(match)
                return [sign] if sign is not None else []
        return [Said(text)]

    def _forms(self) -> tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], Sign | None]], ...]:
        return ((FIELD, self._field), (HEXADECIMAL, self._message))

    def _field(self, match: re.Match[str]) -> Sign | None:
        kind, value = match.group(1).upper(), match.group(2).strip()
        if kind in SHORT_NUMBERS:
            sign = caller(value, name=self._name)
            self._name, self._told = None, sign is not None
            return sign
        if kind == "DATE":
            self._name, self._told = None, False
        if kind == "NAME" and value.upper() not in ("P", "O", ""):
            if self._told:
                return CallerName(value)
            self._name = value
        return None

    @staticmethod
    def _message(match: re.Match[str]) -> CallerId | Said:
        data = bytes.fromhex(match.group(1))
        frame = fsk.frame_at(data, 0)
        sign = None if frame is None else fsk.caller_of(frame)
        return Said(match.group(0)) if sign is None else sign
