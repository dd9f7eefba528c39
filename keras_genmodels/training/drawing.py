"""Pictures of a run: samples of its model, and other figures."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from keras_genmodels import atomic_files, checks, music, pictures, registry, sound
from keras_genmodels.data.spec import DatasetSpec
from keras_genmodels.evaluation.figures import sample_pictures
from keras_genmodels.evaluation.figures.sentences import with_sentences
from keras_genmodels.evaluation.figures.told_translations import told_translations
from keras_genmodels.evaluation.figures.translations import shown_sources, translations
from keras_genmodels.training.results import load_data, restore
from keras_genmodels.training.run import Run

# What writes a tune, by how the file ends.
HEARD = {**dict.fromkeys(music.FILES, music.write_midi), sound.SUFFIX: sound.write_wav}


def draw(
    run: Run,
    path: str | Path | None = None,
    num_samples: int = sample_pictures.COUNT,
    seed: int = 0,
    condition: Mapping[str, Any] | None = None,
    figure: str | None = None,
    text: str | None = None,
) -> Path:
    """Write samples of a run's model, or another figure of it, as one file.

    Those of a translator stand below their sources, and above what is right.

    Args:
        run: from `Run.open`.
        path: of the file; by default `seed-N.png`, or the figure's name, among the
            run's samples. Clips move in a `.webp` file, the default, or a `.gif`; in a
            `.png` each is a row of frames. Volumes turn in a `.webp` or `.gif`. Tunes
            are piano rolls in a `.png`, and are heard one after another in a `.mid` or
            a `.wav`.
            Sentences, drawn for sources of the test split, are lines of a `.txt`.
        num_samples: how many, >= 1.
        seed: of the samples.
        condition: the class of every attribute, by name or index; by default the
            classes in turn, or what occurs together in the test split.
        figure: in place of samples: "reconstructions", "inversions" of a model without
            an encoder, "classes", "manifold" of a two-dimensional latent,
            "traversals" of one latent dimension at a time, "changes" of one attribute
            at a time, "pairs" of two domains, "translations", "completions" of pictures
            without their lower half, "next_frames", "series" of pictures and what was
            foretold of them, or "sentences".
        text: a sentence that all samples are to be of, of a model that draws
            sentences; what else it needs, such as a box, is that of test examples.

    Returns:
        The path.

    Raises:
        ValueError: for `num_samples` < 1, a `seed` that is no int32, an unknown
            attribute, class or figure, a figure that the model does not offer, or a
            sentence that it cannot read.
    """
    checks.integer("num_samples", num_samples, 1)
    checks.integer("seed", seed, -(2**31), 2**31 - 1)
    if figure is not None:
        return _draw_figure(run, path, figure)
    model = restore(run)
    default = ".webp" if model.spec.is_clip else ".png"
    default = ".txt" if model.spec.words else default
    path = Path(path or run.samples / f"seed-{seed}{default}").expanduser()
    if model.spec.words:
        return _write_sentences(run, model, path, num_samples, seed)
    if condition:
        shown = _condition(model.spec, num_samples, condition), None
    else:
        examples = next(iter(load_data(run.config, "test")[0]))
        if shown_sources(model, examples):
            drawn = translations(model, examples, num_samples, seed=seed)
            return write_picture(path, drawn)
        shown = sample_pictures.conditions(model, examples, num_samples)
        if text is not None:
            shown = with_sentences(model, shown[0], [text] * num_samples), shown[1]
    write = HEARD.get(path.suffix.lower())
    if write and music.is_tune(model.spec):
        tunes = model.sample(num_samples, condition=shown[0], seed=seed)
        write(path, music.joined(tunes))
        return path
    moving = path.suffix.lower() in pictures.MOVING
    return write_picture(path, sample_pictures.picture(model, *shown, seed, moving))


def _write_sentences(
    run: Run, model: Any, path: Path, num_samples: int, seed: int
) -> Path:
    """Write sources of the test split, and below each what is made of it, and right."""
    if path.suffix.lower() != ".txt":
        raise ValueError(f"Sentences are written to a '.txt' file. Received: {path}.")
    examples = next(iter(load_data(run.config, "test")[0]))
    written = told_translations(model, examples, num_samples, seed)
    atomic_files.write_text(path, written)
    return path


def _draw_figure(run: Run, path: str | Path | None, name: str) -> Path:
    """Draw a registered figure of the run's model and a batch of its test split."""
    figure = registry.lookup(name, "figure")
    examples = next(iter(load_data(run.config, "test")[0]))
    drawn = figure(restore(run), examples)
    default = ".webp" if drawn.ndim == 4 else ".png"
    path = Path(path or run.samples / f"{name}{default}").expanduser()
    return write_picture(path, drawn)


def write_picture(path: Path, drawn: np.ndarray) -> Path:
    """Write a picture, or one that moves: (time, height, width, channels)."""
    if drawn.ndim == 4:
        pictures.save_clip(drawn, path)
    else:
        pictures.save_png(path, drawn)
    return path


def _condition(spec: DatasetSpec, rows: int, given: Mapping[str, Any]) -> Any:
    """Make a condition as `spec.condition` does; a class called "5" has that name."""
    classes = {attribute.name: attribute.classes for attribute in spec.attributes}
    values = {
        name: str(value) if str(value) in classes.get(name, ()) else value
        for name, value in given.items()
    }
    return spec.condition(rows, **values)
