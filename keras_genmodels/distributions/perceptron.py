"""A small network that priors are made of."""

import keras


class Perceptron(keras.layers.Layer):
    """A perceptron of hidden layers that exists from the start and is 0 at first.

    Args:
        size: of the input, >= 1.
        outputs: numbers that come out, >= 1.
        units: width of each hidden layer, >= 1.
        depth: hidden layers, >= 1. Default 2.

    Shapes: (..., size) to (..., outputs).
    """

    def __init__(self, size, outputs, units, depth=2, **kwargs):
        super().__init__(dtype="float32", **kwargs)
        self.hidden = [
            keras.layers.Dense(units, "elu", dtype="float32") for _ in range(depth)
        ]
        self.last = keras.layers.Dense(
            outputs, kernel_initializer="zeros", dtype="float32"
        )
        for layer in self.hidden:
            layer.build((None, size))
            size = units
        self.last.build((None, size))
        self.built = True

    def call(self, x):
        for layer in self.hidden:
            x = layer(x)
        return self.last(x)


def call_on_vectors(network, x):
    """Call a network that wants a batch axis on one vector, too.

    Args:
        network: from (batch, size) to (batch, any).
        x: (..., size).
    """
    return network(x[None])[0] if x.shape.rank == 1 else network(x)
