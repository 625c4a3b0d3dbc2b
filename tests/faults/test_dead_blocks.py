"""A customer's page with a dead neighbour (CUS-11): what it would answer is blank and says why, the rest stands."""

from __future__ import annotations

from pathlib import Path

import pytest

from infra.postgres import SharedPostgres
from infra.rabbitmq import SharedRabbit
from standing.systems import on_broker
from walking.company import do, until

pytestmark = [pytest.mark.infra, pytest.mark.timeout(480)]

PAGE = """query($id: ID!, $subject: String!) {
    customer(id: $id) {
        name phone stage ownerName
        contacts { name phones { number } } followUps { content authorName } timeline { kind } ownershipHistory { type }
    }
    comments(subject: $subject) { nodes { body } }
}"""


def test_cus_11_a_dead_service_blanks_only_its_block(
    postgres_server: SharedPostgres, rabbitmq: SharedRabbit, tmp_path: Path
) -> None:
    with rabbitmq.vhost("blocks") as vhost, on_broker(postgres_server, vhost, tmp_path, cold=True) as system:
        admin = system.admin()
        made = do(admin, "createCustomer", "customer { id }", name="全景公司", phone="13800138999")["customer"]["id"]
        numbers = [{"number": "13900139000"}]
        do(admin, "createContact", "contact { id }", customerId=made, name="王经理", phones=numbers)
        do(admin, "createFollowUp", "followUp { id }", customerId=made, type="PHONE", content="谈了")
        do(admin, "addComment", "comment { id }", subject=made, body="记得回电")
        page = {"id": made, "subject": made}
        until(lambda: admin.ask(PAGE, **page)["customer"]["ownerName"], "the owner's name")
        whole = admin.ask(PAGE, **page)
        assert whole["comments"] == {"nodes": [{"body": "记得回电"}]}
        assert whole["customer"]["contacts"] == [{"name": "王经理", "phones": [{"number": "13900139000"}]}]

        system.processes["office"].kill()
        answer = admin.send(PAGE, **page)

        assert answer["data"] == whole | {"comments": None}
        assert [(each["path"], each["extensions"]["code"]) for each in answer["errors"]] == [
            (["comments"], "UNAVAILABLE")
        ]

        system.processes["office"].start()
        until(lambda: "errors" not in admin.send(PAGE, **page), "office answers again")
        assert admin.ask(PAGE, **page) == whole
