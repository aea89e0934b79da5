"""The refusals of Concord: each is a sentence for the user and the HTTP status it travels under.

Services raise these and never catch them; one handler in `app.web` draws the page or fragment.
A message says what was wrong, where, and what to do next. It never holds a secret.
"""

from collections.abc import Iterable


class ConcordError(Exception):
    """A request that could not be met, told in a sentence a researcher understands."""

    status = 400

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class SignInNeeded(ConcordError):
    """Nobody is signed in, or the session has ended."""

    status = 401


class Forbidden(ConcordError):
    """The role of the person, or the place the request came from, does not allow this."""

    status = 403


class NotFound(ConcordError):
    """There is no such thing, or none that this person may know of: one text for both."""

    status = 404

    def __init__(self, message: str = "There is nothing at this address, or not for you.") -> None:
        super().__init__(message)


class Conflict(ConcordError):
    """The world has moved on: a stale version, a closed round, a name already taken."""

    status = 409


class Gone(ConcordError):
    """A link that worked once and does not any more."""

    status = 410


class TooLarge(ConcordError):
    """More bytes than the limit, which the message names."""

    status = 413


class WrongType(ConcordError):
    """A file of another kind than expected; the message says what it looks like."""

    status = 415


class Invalid(ConcordError):
    """Input that cannot be taken as it is.

    `field` names the form field to mark; `problems` lists single findings, such as one sentence
    for each bad line of a file, in the order of the file.
    """

    status = 422

    def __init__(
        self, message: str, *, field: str | None = None, problems: Iterable[str] = ()
    ) -> None:
        super().__init__(message)
        self.field = field
        self.problems = tuple(problems)


class TooMany(ConcordError):
    """Too many tries; `retry_after` seconds must pass before the next."""

    status = 429

    def __init__(self, message: str, *, retry_after: int) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class Unavailable(ConcordError):
    """Busy or out of room just now; worth another try after `retry_after` seconds."""

    status = 503

    def __init__(self, message: str, *, retry_after: int = 5) -> None:
        super().__init__(message)
        self.retry_after = retry_after
