"""A service class and its protocol are compared before anything starts, and every fault is named at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar
from uuid import UUID

import pytest

from crm_common.changes import Change
from crm_common.protocol.declare import Event
from crm_common.protocol.platform import Health
from crm_common.runtime.declaration import DeclarationError, declaration_of
from crm_common.runtime.entrypoints import every, rpc, subscribe
from crm_common.runtime.local import LocalContainer
from probe.protocol import Broken, Heard, NoteWritten, Rows, probe
from probe.service import HearerService, ProbeService


def declared(service_cls: type) -> Any:
    container = LocalContainer(service_cls, {})
    return declaration_of(service_cls, container.entrypoints)


def faults(service_cls: type) -> list[str]:
    with pytest.raises(DeclarationError) as refused:
        declared(service_cls)
    return sorted(refused.value.faults)


@dataclass(frozen=True, slots=True, kw_only=True)
class Unheard(Event):
    """No protocol knows it."""

    id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Written(Event):
    """Something was written: what events of several services have in common."""

    contract: ClassVar[bool] = True
    text: str


def test_a_class_that_fits_is_sorted_by_what_its_methods_are() -> None:
    found = declared(HearerService)

    assert list(found.operations) == ["heard"]
    assert ("probe", "note.written", "hear_the_note") in [
        (each.source, each.event_type, each.consumer) for each in found.subscriptions
    ]
    assert {name: each.schedule for name, each in found.jobs.items()} == {"hearer.nightly": "0 1 * * *"}


def test_every_fault_is_named_at_once() -> None:
    class Faulty:
        name = "hearer"

        @rpc
        def undeclared(self, query: Rows) -> None: ...

        @subscribe(Unheard)
        def hear_nothing(self, event: Unheard, change: Change) -> None: ...

        @subscribe(NoteWritten)
        def hear_too_little(self, event: NoteWritten) -> None: ...

        @subscribe(NoteWritten)
        def hear_another(self, event: Unheard, change: Change) -> None: ...

        @every("0 1 * * *", name="hearer.twice")
        def one(self, run: Any) -> None: ...

        @every("0 2 * * *", name="hearer.twice")
        def other(self, run: Any) -> None: ...

    assert faults(Faulty) == [
        "Heard is declared, but no method heard",
        "hear_another takes Unheard, but NoteWritten is declared",
        "hear_nothing subscribes: Unheard is declared by no service",
        "hear_too_little takes 1 parameters beside self, not 2",
        "the method undeclared answers no declared query or command",
        "two methods are the job hearer.twice: one, other",
    ]


def test_a_method_takes_the_class_of_its_operation_and_nothing_else() -> None:
    class Other(HearerService):
        @rpc
        def heard(self, query: Broken) -> None:  # type: ignore[override]
            ...

    class More(HearerService):
        @rpc
        def heard(self, query: Heard, more: int) -> None:  # type: ignore[override]
            ...

    class Unknown(HearerService):
        @rpc
        def heard(self, query: Nowhere) -> None:  # type: ignore[name-defined,override]  # noqa: F821
            ...

    assert faults(Other) == ["heard takes Broken, but Heard is declared"]
    assert faults(More) == ["heard takes 2 parameters beside self, not 1"]
    assert faults(Unknown) == ["heard: its annotations cannot be resolved (name 'Nowhere' is not defined)"]


def test_a_service_needs_a_protocol() -> None:
    class Nameless:
        name = "nameless"

    assert faults(Nameless) == ["no protocol is named nameless"]


def test_a_service_may_answer_operations_of_every_service_itself() -> None:
    class Healthy(HearerService):
        @rpc
        def health(self, query: Health) -> dict[str, bool]:
            return {"ok": True}

    assert sorted(declared(Healthy).operations) == ["health", "heard"]


def test_the_probe_serves_all_it_declares() -> None:
    assert len(declared(ProbeService).operations) == 11


def test_a_contract_stands_for_every_event_derived_from_it() -> None:
    class Hearing(HearerService):
        @subscribe(Written)
        def hear_whatever_is_written(self, event: Written, change: Change) -> None: ...

    def heard() -> list[tuple[str, str]]:
        return [
            (each.source, each.event_type)
            for each in declared(Hearing).subscriptions
            if each.consumer == "hear_whatever_is_written"
        ]

    assert heard() == []

    @dataclass(frozen=True, slots=True, kw_only=True)
    class LetterWritten(Written):
        """A letter was written."""

        letter_id: UUID

    probe.event("letter.written", subject="letter_id")(LetterWritten)
    try:
        assert heard() == [("probe", "letter.written")]
    finally:
        del probe.events["letter.written"]
