"""A real model of clips as an artefact: here, in a server, and in float16."""

import numpy as np
import pytest
from serving_double import Double

import keras_genmodels as kgm

TINY = {
    **{"latent_dim": 3, "features": 6, "memory": 5, "filters": (3, 4), "style": 3},
    **{"decoder_filters": (4, 3), "components": 2, "backdrops": 4},
}


@pytest.fixture(scope="module")
def spec():
    options = {"num_frames": 3, "image_size": 16, "num_examples": 8}
    return kgm.data.load("moving_shapes", batch_size=4, **options)[1]


@pytest.fixture(scope="module")
def folder(spec, tmp_path_factory):
    folder = tmp_path_factory.mktemp("models")
    for name in ("exact", "half"):
        model = kgm.zoo.build("video_vae", spec, seed=1, **TINY)
        kgm.export.save(model, folder / name / "1", half=name == "half")
    return folder


def answers(model, spec):
    """What the methods of clips answer, by name."""
    classes = {attribute.name: attribute.classes[-1] for attribute in spec.attributes}
    condition = spec.condition(2, **classes)
    frame = np.random.default_rng(0).uniform(size=(2, *spec.x_shape[1:]))
    frame = np.float32(frame)
    longer = {"condition": condition, "frames": 5, "seed": 4}
    read = {f"read/{k}": v for k, v in model.infer_attributes(frame).items()}
    return {
        "sample": model.sample(condition=condition, seed=3),
        "generate": model.generate(**longer),
        "continue_from": model.continue_from(frame, **longer),
        **read,
    }


def test_a_server_answers_as_the_artefact_does(folder, spec):
    expected = answers(kgm.export.load(folder / "exact"), spec)
    with Double(folder / "exact") as server:
        [servable] = server.core.models["exact"].values()
        assert "generate" in servable.warmed
        for address in (server.rest, server.grpc):
            with kgm.export.Client(address, card=folder / "exact") as model:
                found = answers(model, spec)
                assert sorted(found) == sorted(expected)
                for name, value in expected.items():
                    np.testing.assert_array_equal(found[name], value, err_msg=name)


@pytest.mark.parametrize(
    "name", ["exact", pytest.param("half", marks=pytest.mark.slow)]
)
def test_the_artefact_equals_the_model_with_its_weights(name, folder, spec):
    artefact, model = kgm.export.load(folder / name), kgm.export.rebuild(folder / name)
    widths = {weight.dtype.name for weight in artefact.weights}
    assert widths == {"float32", *(["float16"] if name == "half" else [])}
    found = answers(artefact, spec)
    condition = spec.condition(2, **{a.name: a.classes[-1] for a in spec.attributes})
    frame = np.float32(np.random.default_rng(0).uniform(size=(2, *spec.x_shape[1:])))
    longer = {"condition": condition, "num_frames": 5, "seed": 4}
    expected = {
        "sample": model.sample(condition=condition, seed=3),
        "generate": model.sample(**longer),
        "continue_from": model.sample(first_frame=frame, **longer),
        **{f"read/{k}": v for k, v in model.infer_attributes(frame).items()},
    }
    for key, value in expected.items():
        np.testing.assert_allclose(found[key], value, rtol=1e-5, atol=1e-5, err_msg=key)
