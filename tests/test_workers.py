"""Two processes that train one model together, and what can be wrong with them."""

import concurrent.futures
import contextlib
import json
import os
import pathlib
import re
import shlex
import signal
import socket
import subprocess
import sys

import numpy as np
import pytest
import runs

import keras_genmodels as kgm
from keras_genmodels import rendezvous, training
from keras_genmodels.workers import TF_CONFIG, Workers, find

CLIENT = pathlib.Path(__file__).parent / "clients" / "worker.py"
TASKS = {  # the last batch is smaller, and of an odd number
    "vae": {
        "dataset": "digits",
        "options": {"batch_size": 8, "num_examples": 29},
        "epochs": 2,
        "arguments": {"latent_dim": 2, "units": [8]},
    },
    "wgan_gp": {
        "dataset": "gaussian_ring",
        "options": {"batch_size": 8, "num_examples": 27},
        "epochs": 1,
        "arguments": {"latent_dim": 2, "units": [8], "ema": 0.9},
    },
    "video_vae": {
        "dataset": "chairs",
        "options": {"batch_size": 4, "num_examples": 7, "image_size": 16},
        "epochs": 1,
        "arguments": runs.VIDEO["video_vae"],
    },
}
COMMAND = shlex.split(
    "train vae digits --epochs 12 --batch-size 8 --seed 3 --validation 0.25 "
    "--set latent_dim=2 units=[8] --data num_examples=32"
)
LOST = "Another worker stopped, or cannot be reached any more"


def addresses():
    """Two addresses of this machine whose ports are free."""
    anywhere = ("127.0.0.1", 0)
    with socket.create_server(anywhere) as one, socket.create_server(anywhere) as two:
        ports = [server.getsockname()[1] for server in (one, two)]
    return [f"127.0.0.1:{port}" for port in ports]


def tf_config(index, *listed):
    task = {"type": "worker", "index": index}
    return json.dumps({"cluster": {"worker": list(listed)}, "task": task})


def start_both(*words, **options):
    """The command line as both of two workers."""
    listed = ",".join(addresses())
    return [
        runs.start(*words, "--workers", listed, "--index", index, **options)
        for index in (0, 1)
    ]


# --- the same weights -----------------------------------------------------------------


@pytest.mark.parametrize(
    "recipes",
    [("vae", "wgan_gp"), pytest.param(("video_vae",), marks=pytest.mark.slow)],
    ids="-".join,
)
def test_two_workers_end_at_the_weights_of_one(recipes, tmp_path):
    listed, tasks = addresses(), {recipe: TASKS[recipe] for recipe in recipes}
    command = [sys.executable, CLIENT, tmp_path, json.dumps(tasks)]
    workers = [
        subprocess.Popen(
            command,
            env={**os.environ, TF_CONFIG: tf_config(index, *listed)},
            stderr=subprocess.PIPE,
            text=True,
        )
        for index in (0, 1)
    ]
    for worker in workers:
        _, err = worker.communicate(timeout=300)
        assert worker.returncode == 0, err[-3000:]
    for recipe, task in tasks.items():
        data, spec = kgm.data.load(task["dataset"], **task["options"])
        model = kgm.zoo.build(recipe, spec, preset=False, **task["arguments"])
        options = {"epochs": task["epochs"], "validation_data": data, "verbose": 0}
        history = model.fit(data, **options).history
        for index in (0, 1):
            with np.load(tmp_path / f"{recipe}-{index}.npz") as theirs:
                for number, ours in enumerate(model.variables):
                    name = f"{recipe} {ours.path}"
                    np.testing.assert_allclose(
                        theirs[str(number)], ours.numpy(), atol=1e-4, err_msg=name
                    )
                for name, values in history.items():
                    np.testing.assert_allclose(theirs[name], values, rtol=1e-4)


# --- a run ----------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize("victim", [0, 1])
def test_a_run_goes_on_after_the_kill_of_a_worker(victim, tmp_path):
    """The other worker ends with a sentence, and both go on to one process's end."""
    out = tmp_path / "run"
    workers = start_both(*COMMAND, "--out", out)
    runs.wait_for(out / "checkpoints" / "epoch-0002.json", *workers)
    os.kill(workers[victim].pid, signal.SIGKILL)
    told = [worker.communicate(timeout=120) for worker in workers]
    assert workers[1 - victim].returncode == 1, told
    assert LOST in told[1 - victim][1]
    assert (f"`keras-genmodels resume {out}`" in told[1 - victim][1]) == (victim == 1)
    assert "worker 1 of 2" in told[1][0]

    for worker in start_both("resume", out):
        _, err = worker.communicate(timeout=300)
        assert worker.returncode == 0, err
    run = training.Run.open(out)
    assert [r["epoch"] for r in training.read_metrics(run.metrics)] == [*range(1, 13)]
    assert run.report["epochs"] == 12
    runs.finish(*COMMAND, "--out", tmp_path / "alone")
    ours, theirs = (runs.state(r, 12) for r in (run, training.Run(tmp_path / "alone")))
    for (name, one), (_, other) in zip(ours, theirs, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-3, atol=2e-4, err_msg=name)


def test_the_chief_alone_writes_and_workers_must_agree(tmp_path):
    listed = ",".join(addresses())
    folders = [tmp_path / name for name in ("chief", "other")]
    workers = []
    for index, folder in enumerate(folders):
        folder.mkdir()
        named = ["--workers", listed, "--index", index]
        words = [*COMMAND, *named, "--out", folder / "run", "--seed", index]
        workers.append(runs.start(*words))
    for worker in workers:
        _, err = worker.communicate(timeout=120)
        assert worker.returncode == 1
        assert "must train the same. Received: other settings in worker 1" in err
    assert (folders[0] / "run" / "config.json").is_file()
    assert not list(folders[1].iterdir())


