"""Small artefacts that the tests of serving share, and the models that they were."""

from __future__ import annotations

import json

import numpy as np
import tensorflow as tf

import keras_genmodels as kgm
from keras_genmodels.data.attributes import side_by_side
from keras_genmodels.data.spec import DatasetSpec
from keras_genmodels.data.tensors import Tensor
from keras_genmodels.export import local

SPEC = DatasetSpec(
    "tiny", (4, 4, 1), side_by_side({"label": "abc", "size": ["small", "large"]})
)
RECIPES = ("vae", "conditional_vae", "gan", "cgan")
PAIRS = DatasetSpec(
    "pairs", (8, 8, 1), SPEC.attributes, (Tensor("source", (8, 8, 1), "image"),)
)
DOMAINS = DatasetSpec(
    "domains", (8, 8, 1), SPEC.attributes, (Tensor("y", (8, 8, 1), "image"),)
)
COLOURED = DatasetSpec("coloured", (8, 8, 3), SPEC.attributes)
VOLUMES = DatasetSpec("solids", (8, 8, 8, 1), SPEC.attributes, kind="volume")
TUNES = DatasetSpec("tunes", (6, 4), SPEC.attributes)
CLIPS = DatasetSpec("clips", (3, 4, 4, 1), SPEC.attributes)
FRAMES = DatasetSpec(
    "frames", (8, 8, 1), SPEC.attributes, (Tensor("first_frame", (8, 8, 1), "image"),)
)
WORDS = ("", "a", "red", "blue", "disc", "square")
SENTENCES = DatasetSpec(
    "sentences",
    (8, 8, 3),
    SPEC.attributes,
    (Tensor("caption", (4,), "tokens", WORDS), Tensor("box", (4,), "vector")),
)
_PICTURES = np.zeros((2, 4, 4, 1), "float32")

# What every artefact refuses, here and in a server, with the same words.
REFUSED = [
    ("sample", {"n": 0}, ValueError, "`count` must be >= 1. Received: count=0"),
    ("sample", {}, ValueError, r"takes 'count', 'seed'. Missing: 'count'"),
    ("sample", {"n": 1.5}, TypeError, "`count` must hold integers. Received: 1.5"),
    ("sample", {"n": 1, "seed": 2**31}, ValueError, "`seed` must be in -2147483648"),
    ("sample", {"n": 1, "seed": (1, 2, 3)}, ValueError, r"`seed` .* \(2\).*\(3,\)"),
    (
        "encode",
        {"x": _PICTURES[0]},
        ValueError,
        r"shape \(n, 4, 4, 1\) with n >= 1",
    ),
    ("encode", {"x": _PICTURES[:0]}, ValueError, r"n >= 1. Received: \(0, 4, 4, 1\)"),
    ("encode", {"x": _PICTURES * np.nan}, ValueError, "finite .*Received: 32 others"),
    (
        "encode",
        {"x": np.full((1, 4, 4, 1), 1e39)},
        ValueError,
        "finite numbers of float32",
    ),
    ("encode", {"x": [["a"]]}, TypeError, "`x` must hold numbers"),
    ("decode", {"z": [[1.0], [1.0, 2.0]]}, ValueError, "`latent` .*rows of one length"),
    ("decode", {"z": None}, ValueError, "Missing: 'latent'"),
    (
        "interpolate",
        {"start": np.zeros((2, 2)), "end": np.zeros((3, 2)), "steps": 2},
        ValueError,
        "'end', 'start' must have as many rows, or one for all. Received: end: 3",
    ),
    (
        "interpolate",
        {"start": np.zeros((1, 2)), "end": np.zeros((1, 2)), "steps": 0},
        ValueError,
        "`steps` must be >= 1. Received: steps=0",
    ),
]


def export_all(folder, **options):
    """Recipe -> (model, folder of its artefact)."""
    sizes = {"latent_dim": 2, "units": (8,), "seed": 3}
    models = {recipe: kgm.zoo.build(recipe, SPEC, **sizes) for recipe in RECIPES}
    return {
        recipe: (model, kgm.export.save(model, folder / recipe / "1", **options).parent)
        for recipe, model in models.items()
    }


