"""JSON text that a service hands on as it is: what PostgreSQL has built is not parsed on its way to the front end."""

from __future__ import annotations


class Raw(bytes):
    """UTF-8 JSON text of a result. An rpc method that returns one is answered with exactly these bytes, unparsed."""

    __slots__ = ()
