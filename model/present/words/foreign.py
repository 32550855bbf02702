r"""Text that somebody else wrote, made fit for a medium: it is shown, never obeyed.

Names, values and file names come from links and files of strangers. Sentences are plain text in
which only `**bold**` means something; these functions are the only way of such text to a page.

>>> print(markdown("![x](http://a.example/x) costs **$5** <b>"))
!\[x\](http:⁠//a.example/x) costs **\$5** \<b>
>>> print(html("1 < 2 **or** not"))
1 &lt; 2 <strong>or</strong> not
"""

from __future__ import annotations

import html as escaping
import re

from model.present.words.spoken.amounts import NBSP

_JOINER = "\u2060"
"""A word joiner: nothing is seen of it, and what it stands in is no address and no short name."""
_ADDRESS = re.compile(r"(?<=:)(?=//)|(?<=www)(?=\.)|(?<=[\w.+-]@)(?=\w)", re.IGNORECASE)
_SHORT_NAME = re.compile(r"(?<=:)(?=[\w+/-]*[A-Za-z][\w+/-]*:)")
# Inside words underscores and hyphens mean nothing, and names of assumptions stay readable.
_MARKS = re.compile(r"[\\`\[\]<~$|&^]|(?<!\*)\*(?!\*)|\*{3,}|(?<!\w)_|_(?!\w)|:(?=[A-Za-z])")
_TIED = re.compile(r"(?<=\d) (?=%)|(?<=[×±]) (?=\S)")
_INDENT = re.compile(r"(?m)^(?: {4,}| {0,3}\t)[ \t]*")
_AT_START = re.compile(r"(?m)^( {0,3}(?=[#>=]|[+-](?:\s|-|$))| {0,3}\d{1,9}(?=[.)](?:\s|$)))")


def markdown(text: str) -> str:
    """Return text for a Markdown reader, which shows it as it is but for `**bold**`."""
    flat = _INDENT.sub(" ", _unnamed(tied(text)))
    escaped = _MARKS.sub(lambda found: "".join(f"\\{c}" for c in found[0]), flat)
    return _AT_START.sub(r"\1\\", escaped)


def _unnamed(text: str) -> str:
    """Return text in which nothing is an address or the short name of a picture."""
    return _SHORT_NAME.sub(_JOINER, _ADDRESS.sub(_JOINER, text))


def html(text: str) -> str:
    """Return text as HTML: escaped, with `**bold**` in strong type."""
    return re.sub(r"\*\*(.+?)\*\*", r"<strong>\1</strong>", escaping.escape(tied(text)))


def tied(text: str) -> str:
    """Return text in which no line ends between a number and its percent sign, × or ±."""
    return _TIED.sub(NBSP, text)


def plain(text: str) -> str:
    """Return text without its marks."""
    return text.replace("**", "")
