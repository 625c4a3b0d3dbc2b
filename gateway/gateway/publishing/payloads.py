"""`<Command>Payload` with its `userErrors`, and what a subscription delivers."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from strawberry.types.field import StrawberryField

from crm_common.protocol.declare import Live, Operation
from crm_common.protocol.views import ViewShape, is_view, shape_of
from gateway.errors import ErrorCode
from gateway.publishing.meaning import Kind, Meaning, RootMeaning
from gateway.publishing.naming import camel, words
from gateway.publishing.outputs import OutputTypes, element, new_type, output_field, parts


def _part(annotation: Any, name: str, doc: str) -> StrawberryField:
    return output_field(annotation, name, doc, Meaning(kind=Kind.PART, name=name))


UserError: Any = new_type(
    "UserError",
    {
        "code": _part(ErrorCode, "code", "What kind of refusal it is: what programs switch on."),
        "message": _part(str, "message", "Why, for a person, in the language of the request."),
        "field": _part(
            str | None, "field", "Which field of the input it is about, dotted for a nested one; null for all of it."
        ),
    },
    "A refusal that the caller could foresee: data, not a failure",
)


class Payloads:
    """The payload types of one build."""

    def __init__(self, outputs: OutputTypes) -> None:
        self.outputs = outputs
        outputs.claim("UserError", UserError)
        outputs.claim("ErrorCode", ErrorCode)

    def of_command(self, operation: Operation) -> tuple[Any, tuple[str, ...]]:
        """``<Command>Payload`` and the keys in it that hold records."""
        name = f"{operation.cls.__name__}Payload"
        self.outputs.claim(name, (operation, "payload"))
        fields, selected = {}, []
        for key, hint in operation.returns.items():
            found = parts(hint)
            shape = contains_view(found.type)
            doc = found.doc or f"{words(key)}; null when the command was refused or did not select it."
            if shape is None:
                annotation = self.outputs.annotation(hint, where=f"{operation.name}.{key}")
                fields[key] = output_field(
                    annotation | None, camel(key), doc, self.outputs.meaning(key, hint, whole=True)
                )
                continue
            selected.append(key)
            view: Any = self.outputs.view(shape)
            # in a list, a record that the caller may not see (any more) is null
            annotation = (list[view | None] if element(found.type) else view) | None
            fields[key] = output_field(annotation, camel(key), doc, Meaning(kind=Kind.PAYLOAD, name=key, view=shape))
        refused = "Why the command was refused; empty when it was not."
        part = Meaning(kind=Kind.PART, name="user_errors")
        fields["user_errors"] = output_field(list[UserError], "userErrors", refused, part)
        return new_type(name, fields, f"The answer of {camel(operation.name)}"), tuple(selected)

    def of_live(self, live: Live, shape: ViewShape) -> Any:
        """``EmployeeChanged``: which event, when, and the record as its subscriber may see it."""
        name = "".join(part.capitalize() for part in live.name.split("_"))
        self.outputs.claim(name, live)
        view: Any = self.outputs.view(shape)
        when = Meaning(kind=Kind.PART, name="occurred_at")
        shown = Meaning(kind=Kind.PAYLOAD, name="record", view=shape)
        fields = {
            "event": output_field(str, "event", "The event's type.", Meaning(kind=Kind.PART, name="event")),
            "occurred_at": output_field(datetime, "occurredAt", "When it happened.", when),
            "record": output_field(view, "record", f"The {shape.name} record as it is now.", shown),
        }
        return new_type(name, fields, live.doc)


def contains_view(hint: Any) -> ViewShape | None:
    """The view an annotation shows: one record, or a list of them."""
    found = parts(hint)
    inner = found.type if (item := element(found.type)) is None else parts(item).type
    return shape_of(inner) if is_view(inner) else None


def root_field(root: RootMeaning, ref: str | None = None) -> Meaning:
    """The meaning of a root field."""
    name = root.operation.name if root.operation else root.kind.name.lower()
    return Meaning(kind=Kind.ROOT, name=name, view=root.view, root=root, ref=ref)
