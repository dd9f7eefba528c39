"""Make a bundled classifier: its network and the card beside it."""

from __future__ import annotations

import argparse
import importlib.metadata
import json
import sys
from pathlib import Path

from keras_genmodels.evaluation.classifiers import FOLDER

COMMAND = "python -m keras_genmodels.evaluation.classifiers"
EPOCHS = {"mnist": 10, "digits": 150}


def main() -> None:
    """Train, then write NAME.keras and NAME.json."""
    parser = argparse.ArgumentParser(
        prog="python -m keras_genmodels.evaluation.classifiers"
    )
    parser.add_argument("name", help="the data set, as data.load takes it")
    parser.add_argument("--epochs", type=int, help="default: as bundled, else 20")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--attribute", help="default: the first")
    parser.add_argument("--data-dir", help="where TensorFlow Datasets keeps the data")
    parser.add_argument("--out", type=Path, default=FOLDER, help="default: the package")
    arguments = parser.parse_args()

    from keras_genmodels.evaluation.classifiers.training import train

    epochs = arguments.epochs or EPOCHS.get(arguments.name, 20)
    model, card = train(
        arguments.name,
        epochs,
        arguments.seed,
        attribute=arguments.attribute,
        data_dir=arguments.data_dir,
    )
    arguments.out.mkdir(parents=True, exist_ok=True)
    model.save(arguments.out / f"{arguments.name}.keras")
    card["command"] = (
        f"{COMMAND} {arguments.name} --epochs {epochs} --seed {arguments.seed}"
    )
    packages = ("tensorflow", "keras", "numpy")
    card["versions"] = {name: importlib.metadata.version(name) for name in packages}
    path = arguments.out / f"{arguments.name}.json"
    path.write_text(json.dumps(card, indent=2) + "\n", encoding="utf-8")
    sys.stdout.write(f"{path}: test accuracy {card['test_accuracy']:.4f}\n")


if __name__ == "__main__":
    main()
