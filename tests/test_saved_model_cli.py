"""Artefacts through TensorFlow's own command line for SavedModels."""

import re

import artefacts
import forked
import numpy as np
import pytest

import keras_genmodels as kgm

CLI = "tensorflow.python.tools.saved_model_cli"  # what `saved_model_cli` runs


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("models")
    artefacts.export_all(folder)
    artefacts.export_clips(folder)
    return folder


def saved_model_cli(*words):
    """What the program prints."""
    ran = forked.run("-m", CLI, *words)
    assert ran.returncode == 0, ran.stderr[-3000:]
    return ran.stdout


@pytest.mark.parametrize("name", ["conditional_vae", "gan", "clips"])
def test_it_shows_the_signatures_of_the_card(name, folder):
    text = saved_model_cli("show", "--dir", folder / name / "1", "--all")
    parts = re.split(r"signature_def\['(\w+)'\]:", text)[1:]
    shown = dict(zip(parts[::2], parts[1::2], strict=True))
    forms = {f["name"]: f for f in kgm.export.card.read(folder / name)["signatures"]}
    assert set(forms) == set(shown) - {"serving_default", "__saved_model_init_op"}
    for key, form in forms.items():
        found = re.findall(
            r"(in|out)puts\['(\w+)'\].*?dtype: DT_(\w+)\s+shape: (\(.*?\))",
            shown[key],
            re.S,
        )
        told = {
            (side[:-4], tensor): (
                {"float32": "FLOAT", "int32": "INT32"}[f["dtype"]],
                [-1 if size is None else size for size in f["shape"]],
            )
            for side in ("inputs", "outputs")
            for tensor, f in form[side].items()
        }
        sizes = {
            (side, tensor): (dtype, [int(s) for s in re.findall(r"-?\d+", shape)])
            for side, tensor, dtype, shape in found
        }
        assert sizes == told, key
        assert "tensorflow/serving/predict" in shown[key]


@pytest.mark.parametrize(
    ("name", "signature", "given"),
    [
        ("gan", "sample", {"count": np.int32(3), "seed": np.int32([0, 7])}),
        ("vae", "decode", {"latent": np.float32([[0.5, -1.0]])}),
        ("conditional_vae", "encode", {"x": np.zeros((2, 4, 4, 1), "float32")}),
    ],
)
def test_it_runs_them(name, signature, given, folder, tmp_path):
    artefact = kgm.export.load(folder / name)
    if "condition" in artefact.signatures[signature]["inputs"]:
        given["condition"] = artefact.spec.condition(2, label="a", size="large")
    for key, value in given.items():
        np.save(tmp_path / f"{key}.npy", value)
    files = ";".join(f"{key}={tmp_path / key}.npy" for key in given)
    words = ("--tag_set", "serve", "--signature_def", signature, "--inputs", files)
    saved_model_cli(
        "run", "--dir", folder / name / "1", *words, "--outdir", tmp_path / "out"
    )
    for key, value in artefact.run(signature, **given).items():
        found = np.load(tmp_path / "out" / f"{key}.npy")
        np.testing.assert_allclose(found, value, rtol=1e-5, atol=1e-5)
