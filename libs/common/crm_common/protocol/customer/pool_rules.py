"""What the customer service refuses about holdings and pools: the sentences, by name (features §3.1)."""

from __future__ import annotations

from crm_common.errors import Code, Rule, Rules


class PoolRules(Rules):
    """Refusals about claims and the pool."""

    a_claim_names_at_most_so_many_customers = Rule(
        Code.LIMIT_EXCEEDED,
        en="At most {limit} customers can be claimed at once; {given} were given.",
        zh="一次最多领取 {limit} 个客户，本次选择了 {given} 个。",
    )
    the_claims_of_the_day_are_used_up = Rule(
        Code.LIMIT_EXCEEDED,
        en="You have used the {limit} claims of today. Giving customers back does not refund them.",
        zh="您今天的 {limit} 次领取次数已用完，退回客户不会恢复次数。",
    )
    the_next_claim_is_not_due_yet = Rule(
        Code.LIMIT_EXCEEDED,
        en="Between two claims {seconds} seconds must pass.",
        zh="两次领取之间至少间隔 {seconds} 秒。",
    )
    there_is_no_room_for_more_customers = Rule(
        Code.LIMIT_EXCEEDED,
        en="You, or your department, hold or have claimed today as many customers as allowed.",
        zh="您或您所在部门的客户持有量或当日领取量已达上限。",
    )
    a_former_owner_waits_before_he_claims_again = Rule(
        Code.LIMIT_EXCEEDED,
        en="You held this customer before; you may claim it again {days} days after you lost it.",
        zh="您是该客户的前负责人，失去后 {days} 天内不能再次领取。",
    )
    a_new_arrival_cannot_be_claimed_yet = Rule(
        Code.BAD_STATE,
        en="This customer has just come into the pool; it can be claimed {hours} hours after.",
        zh="该客户刚进入公海，{hours} 小时后才能领取。",
    )
    somebody_else_was_faster = Rule(
        Code.CONFLICT, en="Somebody else has taken this customer.", zh="该客户已被他人领取。"
    )
    the_customer_is_his_already = Rule(
        Code.BAD_STATE, en="The customer is in this name already.", zh="该客户已在此人名下。"
    )


class HoldingRules(Rules):
    """Refusals about giving customers away."""

    a_call_names_at_most_so_many_customers = Rule(
        Code.LIMIT_EXCEEDED,
        en="At most {limit} customers at once; {given} were given.",
        zh="一次最多 {limit} 个客户，本次选择了 {given} 个。",
    )
    only_a_pool_customer_can_be_treated_so = Rule(
        Code.BAD_STATE,
        en="This is possible for customers in the pool only.",
        zh="只有公海中的客户才能执行此操作。",
    )
    only_an_owned_customer_can_be_given_away = Rule(
        Code.BAD_STATE,
        en="This is possible for customers in somebody's name only.",
        zh="只有有负责人的客户才能执行此操作。",
    )
    only_a_discarded_customer_can_be_treated_so = Rule(
        Code.BAD_STATE,
        en="This is possible for customers in the trash only.",
        zh="只有垃圾箱中的客户才能执行此操作。",
    )
    only_a_waiting_customer_can_be_passed_on = Rule(
        Code.BAD_STATE,
        en="This is possible for customers in a department's queue only.",
        zh="只有部门队列中的客户才能执行此操作。",
    )
    an_order_waits_for_review = Rule(
        Code.BAD_STATE,
        en="An order of this customer waits for review.",
        zh="该客户有待审核的订单。",
    )
    something_of_the_customer_is_open = Rule(
        Code.BAD_STATE,
        en="Something of this customer is open still: {reasons}.",
        zh="该客户还有未结事项：{reasons}。",
    )
    the_name_typed_is_not_the_customer_s = Rule(
        Code.VALIDATION,
        en="Type the customer's name as it stands in the record.",
        zh="请输入与记录一致的客户名称。",
    )
    the_trash_is_kept_for_some_days = Rule(
        Code.BAD_STATE,
        en="A customer can be purged {days} days after it was discarded.",
        zh="客户废弃 {days} 天后才能清除。",
    )
    customers_are_given_to_people_or_to_a_department = Rule(
        Code.VALIDATION,
        en="Name employees or a department, one of the two.",
        zh="请选择员工或部门，二者选一。",
    )
    this_employee_cannot_receive_customers = Rule(
        Code.VALIDATION,
        en="This employee cannot receive customers: the account is disabled or unknown, or outside of the department.",
        zh="该员工不存在、已停用或不在部门内，不能接收客户。",
    )
    a_department_without_a_head_has_no_queue = Rule(
        Code.VALIDATION,
        en="There is no such department, or it has no head who could pass customers on.",
        zh="部门不存在或没有负责人，无法接收客户。",
    )
    only_the_head_passes_customers_on = Rule(
        Code.FORBIDDEN,
        en="Only the head of the department passes on what waits in its queue.",
        zh="只有部门负责人可以分配队列中的客户。",
    )
    a_pool_needs_a_name_of_its_own = Rule(
        Code.DUPLICATE, en="There is already a pool {name}.", zh="已有名为“{name}”的公海。"
    )
    a_pool_with_customers_is_not_archived = Rule(
        Code.BAD_STATE,
        en="{count} customers are in this pool: name the pool that takes them.",
        zh="该公海仍有 {count} 个客户，请指定接收的公海。",
    )
    the_default_pool_stays = Rule(Code.BAD_STATE, en="The default pool cannot be archived.", zh="默认公海不能归档。")
    this_pool_takes_no_customers = Rule(
        Code.VALIDATION, en="This pool takes no customers: it is archived or unknown.", zh="该公海不存在或已归档。"
    )
    only_a_pools_admin_may_do_this = Rule(
        Code.FORBIDDEN, en="Only an administrator of this pool may do this.", zh="只有该公海的管理员可以执行此操作。"
    )
