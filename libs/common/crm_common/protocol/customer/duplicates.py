"""Asking before entry whether a customer exists already (CUS-03)."""

from __future__ import annotations

from dataclasses import dataclass

from crm_common.errors import Code, Rule, Rules
from crm_common.protocol.customer.service import Holding, Name, Phone, customer
from crm_common.protocol.declare import Setting, given
from crm_common.protocol.policy import needs

CHECKS_PER_HOUR = customer.setting(
    Setting(
        "customer.duplicate_checks_per_hour",
        int,
        60,
        "How often one person may ask within an hour whether a customer exists; 0: never.",
        minimum=0,
        maximum=10_000,
    )
)


class DuplicateRules(Rules):
    """Refusals of a duplicate check."""

    duplicate_checks_are_limited = Rule(
        Code.LIMIT_EXCEEDED,
        en="At most {limit} duplicate checks an hour; try again later.",
        zh="每小时最多查重 {limit} 次，请稍后再试。",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class DuplicateCheck:
    """Whether a customer exists; never its phone, or anything else of it."""

    exists: bool
    """Whether a customer with this phone and name exists, in whatever hands."""
    state: Holding | None
    """In whose hands it is."""
    owner_name: str | None
    """The name of its owner, if it has one."""


@customer.query(needs("customer.create"), returns=DuplicateCheck)
@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerDuplicate:
    """Whether a customer with this phone and name exists (查重); only so many checks are answered in an hour."""

    name: Name = given("Its name.")
    phone: Phone = given("Its phone.")
