"""Files of a run that were damaged or edited are refused by name, or told of."""

import json

import pytest
from runs import TINY

from keras_genmodels import cli, training
from keras_genmodels.training import callbacks


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    """A run of one epoch; tests copy it."""
    out = tmp_path_factory.mktemp("runs") / "tiny"
    return training.train("vae", "digits", out=out, epochs=1, verbose=0, **TINY)


def edit(run, name="config.json", **changes):
    """Write a file of a run anew; ... takes a key out."""
    content = {**json.loads((run.path / name).read_text()), **changes}
    kept = {key: value for key, value in content.items() if value is not ...}
    (run.path / name).write_text(json.dumps(kept))


NEEDED = ("recipe", "dataset", "epochs", "batch_size", "seed", "dtype", "data")
NEEDED += ("jit_compile", "data_dir", "arguments")


@pytest.mark.parametrize("key", NEEDED)
def test_a_missing_key_is_named(run, key):
    edit(run, **{key: ...})
    with pytest.raises(ValueError, match=rf"config\.json must have the keys .*'{key}'"):
        training.Run.open(run.path)


@pytest.mark.parametrize("command", ["resume", "evaluate", "sample", "export"])
@pytest.mark.parametrize("name", ["config.json", "report.json"])
def test_every_command_refuses_a_damaged_file_in_one_line(run, command, name, capsys):
    (run.path / name).write_text("{}")
    assert cli.main([command, str(run.path)]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert f"{run.path / name} must have the keys" in line


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"epochs": "many"}, "`epochs` must be an integer.*'many'"),
        ({"epochs": 0}, "`epochs` must be >= 1"),
        ({"seed": -1}, "`seed` must be >= 0"),
        ({"validation": 2}, r"`validation` must be in \[0, 1\)"),
        ({"data": []}, r"`data` must be a dict\. Received: data=\[\]"),
        ({"arguments": 3}, "`arguments` must be a dict"),
        ({"recipe": 3}, "`recipe` must be a string"),
        ({"jit_compile": "no"}, "`jit_compile` must be True or False"),
        ({"command": "'"}, "No closing quotation"),
        ({"command": 3}, "`command` must be a string"),
    ],
)
def test_a_value_of_another_kind_is_named(run, changes, message):
    edit(run, **changes)
    with pytest.raises(ValueError, match=rf"config\.json .*{message}.* Put back"):
        training.Run.open(run.path)


@pytest.mark.parametrize("content", ["[]", "null", "{", "\udcff"])
@pytest.mark.parametrize("name", ["config.json", "report.json"])
def test_what_is_no_run_is_refused(run, name, content):
    (run.path / name).write_bytes(content.encode(errors="surrogateescape"))
    with pytest.raises(ValueError, match=f"{name} must (be JSON|have the keys)"):
        training.Run.open(run.path)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"recipe": "iwae"}, "recipe iwae in place of vae"),
        ({"dtype": "mixed_bfloat16"}, "--dtype mixed_bfloat16 in place of None"),
        ({"seed": 4}, "--seed 4 in place of 3"),
        ({"batch_size": 9}, "--batch-size 9 in place of 8"),
        ({"epochs": 9}, "--epochs 9 in place of 1.*`resume`"),
        ({"command": ""}, "recipe vae in place of None"),
        ({"jit_compile": True}, "--jit-compile on in place of None"),
        ({"validation": 0.5}, "--validation 0.5 in place of 0.0"),
        ({"data": {}}, "--data num_examples None in place of 32"),
        ({"arguments": {"latent_dim": 3}}, "--set latent_dim 3 in place of 2"),
        ({"fit_data": {"num_examples": 9}}, "--fit-data num_examples 9 in place of N"),
    ],
)
def test_edited_settings_are_refused(run, changes, message):
    edit(run, **changes)
    with pytest.raises(ValueError, match=f"that the run was begun with.*{message}"):
        training.resume(run.path, verbose=0)


def test_where_the_data_lie_may_change(run, tmp_path):
    edit(run, data_dir=str(tmp_path))
    training.resume(run.path, epochs=2, verbose=0)
    assert run.report["epochs"] == 2


def test_a_run_of_an_earlier_version_is_opened(run):
    edit(run, **dict.fromkeys(("validation", "fit_data", "command", "versions"), ...))
    assert training.Run.open(run.path).config["recipe"] == "vae"


def test_other_versions_of_the_libraries_are_told(run):
    versions = run.config["versions"]
    edit(run, versions={**versions, "keras": "3.0.0", "python": "3.9.1"})
    told = f"begun with keras 3.0.0, here {versions['keras']}. Its numbers may differ"
    with pytest.warns(RuntimeWarning, match=told) as caught:
        training.Run.open(run.path)
    assert "python" not in str(caught[0].message)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("epoch,seconds\n1,fast\n", "`seconds` must be a number. Received: 'fast'"),
        ("epoch,seconds\n1.5,2\n", "`epoch` must be an integer"),
        ("epoch,loss\n1,2\n", "`seconds` must be a number"),
        ("epoch,seconds\n1,2,3\n", "must be a number"),
        ("\0\n\0\n", "."),
    ],
)
def test_metrics_that_are_none_are_refused(run, text, message):
    run.metrics.write_text(text)
    with pytest.raises(ValueError, match=rf"metrics\.csv must hold .*{message}"):
        training.resume(run.path, epochs=2, verbose=0)


def test_metrics_are_written_again_as_they_were(tmp_path):
    path, clock = tmp_path / "metrics.csv", callbacks.Clock()
    before = "epoch,seconds,loss,examples\r\n1,0.5,2.0,64\r\n"
    path.write_bytes(before.encode())
    callbacks.MetricsFile(path, clock, 1).on_epoch_end(1, {"loss": 1.5, "examples": 64})
    assert path.read_bytes().decode() == f"{before}2,0.0,1.5,64\r\n"
