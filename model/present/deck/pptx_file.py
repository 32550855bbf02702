"""A .pptx file whose bytes depend on its content only: fixed times inside it and its workbooks."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import datetime

# A zip remembers the time of each file; one fixed time keeps its bytes the same.
_ZIP_TIME = (1980, 1, 1, 0, 0, 0)
_STAMP = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*(<)")


def same_bytes(content: bytes, moment: datetime) -> bytes:
    """Return an Office file with every time in it set to `moment`, and in its parts."""
    stamp = moment.strftime("%Y-%m-%dT%H:%M:%SZ").encode()
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as source,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target,
    ):
        for name in source.namelist():
            part = source.read(name)
            if name.endswith(".xlsx"):
                part = same_bytes(part, moment)
            elif name == "docProps/core.xml":
                part = _STAMP.sub(rb"\g<1>" + stamp + rb"\g<2>", part)
            entry = zipfile.ZipInfo(name, _ZIP_TIME)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 3
            target.writestr(entry, part)
    return out.getvalue()
