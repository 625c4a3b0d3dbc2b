"""What caller-ID boxes, VCID modems and GSM modems say about calls, however bytes are cut (TEL-02, BYD-10)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_edge.heard.callerid import CallerIdBox, RawBox
from crm_edge.heard.gsm import GsmModem
from crm_edge.heard.lines import Lines
from crm_edge.heard.signs import (
    CallerId,
    CallerName,
    CallOver,
    Final,
    Hook,
    Prompt,
    Pushed,
    Ring,
    Said,
    Sign,
    Stored,
)
from crm_edge.heard.vcid import VcidModem

# MDMF of the year's 24 November, 14:30, number 13800138000, name ZHANG SAN; the checksum makes the sum 0 modulo 256
MDMF_BODY = b"\x01\x0811241430\x02\x0b13800138000\x07\x09ZHANG SAN"
SDMF_BODY = b"1124143002088886666"


def frame(kind: int, body: bytes) -> bytes:
    data = bytes([kind, len(body)]) + body
    return data + bytes([-sum(data) % 256])


MDMF, SDMF = frame(0x80, MDMF_BODY), frame(0x04, SDMF_BODY)
PRIVATE = frame(0x80, b"\x01\x0811241430\x04\x01P")


@pytest.mark.parametrize(
    ("line", "sign"),
    [
        (b"FSK 11241430 13800138000", CallerId("13800138000")),
        (b"FSK:13800138000", CallerId("13800138000")),
        (b"L2 FSK 11241430 02088886666 ZHANG SAN", CallerId("02088886666", None, "ZHANG SAN", "2")),
        (b"LINE 03: CID=+8613800138000", CallerId("+8613800138000", line="3")),
        (b"FSK P", CallerId(None, "private")),
        (b"FSK O", CallerId(None, "unavailable")),
        (b"D13800138000C", CallerId("13800138000")),
        (b"DTMF A02088886666C", CallerId("02088886666")),
        (b"L1 DTMF B10C", CallerId(None, "private", line="1")),
        (b"B00C", CallerId(None, "unavailable")),
        (b"L4 RING", Ring("4")),
        (b"L4 OFF HOOK", Hook(True, "4")),
        (b"HOOK ON", Hook(False)),
        (b"IDLE", CallOver("IDLE")),
        (b"D1C", Said("D1C")),
        (b"FSK \xff\xfe", Said("FSK ??")),
    ],
)
def test_a_caller_id_box_writes_a_line_per_happening(line: bytes, sign: Sign) -> None:
    assert CallerIdBox().feed(line + b"\r\n") == [sign]


def test_a_box_that_writes_otherwise_is_described_by_a_pattern() -> None:
    box = CallerIdBox(r"<(?P<line>\d)\|(?P<number>[^|]+)\|(?P<name>.*)>")

    assert box.feed(b"<7|13800138000|Li>\nFSK 10086\n") == [CallerId("13800138000", None, "Li", "7"), CallerId("10086")]


def test_a_vcid_modem_tells_the_number_at_once_and_a_later_name_by_itself() -> None:
    modem = VcidModem()

    assert modem.feed(b"\r\nRING\r\n\r\nDATE = 1124\r\nTIME = 1430\r\nNMBR = 13800138000\r\n") == [
        Ring(),
        CallerId("13800138000"),
    ]
    assert modem.feed(b"NAME = ZHANG SAN\r\n\r\nRING\r\n") == [CallerName("ZHANG SAN"), Ring()]


@pytest.mark.parametrize(
    ("said", "signs"),
    [
        (b"NAME=LI\r\nNMBR=10086\r\n", [CallerId("10086", None, "LI")]),
        (b"NMBR = P\r\nNAME = P\r\n", [CallerId(None, "private")]),
        (b"NMBR = O\r\n", [CallerId(None, "unavailable")]),
        (b"DATE=1124\r\nNMBR=12ab\r\n", []),
        (b"OK\r\nERROR\r\nNO CARRIER\r\n", [Final(True), Final(False, "ERROR"), CallOver("NO CARRIER")]),
    ],
)
def test_what_a_vcid_modem_says_formatted(said: bytes, signs: list[Sign]) -> None:
    assert VcidModem().feed(said) == signs


@pytest.mark.parametrize(
    ("message", "sign"),
    [
        (MDMF, CallerId("13800138000", None, "ZHANG SAN")),
        (SDMF, CallerId("02088886666")),
        (PRIVATE, CallerId(None, "private")),
    ],
)
def test_a_vcid_modem_says_the_message_unformatted(message: bytes, sign: Sign) -> None:
    spaced = message.hex(" ").upper().encode()

    assert VcidModem().feed(message.hex().encode() + b"\r\n") == [sign]
    assert VcidModem().feed(b"MESG = " + spaced + b"\r\n") == [sign]
    assert RawBox().feed(b"UUUU\xff" + message) == [sign]


def test_a_message_with_a_wrong_checksum_names_nobody() -> None:
    spoilt = MDMF[:-1] + bytes([MDMF[-1] ^ 1])

    assert VcidModem().feed(spoilt.hex().encode() + b"\n") == [Said(spoilt.hex())]
    assert RawBox().feed(spoilt + SDMF + b"\0" * 300) == [CallerId("02088886666")]


@pytest.mark.parametrize(
    ("said", "signs"),
    [
        (b'+CLIP: "13800138000",129,"",0,"",0', [CallerId("13800138000")]),
        (b'+CLIP: "8613800138000",145', [CallerId("+8613800138000")]),
        (b'+CLIP: "+8613800138000",145,,,"Li",0', [CallerId("+8613800138000", None, "Li")]),
        (b'+CLIP: "",128,"",0,"",1', [CallerId(None, "private")]),
        (b'+CLIP: "",128,,,,2', [CallerId(None, "unavailable")]),
        (b'+CMTI: "SM",12', [Stored("SM", 12, False)]),
        (b'+CDSI: "SR",3', [Stored("SR", 3, True)]),
        (b"+CMT: ,21\r\n00AA11223344556677", [Pushed("00AA11223344556677", False)]),
        (b'+CMT: "Li",21\r\n00AA11223344556677', [Pushed("00AA11223344556677", False)]),
        (b"+CDS: 25\r\n0006AA11223344556677", [Pushed("0006AA11223344556677", True)]),
        (b"+CMT: ,21\r\nRING", [Ring()]),
        (b"00AA11223344556677", [Said("00AA11223344556677")]),
        (b"+CMS ERROR: 38", [Final(False, "CMS 38")]),
        (b"+CME ERROR: SIM not inserted", [Final(False, "CME SIM not inserted")]),
        (b"+CRING: VOICE", [Ring()]),
        (b"+CMGS: 7\r\n\r\nOK", [Said("+CMGS: 7"), Final(True)]),
        (b"NO CARRIER\r\nBUSY", [CallOver("NO CARRIER"), CallOver("BUSY")]),
        (b"> ", [Prompt()]),
    ],
)
def test_what_a_gsm_modem_says(said: bytes, signs: list[Sign]) -> None:
    assert GsmModem().feed(b"\r\n" + said + b"\r\n") == signs


def test_a_modem_s_prompt_is_heard_though_no_line_ends() -> None:
    assert GsmModem().feed(b"\r\n> ") == [Prompt()]


def test_a_line_that_is_too_long_is_dropped_whole_and_the_next_is_read() -> None:
    lines = Lines(limit=10)

    assert lines.feed(b"x" * 11 + b"\r\nabc\r\n" + b"y" * 10 + b"\n") == [b"abc", b"y" * 10]
    assert lines.feed(b"x" * 9) + lines.feed(b"x" * 9) + lines.feed(b"FSK 1\nD123C\n") == [b"D123C"]


STREAM_PIECES = st.sampled_from(
    [
        b"\r\n",
        b"\n",
        b"\0",
        b"RING\r\n",
        b"FSK 11241430 13800138000\r\n",
        b"DTMF D13800138000C\r\n",
        b"L2 HOOK OFF\r\n",
        b"NMBR = 13800138000\r\nNAME = LI\r\n",
        MDMF.hex().encode() + b"\r\n",
        MDMF,
        SDMF,
        b'+CLIP: "13800138000",129,"",0,"",0\r\n',
        b"+CMT: ,21\r\n00AA11223344556677\r\n",
        b'+CMTI: "SM",1\r\n',
        b"> ",
        b"> > ",
        b"x" * 700,
        b"y" * 1100,
    ]
)
STREAMS = st.lists(st.one_of(STREAM_PIECES, st.binary(max_size=8)), max_size=12).map(b"".join)


@pytest.mark.parametrize("device", [CallerIdBox, RawBox, VcidModem, GsmModem])
@given(stream=STREAMS, cuts=st.lists(st.integers(0, 4000), max_size=30))
def test_any_split_of_the_bytes_gives_the_same_signs(
    device: type[CallerIdBox | RawBox | VcidModem | GsmModem], stream: bytes, cuts: list[int]
) -> None:
    whole = device().feed(stream)
    ends = sorted({min(cut, len(stream)) for cut in cuts} | {len(stream)})
    apart, single = device(), device()

    assert [
        sign for start, end in zip([0, *ends], ends, strict=False) for sign in apart.feed(stream[start:end])
    ] == whole
    assert [sign for byte in stream for sign in single.feed(bytes([byte]))] == whole


@pytest.mark.parametrize(
    ("device", "ring"),
    [
        (CallerIdBox, b"RING\r\nFSK 11241430 %s\r\nIDLE\r\n"),
        (VcidModem, b"\r\nRING\r\n\r\nDATE = 1124\r\nTIME = 1430\r\nNMBR = %s\r\n\r\nRING\r\n"),
        (GsmModem, b'\r\nRING\r\n\r\n+CLIP: "%s",129,"",0,"",0\r\n\r\nNO CARRIER\r\n'),
    ],
)
@pytest.mark.parametrize("step", [1, 7, 64, 4096])
def test_ten_thousand_calls_lose_no_number(
    device: type[CallerIdBox | VcidModem | GsmModem], ring: bytes, step: int
) -> None:
    numbers = [str(13_000_000_000 + call * 7919) for call in range(10_000)]
    stream = b"".join(ring % number.encode() for number in numbers)
    box = device()

    signs = [sign for at in range(0, len(stream), step) for sign in box.feed(stream[at : at + step])]

    assert [sign.number for sign in signs if isinstance(sign, CallerId)] == numbers
