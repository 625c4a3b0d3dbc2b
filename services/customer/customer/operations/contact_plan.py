"""How often customers are spoken to (CUS-49)."""

from __future__ import annotations

from crm_common.jobs import JobRun
from crm_common.protocol.customer.contact_plan import ContactPlanDue, NoteTouch
from crm_common.runtime.entrypoints import every, rpc
from crm_common.runtime.raw import Raw
from customer.operations.offering import Offering
from customer.usecases import contact_plan
from customer.views.contact_plan import neglected


class ContactPlanOperations(Offering):
    """The plan."""

    @rpc
    def contact_plan_due(self, query: ContactPlanDue) -> Raw:
        return self.views.page(query, where=neglected(self.host.settings, self.host.clock.now()))

    @rpc
    def note_touch(self, command: NoteTouch) -> Raw:
        return self.commands.run(contact_plan.note_touch, command)

    @every("0 8 * * *", name="customer.contact_plan")
    def tell_neglected(self, run: JobRun) -> None:
        """Owners are told of customers to whom they speak less often than their class asks for (CUS-49)."""
        contact_plan.tell_neglected(run)
