"""How a file is refused: a code, and words for whoever sent it."""

from engine.errors import BadInput


def refused(code: str, message_zh: str, message_en: str) -> BadInput:
    """The error of an upload; it never repeats the name or the content of the file."""
    return BadInput(f"upload.{code}", message_zh, message_en, "file")


def broken() -> BadInput:
    """The file begins as its kind does, and is not one."""
    return refused("broken", "文件已损坏或不完整，请重新扫描或另存后再上传",
                   "the file is damaged or not complete: please scan or save it again")  # fmt: skip


def locked() -> BadInput:
    """The file is protected by a password."""
    return refused("encrypted", "文件设有密码或加密，请去掉密码后再上传",
                   "the file is encrypted: please remove its password first")  # fmt: skip


def too_rich() -> BadInput:
    """The file unpacks to more than anybody can want."""
    return refused("bomb", "文件展开后过大，不能接收", "the file unpacks to too much")
