"""What people are told of orders and opportunities."""

from __future__ import annotations

from crm_common.protocol.office.message_kinds import MessageKind, MessageKinds, Words


class SalesMessages(MessageKinds):
    """Of orders that wait and are decided, of big deals and of what stands still."""

    order_waiting = MessageKind(
        label=Words("Orders that wait for review", "待审核的订单"),
        title=Words("Order {number} of {amount} waits for review", "订单 {number}（{amount}）待审核"),
    )
    order_approved = MessageKind(
        label=Words("My orders that were approved", "我的订单已通过"),
        title=Words("Your order {number} was approved", "您的订单 {number} 已通过审核"),
    )
    order_rejected = MessageKind(
        label=Words("My orders that were rejected", "我的订单被驳回"),
        title=Words("Your order {number} was rejected", "您的订单 {number} 被驳回"),
        text=Words("Reason: {reason}", "原因：{reason}"),
    )
    order_undone = MessageKind(
        label=Words("My orders whose approval was taken back", "我的订单审核被撤销"),
        title=Words("The approval of your order {number} was taken back", "您的订单 {number} 的审核已被撤销，重新待审"),
    )
    big_deal = MessageKind(
        label=Words("Big deals of my people", "下属的大额业务"),
        title=Words("{name} has a deal of {amount}", "{name} 有一笔 {amount} 的大额业务"),
    )
    opportunity_stalled = MessageKind(
        label=Words("Opportunities that stand still", "停滞的商机"),
        title=Words("Opportunity {name} stands still since {since}", "商机「{name}」自 {since} 起没有进展"),
    )
