"""Passwords: argon2id with the library's current parameters."""

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from engine.errors import BadInput

MIN_LENGTH = 8
_HASHER = PasswordHasher()


def hash_password(password: str) -> str:
    """The hash to store; BadInput when the password is too short."""
    if len(password) < MIN_LENGTH:
        raise BadInput("password.short", f"密码至少 {MIN_LENGTH} 位", f"at least {MIN_LENGTH} characters", "password")
    return _HASHER.hash(password)


_NOBODY = _HASHER.hash("nobody's password, compared when the account is unknown")


def verify_password(stored: str | None, password: str) -> bool:
    """Whether it is the password; takes as long when the account is unknown (``stored`` is None)."""
    try:
        return _HASHER.verify(stored or _NOBODY, password) and stored is not None
    except (VerificationError, InvalidHashError):
        return False
