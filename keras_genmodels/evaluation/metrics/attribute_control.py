"""Control over attributes: whether samples show what was asked for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from keras_genmodels import checks
from keras_genmodels.evaluation import classifiers
from keras_genmodels.evaluation.batches import attribute_columns
from keras_genmodels.evaluation.metrics import metric
from keras_genmodels.evaluation.sampling import sample_batches, sample_conditions


def _controllable(model: Any, options: dict[str, Any]) -> bool:
    """Check whether a classifier reads these data, and samples follow the condition."""
    return (
        is_judged(model, options)
        and bool(model.spec.attributes)
        and uses_condition(model)
    )


def is_judged(model: Any, options: dict[str, Any]) -> bool:
    """Check whether a classifier is given, or one of the model's data is bundled."""
    return "classifier" in options or model.spec.name in classifiers.names()


def uses_condition(model: Any) -> bool:
    """Check whether another condition with the same seed gives another sample.

    A model that needs further tensors, such as a source, is not asked by a condition.

    Args:
        model: with `sample` and a `spec` that has attributes.
    """
    if set(getattr(model, "batch_tensors", ())) - {"x", "condition"}:
        return False
    attributes = model.spec.attributes
    first = {a.name: a.low if a.is_real else 0 for a in attributes}
    last = {a.name: a.high if a.is_real else len(a.classes) - 1 for a in attributes}
    one, other = (
        np.asarray(model.sample(1, model.spec.condition(**values), seed=0))
        for values in (first, last)
    )
    return not np.array_equal(one, other)


@metric("control_accuracy", needs=("sample", "spec"), default=_controllable)
def control_accuracy(
    model: Any,
    dataset: Any = None,
    num_samples: int = 1000,
    classifier: Any = None,
    seed: int = 0,
    batch_size: int = 250,
    combinations: str = "all",
) -> dict[str, float]:
    """Measure the share of samples that a classifier reads as what was asked for.

    Every class of an attribute is asked for equally often, the attributes independently
    of each other, or what is asked for is what the examples show, such as the
    combinations of attributes that were left out of training. A classifier errs, too:
    its own accuracy on real test data stands beside the number under its name.

    Args:
        model: with `sample(n, condition, seed)`, whose `spec` has attributes.
        dataset: whose examples say what is asked for, if `combinations` says so.
        num_samples: how many, >= 1.
        classifier: of the samples: the name of a bundled classifier, a `Classifier` or
            `AttributesClassifier`, or a dictionary from attribute to any of them.
            Default: the bundled one of the model's data set, for the attributes that it
            reads.
        seed: of samples and conditions.
        batch_size: samples at a time, >= 1.
        combinations: "all" that the attributes allow, or those of the "dataset", its
            examples in turn.

    Returns:
        `control_accuracy`, the mean over judged attributes in [0, 1];
        `control_accuracy/NAME` for each attribute and `.../NAME/worst_class` for its
        worst class; `control_accuracy/classifier:JUDGE`, the judge's own test accuracy;
        `control_accuracy/samples`.

    Raises:
        ValueError: if the data have no attributes, no classifier knows them,
            `num_samples` is < 1, or for other `combinations`.

    Example:
        >>> from keras_genmodels import data, zoo
        >>> spec = data.load("digits")[1]
        >>> numbers = control_accuracy(zoo.build("conditional_vae", spec))
        >>> numbers["control_accuracy/samples"]
        1000
    """
    judges = judges_of(model.spec, classifier)
    checks.integer("num_samples", num_samples, 1)
    wanted = _wanted(model, dataset, num_samples, seed, combinations)
    right = _right(model, judges, wanted, batch_size, seed)
    results: dict[str, float] = {}
    for name, judge in judges.items():
        shares = [right[name][wanted[name] == c].mean() for c in set(wanted[name])]
        results[f"control_accuracy/{name}"] = float(right[name].mean())
        results[f"control_accuracy/{name}/worst_class"] = float(min(shares))
        results[f"control_accuracy/classifier:{judge.name}"] = judge.test_accuracy
    mean = np.mean([results[f"control_accuracy/{name}"] for name in judges])
    return {
        "control_accuracy": float(mean),
        **results,
        "control_accuracy/samples": num_samples,
    }


def _right(model, judges, wanted, batch_size, seed) -> dict[str, np.ndarray]:
    """Find the samples that show what was wanted, by attribute, (n,) booleans."""
    condition = model.spec.condition(**wanted)
    read: dict[str, list[np.ndarray]] = {name: [] for name in judges}
    for images in sample_batches(model, len(condition), condition, seed, batch_size):
        for name, judge in judges.items():
            read[name].append(judge.probabilities(images).argmax(axis=1))
    return {name: np.concatenate(read[name]) == wanted[name] for name in judges}


def _wanted(model, dataset, count, seed, combinations) -> dict[str, np.ndarray]:
    """Choose the classes that are asked for, attribute name -> (count,)."""
    checks.one_of("combinations", combinations, ("all", "dataset"))
    if combinations == "all":
        return _balanced(model.spec, count, seed)
    asked = attribute_columns(sample_conditions(model, dataset, count))
    return model.spec.labels(asked)


def _balanced(spec: Any, count: int, seed: int) -> dict[str, np.ndarray]:
    """Ask for each class, or value, equally often, in an attribute's own order."""
    rng = np.random.default_rng(seed)
    return {
        a.name: rng.permutation(
            np.linspace(a.low, a.high, count)
            if a.is_real
            else np.arange(count) % len(a.classes)
        )
        for a in spec.attributes
    }


def judges_of(spec: Any, classifier: Any = None) -> dict[str, Any]:
    """Choose the classifiers that read a data set's attributes, by their names.

    Args:
        spec: of the data set.
        classifier: as for `control_accuracy`.

    Raises:
        ValueError: if the data have no attributes, or no classifier knows them.
    """
    if not spec.attributes:
        raise ValueError(
            "Control needs data with attributes. "
            f"Received: {spec.name!r}, which has none."
        )
    if classifier is None and spec.name not in classifiers.names():
        raise ValueError(
            f"`classifier` must be given for {spec.name!r}: the bundled ones know "
            f"{', '.join(map(repr, classifiers.names()))}. Received: classifier=None."
        )
    given = spec.name if classifier is None else classifier
    if isinstance(given, Mapping):
        judges = {name: _judge(judge, name) for name, judge in given.items()}
    else:
        judge = _loaded(given)
        several = isinstance(judge, classifiers.AttributesClassifier)
        judges = judge.judges() if several else {judge.attribute: judge}
    sizes = {a.name: len(a.classes) for a in spec.categorical}
    for name, judge in judges.items():
        if sizes.get(name) != len(judge.classes):
            raise ValueError(
                f"The classifier {judge.name!r} tells {len(judge.classes)} classes of "
                f"{name!r}. Received: {spec.name!r}, whose attributes have {sizes}."
            )
    return judges


def _judge(classifier: Any, attribute: str) -> Any:
    """Choose the classifier of one attribute, of one that may read several."""
    judge = _loaded(classifier)
    several = isinstance(judge, classifiers.AttributesClassifier)
    return judge.judges()[attribute] if several else judge


def _loaded(classifier: Any) -> Any:
    if isinstance(classifier, str):
        return classifiers.load_classifier(classifier)
    return classifier
