"""Delivery as it is shown: to whom the messages are, whose the robots are."""

from __future__ import annotations

from crm_common.context import Context
from crm_common.protocol.office.delivery import DeliverySettingsView, DeliveryView, KnownKind, RobotView
from crm_common.protocol.office.message_kinds import MessageKinds
from crm_common.reading import bind
from office.tables import delivery, delivery_settings, robot

DELIVERY_SETTINGS = bind(DeliverySettingsView, delivery_settings, where="{t}.id = {me}")
ROBOTS = bind(RobotView, robot, where="{t}.owner_id = {me}", default_order=[robot.c.created_at])
DELIVERIES = bind(DeliveryView, delivery, where="{t}.receiver_id = {me}", default_order=[delivery.c.created_at.desc()])


def known_kinds(context: Context) -> list[KnownKind]:
    """The kinds of messages in the reader's language, by name."""
    zh = context.language.startswith("zh")
    return [
        KnownKind(name=name, label=kind.label.zh if zh else kind.label.en, urgent=kind.urgent)
        for name, kind in sorted(MessageKinds.registry.items())
    ]
