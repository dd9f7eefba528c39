"""Errors of a disk, told with what is safe of a run and how the run goes on."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from keras_genmodels import atomic_files, checkpoints
from keras_genmodels.training.run import Run


@contextlib.contextmanager
def explained(run: Run) -> Iterator[None]:
    """Tell in a sentence that a run's files could not be written or read.

    Raises:
        OSError: for every error in the block that a disk is the reason of; it names
            the last epoch that is safe and the command that goes on.
    """
    try:
        yield
    except Exception as error:
        refused = atomic_files.refusal(error)
        if refused is None:
            raise
        full = refused.errno in atomic_files.FULL
        first = "Free some space; then" if full else "When that is mended,"
        raise OSError(
            refused.errno,
            f"The files of the run must be within reach. Received: {refused}. "
            f"{_safe(run)} {first} `{run.resume_command}` goes on.",
        ) from error


def _safe(run: Run) -> str:
    found = checkpoints.newest(run.checkpoints)
    if found is None:
        return "No epoch was finished yet."
    path, epoch = found
    return f"All is safe up to epoch {epoch}, in {path}."
