"""`<View>Connection` and `<View>Edge`: a page of a list, as Relay describes it."""

from __future__ import annotations

from typing import Any

from crm_common.protocol.views import ViewShape
from gateway.publishing.meaning import Kind, Meaning
from gateway.publishing.outputs import OutputTypes, new_type, output_field

COUNT_LIMIT = "100,000"


class Connections:
    """The connection types of one build."""

    def __init__(self, outputs: OutputTypes) -> None:
        self.outputs = outputs
        self._made: dict[str, Any] = {}
        self._page_info = _page_info_type()
        outputs.claim("PageInfo", self._page_info)

    def of(self, shape: ViewShape) -> Any:
        """``<View>Connection``."""
        if shape.name not in self._made:
            self.outputs.claim(f"{shape.name}Connection", (shape, "connection"))
            self.outputs.claim(f"{shape.name}Edge", (shape, "edge"))
            view = self.outputs.view(shape)
            self._made[shape.name] = self._connection(shape, view, _edge(shape, view))
        return self._made[shape.name]

    def _connection(self, shape: ViewShape, view: type, edge: type) -> type:
        fields = {
            "edges": output_field(
                list[edge],  # type: ignore[valid-type]
                "edges",
                "The records of this page with their cursors.",
                Meaning(kind=Kind.EDGES, name="edges", view=shape),
            ),
            "nodes": output_field(
                list[view],  # type: ignore[valid-type]
                "nodes",
                "The records of this page.",
                Meaning(kind=Kind.NODES, name="nodes", view=shape),
            ),
            "page_info": output_field(
                self._page_info,
                "pageInfo",
                "Where this page lies in the list.",
                Meaning(kind=Kind.PAGE_INFO, name="page_info"),
            ),
            "total_count": output_field(
                int | None,
                "totalCount",
                f"How many records the whole list has; null when they are more than {COUNT_LIMIT}.",
                Meaning(kind=Kind.PART, name="total"),
            ),
            "total_count_at_least": output_field(
                int | None,
                "totalCountAtLeast",
                f"How many records the whole list has at least: the same as totalCount up to {COUNT_LIMIT}.",
                Meaning(kind=Kind.PART, name="total_at_least"),
            ),
        }
        return new_type(f"{shape.name}Connection", fields, f"A page of a list of {shape.name} records")


def _edge(shape: ViewShape, view: type) -> type:
    fields = {
        "cursor": output_field(
            str, "cursor", "Marks this record's place in the list.", Meaning(kind=Kind.CURSOR, name="cursor")
        ),
        "node": output_field(view, "node", "The record.", Meaning(kind=Kind.NODE, name="node", view=shape)),
    }
    return new_type(f"{shape.name}Edge", fields, f"One {shape.name} record in its list")


def _page_info_type() -> type:
    def part(annotation: Any, outside: str, inside: str, doc: str) -> Any:
        return output_field(annotation, outside, doc, Meaning(kind=Kind.PART, name=inside))

    fields = {
        "has_next_page": part(bool, "hasNextPage", "has_next", "Whether records follow."),
        "has_previous_page": part(bool, "hasPreviousPage", "has_previous", "Whether records precede."),
        "start_cursor": part(str | None, "startCursor", "start_cursor", "The cursor of the first record of this page."),
        "end_cursor": part(str | None, "endCursor", "end_cursor", "The cursor of the last record of this page."),
    }
    return new_type("PageInfo", fields, "Where a page lies in its list")
