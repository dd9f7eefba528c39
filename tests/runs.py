"""Runs that tests train, kill and compare."""

import os
import re
import shlex
import signal
import subprocess
import sys
import time

import cases
import numpy as np

from keras_genmodels import checkpoints, training

TINY = {
    "batch_size": 8,
    "seed": 3,
    "arguments": {
        "latent_dim": 2,
        "units": (8,),
        "likelihood": "bernoulli",
        "warmup_steps": 0,
        "decay_steps": 0,
    },
    "data": {"num_examples": 32, "binarise": "dynamic", "dequantise": False},
}
# The preset's noise in the pixels, warm-up and decay stay: they must go on, too.
COMMAND = shlex.split(
    "train vae digits --epochs 6 --batch-size 1 --seed 3 --set latent_dim=2 units=[8] "
    "--data num_examples=64 --out"
)

VIDEO = {  # what makes each small; the memory's draws and a frame's are states, too
    "video_vae": {
        "latent_dim": 3,
        "features": 6,
        "memory": 5,
        "filters": [3, 4],
        "decoder_filters": [4, 3],
        "warmup_steps": 50,
        "memory_noise": 0.1,
        "decay_steps": 90,
    },
    "mocogan": {"content_dim": 3, "motion_dim": 2, "filters": [3, 4], "ema": 0.9},
}


def state(run, epoch):
    """Every number that training depends on, by name: weights, optimisers, seeds."""
    model = checkpoints.load(run.checkpoints / f"epoch-{epoch:04d}.keras")
    # Keras numbers layers by their order in the process: dense_3_kernel_momentum.
    variables = cases.all_state(model)
    return [(re.sub(r"_\d+", "", v.name), v.numpy()) for v in variables]


def assert_same(left, right):
    assert {"kernel", "iteration", "seed_generator_state"} <= {name for name, _ in left}
    assert [name for name, _ in left] == [name for name, _ in right]
    for (name, one), (_, other) in zip(left, right, strict=True):
        np.testing.assert_array_equal(one, other, err_msg=name)


def start(*words):
    """Start the command line in a process that Ctrl-C can reach."""
    command = [sys.executable, "-m", "keras_genmodels", *map(str, words)]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    return subprocess.Popen(command, **pipes, preexec_fn=_interruptible)


def _interruptible():
    """What a shell starts in the background ignores Ctrl-C, and so do its children."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


def finish(*words):
    process = start(*words)
    out, err = process.communicate()
    assert process.returncode == 0, err
    return out, err


def wait_for(path, *processes):
    """Wait until processes, none of which may end, have written a file."""
    while not path.is_file():
        for process in processes:
            assert process.poll() is None, process.stderr.read()
        time.sleep(0.005)


def kill_in_mid_epoch(out, *words):
    """Start a run of six epochs and kill it without warning after two; how many are."""
    process = start(*words, out)
    wait_for(out / "checkpoints" / "epoch-0002.json", process)
    time.sleep(0.05)  # into epoch 3
    os.kill(process.pid, signal.SIGKILL)
    process.communicate()
    assert not (out / "report.json").exists()
    return len(training.read_metrics(out / "metrics.csv"))


def assert_ends_alike(killed, whole):
    """Two runs of six epochs have the same weights, states and numbers."""
    assert_same(state(killed, 6), state(whole, 6))
    rows, expected = map(training.read_metrics, (killed.metrics, whole.metrics))
    assert [row["epoch"] for row in rows] == [*range(1, 7)]
    for row in rows + expected:
        del row["seconds"]
    assert rows == expected
    assert killed.report["metrics"] == whole.report["metrics"]


def kill_and_resume(recipe, dataset, folder, **settings):
    """A run that is killed in mid-epoch and goes on ends like one that is not."""
    settings |= {"epochs": 6, "batch_size": 4, "seed": 3}
    whole = training.train(recipe, dataset, out=folder / "whole", verbose=0, **settings)
    words = shlex.split(whole.config["command"])[1:]
    killed = folder / "killed"
    assert 2 <= kill_in_mid_epoch(killed, *words, "--out") < 6
    training.resume(killed, verbose=0)
    assert_ends_alike(training.Run.open(killed), whole)
    return whole
