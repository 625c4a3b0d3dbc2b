"""Customers are read under the right and the data scope of the section customer."""

from __future__ import annotations

from serving.alone import Alone, employee


def test_without_the_key_nothing_is_open(service: Alone) -> None:
    assert service.refused(employee("guest"), "customers") == "FORBIDDEN"
    assert service.refused(None, "customers") == "UNAUTHENTICATED"
    assert service.call(employee("li", "customer.view"), "my_customers")["nodes"] == []
