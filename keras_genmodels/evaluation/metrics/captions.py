"""The metric of models that draw what sentences say."""

from __future__ import annotations

from typing import Any

import numpy as np

from keras_genmodels import registry
from keras_genmodels.data.text import NOT_SAID, stated
from keras_genmodels.evaluation.metrics import metric
from keras_genmodels.evaluation.metrics.attribute_control import is_judged, judges_of
from keras_genmodels.evaluation.metrics.translation import seeded_batches


def _reads_captions(model: Any, options: dict[str, Any]) -> bool:
    """Check whether a model draws sentences that can be read and judged."""
    readable = model.spec.name in registry.names("statements")
    sees = "caption" in getattr(model, "batch_tensors", ())
    return sees and readable and is_judged(model, options)


@metric("caption_accuracy", needs=("sample", "spec"), default=_reads_captions)
def caption_accuracy(
    model: Any,
    dataset: Any,
    classifier: Any = None,
    max_examples: int | None = None,
    seed: int = 0,
) -> dict[str, float]:
    """Measure the share of what sentences say that a judge sees in their pictures.

    What a sentence leaves open, such as a size, does not count.

    Args:
        model: whose samples are made of the tensor "caption".
        dataset: whose captions are drawn.
        classifier: as for `control_accuracy`.
        max_examples: the first examples only, >= 1. Default: all.
        seed: of the samples.

    Returns:
        `caption_accuracy`, the mean over the attributes in [0, 1]; of each attribute
        `/NAME`, the share of the sentences that say something of it whose picture is
        read so, each also for the real pictures of the sentences, `/real`; `/whole`,
        the share of pictures in which everything is as said; `/examples`.

    Raises:
        ValueError: for data without captions that can be read, or attributes that no
            classifier knows.
    """
    judges, name = judges_of(model.spec, classifier), "caption_accuracy"
    pictures, captions = {"": [], "/real": []}, []
    for batch, given, noise in seeded_batches(model, dataset, max_examples, seed):
        pictures[""].append(np.asarray(model.sample(condition=given, seed=noise)))
        pictures["/real"].append(batch["x"])
        captions.append(batch["caption"])
    said = stated(model.spec, np.concatenate(captions))
    results, examples = {}, len(said[next(iter(judges))])
    for suffix, parts in pictures.items():
        x, whole = np.concatenate(parts), np.ones(examples, bool)
        for attribute, judge in judges.items():
            right = judge.probabilities(x).argmax(axis=1) == said[attribute]
            told = said[attribute] != NOT_SAID
            results[f"{name}/{attribute}{suffix}"] = float(right[told].mean())
            whole &= right | ~told
        results[f"{name}/whole{suffix}"] = float(whole.mean())
    mean = np.mean([results[f"{name}/{attribute}"] for attribute in judges])
    return {name: float(mean), **results, f"{name}/examples": examples}
