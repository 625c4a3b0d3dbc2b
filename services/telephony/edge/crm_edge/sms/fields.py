"""The fields PDUs consist of: addresses, times, coding schemes, and a reader that never reads past the end."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Literal

from crm_edge.sms.alphabet import text_of_septets, unpack

Coding = Literal["gsm", "octets", "ucs2"]

DIGITS = "0123456789*#abc"
INTERNATIONAL, NATIONAL, ALPHANUMERIC = 0x91, 0x81, 0x50
FILLER = 0xF
LONGEST_ADDRESS = 20


class BadPduError(ValueError):
    """These octets are not the PDU they should be; the text says what is wrong with them."""


class Octets:
    """Reads a PDU from its beginning."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def take(self, count: int) -> bytes:
        taken = self._data[self._at : self._at + count]
        if len(taken) < count:
            raise BadPduError("the PDU ends too early")
        self._at += count
        return taken

    def octet(self) -> int:
        return self.take(1)[0]

    def rest(self) -> bytes:
        return self.take(len(self._data) - self._at)


def octets_of(text: str) -> bytes:
    try:
        return bytes.fromhex(text)
    except ValueError:
        raise BadPduError("a PDU is written in hexadecimal") from None


def semi_octets(data: bytes) -> list[int]:
    return [half for octet in data for half in (octet & 0xF, octet >> 4)]


def read_address(octets: Octets) -> str:
    """Length in digits, type, digits; international numbers with a +, alphanumeric ones as text."""
    digits, kind = octets.octet(), octets.octet()
    if digits > 2 * LONGEST_ADDRESS:
        raise BadPduError("an address is too long")
    value = octets.take((digits + 1) // 2)
    if kind & 0x70 == ALPHANUMERIC:
        return text_of_septets(unpack(value, digits * 4 // 7))
    number = "".join(DIGITS[half] for half in semi_octets(value)[:digits] if half < len(DIGITS))
    return f"+{number}" if kind & 0x70 == INTERNATIONAL & 0x70 else number


def write_address(number: str) -> bytes:
    """ValueError when the number has other signs than digits, *, # and a leading +, or too many of them."""
    digits = number.removeprefix("+")
    if not digits or len(digits) > LONGEST_ADDRESS or set(digits) - set(DIGITS[:12]):
        raise ValueError(f"not a number a message can be sent to: {number!r}")
    kind = INTERNATIONAL if number.startswith("+") else NATIONAL
    return bytes([len(digits), kind]) + semi_packed(digits)


def semi_packed(digits: str) -> bytes:
    halves = [DIGITS.index(digit) for digit in digits] + [FILLER] * (len(digits) % 2)
    return bytes(low | high << 4 for low, high in zip(halves[::2], halves[1::2], strict=True))


def read_smsc(octets: Octets) -> str | None:
    length = octets.octet()
    if length == 0:
        return None
    kind, *_ = value = octets.take(length)
    number = "".join(DIGITS[half] for half in semi_octets(value[1:]) if half < len(DIGITS))
    return f"+{number}" if kind == INTERNATIONAL else number


def read_time(data: bytes) -> datetime | None:
    """A service centre's time stamp in UTC; None when the seven octets are no time."""
    year, month, day, hour, minute, second = (10 * (octet & 0xF) + (octet >> 4) for octet in data[:6])
    quarters = 10 * (data[6] & 0x7) + (data[6] >> 4)
    zone = timedelta(minutes=15 * (-quarters if data[6] & 0x8 else quarters))
    try:
        local = datetime(2000 + year, month, day, hour, minute, second, tzinfo=timezone(zone))
        return local.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def write_time(moment: datetime) -> bytes:
    """In the moment's own zone, to the quarter of an hour."""
    offset = moment.utcoffset() or timedelta()
    quarters = abs(offset) // timedelta(minutes=15)
    parts = [moment.year % 100, moment.month, moment.day, moment.hour, moment.minute, moment.second]
    stamp = [value // 10 | value % 10 << 4 for value in parts]
    return bytes([*stamp, quarters // 10 | quarters % 10 << 4 | (0x8 if offset < timedelta() else 0)])


def coding_of(scheme: int) -> Coding:
    """Which alphabet a data coding scheme means (TS 23.038 §4)."""
    group = scheme >> 4
    if group <= 0b0111:
        if scheme & 0x20:
            raise BadPduError("compressed text is not read")
        codings: tuple[Coding, ...] = ("gsm", "octets", "ucs2", "gsm")
        return codings[scheme >> 2 & 3]
    if group == 0b1110:
        return "ucs2"
    if group == 0b1111:
        return "octets" if scheme & 4 else "gsm"
    return "gsm"
