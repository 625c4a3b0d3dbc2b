"""Calendars that programs subscribe to: what the address answers, and what it gives away (nothing)."""

from __future__ import annotations

from typing import Any

import pytest

from gateway.settings import Rates

pytestmark = pytest.mark.anyio

SECRET = "a" * 43
PATH = f"/calendar/{SECRET}.ics"
TEXT = "BEGIN:VCALENDAR\r\nX-WR-CALNAME:日程\r\nEND:VCALENDAR\r\n"


@pytest.fixture
async def front(gateway: Any) -> Any:
    """A gateway whose office knows one address."""
    caller = await gateway()
    caller.desk.answers["calendar_text"] = lambda asked, _context: TEXT if asked["secret"] == SECRET else None
    return caller


async def test_an_address_answers_its_calendar_and_only_when_it_has_changed(front: Any) -> None:
    found = await front.http.get(PATH)
    assert (found.status_code, found.text) == (200, TEXT)
    assert found.headers["content-type"] == "text/calendar; charset=utf-8"
    assert found.headers["cache-control"] == "private, no-cache"

    for known in (found.headers["etag"], f'"x", W/{found.headers["etag"]}', "*"):
        again = await front.http.get(PATH, headers={"if-none-match": known})
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", found.headers["etag"])
    assert (await front.http.get(PATH, headers={"if-none-match": '"old"'})).status_code == 200
    head = await front.http.head(PATH)
    assert (head.status_code, head.content, head.headers["content-length"]) == (200, b"", str(len(TEXT.encode())))


async def test_the_office_is_asked_as_the_gateway_itself_and_only_for_what_may_be_an_address(front: Any) -> None:
    for path in ("/calendar/", "/calendar/x.ics", f"/calendar/{SECRET}", f"/calendar/{SECRET}/../x.ics"):
        assert (await front.http.get(path)).status_code == 404
    assert front.desk.called("calendar_text") == 0
    assert (await front.http.get(f"/calendar/{'b' * 43}.ics")).status_code == 404
    [(_, _, context)] = [each for each in front.desk.calls if each[0] == "calendar_text"]
    assert context.actor.name == "system:gateway"
    assert (await front.http.post(PATH)).status_code == 405


async def test_without_the_office_there_is_no_calendar_for_a_while(front: Any) -> None:
    front.desk.away = True

    found = await front.http.get(PATH)
    assert (found.status_code, found.headers["retry-after"]) == (503, "60")


async def test_addresses_are_counted_like_every_request(gateway: Any) -> None:
    caller = await gateway(rates=Rates(address=0.01, address_burst=2))

    assert [(await caller.http.get("/calendar/x.ics")).status_code for _ in range(3)] == [404, 404, 429]
