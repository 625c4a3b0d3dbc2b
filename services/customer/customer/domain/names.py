"""Names: as they are shown, as they are compared (CUS-02), and the pieces by which a part of one is found."""

from __future__ import annotations

import unicodedata

from crm_common.protocol.customer.rules import CustomerRules


def cleaned(name: str, *, field: str = "name") -> str:
    """The name without outer and doubled blanks; a name of blanks or invisible signs only is refused."""
    text = " ".join(unicodedata.normalize("NFC", name).split())
    if not folded(text):
        raise CustomerRules.a_customer_has_a_name(field=field)
    return text


def folded(name: str) -> str:
    """What two names have in common when they count as one: width, case, blanks and invisible signs do not matter."""
    visible = "".join(sign for sign in unicodedata.normalize("NFKC", name) if unicodedata.category(sign) != "Cf")
    return " ".join(visible.casefold().split())


def terms(name: str) -> list[str]:
    """The single signs and pairs of neighbours in a name: every part of it is among them, or made of them."""
    text = folded(name).replace(" ", "")
    return sorted({*text, *(text[place : place + 2] for place in range(len(text) - 1))})


def sought(part: str) -> list[str]:
    """The terms that every name with this part has: the fewest that say it."""
    text = folded(part).replace(" ", "")
    return [text] if len(text) < 2 else sorted({text[place : place + 2] for place in range(len(text) - 1)})
