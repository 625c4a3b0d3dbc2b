"""How complete a customer's record is (CUS-46): the share of the fields that matter for its kind."""

from __future__ import annotations

from typing import Any

from crm_common.protocol.customer.service import CustomerKind

# The phone is always there, and so is the name.
_OF_EVERYBODY = ("region", "source", "level", "address", "email")
_FURTHER = {
    CustomerKind.COMPANY: ("industry", "nature", "website"),
    CustomerKind.PERSON: ("sex", "birth_date", "profession"),
}
_GIVEN = 2


def per_cent(kind: CustomerKind, record: Any) -> int:
    """0 to 100, of the fields of ``record`` by name."""
    wanted = _OF_EVERYBODY + _FURTHER[kind]
    filled = _GIVEN + sum(getattr(record, name) not in (None, "") for name in wanted)
    return filled * 100 // (_GIVEN + len(wanted))
