"""Solution plans as they are shown."""

from __future__ import annotations

from crm_common.protocol.customer.solutions import SolutionComparisonView, SolutionPlanView
from crm_common.reading import Where, bind, many, one
from customer.tables import solution_comparison, solution_plan
from customer.views.through import AS_ITS_CUSTOMER

COMPARISONS = bind(SolutionComparisonView, solution_comparison, default_order=[solution_comparison.c.place])
PLANS = bind(
    SolutionPlanView,
    solution_plan,
    children={
        "customer": one(solution_plan.c.customer_id),
        "comparisons": many(solution_comparison.c.plan_id, part=True),
    },
    scope=AS_ITS_CUSTOMER,
    default_order=[solution_plan.c.created_at.desc()],
)
OF_CUSTOMERS_IN_HANDS = Where(
    "EXISTS (SELECT FROM customer h WHERE h.id = {t}.customer_id AND h.holding IN ('OWNED', 'DEPT_QUEUE'))"
)
