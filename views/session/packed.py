"""A long query as one parameter: compressed, in letters that an address bears.

>>> unpacked(packed({"platform.cpm": "5~9", "seed": "7"}))
(('platform.cpm', '5~9'), ('seed', '7'))
"""

from __future__ import annotations

import base64
import binascii
import bz2
from collections.abc import Mapping
from urllib.parse import parse_qsl, urlencode

from model.limits import LONGEST_LINK, LONGEST_UNPACKED

CUT = "it has been cut or changed on its way; ask for the link again, or for the scenario's file"


def packed(parameters: Mapping[str, str]) -> str:
    """Return parameters as one text of letters, digits, hyphens and underscores."""
    # Of the compressors at hand the shortest for names that differ in one part only.
    small = bz2.compress(urlencode(parameters).encode(), compresslevel=1)
    return base64.urlsafe_b64encode(small).decode().rstrip("=")


def unpacked(text: str) -> tuple[tuple[str, str], ...]:
    """Return the parameters in a packed text; ValueError if it is none.

    No more is unpacked than a link may say, whatever the text promises.
    """
    if len(text) > LONGEST_LINK:
        raise ValueError(f"{len(text):,} characters: at most {LONGEST_LINK:,}")
    try:
        small = base64.b64decode(text + "=" * (-len(text) % 4), b"-_", validate=True)
        unpacking = bz2.BZ2Decompressor()
        query = unpacking.decompress(small, LONGEST_UNPACKED + 1)
    except (OSError, EOFError, ValueError, binascii.Error):
        raise ValueError(CUT) from None
    if len(query) > LONGEST_UNPACKED:
        raise ValueError(f"more than {LONGEST_UNPACKED:,} characters once unpacked")
    if not unpacking.eof:
        raise ValueError(CUT)
    return tuple(parse_qsl(query.decode(errors="replace"), keep_blank_values=True))
