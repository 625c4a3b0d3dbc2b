"""What documents shows: each view bound to its table."""

from __future__ import annotations

from documents.views.articles import ARTICLES
from documents.views.files import ACCESSES, CATEGORIES, FILES, GRANTS, LINKS, RECOVERIES, VERSIONS
from documents.views.recordings import RECORDINGS

BINDINGS = (FILES, VERSIONS, LINKS, GRANTS, CATEGORIES, ACCESSES, RECOVERIES, ARTICLES, RECORDINGS)
