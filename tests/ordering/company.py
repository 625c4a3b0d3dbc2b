"""Customer, finance, documents and sales in one process: an order meets everybody whom it needs."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from crm_common import provision
from crm_common.clock import SystemClock
from crm_common.context import Actor, Seal, system_context
from crm_common.objects import Objects, open_objects
from crm_common.runtime.local import LocalRuntime
from crm_common.settings_data import GivenSettings
from customer.service import CustomerService
from documents.domain.file_name import type_of
from documents.service import DocumentsService
from earning import ENVIRONMENT as SALES_ENVIRONMENT
from earning.approved import known
from filing.cabinet import settings_of
from filing.samples import png
from finance.service import FinanceService
from infra.postgres import SharedPostgres
from sales.service import SalesService
from selling import ENVIRONMENT as CUSTOMER_ENVIRONMENT
from selling import number
from serving.alone import Alone
from serving.both_modes import databases, stores_of

SELLER = ("customer.view", "customer.create", "customer.release", "doc.view", "doc.upload", "product.view",
          "contract.view", "contract.register_signed", "order.view", "order.create", "order.submit",
          "opp.view", "opp.create", "opp.edit", "opp.follow", "performance.own")  # fmt: skip
SIGNED_ON = "2026-11-20"


@dataclass(frozen=True, slots=True)
class Company:
    """The four services, each as tests call it, and what salespeople do there."""

    customer: Alone
    finance: Alone
    documents: Alone
    sales: Alone
    objects: Objects

    @property
    def services(self) -> tuple[Alone, ...]:
        """All of them."""
        return self.customer, self.finance, self.documents, self.sales

    def person(self, name: str, *permissions: str, **scopes: str) -> Actor:
        """An employee whom every service knows."""
        who, *_ = [known(each, name, *permissions, under=None, **scopes) for each in self.services]
        return who

    def seller(self, name: str) -> Actor:
        """A salesperson."""
        sections = ("customer", "order", "contract", "opp", "performance")
        return self.person(name, *SELLER, **dict.fromkeys(sections, "SELF"))

    def customer_of(self, owner: Actor) -> str:
        """A new customer of somebody's."""
        made = self.customer.call(owner, "create_customer", name=f"客户 {number()}", phone=number())["customer"]
        return str(made["id"])

    def product(self, price: str = "120000.00", **more: Any) -> str:
        """A product on sale."""
        boss = self.person("ordering.boss", "product.edit")
        given = {"code": f"P{number()}", "name": "稳健一号", "unit": "份", "list_price": price} | more
        return str(self.sales.call(boss, "create_product", **given)["product"]["id"])

    def file(self, owner: Actor, name: str = "voucher.png", content: bytes | None = None) -> str:
        """A file that somebody uploaded."""
        whole = png(shade=int(number()) % 250) if content is None else content
        told = {"name": name, "size": len(whole), "content_type": type_of(name)}
        told["sha256"] = hashlib.sha256(whole).hexdigest()
        upload = self.documents.call(owner, "request_upload", **told)["upload_id"]
        self.objects.put(f"uploads/{upload}", io.BytesIO(whole))
        return str(self.documents.call(owner, "confirm_upload", upload_id=upload)["document"]["id"])

    def signed(self, owner: Actor, **more: Any) -> dict[str, Any]:
        """A contract that was signed offline, as it is given with an order."""
        return {"name": "认购合同", "signed_on": SIGNED_ON, "signed_files": [self.file(owner, "contract.png")]} | more

    def voucher(self, owner: Actor, amount: str = "50000.00", **more: Any) -> dict[str, Any]:
        """A payment with its picture."""
        return {"document_id": self.file(owner), "amount": amount, "paid_on": SIGNED_ON} | more

    def holds(self) -> list[str]:
        """What holds customers, by reference."""
        return [row[0] for row in self.customer.store.rows("SELECT reference FROM hold ORDER BY held_at")]

    def run(self, job: str) -> Any:
        """Run a job of sales now."""
        scheduler = self.sales.runtime.services["sales"].scheduler
        return scheduler.run_now(job, system_context("sales", correlation_id="test"))


@contextmanager
def company(server: SharedPostgres, folder: Path) -> Iterator[Company]:
    """The services on databases of their own, which are removed afterwards."""
    filed = settings_of({"CRM_OBJECTS_FOLDER": str(folder)})
    environments: Mapping[str, tuple[Any, Any]] = {
        "customer": (CustomerService, CUSTOMER_ENVIRONMENT),
        "documents": (DocumentsService, filed),
        "finance": (FinanceService, SALES_ENVIRONMENT),
        "sales": (SalesService, SALES_ENVIRONMENT),
    }
    runtime = LocalRuntime(seal=Seal(b"a secret of the tests that has 32 bytes"), clock=SystemClock())
    with ExitStack() as closing:
        made: dict[str, provision.Provisioned] = closing.enter_context(databases(server, environments))
        stores = closing.enter_context(stores_of(made))
        served = {}
        for name, (service, environment) in environments.items():
            assembly = runtime.add(service, store=stores[name], settings=GivenSettings(), environment=environment)
            assembly.container.start()
            closing.callback(assembly.container.stop)
            served[name] = Alone(name, runtime, stores[name])
        yield Company(**served, objects=open_objects(filed.process))
