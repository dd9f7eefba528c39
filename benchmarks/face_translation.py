"""Whether translated faces have the other attribute, and are still the same person.

    python benchmarks/face_translation.py MODEL.keras ... --attribute smiling

A model was trained between "no" and "yes" of an attribute of `tfds:lfw64`, by
`--data 'domains={"smiling": ["no", "yes"]}'`. Two judges are trained here
on real faces of the training split, which no model sees: one reads the attribute, the
other tells people apart by the names of their photographs, and its features say how
alike two faces are. Nobody is in both splits. Beside the translations stand the faces
as they are, and, for the likeness, two photographs of one person and of two people.
"""

from __future__ import annotations

import argparse
import collections
from collections.abc import Callable
from pathlib import Path

import keras
import numpy as np
import tensorflow_datasets as tfds

from keras_genmodels.data.archives.tfds_folders import find
from keras_genmodels.data.fitting import resize

SET = "lfw64"
BATCH, CHANNELS, SHARPNESS = 64, (32, 64, 128, 128), 16.0  # of the judges
LEAST = 4  # photographs of a person that the second judge learns from
SHARE = 0.02  # of pairs of two people that are taken for one


def faces(
    split: str, side: int
) -> tuple[np.ndarray, dict[str, np.ndarray], np.ndarray]:
    """Read pictures in [0, 1], their attributes, and the names of the people."""
    builder = tfds.builder_from_directory(find(SET, None))
    rows = [*builder.as_dataset(split=split).as_numpy_iterator()]
    x = np.asarray(resize(np.stack([row["image"] for row in rows]), side, side))
    x = x.astype(np.float32) / 255
    known = {
        key: np.array([row["attributes"][key] for row in rows], int)
        for key in rows[0]["attributes"]
    }
    return x, known, np.array([row["name"].decode() for row in rows])


def judge(
    x: np.ndarray, labels: np.ndarray, epochs: int, path: Path | None
) -> keras.Model:
    """Train a classifier; its outputs are features of length 1 and logits.

    Args:
        x: faces in [0, 1].
        labels: the class of each, >= 0.
        epochs: passes over them.
        path: of a file, which is read if it is there, and written if it is not.
    """
    if path is not None and path.is_file():
        return keras.saving.load_model(path)
    keras.utils.set_random_seed(0)
    seen = hidden = keras.Input(x.shape[1:])
    hidden = keras.layers.RandomFlip("horizontal")(hidden)
    hidden = keras.layers.RandomTranslation(0.06, 0.06)(hidden)
    hidden = keras.layers.RandomBrightness(0.15, value_range=(0, 1))(hidden)
    for channels in CHANNELS:
        convolution = keras.layers.Conv2D(channels, 3, padding="same", use_bias=False)
        hidden = keras.layers.BatchNormalization(momentum=0.9)(convolution(hidden))
        hidden = keras.layers.MaxPooling2D()(keras.layers.ReLU()(hidden))
    hidden = keras.layers.Dropout(0.4)(keras.layers.Flatten()(hidden))
    features = keras.layers.Dense(128, use_bias=False)(hidden)
    features = keras.layers.UnitNormalization()(features)
    logits = keras.layers.Dense(int(labels.max()) + 1)
    network = keras.Model(seen, logits(keras.layers.Rescaling(SHARPNESS)(features)))
    rate = keras.optimizers.schedules.CosineDecay(1e-3, epochs * -(-len(x) // BATCH))
    network.compile(
        keras.optimizers.Adam(rate),
        keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    )
    network.fit(x, labels, batch_size=BATCH, epochs=epochs, verbose=2)
    made = keras.Model(seen, {"features": features, "logits": network.output})
    if path is not None:
        path.parent.mkdir(parents=True, exist_ok=True)
        made.save(path)
    return made


def people(names: np.ndarray) -> np.ndarray:
    """Number the people of whom there are enough photographs; -1 is anybody else."""
    counts = collections.Counter(names)
    chosen = sorted(name for name, count in counts.items() if count >= LEAST)
    places = {name: place for place, name in enumerate(chosen)}
    return np.array([places.get(name, -1) for name in names])


def likeness(features: np.ndarray, names: np.ndarray) -> dict[str, float]:
    """Compare photographs with each other: of one person, and of two."""
    alike = features @ features.T
    upper = np.triu(np.ones(alike.shape, bool), 1)
    one = names[:, None] == names[None]
    same, other = alike[upper & one], alike[upper & ~one]
    least = float(np.quantile(other, 1 - SHARE))
    return {
        "of one person": float(same.mean()),
        "of two people": float(other.mean()),
        "from which two are taken for one": least,
        "above it, of one person": float((same > least).mean()),
    }


def main() -> None:
    """Train the judges, translate the test split both ways and print a table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("models", type=Path, nargs="+", help=".keras files")
    parser.add_argument("--attribute", default="smiling")
    parser.add_argument("--epochs", type=int, default=12, help="of the judges")
    parser.add_argument("--image-size", type=int, default=64, help="of a side")
    parser.add_argument("--judges", type=Path, help="a folder that keeps them")
    given = parser.parse_args()
    x, known, names = faces("train", given.image_size)
    test, truth, test_names = faces("test", given.image_size)
    truth = truth[given.attribute]
    number = people(names)
    files = [
        given.judges / f"{name}-{given.image_size}-{given.epochs}.keras"
        if given.judges
        else None
        for name in (given.attribute, "people")
    ]
    reader = judge(x, known[given.attribute], given.epochs, files[0])
    known_people = number >= 0
    embedding = judge(x[known_people], number[known_people], 2 * given.epochs, files[1])

    def read(x):
        return reader.predict(x, verbose=0)["logits"].argmax(axis=1)

    def embedded(x):
        return embedding.predict(x, verbose=0)["features"]

    print(f"{given.attribute} is read right of {(read(test) == truth).mean():.3f}")
    pairs = likeness(embedded(test), test_names)
    for key, value in pairs.items():
        print(f"likeness {key}: {value:.3f}")
    print(f"{'':40}  changed  as it was  likeness  one person")
    for path in given.models:
        model = keras.saving.load_model(path)
        for before, way in enumerate(("translate", "translate_back")):
            source = test[truth == before]
            made = translated(getattr(model, way), source)
            alike = (embedded(source) * embedded(made)).sum(axis=1)
            one = (alike > pairs["from which two are taken for one"]).mean()
            shares = [(read(x) != before).mean() for x in (made, source)]
            row = f"{path.parent.name + ' ' + way:40}"
            print(
                row
                + f"{shares[0]:9.3f}{shares[1]:11.3f}{alike.mean():10.3f}{one:12.3f}"
            )


def translated(translate: Callable, x: np.ndarray) -> np.ndarray:
    """Translate pictures, a hundred at a time."""
    return np.concatenate([translate(x[i : i + 100]) for i in range(0, len(x), 100)])


if __name__ == "__main__":
    main()
