"""What people are told of money that customers owe and pay."""

from __future__ import annotations

from crm_common.protocol.office.message_kinds import MessageKind, MessageKinds, Words


class FinanceMessages(MessageKinds):
    """Of receivables, receipts and credit."""

    receivable_due = MessageKind(
        label=Words("Receivables that fall due", "应收款到期提醒"),
        title=Words("{title}: {amount} fall due on {day}", "应收款「{title}」：{amount}，到期日 {day}"),
    )
    receivable_overdue = MessageKind(
        label=Words("Receivables that are overdue", "应收款逾期提醒"),
        title=Words("{title}: {amount} are overdue since {day}", "应收款「{title}」：{amount} 已逾期，到期日 {day}"),
        text=Words("{days} days overdue.", "已逾期 {days} 天。"),
    )
    receipts_waiting = MessageKind(
        label=Words("Receipts that wait for confirmation", "待确认的回款单"),
        title=Words("A receipt of {amount} waits for confirmation", "有一张 {amount} 的回款单待确认"),
        several=Words(
            "{count} receipts wait for confirmation, the last of {amount}", "{count} 张回款单待确认，最近一张 {amount}"
        ),
    )
    receipt_confirmed = MessageKind(
        label=Words("Receipts of my customers that were confirmed", "我的客户回款已确认"),
        title=Words("A receipt of {amount} was confirmed", "{amount} 的回款已确认"),
        text=Words("Still open: {open}.", "未收金额：{open}。"),
    )
    receipt_rejected = MessageKind(
        label=Words("My receipts that were rejected", "我的回款单被驳回"),
        title=Words("Your receipt of {amount} was rejected", "您登记的 {amount} 回款单被驳回"),
        text=Words("Reason: {reason}", "原因：{reason}"),
    )
    receipt_reversed = MessageKind(
        label=Words("My receipts that were reversed", "我的回款单被冲销"),
        title=Words("Your receipt of {amount} was reversed", "您登记的 {amount} 回款单已被冲销"),
        text=Words("Reason: {reason}", "原因：{reason}"),
    )
    credit_exceeded = MessageKind(
        label=Words("Customers beyond their credit limit", "客户超出授信额度"),
        title=Words("A customer owes {amount}, its limit is {limit}", "客户欠款 {amount}，超出授信额度 {limit}"),
    )
