"""Figures: arrays and models to pictures that show what a model has learned.

A function that is registered under the family "figure" takes a model and a batch of
test examples; `keras-genmodels sample RUN --figure NAME` finds it by its name.
"""

# ruff: noqa: I001  a module's names stand together

from keras_genmodels.evaluation.figures.attribute_changes import (
    attribute_changes as attribute_changes,
)
from keras_genmodels.evaluation.figures.completions import (
    completions as completions,
)
from keras_genmodels.evaluation.figures.latent_space import (
    data_manifold as data_manifold,
    traversals as traversals,
)
from keras_genmodels.evaluation.figures.next_frames import (
    next_frames as next_frames,
)
from keras_genmodels.evaluation.figures.reconstructions import (
    inversions as inversions,
    reconstructions as reconstructions,
)
from keras_genmodels.evaluation.figures.sentences import (
    sentence_samples as sentence_samples,
)
from keras_genmodels.evaluation.figures.translations import (
    translations as translations,
)
from keras_genmodels.evaluation.figures.samples import (
    class_samples as class_samples,
    pairs as pairs,
    prior_samples as prior_samples,
)