class Clips(tf.Module):
    """Stands in for a video model: each of its signatures has an answer to compute."""

    @staticmethod
    def noise(rows, frames, seed):
        x = tf.random.stateless_uniform([rows, frames, 4, 4, 1], seed)
        return tf.ensure_shape(x, (None, None, 4, 4, 1))

    def sample(self, condition, seed):
        x = self.noise(tf.shape(condition)[0], 3, seed)
        return {"x": tf.ensure_shape(x, (None, 3, 4, 4, 1))}

    def generate(self, condition, frames, seed):
        return {"x": self.noise(tf.shape(condition)[0], frames, seed)}

    def continue_from(self, first_frame, condition, frames, seed):
        new = self.noise(tf.shape(condition)[0], frames - 1, seed)
        return {"x": tf.concat([first_frame[:, None], new], 1)}

    def infer_attributes(self, first_frame):
        light = tf.reduce_mean(first_frame, [1, 2, 3])[:, None]
        return {
            "label": tf.nn.softmax(tf.concat([light, 0 * light, -light], 1)),
            "size": tf.concat([light, 1 - light], 1),
        }


def export_clips(folder, name="clips", whole=False):
    """The folder of an artefact with the signatures of a video model.

    One that draws clips as a `whole` has `sample` alone.
    """
    condition = tf.TensorSpec((None, 5), tf.float32, "condition")
    frames = tf.TensorSpec((), tf.int32, "frames")
    first_frame = tf.TensorSpec((None, 4, 4, 1), tf.float32, "first_frame")
    seed = tf.TensorSpec((2,), tf.int32, "seed")
    model = Clips()
    signatures = {
        key: tf.function(getattr(model, key)).get_concrete_function(*inputs)
        for key, inputs in {
            "sample": (condition, seed),
            "generate": (condition, frames, seed),
            "continue_from": (first_frame, condition, frames, seed),
            "infer_attributes": (first_frame,),
        }.items()
        if not whole or key == "sample"
    }
    return _written(folder, name, CLIPS, model, signatures)


def _written(folder, name, spec, model, signatures):
    """The folder of an artefact of a module, with a card that says who it is."""
    path = folder / name / "1"
    tf.saved_model.save(model, str(path), signatures=signatures)
    card = {
        **{"name": name, "version": 1, "recipe": None, "arguments": {}},
        **{"dataset": spec.name, "seed": None, "metrics": {}, "command": None},
        "versions": kgm.export.card.versions(),
        "spec": spec.to_dict(),
        "signatures": list(local.signatures(path).values()),
    }
    (path.parent / "card.json").write_text(json.dumps(card))
    return path.parent


class Negatives(tf.Module):
    """Stands in for a translator of two domains: each picture's negative, and back."""

    def translate(self, source, seed):
        noise = tf.random.stateless_uniform(tf.shape(source), seed)
        return {"x": tf.ensure_shape(0.9 - 0.8 * source + 0.1 * noise, source.shape)}

    def translate_back(self, source, seed):
        return self.translate(source, seed)


def export_translators(folder):
    """The folders of a tiny `pix2pix` of edges, and of a translator that goes back."""
    sizes = {"filters": (4, 4), "critic_filters": (4, 4), "field": 7, "seed": 3}
    model = kgm.zoo.build("pix2pix", PAIRS, **sizes)
    for weight in model.generator.trainable_weights:
        weight.assign(20.0 * weight)  # or all that it makes is grey
    command = "keras-genmodels train pix2pix pairs --data source=edges"
    path = kgm.export.save(model, folder / "pix2pix" / "1", command=command)
    picture = tf.TensorSpec((None, 8, 8, 1), tf.float32, "source")
    seed, module = tf.TensorSpec((2,), tf.int32, "seed"), Negatives()
    signatures = {
        name: tf.function(run).get_concrete_function(picture, seed)
        for name, run in {
            "sample": module.translate,
            "translate": module.translate,
            "translate_back": module.translate_back,
        }.items()
    }
    back = _written(folder, "there_and_back", DOMAINS, module, signatures)
    return path.parent, back


def export_autoregressive(folder):
    """The folders of tiny models of pixels: one asks for a condition, one does not."""
    sizes = {"filters": 3, "layers": 1, "units": 4, "seed": 3}
    given = {"gated_pixel_cnn": {"conditional": True}, "pixel_cnn": {}}
    models = {
        recipe: kgm.zoo.build(recipe, SPEC, **sizes, **more)
        for recipe, more in given.items()
    }
    return [
        kgm.export.save(model, folder / recipe / "1").parent
        for recipe, model in models.items()
    ]


