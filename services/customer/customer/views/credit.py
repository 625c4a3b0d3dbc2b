"""Credit evaluations as they are shown: in the data scope of credit, which is finance's own."""

from __future__ import annotations

from crm_common.projections.employees import employee_ref
from crm_common.protocol.customer.credit import CreditEvaluationView
from crm_common.reading import bind, by_owner, one
from customer.tables import credit_evaluation, customer
from customer.views.through import ThroughCustomer

CREDITS = bind(
    CreditEvaluationView,
    credit_evaluation,
    fields={"written_by": "{t}.writers[1]"},
    children={"customer": one(credit_evaluation.c.customer_id)},
    scope=ThroughCustomer(by_owner("credit", owner=customer.c.owner_id, people=employee_ref)),
    default_order=[credit_evaluation.c.created_at.desc()],
)
