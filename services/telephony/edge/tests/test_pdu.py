"""PDUs: both directions, all alphabets, parts in any order; what we write another library reads the same (TEL-10)."""

from datetime import UTC, datetime, timedelta, timezone
from io import StringIO
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from smspdudecoder.fields import SMSDeliver, SMSSubmit

from crm_edge.sms.fields import BadPduError
from crm_edge.sms.pdu import Deliver, Part, Report, Submit, decode, report
from crm_edge.sms.texts import delivers, joined, submits

CHINA = timezone(timedelta(hours=8))
NOON = datetime(2026, 11, 24, 12, 0, 30, tzinfo=CHINA)
BASIC = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./019:;<=>?¡AZÄÖÑÜ§¿azäöñüà"
EXTENDED = "^{}\\[~]|€\f"


def repeated(texts: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Generated texts are short; repeated, they need several messages."""
    return st.builds(lambda text, times: text * times, texts, st.integers(1, 40))


gsm_texts = repeated(st.text(BASIC + EXTENDED, max_size=40))
any_texts = repeated(st.text(st.characters(exclude_categories=["Cs"]), max_size=40)) | st.text("您的订单已发货😀")
numbers = st.from_regex(r"\+?[0-9]{3,15}", fullmatch=True)


def test_known_pdus_of_others_are_read() -> None:
    """The deliver and the submit of Dreamfabric's much-quoted description of the PDU format."""
    assert decode("07917283010010F5040BC87238880900F10000993092516195800AE8329BFD4697D9EC37") == Deliver(
        "27838890001", "hellohello", datetime(2099, 3, 29, 13, 16, 59, tzinfo=UTC), None
    )
    assert decode("0011000B916407281553F80000AA0AE8329BFD4697D9EC37") == Submit(
        "+46708251358", "hellohello", None, False
    )


def test_a_short_text_is_one_pdu_with_the_octets_the_standard_asks_for() -> None:
    (written,) = submits("+46708251358", "hellohello", reference=1)

    assert (written.pdu, written.length) == ("0011000B916407281553F80000AA0AE8329BFD4697D9EC37", 23)


def test_a_chinese_text_is_ucs2() -> None:
    (written,) = submits("13800138000", "你好", reference=1, report=True)

    assert (written.pdu, written.length) == ("0031000B813108108300F00008AA044F60597D", 18)
    assert decode(written.pdu) == Submit("13800138000", "你好", None, True)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("a" * 306, 2),
        ("a" * 307, 3),
        ("€" * 80, 1),
        ("€" * 81, 2),
        ("字" * 70, 1),
        ("字" * 71, 2),
        ("字" * 134, 2),
        ("字" * 135, 3),
        ("😀" * 35, 1),
        ("😀" * 67, 3),  # 33 in a part: a pair is never cut
        ("", 1),
    ],
)
def test_a_text_needs_this_many_messages(text: str, parts: int) -> None:
    assert len(submits("10086", text, reference=5)) == parts


@given(text=gsm_texts | any_texts, reference=st.integers(0, 255), wide=st.booleans(), number=numbers)
def test_what_is_written_is_read_again(text: str, reference: int, wide: bool, number: str) -> None:
    out = [decode(one.pdu) for one in submits(number, text, reference=reference, wide=wide)]
    came = [decode(one.pdu) for one in delivers(number, text, reference=reference, wide=wide, sent_at=NOON)]

    assert "".join(message.text for message in out if isinstance(message, Submit)) == text
    assert [message.to for message in out if isinstance(message, Submit)] == [number] * len(out)
    parts = [message.part for message in came if isinstance(message, Deliver)]
    assert parts == ([Part(reference, len(came), at + 1, wide) for at in range(len(came))] if len(came) > 1 else [None])
    assert {message.sent_at for message in came if isinstance(message, Deliver)} == {NOON.astimezone(UTC)}
    assert all(one.length * 2 + 2 == len(one.pdu) for one in submits(number, text, reference=reference, wide=wide))


