"""Codes people type: derived from the secret of the installation, so they are stored nowhere."""

import hashlib
import hmac

ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""Without letters that look like digits."""
VERIFICATION_LENGTH = 12


def derived_code(secret_key: str, said: str, length: int) -> str:
    """``length`` letters and digits for what is said; nobody without the secret can tell them."""
    raw = hmac.new(secret_key.encode(), said.encode(), hashlib.sha256).digest()
    number = int.from_bytes(raw[:16], "big")
    letters = []
    for _ in range(length):
        number, position = divmod(number, len(ALPHABET))
        letters.append(ALPHABET[position])
    return "".join(letters)


def verification_code(secret_key: str, case_id: str, document: str) -> str:
    """The code printed on a document."""
    return derived_code(secret_key, f"document:{case_id}:{document}", VERIFICATION_LENGTH)


def same_code(expected: str, typed: str) -> bool:
    """Whether a person typed this code; case, spaces and hyphens do not matter."""
    plain = "".join(letter for letter in typed.upper() if letter not in " -")
    return hmac.compare_digest(expected.encode(), plain.encode("utf-8", "replace"))
