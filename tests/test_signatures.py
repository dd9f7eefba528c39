"""A model is given a signature for each method it has."""

import numpy as np
import tensorflow as tf

from keras_genmodels.data.spec import DatasetSpec
from keras_genmodels.export import signature_builders, signatures


def test_a_new_kind_of_model_only_adds_a_function():
    @signatures.signature("brighten", needs="brightened")
    def brighten(model):
        def run(x):
            return {"x": model.brightened(x)}

        return {"x": signatures.rows(*model.spec.x_shape)}, run

    class Lamp:
        spec = DatasetSpec("light", (2,))

        def sample(self, n, condition=None, seed=0):
            return tf.random.stateless_uniform((n, 2), seed)

        def brightened(self, x):
            return tf.sqrt(x)

    offered = signature_builders.offered(Lamp())
    assert [signature.name for signature in offered] == ["sample", "brighten"]
    np.testing.assert_allclose(offered[1].function(tf.fill((3, 2), 4.0))["x"], 2.0)
