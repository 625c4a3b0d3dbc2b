"""Delivery beyond the application: by letter and by robot, as each chose; late, never twice, never in quiet hours."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit
from zoneinfo import ZoneInfo

import pytest

from crm_common.context import Actor
from crm_common.errors import CrmError
from crm_common.protocol.office.customer_messages import CustomerMessages
from delivering.company import Company, company
from founded.house import NOW
from infra.postgres import SharedPostgres
from office.domain.delivery import next_try, posts, quiet_until

pytestmark = [pytest.mark.infra, pytest.mark.timeout(120)]

CLAIMED, DUE = CustomerMessages.customers_claimed, CustomerMessages.follow_up_due
MINUTE = timedelta(minutes=1)
SHANGHAI = ZoneInfo("Asia/Shanghai")


@pytest.fixture(scope="module")
def firm(postgres_server: SharedPostgres) -> Iterator[Company]:
    with company(postgres_server) as made:
        yield made


@pytest.fixture(autouse=True)
def empty(firm: Company) -> Iterator[None]:
    """Nothing waits, nothing lies in boxes and groups."""
    yield
    firm.house.clock.moment = NOW
    firm.mail.answers.clear()
    firm.mail.letters.clear()
    firm.chats.answers.clear()
    firm.chats.posts.clear()
    with firm.store.transaction() as connection:
        connection.exec_driver_sql("DELETE FROM delivery")


def reader(firm: Company, **chosen: Any) -> Actor:
    """Somebody who gets claims by letter."""
    who = firm.person()
    firm.call(who, "choose_delivery", **{"email_kinds": [CLAIMED.name, DUE.name]} | chosen)
    return who


def test_a_letter_says_what_the_message_says_to_whoever_chose_it(firm: Company) -> None:
    li, wang, nobody = reader(firm), reader(firm, language="en"), firm.person()
    for who in (li, wang, nobody):
        firm.tell(who, CLAIMED, name="远望\n贸易")
        firm.tell(who, CustomerMessages.customers_queued, name="x")
    assert firm.deliver(NOW)["sent"] == 2
    letters = {str(each["To"]): each for each in firm.mail.letters}
    assert len(letters) == 2
    zh, en = letters[f"{li.name}@company.example"], letters[f"{wang.name}@company.example"]
    assert (str(zh["Subject"]), str(en["Subject"])) == ("您已领取客户「远望 贸易」", "You claimed customer 远望 贸易")
    assert str(zh["From"]) == "华信 CRM <crm@company.example>"
    assert str(zh["Message-ID"]).endswith("@company.example>")
    assert firm.deliver(NOW) == {"uncertain": 0, "given_up": 0}
    assert firm.states(li) == [("SENT", None)]
    assert firm.states(nobody) == []


def test_in_quiet_hours_only_urgent_ones_come_and_the_others_wait_for_their_end(firm: Company) -> None:
    li = reader(firm, quiet_from="16:30", quiet_to="08:00")  # NOW is 17:00 in the company's zone
    firm.tell(li, CLAIMED, name="x")
    firm.tell(li, DUE, name="y", due=NOW)
    firm.deliver(NOW)
    assert [each[:1] for each in firm.mail.subjects()] == ["请"]
    morning = datetime(2026, 11, 24, 0, tzinfo=UTC)
    firm.deliver(morning - MINUTE)
    assert len(firm.mail.letters) == 1
    firm.deliver(morning)
    assert firm.mail.subjects()[1:] == ["您已领取客户「x」"]


def test_what_the_server_cannot_take_now_is_tried_again_later_and_what_it_refuses_is_not(firm: Company) -> None:
    li, wang = reader(firm), reader(firm)
    firm.tell(li, CLAIMED, name="x")
    firm.mail.answers = ["451 later", "452 later"]
    for minutes, attempts in ((0, 1), (0.5, 1), (1, 2), (5, 2)):
        firm.deliver(NOW + minutes * MINUTE)
        [found] = firm.call(li, "deliveries")["nodes"]
        assert (found["state"], found["attempts"]) == ("WAITING", attempts)
    assert firm.states(li) == [("WAITING", "452 later")]
    firm.deliver(NOW + 6 * MINUTE)
    assert firm.states(li) == [("SENT", None)]

    firm.tell(wang, CLAIMED, name="x")
    firm.mail.answers = ["550 no such user"]
    firm.deliver(NOW)
    firm.deliver(NOW + timedelta(hours=5))
    assert firm.states(wang) == [("FAILED", "550 no such user")]
    assert len(firm.mail.letters) == 1


def test_a_letter_whose_answer_was_lost_is_not_sent_twice(firm: Company) -> None:
    li = reader(firm)
    firm.tell(li, CLAIMED, name="x")
    firm.mail.answers = ["lost"]
    assert firm.deliver(NOW)["uncertain"] == 1
    for hours in (1, 5, 30):
        firm.deliver(NOW + timedelta(hours=hours))
    assert len(firm.mail.letters) == 1
    assert firm.states(li)[0][0] == "UNCERTAIN"


def test_what_a_process_that_died_left_under_way_is_not_sent_again(firm: Company) -> None:
    li = reader(firm)
    firm.tell(li, CLAIMED, name="x")
    with firm.store.transaction() as connection:
        connection.exec_driver_sql("UPDATE delivery SET state = 'SENDING', claim = gen_random_uuid()")
    assert firm.deliver(NOW)["uncertain"] == 1
    assert firm.states(li) == [("UNCERTAIN", "the process ended while it was sent")]
    assert firm.mail.letters == []


def test_after_a_day_it_is_given_up(firm: Company) -> None:
    li = reader(firm)
    firm.tell(li, CLAIMED, name="x")
    assert firm.deliver(NOW + timedelta(days=1, seconds=1))["given_up"] == 1
    assert firm.states(li) == [("FAILED", "not delivered within a day")]
    assert firm.mail.letters == []


def test_without_an_address_nothing_leaves(firm: Company) -> None:
    who = firm.person(email="")
    firm.call(who, "choose_delivery", email_kinds=[CLAIMED.name])
    firm.tell(who, CLAIMED, name="x")
    firm.deliver(NOW)
    assert firm.states(who) == [("FAILED", "there is no address")]


# --- robots ------------------------------------------------------------------------------------------------------


def robot(firm: Company, kind: str, secret: str | None = "SEC1") -> tuple[Actor, str]:
    """Somebody whose robot posts claims."""
    who = firm.person()
    made = firm.call(who, "connect_robot", kind=kind, name="群", token="key-1", secret=secret)["robot"]
    assert set(made) == {"id", "kind", "name", "created_at"}
    firm.call(who, "choose_delivery", robot_kinds=[CLAIMED.name])
    return who, str(made["id"])


def test_each_robot_is_posted_to_and_signed_in_its_own_way(firm: Company) -> None:
    for kind in ("WECOM", "DINGTALK", "FEISHU"):
        who, _ = robot(firm, kind, None if kind == "WECOM" else "SEC1")
        firm.tell(who, CLAIMED, name=kind)
    firm.deliver(NOW)
    found = {path.split("?")[0]: (path, body) for path, body in firm.chats.posts}

    path, body = found["/cgi-bin/webhook/send"]
    assert parse_qs(urlsplit(path).query) == {"key": ["key-1"]}
    assert body == {"msgtype": "text", "text": {"content": "您已领取客户「WECOM」"}}

    path, body = found["/robot/send"]
    query = {name: value for name, [value] in parse_qs(urlsplit(path).query).items()}
    stamp = str(int(NOW.timestamp() * 1000))
    assert query == {"access_token": "key-1", "timestamp": stamp, "sign": signed(b"SEC1", f"{stamp}\nSEC1")}
    assert body["text"]["content"] == "您已领取客户「DINGTALK」"

    _, body = found["/open-apis/bot/v2/hook/key-1"]
    stamp = str(int(NOW.timestamp()))
    assert (body["timestamp"], body["sign"]) == (stamp, signed(f"{stamp}\nSEC1".encode(), ""))
    assert body["content"] == {"text": "您已领取客户「FEISHU」"}


def signed(key: bytes, text: str) -> str:
    return base64.b64encode(hmac.new(key, text.encode(), hashlib.sha256).digest()).decode()


def test_many_messages_are_merged_and_a_robot_posts_twenty_times_a_minute_at_most(firm: Company) -> None:
    who, _ = robot(firm, "WECOM")
    for n in range(3):
        firm.tell(who, CLAIMED, name=f"K{n}")
    firm.deliver(NOW)
    assert firm.chats.texts() == ["\n".join(f"• 您已领取客户「K{n}」" for n in range(3))]

    for n in range(230):
        firm.tell(who, CLAIMED, name=f"{n:03}" + "长" * 90)
    firm.deliver(NOW + timedelta(seconds=30))
    assert len(firm.chats.posts) == 20
    assert all(len(each.encode()) <= 2048 for each in firm.chats.texts())
    firm.deliver(NOW + timedelta(seconds=59))
    assert len(firm.chats.posts) == 20
    for seconds in (91, 152):
        firm.deliver(NOW + timedelta(seconds=seconds))
    told = "\n".join(firm.chats.texts())
    assert [told.count(f"{n:03}长") for n in range(230)] == [1] * 230
    assert {state for state, _ in firm.states(who)} == {"SENT"}


@pytest.mark.parametrize(
    ("answer", "state"),
    [
        ((200, {"errcode": 45009}), "WAITING"),
        ((503, {}), "WAITING"),
        ((200, {"errcode": 93000}), "FAILED"),
        ((404, {}), "FAILED"),
        ((0, {}), "UNCERTAIN"),
    ],
)
def test_what_a_robot_answers_decides_whether_it_is_tried_again(
    firm: Company, answer: tuple[int, dict[str, Any]], state: str
) -> None:
    who, _ = robot(firm, "WECOM")
    firm.tell(who, CLAIMED, name="x")
    firm.chats.answers = [answer]
    firm.deliver(NOW)
    assert [each for each, _ in firm.states(who)] == [state]
    firm.deliver(NOW + 2 * MINUTE)
    assert len(firm.chats.posts) == (2 if state == "WAITING" else 1)


def test_a_robot_is_its_owner_s_and_its_secret_is_nowhere_in_clear(firm: Company) -> None:
    who, robot_id = robot(firm, "DINGTALK", "very-secret-1")
    another = firm.person()
    assert firm.call(another, "robots")["nodes"] == []
    assert refused(firm, another, "disconnect_robot", id=robot_id) == "NOT_FOUND"
    for table in ("robot", "journal", "idempotency"):
        text = firm.store.rows(f"SELECT coalesce(string_agg(t::text, ''), '') FROM {table} t")[0][0]
        assert "very-secret-1" not in text
        assert b"very-secret-1".hex() not in text
    firm.tell(who, CLAIMED, name="x")
    assert firm.call(who, "disconnect_robot", id=robot_id)["disconnected_id"] == robot_id
    firm.deliver(NOW)
    assert firm.chats.posts == []
    assert firm.states(who) == [("FAILED", "disconnected")]


def refused(firm: Company, who: Actor, method: str, **given: Any) -> str:
    with pytest.raises(CrmError) as refusal:
        firm.call(who, method, **given)
    return refusal.value.code.value


def test_only_what_there_is_can_be_chosen(firm: Company) -> None:
    li = firm.person()
    known = {each["name"]: each for each in firm.call(li, "kinds_of_messages")}
    assert known["follow_up_due"] == {"name": "follow_up_due", "label": "下次联系提醒", "urgent": True}
    for wrong in (
        {"email_kinds": ["nonsense"]}, {"quiet_from": "08:00"}, {"quiet_from": "8", "quiet_to": "9"}, {"language": "fr"}
    ):  # fmt: skip
        assert refused(firm, li, "choose_delivery", **wrong) == "VALIDATION"
    assert firm.call(li, "my_delivery") is None
    for _ in range(5):
        firm.call(li, "connect_robot", kind="FEISHU", name="x", token="t")
    assert refused(firm, li, "connect_robot", kind="FEISHU", name="x", token="t") == "LIMIT_EXCEEDED"
    assert refused(firm, li, "connect_robot", kind="FEISHU", name="x", token="https://elsewhere") == "VALIDATION"


# --- pure --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("at", "until"),
    [
        ("2026-11-23T21:59", None),
        ("2026-11-23T22:00", "2026-11-24T08:00"),
        ("2026-11-24T07:59", "2026-11-24T08:00"),
        ("2026-11-24T08:00", None),
    ],
)
def test_quiet_hours_go_over_midnight(at: str, until: str | None) -> None:
    now = datetime.fromisoformat(at).replace(tzinfo=SHANGHAI).astimezone(UTC)
    expected = until and datetime.fromisoformat(until).replace(tzinfo=SHANGHAI).astimezone(UTC)
    assert quiet_until(now, "22:00", "08:00", SHANGHAI) == expected
    assert quiet_until(now, None, None, SHANGHAI) is None


def test_tries_become_rarer_and_end_after_a_day() -> None:
    waits = [next_try(NOW, NOW, attempts) for attempts in range(1, 8)]
    assert [each and (each - NOW) / MINUTE for each in waits] == [1, 5, 15, 60, 240, 240, 240]
    assert next_try(NOW + timedelta(hours=23), NOW, 5) is None


def test_posts_hold_what_fits_and_keep_the_order() -> None:
    made = list(posts(["长" * 100] * 20 + ["x"]))
    assert [place for together in made for place in together] == list(range(21))
    assert max(len(each) for each in made) == 6
