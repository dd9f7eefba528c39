"""Artefacts on the Hugging Face Hub, by addresses of the form `hf://owner/name`.

A repository there holds one artefact, in TensorFlow Serving's layout: its root is what
`saved_models/<name>` is on a disk.

    README.md          the page of the model on the Hub, see `hub_readme`
    card.json          what the model is
    1/                 a version: saved_model.pb, variables/, assets.extra/
    examples.npz       pictures of the data, where there are any
    history/           how the run went, where it is known

Each upload is one commit, so that a repository never shows half a model, and earlier
uploads stay as revisions, `hf://owner/name@revision`. Other files in the repository
are left alone. `huggingface_hub` keeps what was downloaded, and knows the token.
"""

from __future__ import annotations

import contextlib
import fnmatch
import pathlib
import re
from collections.abc import Iterator
from types import ModuleType
from typing import Any

from keras_genmodels.export import card, hub_readme, layout, showcase

SCHEME = "hf://"
README = "README.md"
# The files of an artefact: these are downloaded, and replaced by an upload.
OWN = (card.FILE, "[0-9]*/*", showcase.EXAMPLES, f"{showcase.HISTORY}/*")
_REPOSITORY = re.compile(r"\w[\w.-]*/\w[\w.-]*", re.ASCII)


def is_url(path: object) -> bool:
    """Find whether a path is an address on the Hub."""
    return isinstance(path, str) and path.startswith(SCHEME)


def parse(url: str) -> tuple[str, str | None]:
    """Split an address into the repository, `owner/name`, and the revision, if any.

    Raises:
        ValueError: if it is no address of a repository.

    Example:
        >>> parse("hf://ada/digits-vae@v1")
        ('ada/digits-vae', 'v1')
    """
    repository, at, revision = str(url).removeprefix(SCHEME).partition("@")
    sound = _REPOSITORY.fullmatch(repository) and not re.search(
        r"--|\.\.|[.-](/|$)", repository
    )
    if not is_url(url) or not sound or bool(at) != bool(revision):
        raise ValueError(
            "`url` must be hf://OWNER/NAME or hf://OWNER/NAME@REVISION. "
            f"Received: {url!r}."
        )
    return repository, revision or None


def download(url: str) -> pathlib.Path:
    """Fetch an artefact from the Hub, or find it among what was fetched before.

    Args:
        url: `hf://owner/name`, or `hf://owner/name@revision`, where a revision is a
            branch, a tag or a commit. Default: the newest of the branch "main".

    Returns:
        The artefact's folder in the cache of `huggingface_hub`, to be read only.

    Raises:
        ValueError: for an address that is none, a repository or a revision that is not
            there, or a repository without an artefact.
        PermissionError: if the token does not let in.
        ConnectionError: if the Hub does not answer, and the files were never fetched.
        ImportError: if `huggingface_hub` is not installed.
    """
    repository, revision = parse(url)
    library = _library()
    with _explained(url):
        path = library.snapshot_download(
            repository,
            revision=revision,
            allow_patterns=[*OWN, README],
            library_name="keras_genmodels",
        )
    folder = pathlib.Path(path)
    if not (folder / card.FILE).is_file() or not layout.versions(folder):
        raise ValueError(
            f"`url` must be that of an exported model, with a {card.FILE} and an "
            f"integer version in it. Received: {url!r}."
        )
    return folder


def check_upload(url: str, token: str | None = None) -> str:
    """Refuse what an upload could not begin with, without asking the Hub.

    Args:
        url: as for `upload`.
        token: as for `upload`.

    Returns:
        The repository, `owner/name`.

    Raises:
        ValueError: for an address that is none, or that has a revision.
        PermissionError: if there is no token.
        ImportError: if `huggingface_hub` is not installed.
    """
    repository, revision = parse(url)
    if revision is not None:
        raise ValueError(
            "`url` must be hf://OWNER/NAME: an upload is a new revision of its own. "
            f"Received: {url!r}."
        )
    if not (token or _library().get_token()):
        raise PermissionError(
            "An upload needs a token of the Hub, which `hf auth login` or the variable "
            "HF_TOKEN gives."
        )
    return repository


