"""How fast variational autoencoders train and are measured, and against what.

    python benchmarks/vae.py            # against a hand-written loop
    python benchmarks/vae.py --torch    # and PyTorch: pip install torch==2.13.0

Rates are images per second, of `turns.py`. One epoch of `model.fit`, with the package's
data and all that a run does between epochs (metrics, checkpoints, now and then
pictures), then one epoch of each rival, and so on. The epochs are the first ones of a
run of the length that the preset says.
"""

from __future__ import annotations

import argparse
import os
import resource
import tempfile
import time

import keras
import numpy as np
import tensorflow as tf
from turns import Epoch, InTurn, print_rates

import keras_genmodels as kgm


def binary_batches(images: np.ndarray, batch_size: int) -> tf.data.Dataset:
    """Shuffled batches of pixels drawn anew as 0 or 1, in few lines of `tf.data`."""

    def binarise(x):
        drawn = 255.0 * tf.random.uniform(tf.shape(x)) < tf.cast(x, tf.float32)
        return tf.cast(drawn, tf.float32)

    dataset = tf.data.Dataset.from_tensor_slices(images).shuffle(len(images))
    dataset = dataset.batch(batch_size, drop_remainder=True)
    return dataset.map(binarise, tf.data.AUTOTUNE).prefetch(2)


def hand_written(model: keras.Model, images: np.ndarray, batch_size: int) -> Epoch:
    """The shortest loop that trains the same networks on the same loss."""
    encoder, decoder = model.encoder, model.decoder
    optimizer = keras.optimizers.Adam(1e-3)
    variables = encoder.trainable_variables + decoder.trainable_variables
    optimizer.build(variables)

    @tf.function
    def step(x):
        with tf.GradientTape() as tape:
            mean, raw = tf.split(encoder({"x": x})["posterior"], 2, axis=-1)
            scale = tf.math.softplus(raw)
            z = mean + scale * tf.random.normal(tf.shape(mean))
            logits = decoder({"latent": z})["likelihood"]
            x = tf.reshape(x, tf.shape(logits))
            distortion = tf.nn.sigmoid_cross_entropy_with_logits(
                labels=x, logits=logits
            )
            rate = 0.5 * (mean**2 + scale**2 - 1.0 - 2.0 * tf.math.log(scale))
            loss = (tf.reduce_sum(distortion) + tf.reduce_sum(rate)) / batch_size
        gradients = tape.gradient(loss, variables)
        optimizer.apply_gradients(zip(gradients, variables, strict=True))
        return loss

    dataset = binary_batches(images, batch_size)

    def run_epoch():
        for x in dataset:
            loss = step(x)
        float(loss)  # waits for the last step

    return run_epoch


def torch_loop(model: keras.Model, images: np.ndarray, batch_size: int) -> Epoch:
    """The same architecture in PyTorch: channels last, fused Adam, all cores."""
    import torch
    from torch.nn import functional
    from torch_networks import translated

    torch.set_num_threads(os.cpu_count())
    encoder, decoder = translated(model.encoder), translated(model.decoder)
    parameters = [*encoder.parameters(), *decoder.parameters()]
    optimizer = torch.optim.Adam(parameters, 1e-3, fused=True)
    stored = torch.from_numpy(images)

    def step(x):
        x = torch.bernoulli(x.float() / 255.0)
        image = x.permute(0, 3, 1, 2)  # a view: the memory stays channels last
        mean, raw = encoder(image).chunk(2, dim=-1)
        scale = functional.softplus(raw)
        logits = decoder(mean + scale * torch.randn_like(mean))
        distortion = functional.binary_cross_entropy_with_logits(
            logits, image if logits.ndim == 4 else x.flatten(1), reduction="sum"
        )
        rate = 0.5 * (mean**2 + scale**2 - 1.0 - 2.0 * scale.log()).sum()
        optimizer.zero_grad()
        ((distortion + rate) / batch_size).backward()
        optimizer.step()

    def run_epoch():
        for rows in torch.randperm(len(stored)).split(batch_size):
            if len(rows) == batch_size:
                step(stored[rows])

    return run_epoch


def pixels(dataset: tf.data.Dataset) -> np.ndarray:
    """All pictures of a dataset, uint8."""
    batches = [np.rint(255.0 * batch["x"].numpy()) for batch in dataset]
    return np.concatenate(batches).astype(np.uint8)


def compare(recipe: str, options: argparse.Namespace) -> None:
    """Time a recipe's `fit` and its rivals in turn, and print the medians."""
    place = {"batch_size": options.batch_size, "data_dir": options.data_dir}
    size = {"num_examples": options.examples}
    plain, spec = kgm.data.load(options.dataset, shuffle=False, **place, **size)
    images = pixels(plain)
    rivals = {"hand-written loop": hand_written}
    if options.torch:
        rivals["PyTorch"] = torch_loop
    turns = InTurn(
        {
            name: make(kgm.zoo.build(recipe, spec), images, options.batch_size)
            for name, make in rivals.items()
        },
        epochs=options.rounds + 1,
    )
    with tempfile.TemporaryDirectory() as folder:
        job = kgm.training.prepare(
            recipe,
            options.dataset,
            data={"binarise": "dynamic", **size},
            out=f"{folder}/run",
            validation=0.0,
            **place,
        )
        job.fit(verbose=0, further=[turns])
    print_rates(
        recipe, turns.seconds, len(images) // options.batch_size * options.batch_size
    )


def likelihood(recipe: str, options: argparse.Namespace) -> None:
    """Seconds and peak memory of `log_likelihood`; the process did nothing before."""
    test, spec = kgm.data.load(
        options.dataset, "test", binarise="static", data_dir=options.data_dir
    )
    model = kgm.zoo.build(recipe, spec)

    def measure(num_samples):
        kgm.evaluation.evaluate(
            model,
            test,
            ["log_likelihood"],
            num_samples=num_samples,
            max_examples=options.likelihood_images,
        )
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024

    before = measure(1)  # traces and warms up
    begun = time.perf_counter()
    peak = measure(options.samples)
    seconds = time.perf_counter() - begun
    print(f"\n{recipe}: log_likelihood, {options.likelihood_images} images")
    print(f"  {options.samples} samples an image {seconds:>8.1f} s")
    print(f"  peak memory {peak:>8.0f} MiB, {before:.0f} MiB with 1 sample", flush=True)


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__.split("\n")[0],
        formatter_class=argparse.ArgumentDefaultsHelpFormatter,
    )
    parser.add_argument("--recipes", nargs="+", default=["vae", "conv_vae"])
    parser.add_argument("--dataset", default="mnist")
    parser.add_argument("--data-dir", help="where the data lies; as in data.load")
    parser.add_argument("--examples", type=int, help="of the training split")
    parser.add_argument("--batch-size", type=int, default=128)
    parser.add_argument("--rounds", type=int, default=7, help="timed epochs of each")
    parser.add_argument("--torch", action="store_true", help="time PyTorch, too")
    parser.add_argument("--samples", type=int, default=5000)
    parser.add_argument(
        "--likelihood-images", type=int, default=1000, help="0 leaves this part out"
    )
    return parser.parse_args()


def main() -> None:
    """Run what is asked for."""
    options = arguments()
    versions = f"TensorFlow {tf.__version__}, Keras {keras.__version__}"
    print(f"{os.cpu_count()} cores, {versions}")
    if options.likelihood_images:  # first: peak memory is that of the process so far
        likelihood(options.recipes[0], options)
    for recipe in options.recipes:
        compare(recipe, options)


if __name__ == "__main__":
    main()
