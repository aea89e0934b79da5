"""Passwords: argon2id, two computations at a time."""

import threading

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

MIN_LENGTH = 10
MAX_LENGTH = 1024

# 64 MiB each: more at once would starve everybody else on a small machine.
_at_once = threading.Semaphore(2)
_hasher = PasswordHasher()
_WORN = frozenset(
    {"1234567890", "0123456789", "passwordpassword", "password123", "password1234", "qwertyuiop"}
)


def hash_password(password: str) -> str:
    with _at_once:
        return _hasher.hash(password)


def is_right(password_hash: str, password: str) -> bool:
    with _at_once:
        try:
            return _hasher.verify(password_hash, password)
        except (VerificationError, InvalidHashError):
            return False


# Checked when no account has the name, so that both answers take the same time.
_hash_of_nobody: list[str] = []


def is_right_for_nobody(password: str) -> bool:
    """Take as long as a real check and say no."""
    if not _hash_of_nobody:
        _hash_of_nobody.append(hash_password("nobody signs in with this"))
    is_right(_hash_of_nobody[0], password)
    return False


def refuse_password(password: str) -> str | None:
    """Say what is wrong with a new password, or nothing."""
    if len(password) < MIN_LENGTH:
        return f"A password needs at least {MIN_LENGTH} characters."
    if len(password) > MAX_LENGTH:
        return f"A password may have at most {MAX_LENGTH} characters."
    if password.casefold() in _WORN:
        return "This password is among the first ones that are tried. Choose another."
    return None
