"""Roles as they are shown, and the catalogue of what they can allow."""

from __future__ import annotations

from crm_common.protocol.identity.permissions import modules, permissions
from crm_common.protocol.identity.roles import CatalogueModule, CataloguePermission, CatalogueSection, RoleView
from crm_common.reading import bind, many
from identity.tables import employee_role, position_role, role

_SCOPES = """
SELECT coalesce(jsonb_agg(jsonb_build_object('module', s.module, 'scope', s.scope) ORDER BY s.module), '[]')
FROM role_scope s WHERE s.role_id = {t}.id
"""
_EMPLOYEES = """
SELECT count(*) FROM role_holder h JOIN employee e ON e.id = h.employee_id WHERE h.role_id = {t}.id AND e.active
"""

ROLES = bind(
    RoleView,
    role,
    fields={"scopes": _SCOPES, "employee_count": _EMPLOYEES},
    sort={"name": role.c.name_key},
    children={
        "employees": many(through=(employee_role.c.role_id, employee_role.c.employee_id)),
        "positions": many(through=(position_role.c.role_id, position_role.c.position_id)),
    },
    default_order=[role.c.name_key],
)


def permission_catalogue(language: str) -> tuple[CatalogueModule, ...]:
    """Every module, section and key with its words."""
    chinese = language.startswith("zh")
    words = permissions()
    return tuple(
        CatalogueModule(
            name=module.name,
            label=module.zh if chinese else module.en,
            sections=tuple(
                CatalogueSection(
                    name=section.name,
                    label=section.zh if chinese else section.en,
                    permissions=tuple(
                        CataloguePermission(key=key, label=words[key].zh if chinese else words[key].en)
                        for key in section.keys
                    ),
                )
                for section in module.sections
            ),
        )
        for module in modules()
    )
