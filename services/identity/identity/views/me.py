"""Who the caller is and what is open to him."""

from __future__ import annotations

from crm_common.context import Actor, ActorKind
from crm_common.protocol.identity.me import MyDepartment, MyPosition, MyRole, MyScope, Myself
from crm_common.protocol.identity.permissions import keys_in_use, permissions, section_of
from crm_common.protocol.identity.roles import Scope
from crm_common.store import Store
from identity.domain.rights import Rights

_PERSON = """
SELECT e.name, e.login_name, e.number, e.phone, e.email, e.avatar_url, e.bio, e.must_change_password, e.version,
    d.id, d.name, p.id, p.name
FROM employee e JOIN department d ON d.id = e.department_id JOIN position p ON p.id = e.position_id
WHERE e.id = %s
"""
_ROLES = """
SELECT r.id, r.name, r.code, h.by_position FROM role_holder h JOIN role r ON r.id = h.role_id
WHERE h.employee_id = %s ORDER BY r.name_key, r.id
"""


def myself(store: Store, actor: Actor) -> Myself | None:
    """The caller's description; None for programs, which are nobody."""
    rows = store.rows(_PERSON, (actor.id,)) if actor.kind is ActorKind.EMPLOYEE else []
    if not rows:
        return None
    (name, login_name, number, phone, email, avatar_url, bio, must_change_password, version, *place) = rows[0]
    # a menu shows what there is: keys of services that are yet to come open nothing
    rights = Rights(permissions=actor.permissions & keys_in_use(), hidden=actor.hidden, scopes=actor.scopes)
    held = tuple(key for key in permissions() if actor.may(key))
    sections = dict.fromkeys(section_of(key) for key in held)
    return Myself(
        id=actor.id,
        name=name,
        login_name=login_name,
        number=number,
        phone=phone,
        email=email,
        avatar_url=avatar_url,
        bio=bio,
        department=MyDepartment(id=place[0], name=place[1]),
        position=MyPosition(id=place[2], name=place[3]),
        roles=tuple(
            MyRole(id=role_id, name=role_name, code=code, by_position=by_position)
            for role_id, role_name, code, by_position in store.rows(_ROLES, (actor.id,))
        ),
        modules=rights.modules(),
        permissions=held,
        scopes=tuple(MyScope(module=section, scope=Scope(actor.scope(section))) for section in sections),
        must_change_password=must_change_password,
        locked=actor.restricted == "the_session_is_locked",
        version=version,
    )
