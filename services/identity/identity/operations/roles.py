"""Roles, rights and their review (IDN-14 … 19, 22)."""

from __future__ import annotations

from crm_common.jobs import JobRun
from crm_common.protocol.identity.review import (
    CloseRightsReview,
    DecideRightsReview,
    RightsReport,
    RightsReviewItems,
    RightsReviews,
    RightsReviewsByIds,
)
from crm_common.protocol.identity.roles import (
    AssignRoles,
    CatalogueModule,
    CreateRole,
    DeleteRole,
    PermissionCatalogue,
    Roles,
    RolesByIds,
    UpdateRole,
)
from crm_common.runtime.entrypoints import every, rpc
from crm_common.runtime.raw import Raw
from identity.operations.offering import Offering
from identity.usecases import reviews, roles
from identity.views.roles import permission_catalogue


class RoleOperations(Offering):
    """What the service answers about roles and rights."""

    @rpc
    def roles(self, query: Roles) -> Raw:
        return self.views.page(query)

    @rpc
    def roles_by_ids(self, query: RolesByIds) -> Raw:
        return self.views.get(query)

    @rpc
    def permission_catalogue(self, _query: PermissionCatalogue) -> tuple[CatalogueModule, ...]:
        return permission_catalogue(self.context.language)

    @rpc
    def create_role(self, command: CreateRole) -> Raw:
        return self.commands.run(roles.create_role, command)

    @rpc
    def update_role(self, command: UpdateRole) -> Raw:
        return self.commands.run(roles.update_role, command)

    @rpc
    def delete_role(self, command: DeleteRole) -> Raw:
        return self.commands.run(roles.delete_role, command)

    @rpc
    def assign_roles(self, command: AssignRoles) -> Raw:
        return self.commands.run(roles.assign_roles, command)

    @rpc
    def rights_report(self, query: RightsReport) -> Raw:
        return self.views.page(query)

    @rpc
    def rights_reviews(self, query: RightsReviews) -> Raw:
        return self.views.page(query)

    @rpc
    def rights_reviews_by_ids(self, query: RightsReviewsByIds) -> Raw:
        return self.views.get(query)

    @rpc
    def rights_review_items(self, query: RightsReviewItems) -> Raw:
        return self.views.page(query)

    @rpc
    def decide_rights_review(self, command: DecideRightsReview) -> Raw:
        return self.commands.run(reviews.decide_rights_review, command)

    @rpc
    def close_rights_review(self, command: CloseRightsReview) -> Raw:
        return self.commands.run(reviews.close_rights_review, command)

    @every("0 1 * * *", name="identity.role_review")
    def review_roles(self, run: JobRun) -> None:
        """Open a rights review when the last one lies ``role.review_days`` back."""
        with run.change() as change:
            run.report["opened"] = reviews.open_review_when_due(change)
