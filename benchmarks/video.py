"""How fast the video VAE trains and draws, and against what.

    python benchmarks/video.py            # against a hand-written loop
    python benchmarks/video.py --torch    # and PyTorch: pip install torch==2.13.0

Rates are clips per second, of `turns.py`: an epoch of `model.fit`, with the package's
data and all that a run does between epochs, then an epoch of each rival, on the same
chairs. Then the time of a training step against the length of its clips, and that of
one clip on demand.
"""

from __future__ import annotations

import argparse
import os
import statistics
import tempfile
import time
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from turns import Epoch, InTurn, print_rates

import keras_genmodels as kgm

WEIGHT, COMPONENTS, LATENT = 10.0, 8, 16
LENGTHS = (10, 20, 40, 80)


def hand_written(model: Any, clips: dict[str, np.ndarray], batch_size: int) -> Epoch:
    """The shortest loop that trains the same networks on the same loss."""
    prior, memory = model.latent_prior.network, model.latent_prior.memory
    parts = [
        model.encoder,
        model.inference,
        prior,
        memory,
        model.content,
        model.decoder,
    ]
    variables = [v for part in parts for v in part.trainable_variables]
    optimizer = keras.optimizers.Adam(1e-3)
    optimizer.build(variables)
    size = memory.output["hidden"].shape[-1]

    def log_normal(z, mean, scale):
        nats = -0.5 * ((z - mean) / scale) ** 2 - tf.math.log(scale) - 0.9189385
        return tf.reduce_sum(nats, axis=-1)

    def log_mixture(z, params):
        logits, mean, scale = tf.split(
            params, [COMPONENTS, *2 * [COMPONENTS * LATENT]], -1
        )
        apart = (-1, COMPONENTS, LATENT)
        scale = tf.math.softplus(tf.reshape(scale, apart)) + 1e-5
        nats = log_normal(z[:, None], tf.reshape(mean, apart), scale)
        return tf.reduce_logsumexp(tf.nn.log_softmax(logits) + nats, axis=-1)

    @tf.function
    def step(x, condition):
        rows, frames = x.shape[:2]
        flat = tf.reshape(x, (rows * frames, *x.shape[2:]))
        with tf.GradientTape() as tape:
            seen = model.encoder({"x": flat})
            features = tf.reshape(seen["features"], (rows, frames, -1))
            state = {key: tf.zeros((rows, size)) for key in ("hidden", "cell")}
            latents, rate = [], 0.0
            for t in range(frames + 1):  # the content comes first
                given = {"condition": condition, "hidden": state["hidden"]}
                now = {"features": features[:, max(t - 1, 0)], **given}
                mean, scale = tf.split(model.inference(now)["posterior"], 2, -1)
                scale = tf.math.softplus(scale) + 1e-5
                z = mean + scale * tf.random.normal(tf.shape(mean))
                rate += log_normal(z, mean, scale) - log_mixture(
                    z, prior(given)["prior"]
                )
                state = memory({"latent": z, "condition": condition, **state})
                latents.append(z)
            still = model.content({"content": latents[0], "condition": condition})
            still = {
                key: tf.repeat(value, frames, axis=0) for key, value in still.items()
            }
            z = tf.reshape(tf.stack(latents[1:], axis=1), (rows * frames, LATENT))
            drawn = model.decoder({"latent": z, **still})["likelihood"]
            error = tf.reduce_mean((flat - drawn) ** 2)
            pixels = float(np.prod(x.shape[1:]))
            misread = 0.0
            for a in model.spec.attributes:
                columns = slice(a.start, a.stop)
                misread += tf.nn.softmax_cross_entropy_with_logits(
                    tf.repeat(condition[:, columns], frames, axis=0),
                    seen["attributes"][:, columns],
                )
            loss = 0.5 * pixels * tf.math.log(error) + tf.reduce_mean(rate)
            loss += WEIGHT * tf.reduce_sum(misread) / rows
        gradients = tape.gradient(loss, variables)
        optimizer.apply_gradients(zip(gradients, variables, strict=True))
        return loss

    dataset = tf.data.Dataset.from_tensor_slices((clips["x"], clips["condition"]))
    dataset = dataset.shuffle(len(clips["x"])).batch(batch_size, drop_remainder=True)
    dataset = dataset.map(lambda x, c: (tf.cast(x, tf.float32) / 255.0, c)).prefetch(2)

    def run_epoch():
        for x, condition in dataset:
            loss = step(x, condition)
        float(loss)  # waits for the last step

    return run_epoch


