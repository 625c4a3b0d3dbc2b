"""Reports, logs and scores of work: what is asked and told of them."""

from __future__ import annotations

from crm_common.jobs import JobRun
from crm_common.protocol.office.quality import QualityScores, QualityScoresByIds, ScoreWork, WorkQuality
from crm_common.protocol.office.work_logs import CreateWorkLog, UpdateWorkLog, WorkLogs, WorkLogsByIds
from crm_common.protocol.office.work_reports import (
    MissingWorkReports,
    SubmitWorkReport,
    UpdateWorkReport,
    WorkReports,
    WorkReportsByIds,
)
from crm_common.runtime.entrypoints import every, rpc
from crm_common.runtime.raw import Raw
from office.domain.work_report import first_day
from office.operations.records import Records
from office.usecases import work_reports
from office.views.work_reports import not_reported


class WorkReportOperations(Records):
    """Reports, logs, scores."""

    @rpc
    def work_reports(self, query: WorkReports) -> Raw:
        return self.views.page(query)

    @rpc
    def work_reports_by_ids(self, query: WorkReportsByIds) -> Raw:
        return self.views.get(query)

    @rpc
    def missing_work_reports(self, query: MissingWorkReports) -> Raw:
        return self.views.page(query, where=not_reported(query.period, first_day(query.period, query.day)))

    @rpc
    def submit_work_report(self, command: SubmitWorkReport) -> Raw:
        return self.commands.run(work_reports.submit_work_report, command)

    @rpc
    def update_work_report(self, command: UpdateWorkReport) -> Raw:
        return self.commands.run(work_reports.update_work_report, command)

    @every("0 * * * *", name="office.work_reports_missing")
    def tell_who_did_not_report(self, run: JobRun) -> None:
        """Tells whoever did not report the last period by its deadline, and his superior, once."""
        work_reports.tell_who_did_not_report(run)

    @rpc
    def work_logs(self, query: WorkLogs) -> Raw:
        return self.views.page(query)

    @rpc
    def work_logs_by_ids(self, query: WorkLogsByIds) -> Raw:
        return self.views.get(query)

    @rpc
    def create_work_log(self, command: CreateWorkLog) -> Raw:
        return self.commands.run(work_reports.create_work_log, command)

    @rpc
    def update_work_log(self, command: UpdateWorkLog) -> Raw:
        return self.commands.run(work_reports.update_work_log, command)

    @rpc
    def quality_scores(self, query: QualityScores) -> Raw:
        return self.views.page(query)

    @rpc
    def quality_scores_by_ids(self, query: QualityScoresByIds) -> Raw:
        return self.views.get(query)

    @rpc
    def work_quality(self, query: WorkQuality) -> Raw:
        return self.views.page(query)

    @rpc
    def score_work(self, command: ScoreWork) -> Raw:
        return self.commands.run(work_reports.score_work(self.seen(command.subject, field="subject")), command)
