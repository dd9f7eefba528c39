"""SavedModels against their models, in processes without the package."""

import errno
import json
import pathlib
import subprocess
import sys
from concurrent import futures

import keras
import numpy as np
import pytest
import tensorflow as tf
from tensorflow.core.protobuf import saved_model_pb2

import keras_genmodels as kgm
from keras_genmodels import atomic_files
from keras_genmodels.data.attributes import side_by_side
from keras_genmodels.data.spec import DatasetSpec

CLIENTS = pathlib.Path(__file__).parent / "clients"
SPEC = DatasetSpec(
    "tiny", (4, 4, 1), side_by_side({"label": "abc", "size": ["small", "large"]})
)
STEPS, SAMPLES, SEED = 4, 5, np.array([0, 1], "int32")
AUTOENCODER = ["sample", "prior", "encode", "decode", "reconstruct", "interpolate"]
VAE = [*AUTOENCODER, "elbo", "log_likelihood"]
GAN = ["sample", "prior", "decode", "interpolate"]
RECIPES = {
    "vae": VAE,
    "conditional_vae": VAE,
    "deep_autoencoder": AUTOENCODER,
    "gan": GAN,
    "cgan": GAN,
    "bigan": AUTOENCODER,
    "ali": AUTOENCODER,
    "cvae_gan": AUTOENCODER,
}
CONDITIONAL = {"conditional_vae", "cgan", "cvae_gan"}


@pytest.fixture(scope="module")
def exported(tmp_path_factory):
    """Recipe -> (model, path of its SavedModel)."""
    folder = tmp_path_factory.mktemp("saved_models")
    sizes = {"latent_dim": 2, "units": (8,), "seed": 3}
    models = {recipe: kgm.zoo.build(recipe, SPEC, **sizes) for recipe in RECIPES}
    return {
        recipe: (model, kgm.export.save(model, folder / recipe / "1"))
        for recipe, model in models.items()
    }


@pytest.fixture
def model(exported):
    return exported["vae"][0]


def inputs(n, conditional, rng):
    """What every signature takes, by name, for a batch of n."""
    labels = {"label": rng.integers(3, size=n), "size": rng.integers(2, size=n)}
    return {
        "x": rng.uniform(size=(n, *SPEC.x_shape)).astype("float32"),
        "latent": rng.normal(size=(n, 2)).astype("float32"),
        "start": rng.normal(size=(n, 2)).astype("float32"),
        "end": rng.normal(size=(n, 2)).astype("float32"),
        "condition": SPEC.condition(n, **labels) if conditional else None,
        "seed": np.array([7, n], "int32"),
        "count": np.array(n, "int32"),
        "steps": np.array(STEPS, "int32"),
        "num_samples": np.array(SAMPLES, "int32"),
    }


def walk(model, given):
    """Row i walks from start i to end i: one `decode` a step, side by side."""
    weights = np.linspace(0, 1, STEPS, dtype="float32")
    rows = [(1 - w) * given["start"] + w * given["end"] for w in weights]
    return np.stack([model.decode(row, given["condition"]) for row in rows], axis=1)


def drawn(model, given):
    """The latents behind the samples of a seed."""
    prior = model.prior(given["condition"])
    return prior.sample(int(given["count"]), seed=tf.constant(given["seed"]))


# What each signature must equal: the public method, with the same seed.
METHODS = {
    "sample": lambda m, g: m.sample(
        int(g["count"]), g["condition"], seed=g["seed"].tolist()
    ),
    "prior": lambda m, g: drawn(m, g),
    "encode": lambda m, g: m.encode(g["x"], g["condition"]),
    "decode": lambda m, g: m.decode(g["latent"], g["condition"]),
    "reconstruct": lambda m, g: m.reconstruct(g["x"], g["condition"]),
    "log_likelihood": lambda m, g: m.log_likelihood(
        g["x"], g["condition"], num_samples=SAMPLES, seed=g["seed"].tolist()
    ),
    "elbo": lambda m, g: m.elbo_terms(
        g["x"], g["condition"], num_samples=SAMPLES, seed=g["seed"].tolist()
    ),
    "interpolate": walk,
}


