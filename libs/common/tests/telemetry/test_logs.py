"""Log lines: JSON, one a line, with who and what, and with nothing personal in them."""

from __future__ import annotations

import io
import json
import logging
import time
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest
import structlog

from crm_common import telemetry
from crm_common.context import Actor, ActorKind, Context, system_context

ANNA = Actor(kind=ActorKind.EMPLOYEE, id=UUID(int=7), name="王小明")


class Lines(io.StringIO):
    """What was logged."""

    def all(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.getvalue().splitlines()]

    def only(self) -> dict[str, Any]:
        (line,) = self.all()
        return line


@pytest.fixture
def lines() -> Iterator[Lines]:
    """Logging of the service ``customer``, as a process configures it; everything is as before afterwards."""
    root, stream = logging.getLogger(), Lines()
    handlers, level = root.handlers[:], root.level
    telemetry.configure_logging("customer", stream=stream)
    yield stream
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


def test_a_line_begins_with_when_how_who_and_what(lines: Lines) -> None:
    context = Context(actor=ANNA, correlation_id="c-1", deadline=time.time() + 5)
    with telemetry.bind(context, method="claim"):
        telemetry.logger().info("customer.claimed", count=3)
    line = lines.only()
    assert line.pop("time").endswith("Z")
    assert list(line.items()) == [
        ("level", "info"),
        ("service", "customer"),
        ("event", "customer.claimed"),
        ("correlation_id", "c-1"),
        ("actor", str(UUID(int=7))),
        ("count", 3),
        ("method", "claim"),
    ]
    assert "王小明" not in lines.getvalue()


def test_outside_of_the_call_nothing_of_it_remains(lines: Lines) -> None:
    with telemetry.bind(system_context("office", correlation_id="c-1"), service="office"):
        telemetry.logger().info("inside")
    telemetry.logger().info("outside")
    inside, outside = lines.all()
    assert (inside["service"], inside["correlation_id"]) == ("office", "c-1")
    assert outside["service"] == "customer"
    assert {"correlation_id", "actor"}.isdisjoint(outside)


def test_one_process_speaks_for_several_services(lines: Lines) -> None:
    telemetry.logger("identity").warning("relay.waits")
    assert (lines.only()["service"], lines.only()["level"]) == ("identity", "warning")


def test_lines_of_libraries_are_of_the_same_form_and_masked(lines: Lines) -> None:
    logging.getLogger("kombu").warning("lost %s of %s", "amqp://guest:guest@mq//", "13812345678", extra={"phone": "x"})
    line = lines.only()
    assert line["event"] == "lost amqp://[token]@mq// of [phone]"
    assert (line["level"], line["service"], line["phone"]) == ("warning", "customer", "[hidden]")


def test_an_exception_is_told_without_the_persons_in_it(lines: Lines) -> None:
    def fail() -> None:
        raise ValueError("no customer with 138 1234 5678 or li@example.cn")

    try:
        fail()
    except ValueError:
        telemetry.logger().exception("rpc.failed")
    line = lines.only()
    assert line["exception"].endswith("ValueError: no customer with [phone] or [email]")
    assert "in fail" in line["exception"]
    assert line["level"] == "error"


def test_what_is_below_the_level_is_not_written(lines: Lines) -> None:
    telemetry.logger().debug("detail")
    logging.getLogger("kombu").debug("detail")
    assert lines.getvalue() == ""


def test_a_line_is_one_line_whatever_is_in_it(lines: Lines) -> None:
    telemetry.logger().info("a\nb", text='quote " and \u2028 and \x00', value=object, chinese="电话")
    assert len(lines.getvalue().splitlines()) >= 1
    assert lines.getvalue().count("\n") == 1
    assert json.loads(lines.getvalue())["chinese"] == "电话"


def test_no_field_of_the_line_can_be_forged_by_the_call(lines: Lines) -> None:
    telemetry.logger().info("x", level="spoofed", time="spoofed")
    line = lines.only()
    assert line["level"] == "info"
    assert line["time"] != "spoofed"


def test_an_ordinary_line_costs_less_than_a_millisecond(lines: Lines) -> None:
    context = Context(actor=ANNA, correlation_id="c-1", deadline=time.time() + 5)
    log = telemetry.logger()
    with telemetry.bind(context, method="claim"):
        began = time.process_time()
        for _ in range(500):
            log.info("rpc.answered", seconds=0.0123, rows=20)
    assert (time.process_time() - began) / 500 < 0.001
