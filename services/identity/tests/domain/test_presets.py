"""The preset roles of features §2, key by key where the table names them."""

from __future__ import annotations

import pytest

from crm_common.protocol.identity.permissions import DECLARED, expand, modules, permissions, sections, sections_named
from identity.domain.presets import PRESETS

KEYS = {preset.code: set(preset.command().permissions) for preset in PRESETS}

# Quoted from the table "Main keys", in its own notation.
MAIN_KEYS = {
    "SALES": "customer.{view,create,edit,import,transfer,release,follow} pool.{view,claim} lead.*own opp.*own"
    " quote.*own contract.{create,register_signed} order.{create,submit} product.view",
    "POOL_ADMIN": "pool.{view,create,import,assign,discard,restore,rule,export}",
    "OPERATIONS": "order.{view,review} contract.view customer.view",
    "FINANCE": "order.{view,review} receivable.* receipt.confirm payable.* contract.audit performance.audit budget.*"
    " expense.review fund.* payroll.run",
    "CASHIER": "payment.register expense.pay fund.pay",
    "CONTRACT_ADMIN": "contract.{view,approve,archive,change,terminate}",
    "AGENT": "ticket.* kb.* call.* survey.* visit.* customer.view_card -ticket.assign_any -kb.publish",
    "SERVICE_MANAGER": "ticket.* kb.* call.* survey.* visit.* customer.view_card sla.edit training.*",
    "MARKETER": "campaign.* segment.* message.bulk points.rule lead.{create,import,assign} marketinfo.*",
    "OFFICE_ADMIN": "announcement.* attendance.* form.* flow.* article.*",
    "ANALYST": "report.* rfm.*",
    "AUDITOR": "audit.view",
}


@pytest.mark.parametrize("code", MAIN_KEYS)
def test_a_preset_role_has_its_main_keys(code: str) -> None:
    assert set(expand(MAIN_KEYS[code].split())) <= KEYS[code]


def test_a_sales_manager_is_a_seller_with_a_team() -> None:
    more = "customer.{view_team,transfer_team,export} opp.view_team target.set performance.view_team pool.assign"

    assert KEYS["SALES"] | set(expand(more.split())) <= KEYS["SALES_MANAGER"]


def test_an_administrator_has_everything_but_every_phone_number() -> None:
    assert permissions().keys() - KEYS["ADMIN"] == {"customer.phone.view_all"}


def test_the_key_to_every_phone_number_is_in_no_preset() -> None:
    assert [code for code, keys in KEYS.items() if "customer.phone.view_all" in keys] == []


def test_agents_assign_no_foreign_tickets_and_publish_nothing() -> None:
    assert KEYS["AGENT"] & {"ticket.assign_any", "kb.publish"} == set()
    assert KEYS["SERVICE_MANAGER"] >= {"ticket.assign_any", "kb.publish"}


def test_sellers_review_nothing_and_auditors_only_look() -> None:
    assert KEYS["SALES"] & {"order.review", "receipt.confirm", "receivable.view"} == set()
    assert KEYS["AUDITOR"] == {"audit.view", "org.view"}


def test_partners_begin_with_nothing_and_customers_see_no_colleagues() -> None:
    assert KEYS["PARTNER"] == set()
    assert "org.view" not in KEYS["PORTAL"]


# Every key that features §4 to §14 name in the column Who, so that no service finds its key missing.
NAMED = """
org.edit org.employee.edit org.employee.disable org.employee.reset_password role.edit role.assign partner_account.edit
portal_account.edit sys.edit customer.create customer.view customer.view_team customer.transfer_team customer.purge
customer.erase customer.class_rule customer.merge customer.import customer.import_bulk customer.export
customer.phone.view_all pool.view pool.create pool.import pool.assign pool.claim pool.rule pool.discard pool.restore
pool.export assign_rule.edit lead.screen lead.assign lead.create lead.import credit.edit partner.view product.edit
price.edit opp.create opp.view forecast.view competitor.edit product.view target.set performance.own
performance.view_team performance.month_view performance.audit kpi.edit rule.edit channel.edit pipeline.edit
order.review receipt.confirm budget.edit expense.review expense.pay contract.audit contract.create contract.archive
contract.change contract.view contract.terminate contract.register_signed contract.approve finance.report payroll.run
payment.register fund.pay field.edit doc.upload doc.publish doc.view doc.category call.record_listen ticket.create
ticket.assign_any sla.edit kb.edit kb.publish flow.edit tel.device call.receive call.dial sms.send message.bulk
points.rule points.grant attendance.edit attendance.view_all report.design report.view report.export rfm.edit form.edit
audit.view backup.run backup.restore system.job.run
"""


def test_every_key_that_the_features_name_is_in_the_catalogue() -> None:
    assert set(NAMED.split()) - permissions().keys() == set()


def test_every_key_has_words_in_both_languages_and_one_place() -> None:
    keys = [key for module in modules() for key in module.keys]

    assert sorted(keys) == sorted(permissions())
    for permission in permissions().values():
        assert permission.en
        assert permission.zh
        assert permission.en != permission.zh
    for module in DECLARED:
        assert any("\u4e00" <= sign <= "\u9fff" for sign in module.zh)


def test_a_name_means_a_module_s_sections_or_one_section() -> None:
    assert sections_named("finance")[:3] == ("receivable", "receipt", "payable")
    assert sections_named("opp") == sections_named("opp.*") == ("opp",)
    assert sections_named("customer.*") == ("customer",)
    assert "pool" in sections_named("customer")
    assert sections_named("nonsense") == ()
    assert set(sections()) == {section for module in modules() for section in sections_named(module.name)}


@pytest.mark.parametrize("pattern", ["customer.fly", "nonsense.*", "customer.{view,fly}", "-nonsense", "payment.*own"])
def test_a_pattern_that_means_nothing_is_a_fault(pattern: str) -> None:
    with pytest.raises(ValueError, match="no permission key is meant by"):
        expand([pattern])
