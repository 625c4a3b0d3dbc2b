"""Every permission key of the product with its words, by module and section: data, read by permissions.py.

A module is what menus show and roles hide (sales); a section is what keys begin with (opp), and has a data scope.
Keys of services that are still to come stand here too, so that roles can be made before they arrive.
"""

from __future__ import annotations

Words = tuple[str, str]
"""English, Chinese."""
Section = tuple[str, Words, tuple[tuple[str, str, str], ...]]
"""Name, words, (operation, English, Chinese) …"""

CATALOGUE: tuple[tuple[str, Words, tuple[Section, ...]], ...] = (
    ("organisation", ("Organisation", "组织权限"), (
        ("org", ("Organisation", "组织架构"), (
            ("view", "See departments, positions and colleagues", "查看部门、岗位和同事"),
            ("edit", "Edit departments and positions", "编辑部门和岗位"),
            ("employee.edit", "Create, edit and move employees", "新建、编辑和调动员工"),
            ("employee.disable", "Disable and enable accounts", "停用和启用账号"),
            ("employee.reset_password", "Reset passwords", "重置员工密码"),
            ("handover", "Hand over what is in somebody's name", "办理工作交接"),
        )),
        ("role", ("Roles", "角色"), (
            ("view", "See roles", "查看角色"),
            ("edit", "Edit roles: any right can be put into one", "编辑角色（可授予任何权限）"),
            ("assign", "Give roles to employees", "为员工分配角色"),
            ("review", "Review rights", "审查权限"),
        )),
        ("api_client", ("API clients", "接口客户端"), (
            ("view", "See API clients", "查看接口客户端"),
            ("edit", "Create and revoke API clients", "新建和吊销接口客户端"),
        )),
        ("partner_account", ("Partner accounts", "合作伙伴账号"), (
            ("view", "See partner accounts", "查看合作伙伴账号"),
            ("edit", "Edit partner accounts", "编辑合作伙伴账号"),
        )),
        ("portal_account", ("Customer accounts", "客户自助账号"), (
            ("view", "See customers' own accounts", "查看客户自助账号"),
            ("edit", "Edit customers' own accounts", "编辑客户自助账号"),
        )),
    )),
    ("customer", ("Customers", "客户"), (
        ("customer", ("Customers", "客户"), (
            ("view", "See customers", "查看客户"),
            ("view_card", "See a customer's card", "查看客户名片"),
            ("view_team", "See the team's customers", "查看下属客户"),
            ("create", "Create customers", "新建客户"),
            ("edit", "Edit customers", "编辑客户"),
            ("follow", "Write follow-ups", "填写跟进记录"),
            ("import", "Import customers", "导入客户"),
            ("import_bulk", "Import more than 5,000 customers at once", "超量导入客户"),
            ("export", "Export customers", "导出客户"),
            ("transfer", "Transfer own customers", "转移自己的客户"),
            ("transfer_team", "Transfer the team's customers", "转移下属的客户"),
            ("release", "Release customers to the pool", "将客户放入公海"),
            ("merge", "Merge customers", "合并客户"),
            ("purge", "Empty the trash", "清空垃圾箱"),
            ("erase", "Erase personal data on request", "按要求清除个人信息"),
            ("class_rule", "Edit the rules of customer classes", "编辑客户分级规则"),
            ("phone.view_all", "See every full phone number", "查看全部完整手机号"),
        )),
        ("pool", ("Pool", "公海"), (
            ("view", "See the pool", "查看公海"),
            ("create", "Create pool customers", "新建公海客户"),
            ("import", "Import into the pool", "导入公海客户"),
            ("export", "Export the pool", "导出公海客户"),
            ("claim", "Claim from the pool", "领取公海客户"),
            ("assign", "Assign from the pool", "分配公海客户"),
            ("discard", "Discard to the trash", "废弃到垃圾箱"),
            ("restore", "Restore from the trash", "从垃圾箱还原"),
            ("rule", "Edit the pool's rules", "编辑公海规则"),
        )),
        ("lead", ("Leads", "线索"), (
            ("view", "See leads", "查看线索"),
            ("view_team", "See the team's leads", "查看下属线索"),
            ("create", "Create leads", "新建线索"),
            ("edit", "Edit leads", "编辑线索"),
            ("follow", "Follow leads up", "跟进线索"),
            ("convert", "Convert leads", "转化线索"),
            ("import", "Import leads", "导入线索"),
            ("export", "Export leads", "导出线索"),
            ("screen", "Screen leads", "审查线索"),
            ("assign", "Assign leads", "分配线索"),
        )),
        ("partner", ("Partners and suppliers", "合作伙伴和供应商"), (
            ("view", "See partners and suppliers", "查看合作伙伴和供应商"),
            ("edit", "Edit partners and suppliers", "编辑合作伙伴和供应商"),
            ("export", "Export partners and suppliers", "导出合作伙伴和供应商"),
        )),
        ("credit", ("Credit", "信用"), (
            ("view", "See credit limits", "查看信用额度"),
            ("edit", "Propose credit limits", "编辑信用额度"),
            ("approve", "Approve credit limits", "审批信用额度"),
        )),
        ("assign_rule", ("Assignment rules", "分配规则"), (("edit", "Edit assignment rules", "编辑分配规则"),)),
    )),
    ("sales", ("Sales", "销售"), (
        ("opp", ("Opportunities", "商机"), (
            ("view", "See opportunities", "查看商机"),
            ("view_team", "See the team's opportunities", "查看下属商机"),
            ("create", "Create opportunities", "新建商机"),
            ("edit", "Edit opportunities", "编辑商机"),
            ("follow", "Follow opportunities up", "跟进商机"),
            ("reopen", "Reopen lost opportunities", "重启已丢失的商机"),
            ("export", "Export opportunities", "导出商机"),
        )),
        ("pipeline", ("Pipelines", "销售流程"), (("edit", "Edit pipelines and stages", "编辑销售流程和阶段"),)),
        ("product", ("Products", "产品"), (
            ("view", "See products", "查看产品"),
            ("edit", "Edit products", "编辑产品"),
            ("import", "Import products", "导入产品"),
            ("export", "Export products", "导出产品"),
        )),
        ("price", ("Prices", "价格"), (("edit", "Edit price lists", "编辑价格表"),)),
        ("quote", ("Quotes", "报价"), (
            ("view", "See quotes", "查看报价"),
            ("create", "Create quotes", "新建报价"),
            ("edit", "Edit quotes", "编辑报价"),
            ("approve", "Approve discounts", "审批折扣"),
            ("export", "Export quotes", "导出报价"),
        )),
        ("order", ("Orders", "订单"), (
            ("view", "See orders", "查看订单"),
            ("create", "Create orders", "新建订单"),
            ("submit", "Submit orders", "提交订单"),
            ("review", "Review orders", "审核订单"),
            ("void", "Void orders", "作废订单"),
            ("export", "Export orders", "导出订单"),
        )),
        ("competitor", ("Competitors", "竞争对手"), (
            ("view", "See competitors", "查看竞争对手"),
            ("edit", "Edit competitors", "编辑竞争对手"),
        )),
        ("forecast", ("Forecast", "销售预测"), (("view", "See forecasts", "查看销售预测"),)),
        ("target", ("Targets", "销售目标"), (
            ("view", "See targets", "查看销售目标"),
            ("set", "Set targets", "设定销售目标"),
        )),
        ("performance", ("Performance", "业绩"), (
            ("own", "See own performance", "查看个人业绩"),
            ("view_team", "See the team's performance", "查看团队业绩"),
            ("delete_team", "Delete the team's own entries of performance", "删除团队成员的业绩"),
            ("month_view", "See performance by month", "查看月度业绩"),
            ("audit", "Audit performance", "审核业绩"),
        )),
        ("kpi", ("Key figures", "绩效指标"), (("edit", "Edit key figures", "编辑绩效指标"),)),
        ("channel", ("Channels", "销售渠道"), (
            ("view", "See channels", "查看销售渠道"),
            ("edit", "Edit channels", "编辑销售渠道"),
        )),
    )),
    ("finance", ("Finance", "财务"), (
        ("receivable", ("Receivables", "应收"), (
            ("view", "See receivables", "查看应收"),
            ("edit", "Edit receivables", "编辑应收"),
            ("write_off", "Write receivables off", "核销坏账"),
            ("export", "Export receivables", "导出应收"),
        )),
        ("receipt", ("Receipts", "回款"), (
            ("view", "See receipts", "查看回款单"),
            ("create", "Enter receipts", "登记回款单"),
            ("confirm", "Confirm receipts", "确认回款"),
            ("reverse", "Reverse receipts", "冲销回款"),
        )),
        ("payable", ("Payables", "应付"), (
            ("view", "See payables", "查看应付"),
            ("edit", "Edit payables", "编辑应付"),
            ("export", "Export payables", "导出应付"),
        )),
        ("payment", ("Payments", "付款"), (("register", "Register payments", "登记付款"),)),
        ("invoice", ("Invoices", "发票"), (
            ("view", "See invoices", "查看发票"),
            ("edit", "Edit invoices", "编辑发票"),
        )),
        ("budget", ("Budgets", "预算"), (
            ("view", "See budgets", "查看预算"),
            ("edit", "Edit budgets", "编辑预算"),
        )),
        ("expense", ("Expenses", "报销"), (
            ("view", "See expense claims", "查看报销单"),
            ("review", "Review expense claims", "审核报销单"),
            ("pay", "Pay expense claims", "支付报销"),
        )),
        ("fund", ("Funds", "资金"), (
            ("view", "See funds", "查看资金"),
            ("edit", "Edit funds", "编辑资金"),
            ("pay", "Pay from funds", "支付资金"),
        )),
        ("payroll", ("Payroll", "薪资"), (
            ("view", "See payroll", "查看薪资"),
            ("run", "Run payroll", "核算薪资"),
        )),
        ("finance", ("Finance reports", "财务报表"), (
            ("report", "See finance reports", "查看财务报表"),
            ("close", "Close months", "结账"),
        )),
    )),
    ("contract", ("Contracts", "合同"), (
        ("contract", ("Contracts", "合同"), (
            ("view", "See contracts", "查看合同"),
            ("create", "Draft contracts", "拟订合同"),
            ("register_signed", "Register contracts signed offline", "登记线下签订的合同"),
            ("approve", "Approve contracts", "审批合同"),
            ("archive", "Archive, settle and evaluate contracts", "合同归档、决算和评价"),
            ("change", "Change signed contracts", "合同变更"),
            ("terminate", "Terminate contracts", "终止合同"),
            ("audit", "Audit contracts", "审核合同"),
            ("import", "Import contracts", "导入合同"),
            ("export", "Export contracts", "导出合同"),
        )),
    )),
    ("documents", ("Documents", "文档"), (
        ("doc", ("Documents", "文档"), (
            ("view", "See documents", "查看文档"),
            ("upload", "Upload documents", "上传文档"),
            ("publish", "Publish documents", "发布文档"),
            ("category", "Edit document categories", "编辑文档分类"),
            ("destroy", "Destroy documents", "销毁文档"),
            ("recover", "Recover encrypted documents, two together", "双人恢复加密文档"),
        )),
        ("article", ("Articles", "文章"), (
            ("view", "See articles", "查看文章"),
            ("edit", "Edit articles", "编辑文章"),
            ("publish", "Publish articles", "发布文章"),
        )),
    )),
    ("service", ("Service", "客服"), (
        ("ticket", ("Tickets", "工单"), (
            ("view", "See tickets", "查看工单"),
            ("create", "Create tickets", "新建工单"),
            ("edit", "Work on tickets", "处理工单"),
            ("assign_any", "Assign any ticket", "分配任意工单"),
            ("export", "Export tickets", "导出工单"),
        )),
        ("kb", ("Knowledge", "知识库"), (
            ("view", "Read the knowledge base", "查看知识库"),
            ("edit", "Edit the knowledge base", "编辑知识库"),
            ("publish", "Publish knowledge", "发布知识"),
        )),
        ("sla", ("Service levels", "服务水平"), (("edit", "Edit service levels", "编辑服务水平"),)),
        ("survey", ("Surveys", "调查"), (
            ("view", "See surveys", "查看调查"),
            ("edit", "Edit surveys", "编辑调查"),
            ("send", "Send surveys", "发送调查"),
        )),
        ("visit", ("Return visits", "回访"), (
            ("view", "See return visits", "查看回访"),
            ("edit", "Record return visits", "登记回访"),
        )),
        ("training", ("Training", "培训"), (
            ("view", "See courses", "查看培训"),
            ("edit", "Edit courses", "编辑培训"),
        )),
    )),
    ("telephony", ("Telephony", "电话"), (
        ("call", ("Calls", "通话"), (
            ("view", "See calls", "查看通话"),
            ("receive", "Receive calls", "接听来电"),
            ("dial", "Dial", "拨打电话"),
            ("record_listen", "Listen to recordings", "收听录音"),
            ("export", "Export calls", "导出通话记录"),
        )),
        ("sms", ("Short messages", "短信"), (
            ("view", "See short messages", "查看短信"),
            ("send", "Send short messages", "发送短信"),
        )),
        ("tel", ("Devices", "电话设备"), (("device", "Edit lines and devices", "管理线路和设备"),)),
    )),
    ("marketing", ("Marketing", "市场"), (
        ("campaign", ("Campaigns", "市场活动"), (
            ("view", "See campaigns", "查看市场活动"),
            ("edit", "Edit campaigns", "编辑市场活动"),
            ("run", "Run campaigns", "执行市场活动"),
        )),
        ("segment", ("Segments", "客户细分"), (
            ("view", "See segments", "查看客户细分"),
            ("edit", "Edit segments", "编辑客户细分"),
        )),
        ("message", ("Bulk messages", "群发消息"), (("bulk", "Send bulk messages", "群发消息"),)),
        ("points", ("Points", "积分"), (
            ("view", "See points", "查看积分"),
            ("rule", "Edit the rules of points", "编辑积分规则"),
            ("grant", "Grant points", "发放积分"),
        )),
        ("marketinfo", ("Market information", "市场信息"), (
            ("view", "See market information", "查看市场信息"),
            ("edit", "Edit market information", "编辑市场信息"),
        )),
        ("research", ("Research", "市场调研"), (
            ("view", "See research", "查看市场调研"),
            ("edit", "Edit research", "编辑市场调研"),
        )),
    )),
    ("office", ("Office", "办公"), (
        ("announcement", ("Announcements", "公告"), (
            ("edit", "Edit announcements", "编辑公告"),
            ("publish", "Publish announcements", "发布公告"),
        )),
        ("attendance", ("Attendance", "考勤"), (
            ("edit", "Edit attendance rules", "编辑考勤规则"),
            ("view_all", "See everybody's attendance", "查看全部考勤"),
        )),
        ("form", ("Forms", "表单"), (
            ("view", "See form records", "查看表单记录"),
            ("edit", "Design forms", "设计表单"),
        )),
        ("flow", ("Approval flows", "审批流程"), (
            ("view", "See approval flows", "查看审批流程"),
            ("edit", "Design approval flows", "设计审批流程"),
        )),
        ("schedule", ("Schedules", "日程"), (("view_team", "See other people's schedules", "查看他人日程"),)),
        ("task", ("Tasks", "工作任务"), (("template", "Edit templates of work", "编辑工作流程模板"),)),
        ("rule", ("Workflow rules", "工作流规则"), (("edit", "Edit workflow rules", "编辑工作流规则"),)),
    )),
    ("analytics", ("Analytics", "分析"), (
        ("report", ("Reports", "报表"), (
            ("view", "See reports", "查看报表"),
            ("design", "Design reports", "设计报表"),
            ("export", "Export reports", "导出报表"),
        )),
        ("rfm", ("RFM", "客户价值分析"), (
            ("view", "See RFM scores", "查看客户价值分析"),
            ("edit", "Edit RFM bands", "编辑客户价值分析"),
        )),
    )),
    ("system", ("System", "系统"), (
        ("sys", ("Parameters", "系统参数"), (
            ("view", "See parameters", "查看系统参数"),
            ("edit", "Change parameters and the company's profile", "修改系统参数和机构设置"),
            ("operate", "See health, queues and parked messages, and repair them", "查看和处理系统运行状况"),
            ("module", "Switch modules on and off", "开关模块"),
            ("webhook", "Edit webhooks", "编辑网络回调"),
            ("search_report", "See what is searched for", "查看搜索统计"),
        )),
        ("system", ("Jobs", "定时任务"), (("job.run", "Run scheduled jobs", "执行定时任务"),)),
        ("field", ("Custom fields", "自定义字段"), (
            ("view", "See custom fields", "查看自定义字段"),
            ("edit", "Edit custom fields", "编辑自定义字段"),
        )),
        ("audit", ("Audit log", "系统日志"), (("view", "See the audit log", "查看系统日志"),)),
        ("backup", ("Backups", "数据备份"), (
            ("view", "See backups", "查看备份"),
            ("run", "Run backups", "执行备份"),
            ("restore", "Restore backups", "恢复备份"),
        )),
    )),
)  # fmt: skip
