"""Internal messages (OFC-06): one for each receiver and matter, in his language, read by nobody else."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest

from crm_common import codec
from crm_common.changes import Change, changing
from crm_common.context import Actor, Context, system_context
from crm_common.ids import to_global
from crm_common.protocol.office.message_kinds import MessageKind, MessageKinds, Subject, Words
from office.usecases.messages import tell
from serving.alone import Alone, employee

TOLD = MessageKind(
    label=Words("Told", "告知"),
    title=Words("{name} is due at {at}: {why}", "{name} 于 {at} 到期：{why}"),
    text=Words("See to it by {day}.", "请在 {day} 前处理。"),
)
GIVEN = MessageKind(
    label=Words("Given", "给予"),
    title=Words("{name} is yours", "{name} 归您"),
    several=Words("{count} are yours, {name} among them", "{name} 等 {count} 个归您"),
)


@pytest.fixture(scope="module", autouse=True)
def kinds() -> Iterator[None]:
    """The kinds of these tests, gone afterwards."""
    made = type("Kinds", (MessageKinds,), {"test_told": TOLD, "test_given": GIVEN})
    yield
    for name in ("test_told", "test_given"):
        assert MessageKinds.registry.pop(name) is vars(made)[name]


def telling(service: Alone, what: Callable[[Change], None]) -> None:
    """In a transaction of the service's own."""
    host = service.runtime.services["office"].host
    with changing(host, system_context("office", correlation_id="test")) as change:
        what(change)


def told(service: Alone, *to: Actor, key: str, **more: Any) -> None:
    given: dict[str, Any] = {
        "name": "远望贸易",
        "at": datetime(2026, 11, 23, 10, tzinfo=UTC),
        "why": Words("no call", "未联系"),
    }
    telling(
        service,
        lambda change: tell(
            change, to=[each.id for each in to], kind=TOLD, about=Subject("Customer", UUID(int=7)), key=key,
            **given | {"day": datetime(2026, 11, 24, tzinfo=UTC).date()} | more,
        ),
    )  # fmt: skip


def in_english(service: Alone, actor: Actor) -> list[dict[str, Any]]:
    context = Context(actor=actor, correlation_id="test", deadline=time.time() + 30, language="en")
    found: list[dict[str, Any]] = codec.decode_json(service.runtime.peers.call("office", "messages", {}, context))[
        "nodes"
    ]
    return found


def test_a_message_says_the_same_in_the_reader_s_language_and_leads_to_its_record(service: Alone) -> None:
    li = employee(f"li {uuid4()}")
    told(service, li, key="a")

    [zh] = service.call(li, "messages")["nodes"]
    [en] = in_english(service, li)
    assert (zh["title"], zh["text"]) == ("远望贸易 于 2026-11-23 18:00 到期：未联系", "请在 2026-11-24 前处理。")
    assert (en["title"], en["text"]) == ("远望贸易 is due at 2026-11-23 18:00: no call", "See to it by 2026-11-24.")
    assert (zh["kind"], zh["about"], zh["is_read"]) == ("test_told", to_global("Customer", UUID(int=7)), False)


def test_the_same_matter_is_told_to_the_same_receiver_once(service: Alone) -> None:
    li, wang = employee(f"li {uuid4()}"), employee(f"wang {uuid4()}")
    before = service.events().count("message.arrived")
    told(service, li, key="twice")
    told(service, li, wang, li, key="twice")
    told(service, li, key="another")
    told(service, key="nobody")

    assert [service.call(each, "unread_messages") for each in (li, wang)] == [2, 1]
    assert service.events().count("message.arrived") == before + 3


def test_messages_of_one_matter_gather_where_their_kind_says_so(service: Alone) -> None:
    li = employee(f"li {uuid4()}")
    before = service.events().count("message.arrived")

    def given(name: str) -> None:
        telling(service, lambda change: tell(change, to=[li.id], kind=GIVEN, about=None, key="call", name=name))

    given("甲")
    [one] = service.call(li, "messages")["nodes"]
    for name in ("乙", "丙{count}"):
        given(name)
    [three] = service.call(li, "messages")["nodes"]
    assert (one["title"], one["count"]) == ("甲 归您", 1)
    assert (three["id"], three["count"]) == (one["id"], 3)
    assert three["title"].endswith(" 等 3 个归您")
    assert service.events().count("message.arrived") == before + 1

    service.call(li, "read_messages", all=True)
    given("丁")
    [four] = service.call(li, "messages")["nodes"]
    assert (four["title"], four["is_read"], four["read_at"]) == ("丁 等 4 个归您", False, None)
    assert service.events().count("message.arrived") == before + 2


def test_reading_counts_down_and_sorts_below_what_is_not_read(service: Alone) -> None:
    li = employee(f"li {uuid4()}")
    for key in "abc":
        told(service, li, key=key, name=key)
    ids = {each["title"][0]: each["id"] for each in service.call(li, "messages")["nodes"]}

    assert service.call(li, "read_messages", ids=[ids["c"]]) == {"read": 1, "unread": 2}
    assert service.call(li, "read_messages", ids=[ids["c"]]) == {"read": 0, "unread": 2}
    assert [each["title"][0] for each in service.call(li, "messages")["nodes"]] == ["b", "a", "c"]
    unread = service.call(li, "messages", filter={"is_read": {"eq": False}})["nodes"]
    assert [each["title"][0] for each in unread] == ["b", "a"]
    assert service.call(li, "read_messages", all=True) == {"read": 2, "unread": 0}
    assert service.events()[-1] == "message.read"
    assert service.call(li, "unread_messages") == 0


def test_nobody_reads_another_s_messages_whatever_his_rights(service: Alone) -> None:
    li, admin = employee(f"li {uuid4()}"), employee("admin", "sys.settings", "audit.view", "role.edit")
    told(service, li, key="own")
    [message] = service.call(li, "messages")["nodes"]

    assert service.call(admin, "messages")["nodes"] == []
    assert service.call(admin, "messages_by_ids", ids=[message["id"]]) == [None]
    assert service.refused(admin, "read_messages", ids=[message["id"]]) == "NOT_FOUND"
    assert service.refused(li, "read_messages") == "VALIDATION"
    assert service.refused(li, "read_messages", ids=[message["id"]], all=True) == "VALIDATION"
    assert service.call(li, "unread_messages") == 1
    for method in ("messages", "unread_messages"):
        assert service.refused(None, method) == "UNAUTHENTICATED"
    assert service.refused(None, "read_messages", all=True) == "UNAUTHENTICATED"


def test_what_a_message_needs_is_said_or_nothing_is_written(service: Alone) -> None:
    li = employee(f"li {uuid4()}")
    with pytest.raises(KeyError, match="name"):
        telling(service, lambda change: tell(change, to=[li.id], kind=GIVEN, about=None, key="x"))
    assert service.call(li, "unread_messages") == 0
    with pytest.raises(TypeError, match="both languages say the same"):
        MessageKind(label=Words("x", "x"), title=Words("{name}", "{nmae}"))


def test_a_long_name_is_cut(service: Alone) -> None:
    li = employee(f"li {uuid4()}")
    told(service, li, key="long", name="长" * 300)
    [message] = service.call(li, "messages")["nodes"]
    assert message["title"].startswith("长" * 99 + "… 于")
