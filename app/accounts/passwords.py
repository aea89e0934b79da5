"""Passwords: argon2id, two computations at a time."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from app.errors import Unavailable

MIN_LENGTH = 10
MAX_LENGTH = 1024
AT_ONCE = 2
WAITING = 8

# 64 MiB each: more at once would starve everybody else on a small machine. Nor may many wait:
# each holds one of the threads that answer requests.
_computing = threading.Semaphore(AT_ONCE)
_places = threading.Semaphore(AT_ONCE + WAITING)
_hasher = PasswordHasher()
_hash_of_nobody: list[str] = []
_WORN = frozenset(
    {
        "0123456789", "0987654321", "1111111111", "123123123123", "1234567890", "12345678910",
        "123456789a", "1q2w3e4r5t", "1q2w3e4r5t6y", "abcdefghij", "adminadmin", "administrator",
        "changeme123", "concordconcord", "football123", "iloveyou123", "letmein123",
        "letmeinletmein", "password01", "password10", "password12", "password123",
        "password1234", "password12345", "passwordpassword", "passw0rd123", "q1w2e3r4t5",
        "qwerty12345", "qwerty123456", "qwertyuiop", "qwertyuiop123", "qwertzuiop",
        "welcome123", "zaq12wsxcde3",
    }
)  # fmt: skip


@contextmanager
def _turn() -> Iterator[None]:
    if not _places.acquire(blocking=False):
        raise Unavailable(
            "Many people are signing in at this moment. Try again in a few seconds.",
            retry_after=3,
        )
    try:
        with _computing:
            yield
    finally:
        _places.release()


def hash_password(password: str) -> str:
    with _turn():
        return _hasher.hash(password)


def is_right(password_hash: str | None, password: str) -> bool:
    """Whether the password belongs to the hash; without one it takes as long to say no."""
    nobody = _nobody()
    with _turn():
        try:
            _hasher.verify(password_hash or nobody, password)
        except (VerificationError, InvalidHashError, UnicodeEncodeError):
            return False
    return password_hash is not None


def _nobody() -> str:
    """Return a hash that is made once and belongs to no account."""
    if not _hash_of_nobody:
        _hash_of_nobody.append(hash_password("nobody signs in with this"))
    return _hash_of_nobody[0]


def refuse_password(password: str) -> str | None:
    """Say what is wrong with a new password, or nothing."""
    if len(password) < MIN_LENGTH:
        return f"A password needs at least {MIN_LENGTH} characters."
    if len(password) > MAX_LENGTH:
        return f"A password may have at most {MAX_LENGTH} characters."
    if password.casefold() in _WORN or len(set(password)) < 3:
        return "This password is among the first ones that are tried. Choose another."
    if any("\ud800" <= character <= "\udfff" for character in password):
        return "This password holds a character that cannot be stored. Choose another."
    return None
