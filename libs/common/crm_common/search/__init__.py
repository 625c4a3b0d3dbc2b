"""Search over a service's own records: one tokenizer, two stores with the same hits, rights decided by SQL."""

from crm_common.search.declare import Searchable

__all__ = ["Searchable"]
