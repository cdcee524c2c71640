"""The name of a file as people gave it: a record, shown again and offered on download; never a place on the disk."""

import unicodedata

from engine.uploads.refusal import refused

LONGEST_NAME = 120
"""Characters."""
_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
"""Unicode categories of what cannot be seen: control characters, also those that turn the direction of writing."""


def checked_name(name: str) -> str:
    """The name in normal form; BadInput for one that is empty, too long, a path, or holds what cannot be seen."""
    plain = unicodedata.normalize("NFC", name).strip()
    if not plain.strip(". "):
        raise refused("name", "请选择一个有文件名的文件", "please choose a file that has a name")
    if len(plain) > LONGEST_NAME:
        raise refused("name", f"文件名不能超过 {LONGEST_NAME} 个字", f"a name has at most {LONGEST_NAME} characters")
    if any(letter in "/\\" or unicodedata.category(letter) in _HIDDEN for letter in plain):
        raise refused("name", "文件名不能含路径或看不见的字符", "a name holds no path and nothing that cannot be seen")
    return plain


def extension(name: str) -> str:
    """What follows the last dot, in small letters; empty without one."""
    stem, dot, end = name.rpartition(".")
    return end.lower() if dot and stem else ""
