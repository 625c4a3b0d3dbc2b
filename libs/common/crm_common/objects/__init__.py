"""Files that belong to records (imports, exports, documents): one port, a folder or any S3 behind it."""

from crm_common.objects.files import FileObjects
from crm_common.objects.opening import open_objects, open_sealed
from crm_common.objects.port import NoSuchObjectError, Objects, Stored, Upload, checked_key

__all__ = [
    "FileObjects",
    "NoSuchObjectError",
    "Objects",
    "Stored",
    "Upload",
    "checked_key",
    "open_objects",
    "open_sealed",
]
