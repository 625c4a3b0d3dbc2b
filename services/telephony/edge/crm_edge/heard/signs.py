"""The signs devices give, in words that are the same for every kind of device."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Withheld = Literal["private", "unavailable"]


@dataclass(frozen=True, slots=True)
class Ring:
    """The bell: once per ringing period on most devices, and on many before the number comes."""

    line: str = ""


@dataclass(frozen=True, slots=True)
class CallerId:
    """Who calls. `number` as the exchange sent it; None when there is none, and `withheld` says why if known."""

    number: str | None
    withheld: Withheld | None = None
    name: str | None = None
    line: str = ""


@dataclass(frozen=True, slots=True)
class CallerName:
    """A name that came after the number of the same call."""

    name: str
    line: str = ""


@dataclass(frozen=True, slots=True)
class Hook:
    """Somebody took the receiver off, or put it back."""

    off: bool
    line: str = ""


@dataclass(frozen=True, slots=True)
class CallOver:
    """The device says that a call ended or came to nothing: `NO CARRIER`, `BUSY`, `NO ANSWER`, `IDLE`."""

    reason: str
    line: str = ""


@dataclass(frozen=True, slots=True)
class Stored:
    """A message (or a delivery report) lies in the modem's memory at this place."""

    storage: str
    index: int
    report: bool


@dataclass(frozen=True, slots=True)
class Pushed:
    """A message or a delivery report the modem hands over at once, as a PDU in hexadecimal."""

    pdu: str
    report: bool


@dataclass(frozen=True, slots=True)
class Final:
    """The end of an answer to a command: `OK`, or what was wrong (`ERROR`, `CMS 38`, `CME 10`)."""

    ok: bool
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Prompt:
    """The modem waits for a PDU."""


@dataclass(frozen=True, slots=True)
class Said:
    """Any other line: part of an answer, an echo, or noise."""

    text: str


Sign = Ring | CallerId | CallerName | Hook | CallOver | Stored | Pushed | Final | Prompt | Said

PRIVATE_MARKS = {"P", "PRIVATE", "ANONYMOUS"}
UNAVAILABLE_MARKS = {"O", "OUT OF AREA", "UNAVAILABLE", "UNKNOWN", ""}


def caller(number: str, *, name: str | None = None, line: str = "") -> CallerId | None:
    """The sign for a number as a device writes it; None when this is no number at all (noise)."""
    mark = number.strip().upper()
    if mark in PRIVATE_MARKS:
        return CallerId(None, "private", name, line)
    if mark in UNAVAILABLE_MARKS:
        return CallerId(None, "unavailable", name, line)
    digits = "".join(sign for sign in mark if sign not in " -().")
    if 1 <= len(digits) <= LONGEST_NUMBER and set(digits.removeprefix("+")) <= NUMBER_SIGNS and digits != "+":
        return CallerId(digits, None, name, line)
    return None


LONGEST_NUMBER = 32
NUMBER_SIGNS = set("0123456789*#")
