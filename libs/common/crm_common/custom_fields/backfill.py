"""Builds and drops the indexes that definitions ask for: a job in small steps that another process can take up."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from crm_common.changes import ChangeHost
from crm_common.custom_fields import editing, store, usecases, writing
from crm_common.custom_fields.definitions import Definition, IndexState
from crm_common.custom_fields.entity import Entity
from crm_common.custom_fields.offering import ATTRIBUTE
from crm_common.jobs import Job, JobRun

STEP = 1_000
# longer than any reader may go on with definitions it has read, see reading.SECONDS
_FORGOTTEN = timedelta(seconds=5)
_WAITING = "SELECT EXISTS (SELECT FROM custom_field WHERE index_state IN ('BUILDING', 'DROPPING'))"
_DROP = """
DELETE FROM custom_value WHERE ctid = ANY (ARRAY(SELECT ctid FROM custom_value WHERE field_id = %s LIMIT %s))
"""
_UPDATED = "SELECT updated_at FROM custom_field WHERE id = %s"


def jobs(host: ChangeHost, service_cls: type) -> list[Job]:
    """The job of a service class with custom fields; none for others."""
    entities: Sequence[Entity] = getattr(service_cls, ATTRIBUTE, ())
    if not entities:
        return []
    doc = "Build the indexes of custom fields that were made searchable, sortable or unique; drop those of others."
    return [
        Job(
            f"{host.service}.custom_fields",
            "* * * * *",
            lambda run: work(run, host, entities),
            doc=doc,
            only_if=lambda: bool(host.store.rows(_WAITING)[0][0]),
        )
    ]


def work(run: JobRun, host: ChangeHost, entities: Sequence[Entity]) -> None:
    """Bring every index to where its definition wants it. The report tells rows indexed and dropped."""
    run.report.update(indexed=0, dropped=0)
    for entity in entities:
        for each in store.read(host.store, entity.record).every:
            if each.index_state is IndexState.BUILDING:
                _build(run, host, entity, each)
            elif each.index_state is IndexState.DROPPING:
                _drop(run, host, entity, each)
    # rows of an index whose end was decided, but not reached
    checkpoint = run.checkpoint or {}
    if "dropping" in checkpoint:
        _remove_rows(run, UUID(checkpoint["dropping"]))


def _build(run: JobRun, host: ChangeHost, entity: Entity, definition: Definition) -> None:
    """Index the records by id; from the beginning where the definition was changed meanwhile."""
    after, twice = _reached(run, definition)
    while True:
        with run.change() as change:
            now = store.held(change.connection, entity.record).find(definition.id)
            if now is None or now.index_state is not IndexState.BUILDING:
                return
            if now.version != definition.version:
                definition, after, twice = now, None, 0
            page = store.values_after(change.connection, entity, now.key, after, STEP, lock=True)
            if page:
                twice += writing.fill(change.connection, now, page)
                after = page[-1][0]
                run.report["indexed"] += len(page)
            run.save_checkpoint({"building": str(now.id), "version": now.version, "after": str(after), "twice": twice})
        if not page and _finish(run, host, entity, definition, twice):
            return


def _reached(run: JobRun, definition: Definition) -> tuple[UUID | None, int]:
    reached: dict[str, Any] = run.checkpoint or {}
    if reached.get("building") != str(definition.id) or reached.get("version") != definition.version:
        return None, 0
    return (None if reached["after"] == "None" else UUID(reached["after"])), reached["twice"]


def _finish(run: JobRun, host: ChangeHost, entity: Entity, definition: Definition, twice: int) -> bool:
    """Let readers use the index; False when there is more to do."""
    with run.change() as change:
        definitions = store.changing(change.connection, entity.record)
        before = definitions.find(definition.id)
        if before is None or before.version != definition.version:
            return before is None or before.index_state is not IndexState.BUILDING
        after = editing.ready(before, unique=not twice)
        usecases.keep(change, entity, definitions, (before, after))
        if twice:
            run.report[f"not unique: {before.key}"] = twice
    if after.index_state is IndexState.BUILDING:
        _build(run, host, entity, after)
    return True


def _drop(run: JobRun, host: ChangeHost, entity: Entity, definition: Definition) -> None:
    ((updated_at,),) = host.store.rows(_UPDATED, (definition.id,))
    if host.clock.now() - updated_at < _FORGOTTEN:
        return  # somebody may still read by it: at the next run
    with run.change() as change:
        definitions = store.changing(change.connection, entity.record)
        before = definitions.find(definition.id)
        if before is None or before.index_state is not IndexState.DROPPING:
            return
        usecases.keep(change, entity, definitions, (before, editing.dropped(before)))
        run.save_checkpoint({"dropping": str(before.id)})
    _remove_rows(run, definition.id)


def _remove_rows(run: JobRun, field_id: UUID) -> None:
    while True:
        with run.change() as change:
            state = change.connection.exec_driver_sql(
                "SELECT index_state FROM custom_field WHERE id = %s FOR SHARE", (field_id,)
            ).scalar_one_or_none()
            # wanted again meanwhile: building writes all rows anew
            gone = change.connection.exec_driver_sql(_DROP, (field_id, STEP)).rowcount if state == "NONE" else 0
            run.report["dropped"] += gone
            run.save_checkpoint({"dropping": str(field_id)} if gone else None)
        if not gone:
            return
