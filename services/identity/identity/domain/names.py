"""Names as people type them: cleaned for storing, folded for comparing."""

from __future__ import annotations

import unicodedata

from crm_common.protocol.identity.rules import OrganisationRules


def cleaned(name: str, *, field: str = "name") -> str:
    """The name without outer and doubled blanks; a name of blanks only is refused."""
    text = " ".join(unicodedata.normalize("NFC", name).split())
    if not text:
        raise OrganisationRules.a_name_is_not_blank(field=field)
    return text


def folded(name: str) -> str:
    """What two names have in common when they count as one: width, case, blanks and invisible signs do not matter."""
    visible = "".join(sign for sign in unicodedata.normalize("NFKC", name) if unicodedata.category(sign) != "Cf")
    return " ".join(visible.casefold().split())
