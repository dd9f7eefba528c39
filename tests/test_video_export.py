"""The signatures of a video VAE equal its methods, where no package is installed."""

import numpy as np
import pytest
import test_export
from test_video_vae import SMALL

import keras_genmodels as kgm
from keras_genmodels.data.attributes import side_by_side
from keras_genmodels.data.spec import DatasetSpec

SPEC = DatasetSpec(
    "tiny", (3, 8, 8, 3), side_by_side({"action": "abc", "identity": ["x", "y"]})
)
ALWAYS = [
    "continue_from",
    "decode",
    "encode",
    "generate",
    "interpolate",
    "reconstruct",
    "sample",
]
SIGNATURES = {"video_vae": [*ALWAYS, "infer_attributes"], "vae_lstm": ALWAYS}
CLIPS = ("sample", "generate", "continue_from", "infer_attributes")


@pytest.fixture(scope="module")
def exported(tmp_path_factory):
    """Recipe -> (model, path of its SavedModel)."""
    folder = tmp_path_factory.mktemp("saved_models")
    blind = DatasetSpec("blind", SPEC.x_shape)
    models = {
        "video_vae": kgm.zoo.build("video_vae", SPEC, seed=3, **SMALL["video_vae"]),
        "vae_lstm": kgm.zoo.build("vae_lstm", blind, seed=3, **SMALL["vae_lstm"]),
    }
    return {
        recipe: (model, kgm.export.save(model, folder / recipe / "1"))
        for recipe, model in models.items()
    }


@pytest.mark.parametrize("recipe", SIGNATURES)
def test_a_model_has_a_signature_for_each_of_its_methods(recipe, exported):
    model, path = exported[recipe]
    found = test_export.signature_defs(path)
    assert sorted(found) == sorted([*SIGNATURES[recipe], "serving_default"])
    first = "condition" if recipe == "video_vae" else "count"
    assert set(found["generate"]["inputs"]) == {first, "frames", "seed"}
    card = kgm.export.card.read(path.parent)
    [latent] = [f for f in card["signatures"] if f["name"] == "encode"]
    assert latent["outputs"]["latent"]["shape"] == [None, *model.latent_shape]


def test_signatures_equal_the_methods_in_another_process(exported, tmp_path):
    jobs, requests, expected = [], {}, {}
    for recipe, (model, path) in exported.items():
        defs = test_export.signature_defs(path)
        for name in [*CLIPS, "encode"]:
            if name not in defs:
                continue
            for n, frames in ((1, 5), (2, 1)):
                key, given = f"{recipe}.{name}.{n}", some_inputs(model, n, frames)
                job = {"key": key, "model": str(path), "signature": name}
                jobs.append({**job, **defs[name]})
                requests |= {f"{key}/{k}": given[k] for k in defs[name]["inputs"]}
                for output, value in METHODS[name](model, given).items():
                    expected[f"{key}/{output}"] = np.asarray(value)
    answers = test_export.ask("without_package.py", jobs, requests, tmp_path)
    for key, value in expected.items():
        assert answers[key].dtype == np.float32, key
        np.testing.assert_allclose(answers[key], value, atol=1e-5, err_msg=key)


def some_inputs(model, n, frames):
    """What every signature takes, by name, for a batch of n; an action is not given."""
    rng = np.random.default_rng(n)
    condition = None
    if model.spec.attributes:
        condition = model.spec.condition(n, action=1, identity="y")
        condition[0, :3] = 0.0
    return {
        "x": rng.uniform(size=(n, *SPEC.x_shape)).astype("float32"),
        "first_frame": rng.uniform(size=(n, *SPEC.x_shape[1:])).astype("float32"),
        "condition": condition,
        "seed": np.array([7, n], "int32"),
        "count": np.array(n, "int32"),
        "frames": np.array(frames, "int32"),
    }


def _seeded(given):
    return {"seed": given["seed"].tolist()}


METHODS = {
    "sample": lambda m, g: {"x": m.sample(len(g["x"]), g["condition"], **_seeded(g))},
    "generate": lambda m, g: {
        "x": m.sample(len(g["x"]), g["condition"], int(g["frames"]), **_seeded(g))
    },
    "continue_from": lambda m, g: {
        "x": m.continue_from(
            g["first_frame"], g["condition"], int(g["frames"]), **_seeded(g)
        )
    },
    "infer_attributes": lambda m, g: m.infer_attributes(g["first_frame"]),
    "encode": lambda m, g: {"latent": m.encode(g["x"], g["condition"])},
}