# --- bad input ------------------------------------------------------------------------

A, B = "10.0.0.1:2222", "10.0.0.2:2222"


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ((A, None), "must be given together"),
        ((None, 0), "must be given together"),
        ((A, 0), "must be two addresses at least"),
        ((f"{A},{A}", 0), "must be different addresses"),
        ((f"{A},{B}", 2), "`index` must be in [0, 1]. Received: index=2"),
        ((f"{A},{B}", -1), "`index` must be in [0, 1]. Received: index=-1"),
        (("10.0.0.1,b:1", 0), "HOST:PORT, the port from 1 to 65535. Received: '10.0"),
        ((f"{A},b:70000", 0), "Received: 'b:70000'"),
        ((f"{A},:1", 0), "Received: ':1'"),
        ((f"{A},", 0), "Received: ''"),
    ],
)
def test_workers_that_cannot_be_are_refused(words, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        find(*words)


TASK = {"type": "worker", "index": 0}


@pytest.mark.parametrize(
    ("config", "error", "message"),
    [
        ("{", ValueError, "TF_CONFIG must be {"),
        ("[]", ValueError, "TF_CONFIG must be {"),
        ({"task": TASK}, ValueError, "KeyError('cluster')"),
        ({"cluster": {"worker": [A, B]}}, ValueError, "KeyError('task')"),
        ({"cluster": {"worker": [A, B]}, "task": {}}, ValueError, "KeyError('type')"),
        ({"cluster": [A, B], "task": TASK}, ValueError, "TF_CONFIG must be {"),
        ({"cluster": {"worker": 5}, "task": TASK}, ValueError, "TF_CONFIG must be {"),
        ({"cluster": {"chief": [A]}, "task": TASK}, ValueError, "type 'worker'"),
        (
            {"cluster": {"worker": [A], "ps": [B]}, "task": TASK},
            ValueError,
            "kinds chief and worker alone",
        ),
        (
            {"cluster": {"worker": [A]}, "task": {"type": "evaluator", "index": 0}},
            ValueError,
            "type 'evaluator'",
        ),
        (
            {"cluster": {"worker": [A, B]}, "task": {**TASK, "index": 2}},
            ValueError,
            "`index in TF_CONFIG` must be in [0, 1]",
        ),
        (
            {"cluster": {"worker": [A, B]}, "task": {**TASK, "index": "1"}},
            TypeError,
            "`index in TF_CONFIG` must be an integer",
        ),
        ({"cluster": {"worker": [A, 5]}, "task": TASK}, ValueError, "Received: 5"),
    ],
)
def test_what_can_be_wrong_in_tf_config(config, error, message, monkeypatch):
    text = config if isinstance(config, str) else json.dumps(config)
    monkeypatch.setenv(TF_CONFIG, text)
    with pytest.raises(error, match=re.escape(message)):
        find()


def test_tf_config_names_workers_with_a_chief_or_without(monkeypatch):
    assert find() is None
    monkeypatch.setenv(TF_CONFIG, tf_config(1, A, B))
    assert find() == Workers((A, B), 1)
    with pytest.raises(ValueError, match="must not be given where TF_CONFIG is set"):
        find(f"{A},{B}", 0)
    cluster = {"worker": [B], "chief": [A]}
    for kind, index in (("chief", 0), ("worker", 1)):
        config = {"cluster": cluster, "task": {"type": kind, "index": 0}}
        monkeypatch.setenv(TF_CONFIG, json.dumps(config))
        assert find() == Workers((A, B), index)
    monkeypatch.setenv(TF_CONFIG, tf_config(0, A))
    assert find() is None  # alone


def test_an_address_must_be_free_and_of_this_machine():
    own, other = addresses()
    host, port = own.split(":")
    with (
        socket.create_server((host, int(port))),
        pytest.raises(ValueError, match=f"port free. Received: {own} "),
    ):
        Workers((own, other), 0).strategy()
    with pytest.raises(ValueError, match="one of this machine"):
        Workers(("192.0.2.1:2222", other), 0).strategy()


@pytest.mark.parametrize("index", [0, 1])
def test_a_worker_does_not_wait_for_ever(index):
    listed = tuple(addresses())
    missing = f"no sign of worker {1 - index} at {listed[1 - index]}"
    with pytest.raises(TimeoutError, match=f"within 0.5 s. Received: {missing}"):
        Workers(listed, index).strategy(timeout=0.5)


def test_workers_of_another_training_are_refused():
    """A stranger that connects to the port of the chief does not count."""
    listed = addresses()
    others = [*listed, "127.0.0.1:1"]
    for told in ([others, 1], [listed, 0]):
        with concurrent.futures.ThreadPoolExecutor() as pool:
            chief = pool.submit(rendezvous.wait, listed, 0, 20)
            for line in (b"GET / HTTP/1.1", json.dumps(told).encode()):
                connection = _connected(listed[0])
                connection.sendall(line + b"\n")
                connection.close()
            with pytest.raises(ValueError, match="must be given the same addresses"):
                chief.result()


def _connected(address):
    host, port = address.split(":")
    while True:
        with contextlib.suppress(ConnectionRefusedError):
            return socket.create_connection((host, int(port)), timeout=20)
