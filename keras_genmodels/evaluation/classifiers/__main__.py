"""Make a bundled classifier: its network and the card beside it."""

from __future__ import annotations

import argparse
import importlib.metadata
import shutil
import sys
from pathlib import Path

from keras_genmodels import atomic_files
from keras_genmodels.evaluation.classifiers import FOLDER

COMMAND = "python -m keras_genmodels.evaluation.classifiers"
EPOCHS = {
    "chair_views": 5,
    "chair_voxels": 12,
    "chairs": 6,
    "cifar10": 20,
    "digits": 150,
    "landscapes": 8,
    "lpc_sprites": 4,
    "lpc_sprites_stills": 4,
    "mnist": 10,
    "scenes": 5,
    "weizmann_actions": 40,
}
SIZES = {
    "chair_views": 32,
    "chairs": 32,
    "lpc_sprites_stills": 32,
}  # pixels, where it is not as data.load gives them
PHOTOGRAPHS = ("cifar10", "tfds:lfw64", "tfds:utkface64")
SEVERAL = (  # whose classifiers read all attributes
    *("chair_views", "chair_voxels", "chairs", "landscapes"),
    *("lpc_sprites", "moving_shapes", "scenes", "weizmann_actions"),
)


def main() -> None:
    """Train, then write NAME.keras and NAME.json; one that was stopped goes on."""
    arguments = _parser().parse_args()
    name, seed = arguments.name, arguments.seed
    made = f"{name}_stills" if arguments.stills else name
    epochs = arguments.epochs or EPOCHS.get(made, 20)

    from keras_genmodels.evaluation.classifiers import (
        attributes_training,
        photographs,
        training,
    )

    size = arguments.image_size or SIZES.get(made)
    made = made.removeprefix("tfds:")
    folder = arguments.out / f"{made}-{size}-{epochs}-{seed}.stopped"
    options = {"data_dir": arguments.data_dir, "folder": folder}
    command = f"{COMMAND} {name} --epochs {epochs} --seed {seed}"
    if name in PHOTOGRAPHS:
        network, card = photographs.train(name, epochs, seed, **options)
    elif name in SEVERAL:
        if size:
            options["image_size"] = size
            command += f" --image-size {size}"
        if arguments.stills:
            options["stills"] = True
            command += " --stills"
        network, card = attributes_training.train(name, epochs, seed, **options)
    else:
        options["attribute"] = arguments.attribute
        network, card = training.train(name, epochs, seed, **options)
    card["command"] = command
    packages = ("tensorflow", "keras", "numpy")
    card["versions"] = {name: importlib.metadata.version(name) for name in packages}
    arguments.out.mkdir(parents=True, exist_ok=True)
    with atomic_files.replacing(arguments.out / f"{made}.keras") as partial:
        network.save(partial)
    path = arguments.out / f"{made}.json"
    atomic_files.write_json(path, card)
    shutil.rmtree(folder, ignore_errors=True)
    sys.stdout.write(f"{path}: test accuracy {card['test_accuracy']:.4f}\n")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog=COMMAND, description=__doc__)
    parser.add_argument("name", help="the data set, as data.load takes it")
    parser.add_argument("--epochs", type=int, help="default: as bundled, else 20")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--image-size", type=int, help="pixels of a side")
    parser.add_argument("--stills", action="store_true", help="of the frames of clips")
    parser.add_argument("--attribute", help="of one; default: the first")
    parser.add_argument("--data-dir", help="where TensorFlow Datasets keeps the data")
    parser.add_argument("--out", type=Path, default=FOLDER, help="default: the package")
    return parser


if __name__ == "__main__":
    main()