def signature_defs(path):
    """Signature -> {"inputs", "outputs"}, tensors by name, as a server reads them."""
    saved = saved_model_pb2.SavedModel.FromString(
        (pathlib.Path(path) / "saved_model.pb").read_bytes()
    )
    return {
        name: {
            side: {key: info.name for key, info in getattr(form, side).items()}
            for side in ("inputs", "outputs")
        }
        for name, form in saved.meta_graphs[0].signature_def.items()
        if name != "__saved_model_init_op"
    }


def ask(client, jobs, requests, folder):
    """Let a client script run the jobs in a process of its own; its answers."""
    files = [folder / name for name in ("jobs.json", "requests.npz", "answers.npz")]
    files[0].write_text(json.dumps(jobs))
    np.savez(files[1], **requests)
    command = [sys.executable, "-I", str(CLIENTS / client), *map(str, files)]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=300)
    assert ran.returncode == 0, ran.stderr[-3000:]
    return np.load(files[2])


@pytest.mark.parametrize(
    "client",
    ["without_package.py", pytest.param("c_api.py", marks=pytest.mark.slow)],
)
def test_signatures_equal_the_methods_in_another_process(client, exported, tmp_path):
    jobs, requests, expected = [], {}, {}
    rng = np.random.default_rng(0)
    for recipe, (model, path) in exported.items():
        for name, tensors in signature_defs(path).items():
            for n in (1, 3):
                key, given = (
                    f"{recipe}.{name}.{n}",
                    inputs(n, recipe in CONDITIONAL, rng),
                )
                jobs.append(
                    {"key": key, "model": str(path), "signature": name, **tensors}
                )
                requests |= {f"{key}/{k}": given[k] for k in tensors["inputs"]}
                method = METHODS["sample" if name == "serving_default" else name]
                answer = method(model, given)
                if not isinstance(answer, dict):
                    answer = dict.fromkeys(tensors["outputs"], answer)
                assert set(answer) == set(tensors["outputs"])
                expected |= {f"{key}/{k}": np.asarray(answer[k]) for k in answer}
    answers = ask(client, jobs, requests, tmp_path)
    for key, value in expected.items():
        assert answers[key].dtype == np.float32, key
        np.testing.assert_allclose(
            answers[key], value, rtol=1e-5, atol=1e-5, err_msg=key
        )


def test_log_likelihood_takes_any_number_of_samples_in_constant_memory(
    exported, tmp_path
):
    path = exported["vae"][1]
    tensors = signature_defs(path)["log_likelihood"]
    job = {"model": str(path), "signature": "log_likelihood", **tensors}
    jobs = [{"key": str(count), **job} for count in (5_000, 3_000_000)]
    requests, x = {}, np.random.default_rng(0).uniform(size=(2, *SPEC.x_shape))
    for key in (job["key"] for job in jobs):
        given = {"x": np.float32(x), "num_samples": np.int32(key), "seed": SEED}
        requests |= {f"{key}/{name}": value for name, value in given.items()}
    answers = ask("without_package.py", jobs, requests, tmp_path)
    few, many = (answers[f"{job['key']}/log_likelihood"] for job in jobs)
    np.testing.assert_allclose(few, many, atol=0.2)
    # The logits of 3,000,000 x 2 rows of 16 float32 alone would be 366 MiB.
    assert answers["3000000/grown_kib"] < 64 * 1024


@pytest.mark.parametrize("recipe", RECIPES)
def test_a_model_has_a_signature_for_each_of_its_methods(recipe, exported):
    path = exported[recipe][1]
    found = signature_defs(path)
    assert sorted(found) == sorted([*RECIPES[recipe], "serving_default"])
    keys = [set(found[name]["inputs"]) for name in ("sample", "serving_default")]
    conditional = recipe in CONDITIONAL
    first = "condition" if conditional else "count"
    assert keys == [{first, "seed"}] * 2
    for name in set(RECIPES[recipe]) - {"sample"}:
        assert ("condition" in found[name]["inputs"]) == conditional, name


