"""Phone numbers as people write them → one normal form (CUS-02), and the mask that others see (CUS-14)."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumber, ValidationResult

from crm_common.errors import CrmError, Rule
from crm_common.protocol.customer.rules import PhoneRules

HOME = "CN"
_HOME_CODE = 86
_SIGNS = re.compile(r"[\s\-–—_.·/()\[\]]+")
_EXTENSION = re.compile(r"(?:转|x|ext|#)+(\d{1,6})$")
# A switchboard's extension is often written behind a third dash: 010-12345678-801.
_DASHED = re.compile(r"^((?:\+?86[\s-]*)?\(?0?\d{2,3}\)?[\s-]*\d{7,8})-(\d{1,6})$")
_ONE_DIGIT, _ROWS = re.compile(r"(\d)\1{6}"), ("01234567890", "09876543210")
_MOBILE = re.compile(r"1\d{10}")

_PROBLEMS: dict[int, Rule] = {
    ValidationResult.TOO_SHORT: PhoneRules.a_phone_number_is_too_short,
    ValidationResult.TOO_LONG: PhoneRules.a_phone_number_is_too_long,
    ValidationResult.INVALID_COUNTRY_CODE: PhoneRules.a_phone_number_names_no_country,
    ValidationResult.IS_POSSIBLE_LOCAL_ONLY: PhoneRules.a_phone_number_lacks_its_area_code,
}


@dataclass(frozen=True, slots=True)
class SealedPhone:
    """A phone as a row keeps it: ciphertext, what others see, and by what it is found."""

    cipher: bytes
    mask: str
    index: bytes


class Seals(Protocol):
    """Seals normal forms of phones."""

    def sealed(self, number: str, table: str, record: UUID, field: str = "phone") -> SealedPhone:
        """The columns for a phone that stands in a record's ``field``."""
        ...


def normalised(typed: str, *, field: str = "phone") -> str:
    """The number by which phones are compared, kept and shown to the owner.

    Chinese numbers are digits as dialled at home (``13812345678``, ``01012345678``), foreign ones ``+`` and digits; an
    extension follows an ``x``. ``VALIDATION`` says what is wrong.
    """
    digits, extension = _parts(typed)
    number = _parsed(digits, field)
    home = number.country_code == _HOME_CODE
    form = phonenumbers.PhoneNumberFormat.NATIONAL if home else phonenumbers.PhoneNumberFormat.E164
    text = re.sub(r"[^\d+]", "", phonenumbers.format_number(number, form))
    return f"{text}x{extension}" if extension else text


def mask(number: str) -> str:
    """A normal form as others see it: ``138****5678``; of all but mobile numbers only the last two digits."""
    if _MOBILE.fullmatch(number):
        return f"{number[:3]}****{number[-4:]}"
    plain, _, _ = number.partition("x")
    return re.sub(r"\d", "*", plain[:-2]) + plain[-2:]


def invented(number: str) -> bool:
    """Whether a normal form was made up: seven times one digit, or eight that count up or down."""
    digits = number.partition("x")[0]
    return bool(_ONE_DIGIT.search(digits)) or any(
        digits[place : place + 8] in row for row in _ROWS for place in range(max(len(digits) - 7, 0))
    )


def comparable(typed: str) -> str:
    """The normal form for a filter: what is no phone number is a ValueError."""
    try:
        return normalised(typed)
    except CrmError as wrong:
        raise ValueError(wrong.message()) from wrong


def _parts(typed: str) -> tuple[str, str]:
    text = unicodedata.normalize("NFKC", typed).strip().casefold()
    text = "".join(sign for sign in text if unicodedata.category(sign) != "Cf")
    if dashed := _DASHED.fullmatch(text):
        text, extension = dashed.groups()
        return _without_signs(text), extension
    text = _without_signs(text)
    if written := _EXTENSION.search(text):
        return text[: written.start()], written.group(1)
    return text, ""


def _without_signs(text: str) -> str:
    plain = _SIGNS.sub("", text)
    return f"+{plain[2:]}" if plain.startswith("00") else plain


def _parsed(digits: str, field: str) -> PhoneNumber:
    if not re.fullmatch(r"\+?[0-9]+", digits):
        raise PhoneRules.a_phone_number_consists_of_digits(field=field)
    try:
        number = phonenumbers.parse(digits, HOME)
    except NumberParseException as wrong:
        raise _named(wrong)(field=field) from wrong
    if phonenumbers.is_valid_number(number):
        return number
    raise _at_home(digits)(field=field) if number.country_code == _HOME_CODE else _abroad(number)(field=field)


def _at_home(digits: str) -> Rule:
    if re.fullmatch(r"[2-9]\d{6,7}", digits):
        return PhoneRules.a_phone_number_lacks_its_area_code
    plain = digits.removeprefix("+").removeprefix(str(_HOME_CODE))
    if len(plain) < 11:
        return PhoneRules.a_phone_number_is_too_short
    return PhoneRules.a_phone_number_is_too_long if len(plain) > 12 else PhoneRules.a_phone_number_does_not_exist


def _abroad(number: PhoneNumber) -> Rule:
    problem = phonenumbers.is_possible_number_with_reason(number)
    return _PROBLEMS.get(problem, PhoneRules.a_phone_number_does_not_exist)


def _named(wrong: NumberParseException) -> Rule:
    if wrong.error_type == NumberParseException.INVALID_COUNTRY_CODE:
        return PhoneRules.a_phone_number_names_no_country
    if wrong.error_type == NumberParseException.TOO_LONG:
        return PhoneRules.a_phone_number_is_too_long
    return PhoneRules.a_phone_number_is_too_short
