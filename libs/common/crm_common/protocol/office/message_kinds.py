"""Kinds of messages: what each says, in both languages. Every room declares its own beside its commands and events."""

from __future__ import annotations

from dataclasses import dataclass
from string import Formatter
from typing import ClassVar
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Words:
    """The same in both languages; with ``{places}`` where it is a template."""

    en: str
    zh: str


@dataclass(frozen=True, slots=True)
class Subject:
    """The record a message leads to: ``Subject("Customer", customer_id)``."""

    type_name: str
    id: UUID


class MessageKind:
    """A kind of message, declared as a class attribute of a `MessageKinds`, which gives it its ``name``.

    ``label`` is what people choose it by ("Customers given to me"); ``title`` and ``text`` are templates that the
    parameters of `tell` fill. ``several`` is the title where messages of one key gather instead of being dropped:
    ``{count}`` is their number, the other places are filled by the latest. ``urgent`` ones do not wait for quiet hours
    to end.
    """

    def __init__(
        self,
        *,
        label: Words,
        title: Words,
        text: Words | None = None,
        several: Words | None = None,
        urgent: bool = False,
    ) -> None:
        self.label = label
        self.title = title
        self.text = text or Words("", "")
        self.several = several
        self.urgent = urgent
        self.name = ""
        _check(self)

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    def __repr__(self) -> str:
        return f"<message kind {self.name}>"


class MessageKinds:
    """Base of each room's kinds. Every kind of every subclass is known by name in ``MessageKinds.registry``."""

    registry: ClassVar[dict[str, MessageKind]] = {}

    def __init_subclass__(cls) -> None:
        for name, kind in vars(cls).items():
            if isinstance(kind, MessageKind):
                if name in MessageKinds.registry:
                    raise TypeError(f"two kinds of messages are named {name}")
                MessageKinds.registry[name] = kind


def places(template: str) -> frozenset[str]:
    """The names in braces."""
    return frozenset(name for _, name, _, _ in Formatter().parse(template) if name is not None)


def _check(kind: MessageKind) -> None:
    for words in (kind.label, kind.title, kind.text, kind.several):
        if words is not None and places(words.en) != places(words.zh):
            raise TypeError(f"both languages say the same: {words}")
