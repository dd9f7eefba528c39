"""Addresses of served models, and how messages show them: without passwords."""

from __future__ import annotations

import re
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

SCHEMES = ("http", "https", "grpc")
_PATH = re.compile(r"/v1/models/([^/:]+)(?:/versions/(\d+)|/labels/([^/:]+))?/?")
# Up to the last "@", for a password may hold any sign; and what follows "?" or "#".
_ACCOUNT = re.compile(r"^(\w+://)?.*@", re.DOTALL)
_QUERY = re.compile(r"([?#]).*", re.DOTALL)


class ServerAddress(NamedTuple):
    """Parts of a URL.

    Attributes:
        scheme: one of `SCHEMES`.
        host: and port, as HOST:PORT.
        account: the name and the password of the URL, or None.
        name: of the model, or None.
        version: of the model, an integer or a label, or None.
    """

    scheme: str
    host: str
    account: tuple[str, str] | None
    name: str | None
    version: int | str | None


def parse(url: str) -> ServerAddress:
    """Split the URL of a server, or of a model in it.

    Raises:
        TypeError: for anything but text.
        ValueError: for another form of URL, which the message shows as `masked` does.

    Example:
        >>> parse("http://ada:secret@localhost:8501/v1/models/vae/versions/2")[1:]
        ('localhost:8501', ('ada', 'secret'), 'vae', 2)
    """
    if not isinstance(url, str):
        raise TypeError(
            f"`url` must be text. Received: url={url!r} of type {type(url).__name__}."
        )
    try:
        split = urlsplit(url)
        sound = split.hostname and split.port != 0
    except ValueError:  # of the host's brackets, or of the port
        sound = False
    if not sound or split.scheme not in SCHEMES or split.query or split.fragment:
        raise ValueError(
            "`url` must be http://HOST:PORT, https://HOST:PORT or grpc://HOST:PORT, "
            f"and may go on with /v1/models/NAME. Received: {masked(url)!r}."
        )
    account, _, host = split.netloc.rpartition("@")
    if account and split.scheme == "grpc":
        raise ValueError(
            "`url` must be grpc://HOST:PORT without an account, which gRPC does not "
            f"send. Received: {masked(url)!r}."
        )
    path = _PATH.fullmatch(split.path)
    if path is None and split.path.strip("/"):
        raise ValueError(
            "The path of `url` must be /v1/models/NAME, /v1/models/NAME/versions/N or "
            f"/v1/models/NAME/labels/LABEL. Received: {masked(url)!r}."
        )
    name, number, label = path.groups() if path else (None, None, None)
    user, _, password = account.partition(":")
    return ServerAddress(
        split.scheme,
        host,
        (unquote(user), unquote(password)) if account else None,
        unquote(name) if name else None,
        int(number) if number else label and unquote(label),
    )


def masked(url: str) -> str:
    """Return a URL with asterisks for its account and its query, sound or not.

    Example:
        >>> masked("http://ada:secret@localhost:8501/v1/models/vae?key=1")
        'http://***@localhost:8501/v1/models/vae?***'
    """
    return _QUERY.sub(r"\1***", _ACCOUNT.sub(r"\1***@", url))
