"""Reads and writes SMS-DELIVER, SMS-SUBMIT and SMS-STATUS-REPORT as modems exchange them: service centre, then TPDU.

Reading refuses what is no PDU with BadPduError and nothing else, whatever the octets are.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from crm_edge.sms.alphabet import pack, text_of_septets, unpack
from crm_edge.sms.fields import (
    BadPduError,
    Octets,
    coding_of,
    octets_of,
    read_address,
    read_smsc,
    read_time,
    write_address,
    write_time,
)

DELIVER, SUBMIT, REPORT = 0, 1, 2
HAS_HEADER = 0x40
WANTS_REPORT = 0x20
NO_MORE = 0x04
RELATIVE = 2  # validity period format
CONCATENATED, CONCATENATED_WIDE = 0x00, 0x08
GSM, UCS2 = 0x00, 0x08
LONGEST_DATA = 140


@dataclass(frozen=True, slots=True)
class Part:
    """This message is the `number`th (from 1) of `total` of one long text; `wide`: the reference has 16 bits."""

    reference: int
    total: int
    number: int
    wide: bool = False


@dataclass(frozen=True, slots=True)
class Deliver:
    """A message that came in. Octets without an alphabet are given as hexadecimal text."""

    sender: str
    text: str
    sent_at: datetime | None
    part: Part | None = None


@dataclass(frozen=True, slots=True)
class Submit:
    """A message that goes out; `reference` is mostly 0 there, the modem gives the real one."""

    to: str
    text: str
    part: Part | None
    wants_report: bool
    reference: int = 0


@dataclass(frozen=True, slots=True)
class Report:
    """What became of a message that was sent under `reference` (TP-ST in `status`)."""

    reference: int
    to: str
    sent_at: datetime | None
    done_at: datetime | None
    status: int

    @property
    def delivered(self) -> bool:
        return self.status < 0x20

    @property
    def final(self) -> bool:
        """False while the service centre still tries."""
        return not 0x20 <= self.status < 0x40


def decode(text: str) -> Deliver | Submit | Report:
    """The message of a PDU in hexadecimal, as `+CMT`, `+CMGR` and `+CMGL` give it."""
    octets = Octets(octets_of(text))
    read_smsc(octets)
    first = octets.octet()
    kind = first & 3
    if kind == DELIVER:
        return _deliver(first, octets)
    if kind == SUBMIT:
        return _submit(first, octets)
    if kind == REPORT:
        reference, to = octets.octet(), read_address(octets)
        return Report(reference, to, read_time(octets.take(7)), read_time(octets.take(7)), octets.octet())
    raise BadPduError("a PDU of a reserved type")


def _deliver(first: int, octets: Octets) -> Deliver:
    sender = read_address(octets)
    octets.octet()  # protocol
    scheme, sent_at = octets.octet(), read_time(octets.take(7))
    words, part = _user_data(octets, scheme, bool(first & HAS_HEADER))
    return Deliver(sender, words, sent_at, part)


def _submit(first: int, octets: Octets) -> Submit:
    reference, to = octets.octet(), read_address(octets)
    octets.octet()  # protocol
    scheme, validity = octets.octet(), first >> 3 & 3
    octets.take((0, 7, 1, 7)[validity])
    words, part = _user_data(octets, scheme, bool(first & HAS_HEADER))
    return Submit(to, words, part, bool(first & WANTS_REPORT), reference)


def _user_data(octets: Octets, scheme: int, has_header: bool) -> tuple[str, Part | None]:
    coding, length = coding_of(scheme), octets.octet()
    data = octets.take((length * 7 + 7) // 8 if coding == "gsm" else length)
    if len(data) > LONGEST_DATA:
        raise BadPduError("more user data than a message can carry")
    header = data[: data[0] + 1] if has_header and data else b""
    if has_header and len(header) != (data[0] + 1 if data else 1):
        raise BadPduError("a user data header longer than the data")
    part = _part(header[1:])
    if coding == "gsm":
        skip = -len(header) * 8 % 7
        septets = unpack(data[len(header) :], length - (len(header) * 8 + 6) // 7, skip_bits=skip)
        return text_of_septets(septets), part
    body = data[len(header) :]
    if coding == "octets":
        return body.hex(), part
    return body.decode("utf-16-be", errors="replace"), part


def _part(header: bytes) -> Part | None:
    """The concatenation element, if the header has a sensible one."""
    at = 0
    while at + 2 <= len(header):
        kind, value = header[at], header[at + 2 : at + 2 + header[at + 1]]
        sizes = {CONCATENATED: 3, CONCATENATED_WIDE: 4}
        if sizes.get(kind) == len(value):
            *reference, total, number = value
            if 1 <= number <= total:
                return Part(int.from_bytes(bytes(reference), "big"), total, number, kind == CONCATENATED_WIDE)
        at += 2 + header[at + 1]
    return None


@dataclass(frozen=True, slots=True)
class Written:
    """A PDU to hand to a modem; `length` is the TPDU's in octets, for `AT+CMGS` and `AT+CMGW`."""

    pdu: str
    length: int


def _written(tpdu: bytes) -> Written:
    return Written("00" + tpdu.hex().upper(), len(tpdu))


def _header(part: Part | None) -> bytes:
    if part is None:
        return b""
    wide = part.wide
    reference = part.reference.to_bytes(2 if wide else 1, "big")
    element = bytes([CONCATENATED_WIDE if wide else CONCATENATED, len(reference) + 2]) + reference
    return bytes([len(element) + 2]) + element + bytes([part.total, part.number])


def user_data(septets: list[int] | None, text: str, part: Part | None) -> bytes:
    """Coding scheme, length and user data; with `septets` in the GSM alphabet, otherwise in UCS2."""
    header = _header(part)
    if septets is None:
        body = header + text.encode("utf-16-be", errors="replace")
        scheme, length = UCS2, len(body)
    else:
        body = header + pack(septets, skip_bits=-len(header) * 8 % 7)
        scheme, length = GSM, (len(header) * 8 + 6) // 7 + len(septets)
    if len(body) > LONGEST_DATA:
        raise ValueError("a part is longer than a message can carry")
    return bytes([scheme, length]) + body


def submit(to: str, data: bytes, *, in_parts: bool, report: bool) -> Written:
    """An SMS-SUBMIT of `user_data`, valid for four days."""
    first = SUBMIT | RELATIVE << 3 | (WANTS_REPORT if report else 0) | (HAS_HEADER if in_parts else 0)
    return _written(bytes([first, 0]) + write_address(to) + bytes([0, data[0], 170]) + data[1:])


def deliver(sender: str, data: bytes, *, in_parts: bool, sent_at: datetime) -> Written:
    """An SMS-DELIVER, as a service centre makes it."""
    first = DELIVER | NO_MORE | (HAS_HEADER if in_parts else 0)
    return _written(bytes([first]) + write_address(sender) + bytes([0, data[0]]) + write_time(sent_at) + data[1:])


def report(of: Report) -> Written:
    """An SMS-STATUS-REPORT, as a service centre makes it. ValueError without both times."""
    if of.sent_at is None or of.done_at is None:
        raise ValueError("a report tells both times")
    times = write_time(of.sent_at) + write_time(of.done_at)
    return _written(bytes([REPORT | NO_MORE, of.reference]) + write_address(of.to) + times + bytes([of.status]))
