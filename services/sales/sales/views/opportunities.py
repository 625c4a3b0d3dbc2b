"""Opportunities and pipelines as they are shown."""

from __future__ import annotations

from crm_common.journal.told import Told
from crm_common.projections.employees import employee_ref
from crm_common.protocol.sales.opportunities import (
    OpportunityFollowUpView,
    OpportunityLineView,
    OpportunityStageView,
    OpportunityStepView,
    OpportunityView,
)
from crm_common.protocol.sales.pipelines import PipelineStageView, PipelineView
from crm_common.reading import bind, by_owner, many
from sales.tables.opportunities import (
    opportunity,
    opportunity_follow_up,
    opportunity_line,
    opportunity_stage,
    opportunity_step,
    pipeline,
    pipeline_stage,
)

_NAME = "SELECT e.name FROM employee_ref e WHERE e.id = {{t}}.{of}"

OPPORTUNITIES = bind(
    OpportunityView,
    opportunity,
    fields={
        "customer_name": "SELECT c.name FROM customer_ref c WHERE c.id = {t}.customer_id",
        "owner_name": _NAME.format(of="owner_id"),
    },
    children={
        "lines": many(opportunity_line.c.opportunity_id, part=True),
        "steps": many(opportunity_step.c.opportunity_id, part=True),
        "stages": many(opportunity_stage.c.opportunity_id, part=True),
        "follow_ups": many(opportunity_follow_up.c.opportunity_id, part=True),
    },
    scope=by_owner("opp", owner=opportunity.c.owner_id, people=employee_ref),
    default_order=[opportunity.c.priority.desc(), opportunity.c.created_at.desc()],
)
PARTS = (
    bind(OpportunityLineView, opportunity_line, default_order=[opportunity_line.c.place]),
    bind(OpportunityStepView, opportunity_step, default_order=[opportunity_step.c.due_on]),
    bind(
        OpportunityStageView,
        opportunity_stage,
        fields={"seconds": "extract(epoch FROM {t}.left_at - {t}.entered_at)::integer"},
        default_order=[opportunity_stage.c.entered_at],
    ),
    bind(
        OpportunityFollowUpView,
        opportunity_follow_up,
        fields={"by_name": _NAME.format(of="by_id")},
        default_order=[opportunity_follow_up.c.created_at.desc()],
    ),
)
PIPELINES = bind(
    PipelineView,
    pipeline,
    children={"stages": many(pipeline_stage.c.pipeline_id, part=True)},
    default_order=[pipeline.c.is_default.desc(), pipeline.c.name],
)
STAGES = bind(PipelineStageView, pipeline_stage, key=pipeline_stage.c.key, default_order=[pipeline_stage.c.place])
BINDINGS = (OPPORTUNITIES, *PARTS, PIPELINES, STAGES)
TOLD = Told(view=OpportunityView, aggregates=("opportunity",))
