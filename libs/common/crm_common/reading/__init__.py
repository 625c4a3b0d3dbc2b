"""The read path of a service: declared views bound to SQL, one statement per selection, answers as JSON text."""

from crm_common.reading.bindings import Binding, Children, Terms, bind, many, one, same_row
from crm_common.reading.masks import Masked, Noting, Packed, Seen, masked, packed, sealed_place
from crm_common.reading.reader import Reader
from crm_common.reading.scope import Scope, by_owner
from crm_common.reading.where import Where

__all__ = [
    "Binding",
    "Children",
    "Masked",
    "Noting",
    "Packed",
    "Reader",
    "Scope",
    "Seen",
    "Terms",
    "Where",
    "bind",
    "by_owner",
    "many",
    "masked",
    "one",
    "packed",
    "same_row",
    "sealed_place",
]
