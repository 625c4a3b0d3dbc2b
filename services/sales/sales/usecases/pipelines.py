"""Commands about pipelines (SAL-04)."""

from __future__ import annotations

from typing import Any

from crm_common import codec
from crm_common.changes import Change
from crm_common.editing import expect_version
from crm_common.errors import CommonRules
from crm_common.protocol.sales.opportunities import OpportunityEnd
from crm_common.protocol.sales.pipelines import (
    MOST_STAGES,
    CreatePipeline,
    PipelineCreated,
    PipelineRules,
    PipelineUpdated,
    Stages,
    UpdatePipeline,
)
from sales.store import opportunities, pipelines


def create_pipeline(change: Change, command: CreatePipeline) -> dict[str, Any]:
    """Another pipeline."""
    _expect_sound(command.stages)
    pipeline_id = change.new_id()
    pipelines.insert(change.connection, pipeline_id, command.name)
    pipelines.set_stages(change.connection, pipeline_id, command.stages)
    changes = {"name": (None, command.name), "stages": (None, codec.to_builtins(command.stages))}
    change.record(PipelineCreated(pipeline_id=pipeline_id, changes=changes))
    return {"pipeline": pipeline_id}


def update_pipeline(change: Change, command: UpdatePipeline) -> dict[str, Any]:
    """Its stages divided otherwise; none goes in which an opportunity is."""
    _expect_sound(command.stages)
    found = pipelines.locked(change.connection, command.id)
    if found is None:
        raise CommonRules.the_record_was_not_found(field="id")
    name, version = found
    expect_version(version, command.version)
    used = pipelines.in_use_beside(change.connection, command.id, [each.key for each in command.stages])
    if used is not None:
        raise PipelineRules.a_stage_in_use_stays(field="stages", stage=used)
    before = list(opportunities.course(change.connection, command.id).values())
    pipelines.rename(change.connection, command.id, command.name)
    pipelines.set_stages(change.connection, command.id, command.stages)
    stages = (codec.to_builtins(before), codec.to_builtins(command.stages))
    change.record(PipelineUpdated(pipeline_id=command.id, changes={"name": (name, command.name), "stages": stages}))
    return {"pipeline": command.id}


def _expect_sound(stages: Stages) -> None:
    keys = [each.key for each in stages]
    if {each.value for each in OpportunityEnd} & set(keys):
        raise PipelineRules.a_stage_is_not_an_end(field="stages")
    led_to = {key for each in stages for key in each.next}
    if len(set(keys)) < len(keys) or not led_to <= set(keys):
        raise PipelineRules.a_pipeline_has_stages(field="stages", most=MOST_STAGES)
