"""What people are told of contracts (CON-07, 09; FIN-12). Of approvals the engine tells."""

from __future__ import annotations

from crm_common.protocol.office.message_kinds import MessageKind, MessageKinds, Words


class ContractMessages(MessageKinds):
    """Of contracts."""

    contract_expiring = MessageKind(
        label=Words("Contracts that end soon", "即将到期的合同"),
        title=Words("Contract {number} {name} ends on {day}", "合同 {number}「{name}」将于 {day} 到期"),
        text=Words("{days} days are left.", "还剩 {days} 天。"),
    )
    contract_deviating = MessageKind(
        label=Words("Contracts that are off their plans", "偏离计划的合同"),
        title=Words("Contract {number} {name} is off its plan", "合同 {number}「{name}」偏离计划"),
        text=Words(
            "Planned {planned} %, measured {measured} %, paid {paid} %.",
            "计划 {planned}%，计量 {measured}%，付款 {paid}%。",
        ),
    )
    contracts_to_audit = MessageKind(
        label=Words("Contracts that finance audits", "待财务审核的合同"),
        title=Words("Contract {number} {name} was registered", "合同 {number}「{name}」已登记，待审核"),
    )
    contract_confirmed = MessageKind(
        label=Words("My contracts that finance confirmed", "财务确认的合同"),
        title=Words("Finance confirmed contract {number} {name}", "财务已确认合同 {number}「{name}」"),
    )
    contract_returned = MessageKind(
        label=Words("My contracts that finance gave back", "财务退回的合同"),
        title=Words("Finance gave back contract {number} {name}", "财务退回合同 {number}「{name}」"),
        text=Words("Reason: {why}", "原因：{why}"),
    )
    contract_terminated = MessageKind(
        label=Words("My contracts that were terminated", "被终止的合同"),
        title=Words("Contract {number} {name} was terminated", "合同 {number}「{name}」已终止"),
        text=Words("Reason: {why}", "原因：{why}"),
    )
