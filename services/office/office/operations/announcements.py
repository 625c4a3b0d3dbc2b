"""Columns and announcements: what is asked and told of them, and their moments."""

from __future__ import annotations

from crm_common.jobs import JobRun
from crm_common.protocol.office.announcement_columns import (
    AnnouncementColumns,
    AnnouncementColumnsByIds,
    CreateAnnouncementColumn,
    UpdateAnnouncementColumn,
)
from crm_common.protocol.office.announcements import (
    AnnouncementReadings,
    Announcements,
    AnnouncementsByIds,
    CreateAnnouncement,
    LoadDemoOffice,
    PublishAnnouncement,
    ReadAnnouncement,
    UpdateAnnouncement,
    WithdrawAnnouncement,
)
from crm_common.runtime.entrypoints import every, rpc
from crm_common.runtime.raw import Raw
from office import demo
from office.operations.offering import Offering
from office.usecases import announcements
from office.views import announcements as views


class AnnouncementOperations(Offering):
    """Announcements."""

    @rpc
    def announcement_columns(self, query: AnnouncementColumns) -> Raw:
        return self.views.page(query)

    @rpc
    def announcement_columns_by_ids(self, query: AnnouncementColumnsByIds) -> Raw:
        return self.views.get(query)

    @rpc
    def create_announcement_column(self, command: CreateAnnouncementColumn) -> Raw:
        return self.commands.run(announcements.create_column, command)

    @rpc
    def update_announcement_column(self, command: UpdateAnnouncementColumn) -> Raw:
        return self.commands.run(announcements.update_column, command)

    @rpc
    def announcements(self, query: Announcements) -> Raw:
        return self.views.page(query, where=views.listed(query))

    @rpc
    def announcements_by_ids(self, query: AnnouncementsByIds) -> Raw:
        return self.views.get(query)

    @rpc
    def announcement_readings(self, query: AnnouncementReadings) -> Raw:
        return self.views.page(query, where=views.of(query))

    @rpc
    def create_announcement(self, command: CreateAnnouncement) -> Raw:
        return self.commands.run(announcements.create_announcement, command)

    @rpc
    def update_announcement(self, command: UpdateAnnouncement) -> Raw:
        return self.commands.run(announcements.update_announcement, command)

    @rpc
    def publish_announcement(self, command: PublishAnnouncement) -> Raw:
        return self.commands.run(announcements.publish_announcement, command)

    @rpc
    def withdraw_announcement(self, command: WithdrawAnnouncement) -> Raw:
        return self.commands.run(announcements.withdraw_announcement, command)

    @rpc
    def read_announcement(self, command: ReadAnnouncement) -> Raw:
        return self.commands.run(announcements.read_announcement, command)

    @rpc
    def load_demo_office(self, command: LoadDemoOffice) -> Raw:
        return self.commands.run(demo.load, command)

    @every("* * * * *", name="office.announce")
    def publish_due_announcements(self, run: JobRun) -> None:
        """Announcements whose moment has come are in force, and those addressed are told (OFC-08, 09)."""
        announcements.publish_due(run)
