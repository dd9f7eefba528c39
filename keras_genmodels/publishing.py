"""The command `push`: a run or an artefact goes to the Hugging Face Hub."""

from __future__ import annotations

import argparse
import pathlib
import tempfile

from keras_genmodels import terminal


def push(arguments: argparse.Namespace, verbose: int) -> str:
    """Upload an artefact, or export a run and upload that; returns the revision's URL.

    Raises:
        ValueError: for an address that is none, a folder that is neither a run nor an
            artefact, or if `huggingface_hub` is not installed.
        OSError: if the Hub refuses, or is out of reach.
    """
    from keras_genmodels.export import card, hub

    source, url = pathlib.Path(arguments.source).expanduser(), arguments.url
    try:
        repository = hub.check_upload(url)
    except ImportError as error:
        raise ValueError(str(error)) from error
    if (source / card.FILE).is_file():
        if arguments.half:
            raise ValueError(
                "`--half` must stand with a run: the weights of an artefact are "
                f"uploaded as they are. Received: {source}."
            )
        return hub.upload(source, url, private=arguments.private)
    training = terminal.quiet_import("keras_genmodels.training")
    run = training.Run.open(source)
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder, repository.partition("/")[2])
        training.publish(run, path, half=arguments.half, verbose=verbose)
        return hub.upload(path, url, private=arguments.private)
