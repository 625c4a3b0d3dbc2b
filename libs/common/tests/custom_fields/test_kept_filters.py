"""Filters that are kept know the custom fields of the day they are used (CUS-05, CFD-01)."""

from __future__ import annotations

from typing import Any

import pytest

from crm_common.errors import CrmError
from crm_common.ids import to_global
from crm_common.protocol.selection import names
from crm_common.runtime.providers import Views
from depot.protocol import CrateView
from depot.running import Depot

PERSON = "018f2f6e-0000-7000-8000-000000000001"
CHOICES = [{"key": key, "name": key} for key in ("LOW", "HIGH")]


def kept(depot: Depot, value: Any) -> Any:
    (views,) = (each for each in depot.runtime.services["depot"].container.dependencies if isinstance(each, Views))
    return views.reader.kept_filter(CrateView, value)


def test_a_kept_filter_names_custom_fields_in_the_words_of_the_schema(depot: Depot) -> None:
    depot.define("taxNo")
    depot.define("risks", "MULTI_OPTION", options=CHOICES)
    depot.define("buyer", "PERSON")
    depot.put("found", taxNo="91-7", risks=["LOW"], buyer=PERSON)
    depot.put("other", taxNo="92-7")

    tree = kept(
        depot,
        {
            "custom": {
                "taxNo": {"startsWith": "91"},
                "risks": {"in": ["LOW"]},
                "buyer": {"eq": to_global("Employee", PERSON)},
            }
        },
    )

    assert tree == {"custom": {"taxNo": {"starts_with": "91"}, "risks": {"in": ["LOW"]}, "buyer": {"eq": PERSON}}}
    assert depot.call("crates", filter=tree, select=names("name"))["nodes"] == [{"name": "found"}]


@pytest.mark.parametrize(
    ("value", "field"),
    [
        ({"custom": {"nothing": {"eq": "x"}}}, "filter.custom.nothing"),
        ({"custom": {"risks": {"hasAny": ["LOW"]}}}, "filter.custom.risks.has_any"),
        ({"or": [{"custom": {"taxNo": {"eq": 7}}}]}, "filter.or.0.custom.taxNo.eq"),
    ],
)
def test_what_a_custom_field_does_not_know_is_refused(depot: Depot, value: Any, field: str) -> None:
    depot.define("taxNo")
    depot.define("risks", "MULTI_OPTION", options=CHOICES)
    with pytest.raises(CrmError) as refused:
        kept(depot, value)
    assert refused.value.field == field
