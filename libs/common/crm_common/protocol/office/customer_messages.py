"""What people are told of customers: given to them, taken from them, due (features §14.1)."""

from __future__ import annotations

from crm_common.protocol.customer.service import PoolReason
from crm_common.protocol.office.message_kinds import MessageKind, MessageKinds, Words

WHY_IN_POOL = {
    PoolReason.CREATED: Words("entered into the pool", "录入公海"),
    PoolReason.RELEASED: Words("released", "主动释放"),
    PoolReason.NO_FOLLOWUP: Words("not followed up for too long", "超期未跟进"),
    PoolReason.NO_CONTRACT: Words("no contract for too long", "超期未签约"),
    PoolReason.HELD_TOO_LONG: Words("held for too long", "超过最长保留期"),
    PoolReason.RESTORED: Words("taken back from the trash", "从垃圾箱恢复"),
}


class CustomerMessages(MessageKinds):
    """Of customers; what one call or run does to many of them gathers in one message for each receiver."""

    customers_assigned = MessageKind(
        label=Words("Customers assigned to me", "客户分配给我"),
        title=Words("Customer {name} was assigned to you", "客户「{name}」已分配给您"),
        several=Words(
            "{count} customers were assigned to you, {name} among them", "{count} 位客户已分配给您，包括「{name}」"
        ),
    )
    customers_claimed = MessageKind(
        label=Words("Customers I claimed", "我领取的客户"),
        title=Words("You claimed customer {name}", "您已领取客户「{name}」"),
        several=Words("You claimed {count} customers, {name} among them", "您已领取 {count} 位客户，包括「{name}」"),
    )
    customers_transferred = MessageKind(
        label=Words("Customers transferred to me", "客户转移给我"),
        title=Words("Customer {name} was transferred to you", "客户「{name}」已转移给您"),
        several=Words(
            "{count} customers were transferred to you, {name} among them", "{count} 位客户已转移给您，包括「{name}」"
        ),
    )
    customers_given_away = MessageKind(
        label=Words("My customers transferred to others", "我的客户转移给他人"),
        title=Words("Your customer {name} was transferred to a colleague", "您的客户「{name}」已转移给同事"),
        several=Words(
            "{count} of your customers were transferred to a colleague, {name} among them",
            "您的 {count} 位客户已转移给同事，包括「{name}」",
        ),
    )
    customers_queued = MessageKind(
        label=Words("Customers that wait for me to pass them on", "待我分派的部门客户"),
        title=Words("Customer {name} waits in your department's queue", "客户「{name}」在部门队列中等待您分派"),
        several=Words(
            "{count} customers wait in your department's queue, {name} among them",
            "{count} 位客户在部门队列中等待您分派，包括「{name}」",
        ),
    )
    customers_released = MessageKind(
        label=Words("My customers released to the pool", "我的客户释放到公海"),
        title=Words("Customer {name} was released from your name to the pool", "客户「{name}」已从您名下释放到公海"),
        several=Words(
            "{count} customers were released from your name to the pool, {name} among them",
            "{count} 位客户已从您名下释放到公海，包括「{name}」",
        ),
    )
    customers_reclaimed = MessageKind(
        label=Words("My customers taken back by the pool", "我的客户被公海回收"),
        title=Words("Customer {name} went back to the pool: {why}", "客户「{name}」已被公海回收：{why}"),
        several=Words(
            "{count} of your customers went back to the pool, {name} among them",
            "您的 {count} 位客户已被公海回收，包括「{name}」",
        ),
    )
    customers_pooled = MessageKind(
        label=Words("Customers that came into my pool", "进入我管理的公海的客户"),
        title=Words("Customer {name} came into your pool: {why}", "客户「{name}」进入您管理的公海：{why}"),
        several=Words(
            "{count} customers came into your pool, {name} among them", "{count} 位客户进入您管理的公海，包括「{name}」"
        ),
    )
    reclaim_warned = MessageKind(
        label=Words("Customers I am about to lose", "即将被回收的客户"),
        title=Words("Customer {name} goes back to the pool at {due}", "客户「{name}」将于 {due} 回收到公海"),
        text=Words("Reason: {why}. A follow-up keeps it in your name.", "原因：{why}。及时跟进可继续保留。"),
    )
    follow_up_due = MessageKind(
        label=Words("Next contacts", "下次联系提醒"),
        title=Words("Contact {name} at {due}", "请于 {due} 联系客户「{name}」"),
        urgent=True,
    )
    important_date_due = MessageKind(
        label=Words("Important dates of customers", "客户重要日期"),
        title=Words("{title} of customer {name} is on {day}", "客户「{name}」的{title}：{day}"),
    )
    import_finished = MessageKind(
        label=Words("Imports that ended", "导入完成"),
        title=Words("Your import has ended", "您的导入已结束"),
        text=Words(
            "{created} created, {updated} updated, {skipped} skipped, {failed} failed.",
            "新建 {created}，更新 {updated}，跳过 {skipped}，失败 {failed}。",
        ),
    )
    export_done = MessageKind(
        label=Words("Exports that are ready", "导出完成"),
        title=Words("Your export of {rows} rows is ready", "您的导出已完成，共 {rows} 行"),
    )
