"""Identity and the office in one process, with people who have addresses, and a world outside."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from uuid import uuid4

from crm_common import migrations, provision
from crm_common.changes import changing
from crm_common.context import Actor, system_context
from crm_common.protocol.office.message_kinds import MessageKind
from crm_common.protocol.platform import ALLOW_TIME_TRAVEL
from crm_common.runtime.host import ServiceHost
from crm_common.settings import load
from crm_common.store import Store
from delivering.outside import ChatGroups, MailBoxes, chat_server, mail_server
from founded.house import House
from infra.postgres import SharedPostgres
from office.service import OfficeService
from office.settings import OfficeSettings
from office.usecases.messages import tell
from serving.alone import Alone

JOB = "office.deliver"


def environment(url: str, smtp_port: int, chats: str) -> OfficeSettings:
    """What the office is told."""
    told = {
        "OFFICE_DATABASE_URL": url,
        "OFFICE_KEY_SECRET": "the key of the tests, of 32 bytes or more",
        "CRM_CLUSTER_SECRET": "a secret of the tests that has 32 bytes",
        "OFFICE_SMTP_HOST": "127.0.0.1",
        "OFFICE_SMTP_PORT": str(smtp_port),
        "OFFICE_SMTP_SECURITY": "none",
        "OFFICE_SMTP_FROM": "华信 CRM <crm@company.example>",
        "OFFICE_WECOM_URL": chats,
        "OFFICE_DINGTALK_URL": chats,
        "OFFICE_FEISHU_URL": chats,
    }
    return load(OfficeSettings, "OFFICE_", told)


class Company:
    """Calls pass through the runtime; the job of deliveries is run as of any moment."""

    def __init__(self, house: House, url: str, mail: MailBoxes, chats: ChatGroups) -> None:
        self.house = house
        self.identity_url = house.store.url
        self.url = url
        self.mail = mail
        self.chats = chats
        self.store = Store(url, service="office")
        self.settings = environment(url, mail.port, chats.url)
        self.service = house.runtime.add(
            OfficeService, store=self.store, settings=house.settings, environment=self.settings
        )
        self.service.container.start()
        house.settings.values[ALLOW_TIME_TRAVEL.key] = True

    @property
    def host(self) -> ServiceHost:
        """The office's surroundings."""
        return self.service.host

    def close(self) -> None:
        """End it."""
        self.service.container.stop()
        self.store.close()

    def person(self, email: str | None = None) -> Actor:
        """Somebody new; ``email`` absent: he has an address of his own."""
        login = f"p{uuid4().hex[:8]}"
        position = self.house.position(login, self.house.root)
        address = f"{login}@company.example" if email is None else email
        made = self.house.employee(login, position, **({"email": address} if address else {}))
        return self.house.actor(made["id"])

    def call(self, actor: Actor, method: str, **payload: Any) -> Any:
        """The decoded answer."""
        return Alone("office", self.house.runtime, self.store).call(actor, method, **payload)

    def tell(self, to: Actor, kind: MessageKind, **parameters: Any) -> None:
        """A message in a transaction of its own."""
        with changing(self.host, system_context("office", correlation_id="test")) as change:
            tell(change, to=[to.id], kind=kind, about=None, key=uuid4().hex, **parameters)

    def deliver(self, as_of: datetime) -> dict[str, Any]:
        """Run the job as of a moment; its report."""
        context = system_context("office", correlation_id="test")
        run = self.service.scheduler.run_now(JOB, context, as_of=as_of)
        assert run["outcome"] == "DONE", run
        report: dict[str, Any] = run["report"]
        return report

    def states(self, who: Actor) -> list[tuple[str, str | None]]:
        """State and problem of his deliveries, oldest first."""
        found = self.call(who, "deliveries", first=100)["nodes"]
        return [(each["state"], each["problem"]) for each in reversed(found)]


@contextmanager
def company(server: SharedPostgres) -> Iterator[Company]:
    """A company whose databases are removed afterwards."""
    urls = {service: database(server, service) for service in ("identity", "office")}
    with mail_server() as mail, chat_server() as chats:
        house = House(urls["identity"])
        house.as_system("found_company", name="华信科技有限公司")
        made = Company(house, urls["office"], mail, chats)
        try:
            yield made
        finally:
            made.close()
            house.close()
            for url in urls.values():
                server.drop_database(url)


def database(server: SharedPostgres, service: str) -> str:
    """A migrated, empty one."""
    url = server.create_database(service)
    name = url.partition("?")[0].rpartition("/")[2]
    server.drop_database(url)
    made = provision.database(server.url, service, name=name)
    migrations.run(made.owner_url, service)
    return made.url
