"""The company, its parameters, and the audit log (IDN-24, SYS-01, AUD-01)."""

from __future__ import annotations

from functools import partial

from crm_common import codec
from crm_common.journal.told import history_page
from crm_common.protocol.identity.audit import AuditLog, RecordHistory
from crm_common.protocol.identity.company import Company, FoundCompany, LoadDemoCompany, UpdateCompany
from crm_common.protocol.identity.settings import (
    ChangeSetting,
    SettingChange,
    SettingHistory,
    Settings,
    SettingValue,
)
from crm_common.runtime.entrypoints import rpc
from crm_common.runtime.raw import Raw
from identity import demo
from identity.operations.offering import Offering
from identity.usecases import company, settings
from identity.usecases.credentials import first_password
from identity.views import settings as settings_view
from identity.views.audit import changes_of, entries_of
from identity.views.company import company_id


class CompanyOperations(Offering):
    """What the service answers about the company as a whole."""

    @rpc
    def company(self, query: Company) -> Raw:
        return self.views.one(query, company_id(self.host.store))

    @rpc
    def found_company(self, command: FoundCompany) -> Raw:
        return self.commands.run(partial(company.found_company, first=first_password(None)), command)

    @rpc
    def load_demo_company(self, command: LoadDemoCompany) -> Raw:
        return self.commands.run(partial(demo.load, first=first_password(None)), command)

    @rpc
    def update_company(self, command: UpdateCompany) -> Raw:
        return self.commands.run(company.update_company, command)

    @rpc
    def settings(self, query: Settings) -> tuple[SettingValue, ...]:
        return settings_view.settings(self.host.store, query.keys)

    @rpc
    def setting_history(self, query: SettingHistory) -> tuple[SettingChange, ...]:
        return settings_view.history(self.host.store, query.key)

    @rpc
    def change_setting(self, command: ChangeSetting) -> Raw:
        payload = codec.decode_json(self.commands.run(settings.change_setting, command))
        (value,) = settings_view.settings(self.host.store, [command.key])
        return Raw(codec.encode(payload | {"setting": value}))

    @rpc
    def audit_log(self, query: AuditLog) -> Raw:
        return self.views.page(query, where=entries_of(query))

    @rpc
    def record_history(self, query: RecordHistory) -> Raw:
        told, record = changes_of(query)
        return Raw(history_page(told, record, query, self.views.reader, self.context, at="record_id"))
