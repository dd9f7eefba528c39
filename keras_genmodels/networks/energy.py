"""Critics that judge by how well they rebuild what they see."""

from __future__ import annotations

import keras

from keras_genmodels.networks.conditioning import named_inputs
from keras_genmodels.networks.layers import ReconstructionScore


def autoencoding_critic(
    encoder: keras.Model, decoder: keras.Model, power: int = 1, name: str = "critic"
) -> keras.Model:
    """An autoencoder as a critic: the score is minus the error of the reconstruction.

    Args:
        encoder: network from "x" to the output "features".
        decoder: network from "latent" to the output "x", the logits of the
            reconstruction.
        power: of the error, 1 or 2, whose mean over the numbers of x is the energy.
        name: of the model.

    Returns:
        A functional model from "x" to "score", (batch, 1), at most 0, and "features",
        (batch, size), the code.
    """
    shape = encoder.input["x"].shape[1:]
    tensors = named_inputs({"x": shape})
    features = encoder(tensors)["features"]
    logits = decoder({"latent": features})["x"]
    logits = keras.layers.Reshape(shape)(logits)
    score = ReconstructionScore(power, name="score")([tensors["x"], logits])
    return keras.Model(tensors, {"score": score, "features": features}, name=name)
