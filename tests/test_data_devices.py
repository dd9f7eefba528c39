"""A data set feeds several devices what it would feed one."""

import forked

TWO_DEVICES = """
import keras, numpy as np, tensorflow as tf
from keras_genmodels import data

cpu = tf.config.list_physical_devices("CPU")[0]
two = [tf.config.LogicalDeviceConfiguration()] * 2
tf.config.set_logical_device_configuration(cpu, two)
strategy = tf.distribute.MirroredStrategy(["CPU:0", "CPU:1"])

def halves(batch):
    local = strategy.experimental_local_results(batch["x"])
    return np.concatenate([x.numpy() for x in local])

for split, batch_size in (("train", 64), ("test", 50)):
    options = {"batch_size": batch_size, "num_examples": 170, "binarise": "dynamic"}
    ours, spec = data.load("digits", split, **options)
    with strategy.scope():
        theirs, _ = data.load("digits", split, **options)
        theirs = strategy.experimental_distribute_dataset(theirs)
    for epoch in range(2):
        for one, two in zip(ours, theirs, strict=True):
            np.testing.assert_array_equal(one["x"], halves(two))

def weights(scope):
    with scope:
        train, _ = data.load("digits", batch_size=64, num_examples=170)
        x = keras.Input((16, 16, 1))
        y = keras.layers.Dense(1, "sigmoid", kernel_initializer="zeros")(
            keras.layers.Flatten()(x)
        )
        model = keras.Model(x, y)
        model.compile(keras.optimizers.SGD(1e-2), "mse", jit_compile=False)
    pairs = train.map(lambda b: (b["x"], tf.argmax(b["condition"], -1)[:, None]))
    again = keras.callbacks.LambdaCallback(
        on_epoch_begin=lambda epoch, logs: data.set_epoch(pairs, epoch)
    )
    model.fit(pairs, epochs=2, callbacks=[again], shuffle=False, verbose=0)
    return model.get_weights()

import contextlib
for one, two in zip(weights(contextlib.nullcontext()), weights(strategy.scope())):
    np.testing.assert_allclose(one, two, rtol=1e-4, atol=1e-5)
"""


def test_two_devices_see_what_one_sees():
    done = forked.run("-c", TWO_DEVICES)
    assert done.returncode == 0, done.stderr[-3000:]
