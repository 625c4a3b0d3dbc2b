"""Pipelines (销售流程, SAL-04): into which stages the way to a deal is divided, and what each of them takes."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from msgspec import Meta

from crm_common.errors import Code, Rule, Rules
from crm_common.protocol.declare import Changes, Command, Event, GetQuery, ListQuery, given
from crm_common.protocol.policy import needs
from crm_common.protocol.sales.service import VERSION_DOC, Version, sales
from crm_common.protocol.views import Ref, child, shown

EDIT = needs("pipeline.edit")
SEE = needs("opp.view", "opp.view_team", "pipeline.edit")

PipelineId = Annotated[UUID, Ref("Pipeline")]
StageKey = Annotated[str, Meta(pattern=r"^[A-Z][A-Z0-9_]{0,39}$")]
StageName = Annotated[str, Meta(min_length=1, max_length=50)]
Percent = Annotated[int, Meta(ge=0, le=100)]
MOST_STAGES = 20


class StageNeed(StrEnum):
    """What an opportunity has before it enters a stage."""

    SOURCE = "SOURCE"
    """Where it came from (来源)."""
    EVALUATION = "EVALUATION"
    """Value, feasibility and priority (评估)."""
    NEXT_STEP = "NEXT_STEP"
    """A next step with its day (下一步计划)."""
    LINES = "LINES"
    """A quote or a product line (报价或产品)."""


class PipelineRules(Rules):
    """Refusals of pipelines."""

    a_pipeline_has_stages = Rule(
        Code.VALIDATION,
        en="A pipeline has one to {most} stages, each key once, and every stage it leads to exists.",
        zh="销售流程须有 1 至 {most} 个阶段，阶段编码不重复，且后续阶段须存在。",
    )
    a_stage_is_not_an_end = Rule(
        Code.VALIDATION,
        en="WON, LOST, ABANDONED and SUSPENDED are every pipeline's own.",
        zh="赢单、输单、放弃和挂起为系统状态，不能作为阶段。",
    )
    a_stage_in_use_stays = Rule(
        Code.BAD_STATE, en="Opportunities are in the stage {stage}.", zh="阶段 {stage} 中仍有商机，不能删除。"
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class StageSpec:
    """A stage as a pipeline's editor gives it."""

    key: StageKey
    """Its key: DISCOVERED."""
    name: StageName
    """What it is called in Chinese."""
    name_en: StageName
    """And in English."""
    probability: Percent
    """How likely a deal is from here, in per cent."""
    next: Annotated[tuple[StageKey, ...], Meta(max_length=MOST_STAGES)] = ()
    """The stages one may go to from here; losing, abandoning and winning are always open."""
    needs: Annotated[tuple[StageNeed, ...], Meta(max_length=4)] = ()
    """What an opportunity has before it enters."""


Stages = Annotated[tuple[StageSpec, ...], Meta(min_length=1, max_length=MOST_STAGES)]


@sales.view(SEE)
@dataclass(slots=True, kw_only=True)
class PipelineStageView:
    """A stage of a pipeline."""

    key: str = shown("Its key.")
    name: str = shown("What it is called in Chinese.")
    name_en: str = shown("And in English.")
    probability: int = shown("How likely a deal is from here, in per cent.")
    next: list[str] = shown("The stages one may go to from here.")
    needs: list[StageNeed] = shown("What an opportunity has before it enters.")


@sales.view(SEE)
@dataclass(slots=True, kw_only=True)
class PipelineView:
    """A way to deals; the first stage is where opportunities begin."""

    id: UUID = shown("The id.", filterable=True)
    name: str = shown("What it is called.", filterable=True)
    is_default: bool = shown("Whether new opportunities take it unless they say otherwise.", filterable=True)
    version: int = shown("Counts its changes; send it back when editing.")
    stages: list[PipelineStageView] = child("Its stages in order.", limit=100)


@sales.query(SEE, returns=PipelineView)
@dataclass(frozen=True, slots=True, kw_only=True)
class Pipelines(ListQuery):
    """Every pipeline; the default one first."""


@sales.query(SEE, returns=PipelineView)
@dataclass(frozen=True, slots=True, kw_only=True)
class PipelinesByIds(GetQuery):
    """Pipelines by id."""


@sales.command(EDIT, returns={"pipeline": PipelineView})
@dataclass(frozen=True, slots=True, kw_only=True)
class CreatePipeline(Command):
    """Divide another kind of business into stages."""

    name: StageName = given("What it is called.")
    stages: Stages = given("Its stages in order.")


@sales.command(EDIT, returns={"pipeline": PipelineView})
@dataclass(frozen=True, slots=True, kw_only=True)
class UpdatePipeline(Command):
    """Divide it otherwise. What is in a stage stays there, at its new probability; a stage in use cannot go."""

    id: PipelineId = given("The pipeline.")
    version: Version = given(VERSION_DOC)
    name: StageName = given("What it is called.")
    stages: Stages = given("Its stages in order, all of them.")


@dataclass(frozen=True, slots=True, kw_only=True)
class PipelineEvent(Event):
    """What every event of a pipeline tells."""

    pipeline_id: UUID
    changes: Changes


@sales.event("pipeline.created", subject="pipeline_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class PipelineCreated(PipelineEvent):
    """A pipeline was made."""


@sales.event("pipeline.updated", subject="pipeline_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class PipelineUpdated(PipelineEvent):
    """A pipeline was divided otherwise."""
