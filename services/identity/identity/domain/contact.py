"""Ways to reach somebody: phone, e-mail, picture, as far as their form can be checked."""

from __future__ import annotations

import re

from crm_common.protocol.identity.rules import EmployeeRules

# Numbers at work may be extensions, so only the alphabet is checked.
_PHONE = re.compile(r"\+?[0-9][0-9 ()\-]{2,29}")
_EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s.]+(\.[^@\s.]+)+")
_ADDRESS = re.compile(r"https?://[^\s]+")


def phone(value: str | None) -> str | None:
    """The number as typed, or None for an empty one."""
    return _checked(value, _PHONE, "phone")


def email(value: str | None) -> str | None:
    """The address as typed, or None for an empty one."""
    return _checked(value, _EMAIL, "email")


def picture(value: str | None, *, field: str = "avatar_url") -> str | None:
    """The address of a picture, or None for an empty one."""
    return _checked(value, _ADDRESS, field)


_RULES = {
    _PHONE: EmployeeRules.a_phone_number_is_written_in_digits,
    _EMAIL: EmployeeRules.an_email_address_has_the_usual_form,
    _ADDRESS: EmployeeRules.a_picture_is_a_web_address,
}


def _checked(value: str | None, form: re.Pattern[str], field: str) -> str | None:
    text = (value or "").strip()
    if not text:
        return None
    if not form.fullmatch(text):
        raise _RULES[form](field=field)
    return text
