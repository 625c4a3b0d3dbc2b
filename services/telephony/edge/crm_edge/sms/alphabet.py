"""The GSM 7-bit alphabet with its extension table (TS 23.038), packed and unpacked."""

from __future__ import annotations

BASIC = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\x1bÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
EXTENSION = {10: "\f", 20: "^", 40: "{", 41: "}", 47: "\\", 60: "[", 61: "~", 62: "]", 64: "|", 101: "€"}
ESCAPE = 0x1B

_SEPTETS: dict[str, tuple[int, ...]] = {
    **{sign: (code,) for code, sign in enumerate(BASIC) if code != ESCAPE},
    **{sign: (ESCAPE, code) for code, sign in EXTENSION.items()},
}


def septets_of(text: str) -> list[tuple[int, ...]] | None:
    """Each character's septets (one, or two with the escape); None when the alphabet lacks one of them."""
    found = [_SEPTETS.get(sign) for sign in text]
    return None if None in found else [codes for codes in found if codes is not None]


def text_of_septets(septets: list[int]) -> str:
    """The text; an escape before a code the extension table lacks gives the basic sign, as the standard asks."""
    text, escaped = [], False
    for code in septets:
        if code == ESCAPE and not escaped:
            escaped = True
            continue
        basic = " " if code == ESCAPE else BASIC[code]
        text.append(EXTENSION.get(code, basic) if escaped else basic)
        escaped = False
    return "".join(text)


def pack(septets: list[int], *, skip_bits: int = 0) -> bytes:
    """Septets into octets, lowest bit first, after `skip_bits` empty bits (they fill up behind a header)."""
    value, bits = 0, skip_bits
    for code in septets:
        value |= code << bits
        bits += 7
    return value.to_bytes((bits + 7) // 8, "little")


def unpack(octets: bytes, count: int, *, skip_bits: int = 0) -> list[int]:
    """At most `count` septets, fewer when the octets end before."""
    value = int.from_bytes(octets, "little") >> skip_bits
    count = max(0, min(count, (len(octets) * 8 - skip_bits) // 7))
    return [value >> 7 * at & 0x7F for at in range(count)]
