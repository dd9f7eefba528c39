"""Train recipes on one device and on two, in a process that has two; compare weights.

The one argument is JSON: `dataset`, its `options`, `epochs` and `recipes`, a name to
its arguments. Writes a line for each recipe that ends at the same weights.
"""

import json
import sys

import numpy as np
import tensorflow as tf

# Before the package: the devices are fixed when TensorFlow first touches one.
CPU = tf.config.list_physical_devices("CPU")[0]
TWO = [tf.config.LogicalDeviceConfiguration()] * 2
tf.config.set_logical_device_configuration(CPU, TWO)

import keras_genmodels as kgm  # noqa: E402


def train(strategy, recipe, arguments, task):
    data, spec = kgm.data.load(task["dataset"], **task["options"])
    with strategy.scope():
        model = kgm.zoo.build(recipe, spec, preset=False, seed=1, **arguments)
    model.fit(data, epochs=task["epochs"], verbose=0)
    return model


def main(task):
    mirrored = tf.distribute.MirroredStrategy(["CPU:0", "CPU:1"])
    for recipe, arguments in task["recipes"].items():
        one = train(tf.distribute.get_strategy(), recipe, arguments, task)
        two = train(mirrored, recipe, arguments, task)
        for ours, theirs in zip(one.variables, two.variables, strict=True):
            name = f"{recipe} {ours.path}"
            np.testing.assert_allclose(
                ours.numpy(), theirs.numpy(), atol=1e-4, err_msg=name
            )
        sys.stdout.write(f"{recipe} equal\n")


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
