"""What a field of the schema stands for: attached to each generated field, read by selection and compiler."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Any

from graphql import GraphQLField
from strawberry.schema.schema_converter import GraphQLCoreConverter

from crm_common.protocol.declare import Live, Operation
from crm_common.protocol.policy import Policy
from crm_common.protocol.views import FieldShape, ViewShape

KEY = "crm"


class Kind(Enum):
    """Where a field's value comes from."""

    LEAF = auto()
    """The row's value under the response key: a scalar, an enum, or a list of them."""
    VALUE = auto()
    """The row's value under the response key: an object (or list) that is always complete, with PARTs below."""
    RECORD = auto()
    """The row's value under the response key: a row (or rows) of another view of the same service."""
    NEIGHBOUR = auto()
    """A record (or records) of another service, joined in by its by-ids query under the response key."""
    PART = auto()
    """The value under the field's own name in an object that is always complete."""
    NODES = auto()
    """The rows of a page."""
    EDGES = auto()
    """The rows of a page with their cursors."""
    NODE = auto()
    """The row of an edge."""
    CURSOR = auto()
    """The cursor of an edge."""
    PAGE_INFO = auto()
    """Where a page lies in its list."""
    PAYLOAD = auto()
    """A key of a command's payload that holds a record or records."""
    ROOT = auto()
    """A root field: one call to one service."""


class RootKind(Enum):
    """What a root field asks and how its answer looks."""

    LIST = auto()
    GET = auto()
    ONE = auto()
    VALUE = auto()
    COMMAND = auto()
    NODE = auto()
    NODES = auto()
    LIVE = auto()
    BLOCKS = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Meaning:
    """A generated field. ``name`` is its name inside (snake_case); ``ref`` the type whose global id a leaf shows."""

    kind: Kind
    name: str
    ref: str | None = None
    view: ViewShape | None = None
    shape: FieldShape | None = None
    root: RootMeaning | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RootMeaning:
    """A root field: the operation it asks (None for ``node`` and ``nodes``) and who may ask."""

    kind: RootKind
    policy: Policy
    operation: Operation | None = None
    view: ViewShape | None = None
    own_arguments: Any = None
    """Reads the operation's own arguments into its payload: an ``inputs.Reader``."""
    filter: Any = None
    """Reads ``filter``: a ``filters.FilterReader``; None when nothing is filterable."""
    selected: tuple[str, ...] = ()
    """Payload keys of a command that hold records."""
    fixed: Mapping[str, Any] = field(default_factory=dict)
    """What a list is asked for whatever the client says: a block of the workbench."""
    live: Live | None = None
    """The declared subscription; ``operation`` is then the by-ids query of its view."""


def meaning_of(shown: GraphQLField) -> Meaning | None:
    """What a field of the built schema stands for; None for one that was written by hand."""
    declared = shown.extensions.get(GraphQLCoreConverter.DEFINITION_BACKREF)
    found = declared.metadata.get(KEY) if declared is not None else None
    return found if isinstance(found, Meaning) else None
