"""The roles every new company begins with (features §2), all editable."""

from __future__ import annotations

from dataclasses import dataclass

from crm_common.protocol.identity.permissions import expand
from crm_common.protocol.identity.roles import CreateRole, Scope, ScopeGrant

# Staff finds its way: departments, positions and colleagues of the whole company.
_STAFF = ("org.view",)
_EVERYBODY = (ScopeGrant(module="org", scope=Scope.ALL),)

_SALES = (
    "customer.{view,create,edit,import,transfer,release,follow}",
    "pool.{view,claim}",
    "lead.*own",
    "opp.*own",
    "quote.*own",
    "contract.{view,create,register_signed}",
    "order.{view,create,submit}",
    "product.view",
    "performance.own",
    "receipt.create",
    "doc.{view,upload}",
)
_AGENT = (
    "ticket.*",
    "-ticket.assign_any",
    "kb.*",
    "-kb.publish",
    "call.*",
    "survey.*",
    "visit.*",
    "customer.view_card",
    "training.view",
)


@dataclass(frozen=True, slots=True)
class Preset:
    """A preset role. ``patterns`` are read by `expand`."""

    code: str
    name: str
    description: str
    scope: Scope
    patterns: tuple[str, ...]
    scopes: tuple[ScopeGrant, ...] = ()

    def command(self) -> CreateRole:
        """The command that makes it."""
        return CreateRole(
            name=self.name,
            description=self.description,
            permissions=expand(self.patterns),
            scope=self.scope,
            scopes=self.scopes,
        )


PRESETS = (
    Preset("ADMIN", "管理员", "管理组织、角色、参数和全部业务", Scope.ALL, ("*", "-customer.phone.view_all")),
    Preset("SALES", "销售", "开发和跟进自己的客户", Scope.SELF, _STAFF + _SALES, _EVERYBODY),
    Preset(
        "SALES_MANAGER",
        "销售主管",
        "带领销售团队",
        Scope.TEAM,
        (
            *_STAFF,
            *_SALES,
            "customer.{view_team,transfer_team,export}",
            "lead.{view_team,assign}",
            "opp.{view_team,reopen}",
            "forecast.view",
            "target.{view,set}",
            "performance.{view_team,delete_team}",
            "schedule.view_team",
            "pool.assign",
            "org.handover",
        ),
        _EVERYBODY,
    ),
    Preset(
        "POOL_ADMIN",
        "公海管理员",
        "管理公海和垃圾箱",
        Scope.ALL,
        (*_STAFF, "pool.{view,create,import,assign,discard,restore,rule,export}"),
    ),
    Preset(
        "OPERATIONS",
        "运营",
        "审核订单",
        Scope.ALL,
        (*_STAFF, "order.{view,review}", "contract.view", "customer.view", "doc.view"),
    ),
    Preset(
        "FINANCE",
        "财务",
        "管理应收、应付、预算和资金",
        Scope.ALL,
        (
            *_STAFF,
            "order.{view,review}",
            "receivable.*",
            "receipt.{view,confirm,reverse}",
            "payable.*",
            "invoice.*",
            "contract.{view,audit}",
            "performance.audit",
            "budget.*",
            "expense.{view,review}",
            "fund.*",
            "payroll.{view,run}",
            "finance.{report,close}",
            "credit.{view,approve}",
            "doc.view",
        ),
    ),
    Preset(
        "CASHIER",
        "出纳",
        "登记和支付款项",
        Scope.ALL,
        (*_STAFF, "payment.register", "payable.view", "expense.{view,pay}", "fund.{view,pay}"),
    ),
    Preset(
        "CONTRACT_ADMIN",
        "合同管理员",
        "审批和归档合同",
        Scope.ALL,
        (*_STAFF, "contract.{view,approve,archive,change,terminate}", "doc.{view,upload}"),
    ),
    Preset("AGENT", "客服", "处理工单和来电", Scope.SELF, (*_STAFF, *_AGENT), _EVERYBODY),
    Preset(
        "SERVICE_MANAGER",
        "客服主管",
        "带领客服团队",
        Scope.DEPT_TREE,
        # taking away comes last, so what agents lack is given here by its own patterns
        (
            *_STAFF,
            *(each for each in _AGENT if not each.startswith("-")),
            "sla.edit",
            "training.*",
            "schedule.view_team",
        ),
        _EVERYBODY,
    ),
    Preset(
        "MARKETER",
        "市场",
        "策划和执行市场活动",
        Scope.ALL,
        (
            *_STAFF,
            "campaign.*",
            "segment.*",
            "message.bulk",
            "points.{view,rule}",
            "lead.{view,create,import,assign}",
            "marketinfo.*",
            "research.*",
        ),
    ),
    Preset(
        "OFFICE_ADMIN",
        "行政",
        "管理公告、考勤、表单和流程",
        Scope.ALL,
        (*_STAFF, "announcement.*", "attendance.*", "form.*", "flow.*", "task.template", "article.*"),
    ),
    Preset("ANALYST", "分析", "设计报表", Scope.ALL, (*_STAFF, "report.*", "rfm.*")),
    Preset("AUDITOR", "审计", "查看系统日志和权限，只读", Scope.ALL, (*_STAFF, "audit.view")),
    Preset("PARTNER", "合作伙伴", "仅限为该账号开放的模块", Scope.SELF, ()),
    Preset(
        "PORTAL",
        "客户自助",
        "自己的请求、订单、调查、积分和课程",
        Scope.SELF,
        ("ticket.{view,create}", "order.view", "survey.view", "points.view", "training.view"),
    ),
)
