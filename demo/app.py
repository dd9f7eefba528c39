"""Program that serves the demo: what a Hugging Face Space of this folder runs.

`python app.py` takes the options of `keras-genmodels demo`. The folder that it lies in,
whatever its name, is the package `keras_genmodels_demo`, and comes before one that is
installed: what is changed here is what is seen.
"""

from __future__ import annotations

import importlib.util
import os
import pathlib
import sys

HERE = pathlib.Path(__file__).resolve().parent
NAME = "keras_genmodels_demo"


def adopt(folder: pathlib.Path) -> None:
    """Import a folder as the package of the demo."""
    spec = importlib.util.spec_from_file_location(
        NAME, folder / "__init__.py", submodule_search_locations=[str(folder)]
    )
    package = importlib.util.module_from_spec(spec)
    sys.modules[NAME] = package
    spec.loader.exec_module(package)


if __name__ == "__main__":
    if "SPACE_ID" in os.environ:  # whose visitors come from other machines
        os.environ.setdefault("GRADIO_SERVER_NAME", "0.0.0.0")
    adopt(HERE)
    # Files here are parts of the package, and no modules of their own.
    sys.path[:] = [path for path in sys.path if path != str(HERE)]

    from keras_genmodels import cli

    sys.exit(cli.main(["demo", *sys.argv[1:]]))
