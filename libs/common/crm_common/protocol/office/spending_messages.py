"""What people are told of money that is spent: claims decided and paid, what is to be paid or returned."""

from __future__ import annotations

from crm_common.protocol.office.message_kinds import MessageKind, MessageKinds, Words


class SpendingMessages(MessageKinds):
    """Of claims, payables and funds."""

    expense_approved = MessageKind(
        label=Words("My expense claims that were approved", "我的报销已通过"),
        title=Words("Your claim {title} ({amount}) was approved", "您的报销「{title}」（{amount}）已通过审核"),
    )
    expense_rejected = MessageKind(
        label=Words("My expense claims that were refused", "我的报销被驳回"),
        title=Words("Your claim {title} ({amount}) was refused", "您的报销「{title}」（{amount}）被驳回"),
        text=Words("Reason: {reason}", "原因：{reason}"),
    )
    expense_paid = MessageKind(
        label=Words("My expense claims that were paid", "我的报销已支付"),
        title=Words(
            "Your claim {title} ({amount}) was paid on {day}", "您的报销「{title}」（{amount}）已于 {day} 支付"
        ),
    )
    payable_due = MessageKind(
        label=Words("Payments that are due", "应付款到期提醒"),
        title=Words("{title}: {amount} are due on {day}", "应付款「{title}」：{amount}，到期日 {day}"),
    )
    fund_overdue = MessageKind(
        label=Words("Money that is to be returned", "用款未归还提醒"),
        title=Words("{title}: {amount} were to be returned by {day}", "用款「{title}」：{amount} 应于 {day} 前归还"),
    )
