"""Pipelines as rows."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

import sqlalchemy as sa

from crm_common.protocol.sales.pipelines import StageSpec

_STAGE = """
INSERT INTO pipeline_stage (pipeline_id, place, key, name, name_en, probability, next, needs)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s)
"""
_IN_USE = """
SELECT DISTINCT coalesce(o.stage_before, o.stage) FROM opportunity o
WHERE o.pipeline_id = %s AND coalesce(o.stage_before, o.stage) <> ALL (%s) AND o.stage <> 'WON' LIMIT 1
"""
_PROBABILITIES = """
UPDATE opportunity o SET probability = s.probability FROM pipeline_stage s
WHERE o.pipeline_id = %s AND s.pipeline_id = o.pipeline_id AND s.key = o.stage AND o.probability <> s.probability
"""


def locked(connection: sa.Connection, pipeline_id: UUID) -> tuple[str, int] | None:
    """Its name and version."""
    row = connection.exec_driver_sql("SELECT name, version FROM pipeline WHERE id = %s FOR UPDATE", (pipeline_id,))
    found = row.one_or_none()
    return None if found is None else (found[0], found[1])


def insert(connection: sa.Connection, pipeline_id: UUID, name: str) -> None:
    """Add a pipeline."""
    connection.exec_driver_sql("INSERT INTO pipeline VALUES (%s, %s, false, 1)", (pipeline_id, name))


def rename(connection: sa.Connection, pipeline_id: UUID, name: str) -> None:
    """Call it otherwise; a further version."""
    connection.exec_driver_sql(
        "UPDATE pipeline SET name = %s, version = version + 1 WHERE id = %s", (name, pipeline_id)
    )


def set_stages(connection: sa.Connection, pipeline_id: UUID, stages: Sequence[StageSpec]) -> None:
    """All of its stages; what is in one of them is there at its new probability."""
    connection.exec_driver_sql("DELETE FROM pipeline_stage WHERE pipeline_id = %s", (pipeline_id,))
    for place, each in enumerate(stages):
        words = (each.key, each.name, each.name_en, each.probability)
        lists = (list(each.next), [need.value for need in each.needs])
        connection.exec_driver_sql(_STAGE, (pipeline_id, place, *words, *lists))
    connection.exec_driver_sql(_PROBABILITIES, (pipeline_id,))


def in_use_beside(connection: sa.Connection, pipeline_id: UUID, keys: Sequence[str]) -> str | None:
    """A stage in which opportunities are, or to which they may return, that is none of these."""
    ends = ["WON", "LOST", "ABANDONED", "SUSPENDED"]
    found: str | None = connection.exec_driver_sql(_IN_USE, (pipeline_id, [*keys, *ends])).scalar()
    return found
