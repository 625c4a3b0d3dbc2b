"""What a password must be (IDN-11), and what remains of it: a hash, and those of the last ones."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Sequence

from crm_common.protocol.identity.session_rules import PasswordRules

Matches = Callable[[str], bool]
"""Whether a stored hash is of the password in question."""


def normalised(password: str) -> str:
    """The same password typed on another keyboard is the same text (NFKC)."""
    return unicodedata.normalize("NFKC", password)


def check_new(password: str, *, login_name: str, length: int, field: str = "new_password") -> None:
    """Refuse a password that is too short, lacks letters or digits, or contains the login name."""
    text = normalised(password)
    letters, digits = any(sign.isalpha() for sign in text), any(sign.isdigit() for sign in text)
    if len(text) < length or not letters or not digits:
        raise PasswordRules.a_password_has_letters_and_digits(field=field, length=length)
    if normalised(login_name).casefold() in text.casefold():
        raise PasswordRules.a_password_is_not_the_login_name(field=field)


def check_unused(hashes: Sequence[str], number: int, matches: Matches, *, field: str = "new_password") -> None:
    """Refuse one of the last ``number`` passwords; ``hashes`` come latest first, the present one among them."""
    if any(matches(each) for each in hashes[:number]):
        raise PasswordRules.a_password_is_not_one_of_the_last(field=field, number=number)