@pytest.mark.parametrize("recipe", RECIPES)
def test_the_card_describes_the_model_and_its_signatures(recipe, exported):
    path = exported[recipe][1]
    card = kgm.export.card.read(path.parent)
    assert card["name"] == recipe
    assert card["recipe"] == recipe
    assert card["arguments"]["latent_dim"] == 2
    assert (card["dataset"], card["seed"], card["metrics"]) == ("tiny", 3, {})
    assert card["versions"]["tensorflow"] == tf.__version__
    assert card["spec"] == SPEC.to_dict()
    loaded = tf.saved_model.load(str(path)).signatures
    for form in card["signatures"]:
        traced = loaded[form["name"]]
        sides = {
            "inputs": traced.structured_input_signature[1],
            "outputs": traced.structured_outputs,
        }
        for side, tensors in sides.items():
            described = {
                key: {"dtype": t.dtype.name, "shape": t.shape.as_list()}
                for key, t in tensors.items()
            }
            assert form[side] == described


def test_a_signature_is_traced_and_stored_once(exported):
    """Its graph is what takes long to make, room on disk, and time to load."""
    _, path = exported["vae"]
    read = saved_model_pb2.SavedModel.FromString((path / "saved_model.pb").read_bytes())
    (graph,) = read.meta_graphs
    names = [f.signature.name for f in graph.graph_def.library.function]
    traced = [name for name in names if name.startswith("__inference_function_")]
    card = kgm.export.card.read(path.parent)
    assert len(traced) == len(card["signatures"])


def test_a_bound_is_exported_whose_weight_grows_in_training(tmp_path):
    """The function reads the count of steps, which is no weight of the model."""
    sizes = {"latent_dim": 2, "units": (8,), "seed": 3, "warmup_steps": 5}
    model = kgm.zoo.build("vae", SPEC, **sizes)
    kgm.export.save(model, tmp_path / "vae" / "1")
    x = np.random.default_rng(0).random((4, *SPEC.x_shape), np.float32)
    found = kgm.export.load(tmp_path / "vae").elbo(x, num_samples=2, seed=5)
    expected = model.elbo(x, num_samples=2, seed=5)
    np.testing.assert_allclose(found, expected, rtol=1e-5)


def test_the_card_takes_what_it_is_told(model, tmp_path):
    path = tmp_path / "name" / "7"
    told = {"dataset": "digits", "seed": 5, "command": "keras-genmodels train"}
    metrics = {"elbo": np.float32(-1.5), "per_class": np.arange(2)}
    kgm.export.save(model, path, metrics=metrics, **told)
    card = kgm.export.card.read(path.parent)
    assert {key: card[key] for key in told} == told
    assert card["metrics"] == {"elbo": -1.5, "per_class": [0, 1]}
    assert (card["name"], card["version"]) == ("name", 7)


@pytest.mark.parametrize("policy", ["mixed_bfloat16", "mixed_float16"])
@pytest.mark.parametrize("ema", [0.0, 0.5])
def test_what_was_trained_in_mixed_precision_is_served_in_float32(
    policy, ema, tmp_path
):
    """It equals the model of the same weights without it, averaged ones included."""
    sizes = {"latent_dim": 2, "filters": (4,), "ema": ema}
    spec = DatasetSpec("tiny", (8, 8, 1), ())
    mixed = kgm.zoo.build("dcgan", spec, **sizes, dtype=policy)
    data = tf.data.Dataset.from_tensors({"x": tf.random.uniform((4, 8, 8, 1), seed=1)})
    mixed.fit(data.repeat(3), verbose=0)
    path = kgm.export.save(mixed, tmp_path / "model" / "1")
    found = kgm.export.load(path).sample(16, seed=0)
    again = kgm.export.rebuild(path)
    assert again.generator.compute_dtype == "float32"
    np.testing.assert_allclose(found, again.sample(16, seed=0), rtol=1e-5, atol=1e-6)
    rounded = mixed.sample(16, seed=0)
    np.testing.assert_allclose(found, rounded, atol=0.02)
    assert np.max(np.abs(found - rounded)) > 1e-6


def test_the_card_is_that_of_the_newest_version(model, tmp_path):
    kgm.export.save(model, tmp_path / "vae" / "1", metrics={"elbo": 1})
    kgm.export.save(model, tmp_path / "vae" / "2", metrics={"elbo": 2})
    assert kgm.export.card.read(tmp_path / "vae")["metrics"] == {"elbo": 2}
    assert sorted(p.name for p in (tmp_path / "vae").iterdir()) == [
        "1",
        "2",
        "card.json",
    ]


