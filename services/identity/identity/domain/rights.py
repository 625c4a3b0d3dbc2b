"""What somebody may do by his roles: union of keys, widest scope, least hidden (features §2, IDN-15 … 19)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from crm_common.context import SCOPES
from crm_common.protocol.identity.permissions import modules, permissions, section_of, sections_named

# Who holds these can repair everything else, so somebody always does.
ADMINISTRATION = frozenset({"role.edit", "role.assign"})


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleRights:
    """What one role gives.

    ``hidden``: modules, sections and single keys that it keeps closed; they are as good as not given. ``scope`` holds
    in every section in which the role opens a key; ``scopes`` names modules or sections where it differs, keys or not.
    """

    permissions: frozenset[str]
    hidden: frozenset[str] = frozenset()
    scope: str = "SELF"
    scopes: Mapping[str, str] = field(default_factory=dict)

    def opened(self) -> frozenset[str]:
        """The keys it gives and does not hide."""
        closed = self.closed_sections()
        return frozenset(key for key in self.permissions if key not in self.hidden and section_of(key) not in closed)

    def closed_sections(self) -> frozenset[str]:
        """The sections it hides."""
        return frozenset(section for name in self.hidden for section in sections_named(name))

    def scope_by_section(self) -> dict[str, str]:
        """The scope of every section the role speaks of; a section's own entry is nearer than its module's."""
        found = {section_of(key): self.scope for key in self.opened()}
        for name in sorted(self.scopes, key=lambda name: len(sections_named(name)), reverse=True):
            found |= dict.fromkeys(sections_named(name), self.scopes[name])
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Rights:
    """What somebody may do, over all his roles. ``hidden`` are sections, ``scopes`` leaves SELF out."""

    permissions: frozenset[str]
    hidden: frozenset[str]
    scopes: dict[str, str]

    def modules(self) -> tuple[str, ...]:
        """The modules open to him, in the order of menus."""
        return tuple(module.name for module in modules() if not self.permissions.isdisjoint(module.keys))

    def administers(self) -> bool:
        """Whether he can give rights back to everybody."""
        return self.permissions >= ADMINISTRATION


def effective(roles: Iterable[RoleRights]) -> Rights:
    """The rights of somebody with these roles, given in person or by his position."""
    roles = tuple(roles)
    opened = frozenset[str]().union(*(role.opened() for role in roles)) & permissions().keys()
    closed = frozenset[str]().union(*(role.closed_sections() for role in roles))
    widest: dict[str, str] = {}
    for role in roles:
        for section, scope in role.scope_by_section().items():
            widest[section] = max(widest.get(section, "SELF"), scope, key=SCOPES.index)
    return Rights(
        permissions=opened,
        hidden=closed - {section_of(key) for key in opened},
        scopes={section: scope for section, scope in sorted(widest.items()) if scope != "SELF"},
    )