def upload(
    folder: str | pathlib.Path,
    url: str,
    token: str | None = None,
    private: bool = False,
) -> str:
    """Write an artefact to the Hub as one commit, and make the repository if need be.

    Files of an earlier upload that the artefact no longer has are removed in the same
    commit; they stay in the earlier revision.

    Args:
        folder: of the artefact, `saved_models/<name>`. All in it is uploaded that is
            not hidden. A README.md in it becomes the page of the model; where there is
            none, `hub_readme` writes the page.
        url: `hf://owner/name`.
        token: with the right to write. Default: that of `hf auth login` or HF_TOKEN.
        private: whether only the owner may read it. Default: as the owner's settings
            say, which is public for most.

    Returns:
        The address of this revision, `hf://owner/name@commit`.

    Raises:
        ValueError: for an address that is none, a folder that holds no artefact, or
            `private` where the repository is public already.
        PermissionError: without a token, or with one that may not write there.
        ConnectionError: if the Hub does not answer, or not as it should.
        ImportError: if `huggingface_hub` is not installed.
    """
    folder = pathlib.Path(folder).expanduser()
    repository = check_upload(url, token)
    facts, version = card.read(folder), layout.newest(folder).name
    files = _files(folder)
    files.setdefault(README, hub_readme.text(facts, repository).encode())
    hub = _library()
    api = hub.HfApi(token=token, library_name="keras_genmodels")
    with _explained(url):
        # None leaves the choice to the owner's settings.
        api.create_repo(repository, private=private or None, exist_ok=True)
        if private and not api.repo_info(repository).private:
            raise ValueError(
                "`private` must be False for a repository that is public already. "
                f"Received: private=True for {url!r}."
            )
        known = api.list_repo_files(repository)
        gone = [name for name in known if _is_own(name) and name not in files]
        commit = api.create_commit(
            repository,
            [
                *(hub.CommitOperationDelete(name) for name in gone),
                *(hub.CommitOperationAdd(*item) for item in files.items()),
            ],
            commit_message=f"{facts['name']}, version {version}",
        )
    return f"{url}@{commit.oid}"


def _files(folder: pathlib.Path) -> dict[str, Any]:
    """Map names in the repository to files, without what is hidden."""
    paths = {
        path.relative_to(folder): path
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
    return {
        name.as_posix(): path
        for name, path in paths.items()
        if not any(part.startswith(".") for part in name.parts)
    }


def _is_own(name: str) -> bool:
    return any(fnmatch.fnmatchcase(name, pattern) for pattern in OWN)


def _library() -> ModuleType:
    try:
        import huggingface_hub
    except ImportError as error:
        raise ImportError(
            f"`{SCHEME}` needs huggingface_hub, which the extra `hub` brings: "
            "`pip install 'keras_genmodels[hub]'`."
        ) from error
    return huggingface_hub


# --- what goes wrong ------------------------------------------------------------------


@contextlib.contextmanager
def _explained(url: str) -> Iterator[None]:
    """Say in one sentence what the Hub, or the way to it, refused."""
    from huggingface_hub import errors

    try:
        yield
    except (
        errors.HTTPError,  # of the library that it asks with
        errors.LocalEntryNotFoundError,
        ConnectionError,  # of the transfer of large files, or offline by choice
        RuntimeError,
    ) as error:
        raise _explanation(error, url) from error


def _explanation(error: BaseException, url: str) -> Exception:
    from huggingface_hub import errors

    while getattr(error, "response", None) is None and error.__cause__ is not None:
        error = error.__cause__
    response = getattr(error, "response", None)
    status = getattr(response, "status_code", None)
    if isinstance(error, errors.RevisionNotFoundError):
        return ValueError(
            "`url` must name a revision that the repository has. "
            f"Received: {url!r}, which has none of this name."
        )
    missing = isinstance(error, errors.RepositoryNotFoundError)
    if status == 403 or (status == 401 and not missing):
        return PermissionError(
            f"The token must have the right to do this with {url}, and the Hub "
            f"answered {status}: `hf auth login` or HF_TOKEN gives another."
        )
    if missing:
        return ValueError(
            "`url` must be that of a repository that is there and that the token may "
            f"read. Received: {url!r}."
        )
    if status is not None:
        return ConnectionError(
            f"The Hub must answer for {url}. Received: status {status}."
        )
    reason = " ".join(str(error).split()) or type(error).__name__
    return ConnectionError(
        f"The Hub must be within reach for {url}. Received: {reason.rstrip('.')}."
    )
