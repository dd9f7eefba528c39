"""Errors between a client and a server of artefacts."""

from __future__ import annotations


class ServingError(RuntimeError):
    """A server did not do what was asked; the message says where and why.

    What a caller asked wrongly is a ValueError or a TypeError, as it is for a model
    that runs here.
    """


class ServerUnavailableError(ServingError):
    """Nobody answers, or only that it is busy: the same request may succeed later."""


class ServingTimeoutError(ServingError, TimeoutError):
    """The answer did not come in time; asking again would wait as long again."""


class NotServedError(ServingError, LookupError):
    """The server has no model, version or label of this name, or not yet."""


def too_long(url: str, max_bytes: int) -> ServingError:
    """Make the error of an answer that is longer than a client reads."""
    return ServingError(
        f"{url} must answer with at most {max_bytes} bytes, of which more came. Ask "
        "for fewer rows at once, or give the client a larger `max_bytes`."
    )
