"""What a caller-ID box and a VCID modem write when the telephone rings, and what the modem answers. Pure."""

from __future__ import annotations

from datetime import datetime

from crm_edge.heard import fsk
from crm_edge.heard.lines import Lines, text_of

LONGEST_FIELD = 30


class CallerIdBox:
    """Writes a line per happening; takes nothing from the port."""

    def ring(self, number: str, name: str, now: datetime) -> bytes:
        """`P` and `O` for a number that is withheld or unavailable."""
        return f"RING\r\nFSK {now:%m%d%H%M} {number} {name}".rstrip().encode() + b"\r\n"

    def stop(self) -> bytes:
        return b"IDLE\r\n"

    def heard(self, data: bytes) -> bytes:  # noqa: ARG002 (a box has no ears)
        return b""


class VcidModem:
    """Echoes and answers AT commands; tells callers only after `AT+VCID=1` (lines) or `AT+VCID=2` (hexadecimal)."""

    def __init__(self) -> None:
        self._lines = Lines(limit=200)
        self._mode = "0"
        self._echo = True

    def ring(self, number: str, name: str, now: datetime) -> bytes:
        told = {"0": b"", "1": formatted(number, name, now), "2": message(number, name, now).hex().upper().encode()}
        return b"\r\nRING\r\n\r\n" + told[self._mode] + b"\r\n\r\nRING\r\n"

    def stop(self) -> bytes:
        return b""

    def heard(self, data: bytes) -> bytes:
        return b"".join(self._answer(text_of(line)) for line in self._lines.feed(data))

    def _answer(self, command: str) -> bytes:
        echo = command.encode() + b"\r" if self._echo else b""
        word = command.upper()
        if word.startswith("AT+VCID=") and word[8:] in ("0", "1", "2"):
            self._mode = word[8:]
        elif word in ("ATE0", "ATE1"):
            self._echo = word == "ATE1"
        elif word == "AT+VCID=?":
            return echo + b"\r\n(0-2)\r\n\r\nOK\r\n"
        elif word not in ("AT", "ATZ"):
            return echo + b"\r\nERROR\r\n"
        return echo + b"\r\nOK\r\n"


def formatted(number: str, name: str, now: datetime) -> bytes:
    lines = [f"DATE = {now:%m%d}", f"TIME = {now:%H%M}", f"NMBR = {number}", *([f"NAME = {name}"] if name else [])]
    return "\r\n".join(lines).encode()


def message(number: str, name: str, now: datetime) -> bytes:
    """The exchange's MDMF frame."""
    kind = fsk.NO_NUMBER if number in ("P", "O") else fsk.NUMBER
    told = [(1, f"{now:%m%d%H%M}"), (kind, number), *([(fsk.NAME, name)] if name else [])]
    fields = [(key, value.encode()[:LONGEST_FIELD]) for key, value in told]
    body = b"".join(bytes([key, len(value)]) + value for key, value in fields)
    frame = bytes([fsk.MDMF, len(body)]) + body
    return frame + bytes([-sum(frame) % 256])
