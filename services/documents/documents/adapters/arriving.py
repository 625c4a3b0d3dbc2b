"""What was uploaded is brought here, measured and checked, and laid where nobody but this service writes."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from crm_common.errors import Code, CrmError
from crm_common.objects import NoSuchObjectError, Objects
from crm_common.protocol.documents.uploads import UploadRules
from crm_common.runtime.heavy import apart
from documents.adapters.contents import checked_content
from documents.adapters.keys import Keyring
from documents.adapters.scanning import Scanner
from documents.domain.document import Content
from documents.domain.upload import Upload

_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class Arrived:
    """An upload that was found to be what it is said to be, in a file of this machine."""

    path: Path
    content_type: str
    size: int
    sha256: str


@contextmanager
def arrived(objects: Objects, upload: Upload, scanner: Scanner | None) -> Iterator[Arrived]:
    """The upload, checked; VALIDATION where it is not what was told, then it is removed from the store.

    BAD_STATE where it has not come. The file is there as long as the block.
    """
    with tempfile.TemporaryDirectory(prefix="crm-document-") as folder:
        path = Path(folder) / "content"
        try:
            size = _fetch(objects, upload, path)
            came = apart(_checked, path, upload, size)
            if scanner is not None:
                scanner.expect_clean(path)
        except NoSuchObjectError as missing:
            raise UploadRules.the_file_has_not_come(field="upload_id") from missing
        except CrmError as refusal:
            if refusal.code is Code.VALIDATION:
                objects.delete(upload.arrival)
            raise
        yield came


def keep(objects: Objects, came: Arrived, key: str, keyring: Keyring | None) -> Content:
    """Lay it under the key, sealed where there is a keyring; whatever the client does with his address meanwhile."""
    content = Content(object_key=key, content_type=came.content_type, size=came.size, sha256=came.sha256)
    with came.path.open("rb") as file:
        if keyring is not None:
            return keyring.keep(objects, file, content)
        objects.put(key, file)
    return content


def _fetch(objects: Objects, upload: Upload, path: Path) -> int:
    size = 0
    with path.open("wb") as file:
        for piece in objects.read(upload.arrival):
            size += file.write(piece)
            if size > upload.size:
                break
    if size != upload.size:
        raise UploadRules.the_file_has_another_size(field="size", size=size, told=upload.size)
    return size


def _checked(path: Path, upload: Upload, size: int) -> Arrived:
    found = digest(path)
    if found != upload.sha256:
        raise UploadRules.the_checksum_is_wrong(field="sha256")
    content_type = checked_content(path, upload.content_type)
    return Arrived(path, content_type, size, found)


def digest(path: Path) -> str:
    """SHA-256 of a file."""
    made = hashlib.sha256()
    with path.open("rb") as file:
        while piece := file.read(_CHUNK):
            made.update(piece)
    return made.hexdigest()