def torch_loop(model: Any, clips: dict[str, np.ndarray], batch_size: int) -> Epoch:
    """The same architecture in PyTorch: channels last, fused Adam, all cores."""
    import torch
    from torch.nn import functional
    from torch_networks import Graph

    torch.set_num_threads(os.cpu_count())
    encoder, inference, content, decoder, prior, memory = (
        Graph(network)
        for network in (
            *(model.encoder, model.inference, model.content, model.decoder),
            *(model.latent_prior.network, model.latent_prior.memory),
        )
    )
    networks = torch.nn.ModuleList(
        [encoder, inference, content, decoder, prior, memory]
    )
    optimizer = torch.optim.Adam(networks.parameters(), 1e-3, fused=True)
    pictures, conditions = map(torch.from_numpy, (clips["x"], clips["condition"]))
    size = model.latent_prior.memory.output["hidden"].shape[-1]
    attributes = model.spec.attributes

    def log_normal(z, mean, scale):
        return (-0.5 * ((z - mean) / scale) ** 2 - scale.log() - 0.9189385).sum(-1)

    def log_mixture(z, params):
        logits, mean, scale = params.split([COMPONENTS, *2 * [COMPONENTS * LATENT]], -1)
        scale = functional.softplus(scale.unflatten(1, (COMPONENTS, LATENT))) + 1e-5
        nats = log_normal(z[:, None], mean.unflatten(1, (COMPONENTS, LATENT)), scale)
        return (logits.log_softmax(-1) + nats).logsumexp(-1)

    def step(x, condition):
        rows, frames = x.shape[:2]
        flat = x.flatten(0, 1).permute(0, 3, 1, 2)  # a view: channels stay last
        seen = encoder({"x": flat})
        features = seen["features"].unflatten(0, (rows, frames))
        state = {key: torch.zeros(rows, size) for key in ("hidden", "cell")}
        latents, rate = [], 0.0
        for t in range(frames + 1):
            given = {"condition": condition, "hidden": state["hidden"]}
            now = {"features": features[:, max(t - 1, 0)], **given}
            mean, scale = inference(now)["posterior"].chunk(2, -1)
            scale = functional.softplus(scale) + 1e-5
            z = mean + scale * torch.randn_like(mean)
            rate = rate + log_normal(z, mean, scale)
            rate = rate - log_mixture(z, prior(given)["prior"])
            state = memory({"latent": z, "condition": condition, **state})
            latents.append(z)
        still = content({"content": latents[0], "condition": condition})
        still = {
            key: value.repeat_interleave(frames, 0) for key, value in still.items()
        }
        z = torch.stack(latents[1:], 1).flatten(0, 1)
        drawn = decoder({"latent": z, **still})["likelihood"]
        loss = 0.5 * x[0].numel() * ((flat - drawn) ** 2).mean().log() + rate.mean()
        for a in attributes:
            columns = slice(a.start, a.stop)
            wanted = condition[:, columns].argmax(-1).repeat_interleave(frames, 0)
            misread = functional.cross_entropy(
                seen["attributes"][:, columns], wanted, reduction="sum"
            )
            loss = loss + WEIGHT * misread / rows
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()

    def run_epoch():
        for rows in torch.randperm(len(pictures)).split(batch_size):
            if len(rows) == batch_size:
                step(pictures[rows].float() / 255.0, conditions[rows])

    return run_epoch


def stored(dataset: tf.data.Dataset) -> dict[str, np.ndarray]:
    """All clips of a dataset, uint8, and their conditions."""
    batches = list(dataset.as_numpy_iterator())
    x = np.concatenate([np.rint(255.0 * batch["x"]) for batch in batches])
    condition = np.concatenate([batch["condition"] for batch in batches])
    return {"x": x.astype(np.uint8), "condition": condition}


