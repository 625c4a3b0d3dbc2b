"""The service classes for a process of their own, in which the shop's protocol stays known."""

from __future__ import annotations

from crm_common.settings import ServiceSettings
from customer.service import CustomerService
from customer.settings import CustomerSettings
from shop import protocol
from shop.service import ShopService

__all__ = ["CustomerService", "CustomerSettings", "ServiceSettings", "ShopService"]

_known = protocol.known()
_known.__enter__()
