"""Every service of the product, by name: the one visible list of what runs in the process."""

from __future__ import annotations

from dataclasses import dataclass

from crm_common.settings import ServiceSettings
from customer.service import CustomerService
from customer.settings import CustomerSettings
from documents.service import DocumentsService
from documents.settings import DocumentsSettings
from finance.service import FinanceService
from finance.settings import FinanceSettings
from identity.service import IdentityService
from identity.settings import IdentitySettings
from office.service import OfficeService
from office.settings import OfficeSettings
from sales.service import SalesService
from sales.settings import SalesSettings


@dataclass(frozen=True, slots=True)
class Room:
    """One service: the package that ships its migrations, its class, and what it wants to know of its environment."""

    package: str
    service: type
    settings: type[ServiceSettings]

    @property
    def prefix(self) -> str:
        """What its environment variables begin with."""
        return f"{self.package.upper()}_"


ROOMS = (
    Room("identity", IdentityService, IdentitySettings),
    Room("customer", CustomerService, CustomerSettings),
    Room("office", OfficeService, OfficeSettings),
    Room("sales", SalesService, SalesSettings),
    Room("finance", FinanceService, FinanceSettings),
    Room("documents", DocumentsService, DocumentsSettings),
)