def compare(options: argparse.Namespace) -> None:
    """Time `fit` and its rivals in turn, and print the medians."""
    size = {"num_examples": options.examples, "image_size": options.image_size}
    plain, spec = kgm.data.load("chairs", shuffle=False, drop_remainder=False, **size)
    clips = stored(plain)
    rivals = {"hand-written loop": hand_written}
    if options.torch:
        rivals["PyTorch"] = torch_loop
    turns = InTurn(
        {
            name: make(kgm.zoo.build("video_vae", spec), clips, options.batch_size)
            for name, make in rivals.items()
        },
        epochs=options.rounds + 1,
    )
    with tempfile.TemporaryDirectory() as folder:
        job = kgm.training.prepare(
            "video_vae",
            "chairs",
            data=size,
            batch_size=options.batch_size,
            epochs=100,
            arguments={"attribute_weight": WEIGHT},
            out=f"{folder}/run",
            validation=0.0,
        )
        job.fit(verbose=0, further=[turns])
    count = len(clips["x"]) // options.batch_size * options.batch_size
    print_rates("video_vae", turns.seconds, count, "clips")


def lengths(options: argparse.Namespace) -> None:
    """Seconds of a training step by the frames of its clips, rounds in turn."""
    side, rng = options.image_size, np.random.default_rng(0)
    steps = {}
    for frames in LENGTHS:
        shape = (frames, side, side, 3)
        spec = kgm.data.DatasetSpec("noise", shape, kgm.data.side_by_side({"a": "xy"}))
        x = rng.random((4, *shape), np.float32)
        batch = {"x": x, "condition": np.eye(2, dtype=np.float32)[[0, 1, 0, 1]]}
        model = kgm.zoo.build("video_vae", spec)
        steps[frames] = (model, batch)
    seconds = {frames: [] for frames in LENGTHS}
    for _ in range(options.rounds + 1):
        for frames, (model, batch) in steps.items():
            begun = time.perf_counter()
            model.train_on_batch(batch)
            seconds[frames].append(time.perf_counter() - begun)
    medians = {frames: statistics.median(s[1:]) for frames, s in seconds.items()}
    print(f"\nA training step of 4 clips, {side}x{side}")
    for frames, value in medians.items():
        share = value / frames / (medians[LENGTHS[0]] / LENGTHS[0])
        print(
            f"  {frames:>3} frames {1e3 * value:>8.0f} ms, {share:.2f} a frame of 10's"
        )


def on_demand(options: argparse.Namespace) -> None:
    """Milliseconds of one clip of 16 frames for one condition."""
    _, spec = kgm.data.load("chairs", "test", image_size=options.image_size)
    model = kgm.zoo.build("video_vae", spec)
    condition = spec.condition(**{a.name: 0 for a in spec.attributes})
    seconds = []
    for seed in range(21):
        begun = time.perf_counter()
        np.asarray(model.sample(1, condition=condition, num_frames=16, seed=seed))
        seconds.append(time.perf_counter() - begun)
    print(f"\nOne clip of 16 frames: {1e3 * statistics.median(seconds[1:]):.0f} ms")


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__.split("\n")[0],
        formatter_class=argparse.ArgumentDefaultsHelpFormatter,
    )
    parser.add_argument("--examples", type=int, default=64, help="chairs an epoch")
    parser.add_argument("--batch-size", type=int, default=16)
    parser.add_argument("--image-size", type=int, default=64)
    parser.add_argument("--rounds", type=int, default=7, help="timed rounds of each")
    parser.add_argument("--torch", action="store_true", help="time PyTorch, too")
    return parser.parse_args()


def main() -> None:
    """Run what is asked for."""
    options = arguments()
    versions = f"TensorFlow {tf.__version__}, Keras {keras.__version__}"
    print(f"{os.cpu_count()} cores, {versions}")
    on_demand(options)
    lengths(options)
    compare(options)


if __name__ == "__main__":
    main()
