"""The office service: what people write down, tell and ask one another."""

from __future__ import annotations

from crm_common.projections.employees import EMPLOYEES
from office.operations.address_book import AddressBookOperations
from office.operations.announcements import AnnouncementOperations
from office.operations.approvals import ApprovalOperations
from office.operations.attendance import AttendanceOperations
from office.operations.comments import CommentOperations
from office.operations.contract_news import ContractNews
from office.operations.customer_news import CustomerNews
from office.operations.delivery import DeliveryOperations
from office.operations.finance_news import FinanceNews
from office.operations.flows import FlowOperations
from office.operations.handover import HandoverOperations
from office.operations.leave import LeaveOperations
from office.operations.memos import MemoOperations
from office.operations.messages import MessageOperations
from office.operations.notes import NoteOperations
from office.operations.reminders import ReminderOperations
from office.operations.renewal_news import RenewalNews
from office.operations.rules import RuleOperations
from office.operations.sales_news import SalesNews
from office.operations.schedule import ScheduleOperations
from office.operations.spending_news import SpendingNews
from office.operations.task_templates import TaskTemplateOperations
from office.operations.tasks import TaskOperations
from office.operations.work_reports import WorkReportOperations


class OfficeService(
    AnnouncementOperations,
    ApprovalOperations,
    FlowOperations,
    HandoverOperations,
    ContractNews,
    CustomerNews,
    SalesNews,
    RenewalNews,
    FinanceNews,
    SpendingNews,
    DeliveryOperations,
    MemoOperations,
    MessageOperations,
    NoteOperations,
    ReminderOperations,
    ScheduleOperations,
    TaskOperations,
    TaskTemplateOperations,
    CommentOperations,
    RuleOperations,
    AddressBookOperations,
    AttendanceOperations,
    WorkReportOperations,
    LeaveOperations,
):
    """One class, declared once, run on the broker or in one process; its methods are in ``operations/``."""

    name = "office"
    projections = (EMPLOYEES,)
