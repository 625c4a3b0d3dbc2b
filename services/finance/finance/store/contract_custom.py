"""Contracts have fields that the company defines itself (CON-02, CFD-01 … 03)."""

from __future__ import annotations

from crm_common.custom_fields.entity import Entity
from crm_common.protocol.finance.contracts import CONTRACT_FIELDS
from finance.tables.contracts import contract

CONTRACT_CUSTOM = Entity(CONTRACT_FIELDS, contract)