@pytest.mark.parametrize(
    ("name", "inputs", "message"),
    [
        ("interpolate", {"steps": 0}, "`steps` must be >= 1"),
        ("log_likelihood", {"num_samples": 0}, "`num_samples` must be >= 1"),
    ],
)
def test_a_signature_refuses_a_number_below_one(name, inputs, message, exported):
    run = tf.saved_model.load(str(exported["vae"][1])).signatures[name]
    given = {
        key: tf.constant(inputs[key])
        if key in inputs
        else tf.zeros([d or 1 for d in spec.shape], spec.dtype)
        for key, spec in run.structured_input_signature[1].items()
    }
    with pytest.raises(tf.errors.InvalidArgumentError, match=message):
        run(**given)


def everything(folder):
    return sorted(str(p.relative_to(folder)) for p in folder.rglob("*"))


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("name", "must end in an integer version"),
        ("name/v1", "must end in an integer version"),
        ("taken/2", r"above 2\. Received: .*taken/2\. .*taken/3 is free"),
        ("taken/1", r"above 2\. .*taken/3 is free"),
        ("file/1", "a folder that can be written.*file/1"),
    ],
)
def test_a_path_that_cannot_be_is_refused_and_nothing_written(
    path, message, model, tmp_path
):
    (tmp_path / "taken" / "2").mkdir(parents=True)
    (tmp_path / "file").touch()
    before = everything(tmp_path)
    with pytest.raises(ValueError, match=message):
        kgm.export.save(model, tmp_path / path)
    assert everything(tmp_path) == before


def test_a_metric_that_is_not_finite_is_refused_and_nothing_written(model, tmp_path):
    with pytest.raises(ValueError, match=r"finite numbers only.*nan"):
        kgm.export.save(model, tmp_path / "vae/1", metrics={"elbo": np.nan})
    assert everything(tmp_path) == []


def test_another_model_is_refused(tmp_path):
    with pytest.raises(TypeError, match=r"must be a model of keras_genmodels.*Dense"):
        kgm.export.save(keras.layers.Dense(1), tmp_path / "dense" / "1")


@pytest.mark.parametrize("failing", ["write_out", "tensorflow", "replace"])
def test_a_failure_on_the_way_leaves_what_was_there(failing, exported, monkeypatch):
    model, folder = exported["vae"][0], exported["vae"][1].parent
    before, card = everything(folder), (folder / "card.json").read_text()

    def full(module, path, *args, **kwargs):
        pathlib.Path(path).mkdir(exist_ok=True)
        if failing == "tensorflow":  # says it in an error of its own
            tf.io.write_file("/dev/full", "x" * 10**6)
        raise OSError(errno.ENOSPC, "No space left on device")

    if failing != "replace":
        monkeypatch.setattr("tensorflow.saved_model.save", full)
    else:
        monkeypatch.setattr("os.replace", lambda *paths: full(None, folder))
    with pytest.raises(
        ValueError, match=r"written.*vae/2 .*No space left.*Nothing was"
    ):
        kgm.export.save(model, folder / "2", metrics={"elbo": 2})
    assert everything(folder) == before
    assert (folder / "card.json").read_text() == card


def test_what_a_killed_export_left_is_removed_by_the_next(model, tmp_path):
    (tmp_path / "vae" / ".export-left" / "model").mkdir(parents=True)
    kgm.export.save(model, tmp_path / "vae" / "1")
    assert sorted(p.name for p in (tmp_path / "vae").iterdir()) == ["1", "card.json"]


def test_exports_to_one_folder_wait_for_each_other(model, tmp_path):
    """What the other one wrote meanwhile is said, and stays."""
    folder = tmp_path / "vae"
    folder.mkdir()
    with futures.ThreadPoolExecutor() as pool, atomic_files.locked(folder):
        export = pool.submit(kgm.export.save, model, folder / "1")
        with pytest.raises(futures.TimeoutError):
            export.result(timeout=3)
        (folder / "1").mkdir()
        (folder / "1" / "whole").touch()
    with pytest.raises(ValueError, match=r"new version, above 1\..*vae/2 is free"):
        export.result()
    assert everything(folder) == ["1", "1/whole"]