def export_predictor(folder):
    """The folder of a tiny model of what follows a picture."""
    sizes = {"kernels": 2, "filters": (3, 4), "image_filters": (3,), "units": (5,)}
    model = kgm.zoo.build("visual_dynamics", FRAMES, latent_dim=3, **sizes, seed=3)
    for weight in model.decoder.trainable_weights:
        weight.assign(5.0 * weight)  # or all futures are alike
    return kgm.export.save(model, folder / "visual_dynamics" / "1").parent


def export_writers(folder):
    """The folders of tiny models that draw sentences: anywhere, and into a box."""
    sizes = {"latent_dim": 3, "embedding_dim": 4, "filters": (3, 4), "units": 5}
    paths = []
    for recipe in ("text_to_image", "gawwn"):
        model = kgm.zoo.build(recipe, SENTENCES, **sizes, seed=3)
        for weight in model.generator.trainable_weights:
            weight.assign(20.0 * weight)  # or all that it makes is grey
        paths.append(kgm.export.save(model, folder / recipe / "1").parent)
    return paths


class Edits(tf.Module):
    """Stands in for a model that edits: brighter by class, and strokes at once."""

    def sample(self, count, seed):
        x = tf.random.stateless_uniform([count, 8, 8, 3], seed)
        return {"x": tf.ensure_shape(x, (None, 8, 8, 3))}

    def edit(self, x, condition, seed):
        light = tf.linalg.matvec(condition, [0.1, 0.2, 0.3, 0.1, 0.2])
        noise = 0.01 * tf.random.stateless_uniform(tf.shape(x), seed)
        return {"x": 0.4 * x + light[:, None, None, None] + noise}

    def paint(self, x, colours, mask, steps):
        share = 1.0 - 1.0 / tf.cast(steps, tf.float32)
        return {"x": x + share * mask * (colours - x)}


def export_editors(folder):
    """The folders of a model that edits and is painted on, and of one without edits."""
    picture = tf.TensorSpec((None, 8, 8, 3), tf.float32)
    condition = tf.TensorSpec((None, 5), tf.float32)
    mask, steps = (
        tf.TensorSpec((None, 8, 8, 1), tf.float32),
        tf.TensorSpec((), tf.int32),
    )
    seed, count = tf.TensorSpec((2,), tf.int32), tf.TensorSpec((), tf.int32)
    inputs = {
        "sample": {"count": count, "seed": seed},
        "paint": {"x": picture, "colours": picture, "mask": mask, "steps": steps},
        "edit": {"x": picture, "condition": condition, "seed": seed},
    }
    paths = []
    for name, has in {"editor": [*inputs], "painter": ["sample", "paint"]}.items():
        model = Edits()
        signatures = {
            key: tf.function(getattr(model, key)).get_concrete_function(**inputs[key])
            for key in has
        }
        paths.append(_written(folder, name, COLOURED, model, signatures))
    return paths


def export_volumes(folder):
    """The folder of a tiny model of volumes."""
    sizes = {"latent_dim": 3, "filters": (3, 4), "seed": 3}
    model = kgm.zoo.build("gan3d", VOLUMES, **sizes)
    for weight in model.generator.trainable_weights:
        weight.assign(20.0 * weight)  # or all cells are half full
    return kgm.export.save(model, folder / "gan3d" / "1").parent


def export_tunes(folder):
    """The folder of a tiny model of tunes, which is told the label and the size."""
    sizes = {"noise": 2, "units": (6,), "critic_units": (4,), "seed": 3}
    model = kgm.zoo.build("c_rnn_gan", TUNES, conditional=True, **sizes)
    for weight in model.generator.trainable_weights:
        weight.assign(10.0 * weight)  # or all notes are alike
    return kgm.export.save(model, folder / "tunes" / "1").parent


def calls(conditional, rng):
    """Method -> the arguments that every artefact with latents takes, for 3 rows."""
    condition = SPEC.condition(3, label=["a", "c", "b"], size="small")
    given = {"condition": condition} if conditional else {}
    x, z, end = (
        np.float32(rng.uniform(size=shape)) for shape in ((3, 4, 4, 1), (3, 2), (3, 2))
    )
    return {
        "sample": {"n": 3, "seed": 7, **given},
        "encode": {"x": x, **given},
        "decode": {"z": z, **given},
        "reconstruct": {"x": x, **given},
        "log_likelihood": {"x": x, "num_samples": 4, "seed": [1, 2], **given},
        "elbo": {"x": x, "num_samples": 2, "seed": 3, **given},
        "interpolate": {"start": z, "end": end, "steps": 3, **given},
    }
