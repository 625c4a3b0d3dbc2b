"""Where the index stands: which generation is asked, which is being filled, and how far the journal was followed."""

from __future__ import annotations

from typing import NamedTuple
from uuid import UUID

import sqlalchemy as sa

from crm_common.journal.replay import Position
from crm_common.store import Store


class State(NamedTuple):
    """``live`` 0: nothing is asked yet. ``reached``: type and id up to which the build under way has come."""

    live: int
    building: int | None
    asked: bool
    reached: tuple[str, UUID] | None
    position: Position | None

    @property
    def generations(self) -> tuple[int, ...]:
        """Those that changes are written to."""
        return tuple(each for each in (self.live, self.building) if each)

    @property
    def waiting(self) -> bool:
        """Whether a build is asked for or under way."""
        return self.asked or self.building is not None


_READ = "SELECT live, building, asked, reached, position FROM search_state"


def read(store: Store) -> State:
    """The state as of now."""
    live, building, asked, reached, position = store.rows(_READ)[0]
    return State(
        live, building, asked, (reached[0], UUID(reached[1])) if reached else None,
        Position.parse(position) if position else None,
    )  # fmt: skip


def ask(store: Store) -> None:
    """Ask for a new generation; while one is being filled, that one will do."""
    with store.transaction() as connection:
        connection.exec_driver_sql("UPDATE search_state SET asked = true WHERE building IS NULL")


def begin(connection: sa.Connection, position: Position) -> int:
    """Open the next generation; changes go to it from now on, those after ``position`` at the latest."""
    found: int = connection.exec_driver_sql(
        "UPDATE search_state SET generation = generation + 1, building = generation + 1, asked = false,"
        " reached = NULL, position = coalesce(position, %s) RETURNING building",
        (str(position),),
    ).scalar_one()
    return found


def reach(connection: sa.Connection, kind: str, record: UUID) -> None:
    """Remember how far the build has come."""
    connection.exec_driver_sql(
        "UPDATE search_state SET reached = json_build_array(%s::text, %s::uuid)::jsonb", (kind, record)
    )


def finish(connection: sa.Connection) -> None:
    """The generation that was filled is the one that is asked."""
    connection.exec_driver_sql(
        "UPDATE search_state SET live = building, building = NULL, reached = NULL, built_at = clock_timestamp()"
    )
