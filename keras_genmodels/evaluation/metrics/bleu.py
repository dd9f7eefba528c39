"""The metric of translated sentences: how much of them the right answers say."""

from __future__ import annotations

import importlib.util
from collections.abc import Sequence
from typing import Any

import numpy as np

from keras_genmodels.data import text
from keras_genmodels.evaluation.metrics import metric
from keras_genmodels.evaluation.metrics.translation import seeded_batches

# Of a right answer: what its unknown word is, no translation can have said.
_RARE = "<rare>"


def _translates_sentences(model: Any, options: dict[str, Any]) -> bool:
    """Check whether a model translates sentences, and the extra is there."""
    there = importlib.util.find_spec("sacrebleu") is not None
    return there and bool(model.spec.words)


@metric("bleu", needs=("translate", "spec"), default=_translates_sentences)
def bleu(model: Any, dataset: Any, max_examples: int | None = None) -> dict[str, float]:
    """Measure BLEU of translations, of which every word is the likeliest.

        100 min(1, exp(1 - r / c)) (p_1 p_2 p_3 p_4)**(1/4)

    p_n is the share of n-grams, of all translations together, that the right answers
    have; c and r are the numbers of words of translations and answers. It is computed
    by sacrebleu of the words as they are, without its tokenizer, for small letters
    without points, each with one right answer: numbers of other texts or other
    tokenizers do not compare. An unknown word is never right. Where no translation
    has four words, BLEU is 0.

    Args:
        model: with `translate`, of data whose x are sentences.
        dataset: batches with "source", of which x is the right answer.
        max_examples: the first examples only, >= 1. Default: all.

    Returns:
        `bleu` in [0, 100]; `/exact`, the share of translations that are the right
        answer to the word; `/length`, c / r; `/examples`.

    Raises:
        ImportError: without the extra `text`.
        ValueError: for data whose x are no sentences.

    Reference: Papineni, Roukos, Ward, Zhu, "BLEU: a Method for Automatic Evaluation of
    Machine Translation", 2002; Post, "A Call for Clarity in Reporting BLEU Scores",
    2018.
    """
    made, right = translated(model, dataset, max_examples)
    right = [said.replace(text.UNKNOWN, _RARE) for said in right]
    options = {"tokenize": "none", "force": True}
    found = _sacrebleu().corpus_bleu(made, [right], **options)
    return {
        "bleu": found.score,
        "bleu/exact": float(
            np.mean([a == b for a, b in zip(made, right, strict=True)])
        ),
        "bleu/length": found.sys_len / found.ref_len,
        "bleu/examples": len(made),
    }


def translated(
    model: Any, dataset: Any, max_examples: int | None = None
) -> tuple[Sequence[str], Sequence[str]]:
    """Translate the sentences of a data set.

    Args:
        model: as for `bleu`, like `dataset` and `max_examples`.
        dataset: batches with "source".
        max_examples: the first examples only.

    Returns:
        The translations, and the right answers.
    """
    made, right = [], []
    for batch, given, _ in seeded_batches(model, dataset, max_examples, 0):
        found = np.asarray(model.translate(batch["source"], given))
        made += text.sentences(model.spec, found, "x")
        right += text.sentences(model.spec, batch["x"], "x")
    return made, right


def _sacrebleu() -> Any:
    """Import sacrebleu, or say what it takes."""
    try:
        import sacrebleu
    except ImportError as error:
        raise ImportError(
            "`bleu` needs sacrebleu: pip install 'keras_genmodels[text]'."
        ) from error
    return sacrebleu
