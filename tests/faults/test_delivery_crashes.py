"""A process that delivers is killed: what it may have handed over is not handed over again (ADR 0132)."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from crm_common.protocol.office.customer_messages import CustomerMessages
from delivering.company import Company, company
from delivering.sender import deliver, taken_up
from founded.house import NOW
from infra.postgres import SharedPostgres
from ledger.waiting import until
from office.usecases.delivery import DELIVERY_CLAIMED, DELIVERY_HANDED_OVER

pytestmark = [pytest.mark.infra, pytest.mark.timeout(480)]


@pytest.fixture
def firm(postgres_server: SharedPostgres) -> Iterator[Company]:
    with company(postgres_server) as made:
        yield made


def sender(firm: Company, point: str, trigger: Path) -> subprocess.Popen[bytes]:
    """Another process that delivers, and dies at the point."""
    trigger.touch()
    told = {
        "identity": firm.identity_url,
        "office": firm.url,
        "smtp_port": firm.mail.port,
        "chats": firm.chats.url,
        "as_of": NOW.isoformat(),
    }
    inherited = [os.environ["PYTHONPATH"]] if "PYTHONPATH" in os.environ else []
    paths = {"PYTHONPATH": os.pathsep.join((str(Path(__file__).parents[1]), *inherited))}
    dying = {"CRM_CRASH_AT": point, "CRM_CRASH_WHEN": str(trigger)}
    return subprocess.Popen(
        [sys.executable, "-m", "delivering.sender", json.dumps(told)], env=os.environ | paths | dying
    )


@pytest.mark.parametrize(("point", "arrived"), [(DELIVERY_CLAIMED, 2), (DELIVERY_HANDED_OVER, 3)])
def test_no_letter_comes_twice_and_none_is_forgotten_in_silence(
    firm: Company, tmp_path: Path, point: str, arrived: int
) -> None:
    li = firm.person()
    firm.call(li, "choose_delivery", email_kinds=[CustomerMessages.customers_claimed.name])
    for name in "abc":
        firm.tell(li, CustomerMessages.customers_claimed, name=name)
    assert sender(firm, point, tmp_path / "now").wait(60) == -9
    assert firm.states(li).count(("SENDING", None)) == 1

    run = until(lambda: taken_up(firm), "the lease of the dead to end")
    assert run is not None
    deliver(firm, run)
    assert Counter(state for state, _ in firm.states(li)) == {"UNCERTAIN": 1, "SENT": 2}
    assert len(firm.mail.subjects()) == arrived
    assert len(set(firm.mail.subjects())) == arrived