def with_their_eyes(read: dict[str, Any]) -> tuple[str, str, dict[str, Any] | None]:
    address = read.get("sender") or read["recipient"]
    header = read["user_data"]["header"]
    number = f"+{address['number']}" if address["toa"]["ton"] == "international" else str(address["number"])
    return number, read["user_data"]["data"], header and header["elements"][0]["data"]


@given(
    text=repeated(st.text(BASIC, min_size=1, max_size=40)) | any_texts.filter(len), wide=st.booleans(), number=numbers
)
def test_another_library_reads_our_pdus_as_we_do(text: str, wide: bool, number: str) -> None:
    out = ""
    for one in submits(number, text, reference=7, wide=wide):
        ours, theirs = decode(one.pdu), with_their_eyes(SMSSubmit.decode(StringIO(one.pdu)))
        assert isinstance(ours, Submit)
        assert theirs == (ours.to, ours.text, element(ours.part))
        out += theirs[1]
    assert out == text
    for one in delivers(number, text, reference=7, wide=wide, sent_at=NOON):
        came, read = decode(one.pdu), SMSDeliver.decode(StringIO(one.pdu))
        assert isinstance(came, Deliver)
        assert with_their_eyes(read) == (came.sender, came.text, element(came.part))
        assert read["scts"] == came.sent_at


@given(text=st.text(BASIC + EXTENDED, min_size=1, max_size=80))
def test_another_library_reads_our_extended_signs(text: str) -> None:
    """In one message: behind a header it counts signs for septets, and a last octet's padding is one more."""
    (one,) = submits("10086", text, reference=1)

    assert SMSSubmit.decode(StringIO(one.pdu))["user_data"]["data"] in (text, text + "@")


def element(part: Part | None) -> dict[str, int] | None:
    if part is None:
        return None
    return {"reference": part.reference, "parts_count": part.total, "part_number": part.number}


@given(text=any_texts.filter(lambda text: len(text) > 160), order=st.randoms(use_true_random=False))
def test_parts_in_any_order_are_the_text_and_what_is_missing_is_named(text: str, order: Any) -> None:
    came = [decode(one.pdu) for one in delivers("10086", text, reference=9, sent_at=NOON)]
    messages = [message for message in came if isinstance(message, Deliver)]
    order.shuffle(messages)

    assert joined(messages) == (text, [])
    lost = messages.pop()
    assert lost.part is not None
    assert joined(messages)[1] == [lost.part.number]


@pytest.mark.parametrize(("status", "delivered", "final"), [(0, True, True), (0x30, False, False), (0x46, False, True)])
def test_a_delivery_report_says_what_became_of_a_message(status: int, delivered: bool, final: bool) -> None:
    said = Report(200, "+8613800138000", NOON.astimezone(UTC), NOON.astimezone(UTC) + timedelta(seconds=5), status)

    read = decode(report(said).pdu)

    assert read == said
    assert (said.delivered, said.final) == (delivered, final)


def test_an_alphanumeric_sender_and_octets_without_alphabet_are_read() -> None:
    assert decode("00040AD0C8329BFD06000462112121000023020102") == Deliver(
        "Hello", "0102", datetime(2026, 11, 12, 12, 0, tzinfo=timezone(timedelta(hours=8))).astimezone(UTC), None
    )


@pytest.mark.parametrize(
    "text",
    ["", "0", "zz", "00", "0003", "07917283", "0004FF91", "000405812143F5000021", "0004058121430500206211212100002301"],
)
def test_what_is_no_pdu_is_refused(text: str) -> None:
    with pytest.raises(BadPduError):
        decode(text)


@given(st.binary(max_size=200))
def test_no_octets_make_reading_fail_otherwise(octets: bytes) -> None:
    try:
        decode(octets.hex())
    except BadPduError:
        return


def test_a_number_with_letters_is_no_number_to_send_to() -> None:
    with pytest.raises(ValueError, match="not a number"):
        submits("10o86", "x", reference=1)
