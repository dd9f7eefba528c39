"""Run a SavedModel where the package, Keras and TFP cannot be imported.

    python without_package.py JOBS.json REQUESTS.npz ANSWERS.npz

A job is {"key", "model", "signature", "inputs": {name: tensor}, "outputs": ...}; the
arrays are in REQUESTS under "<key>/<name>", and the answers go under the same keys.
"""

import importlib.abc
import importlib.machinery
import json
import resource
import sys

BLOCKED = {"keras_genmodels", "keras", "tf_keras", "tensorflow_probability"}


class Blocker(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Finds what is blocked, since TensorFlow asks where Keras is, and loads none."""

    def find_spec(self, fullname, path=None, target=None):
        if fullname.partition(".")[0] in BLOCKED:
            return importlib.machinery.ModuleSpec(fullname, self, origin="blocked")
        return None

    def create_module(self, spec):
        raise ImportError(f"{spec.name} is blocked")

    def exec_module(self, module):
        raise ImportError(f"{module} is blocked")


def main(jobs_file, requests_file, answers_file):
    sys.meta_path.insert(0, Blocker())
    import numpy as np
    import tensorflow as tf

    with open(jobs_file, encoding="utf-8") as file:
        jobs = json.load(file)
    requests, answers, models = np.load(requests_file), {}, {}
    for job in jobs:
        if job["model"] not in models:
            models[job["model"]] = tf.saved_model.load(job["model"])
        run = models[job["model"]].signatures[job["signature"]]
        given = {n: tf.constant(requests[f"{job['key']}/{n}"]) for n in job["inputs"]}
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        for name, value in run(**given).items():
            answers[f"{job['key']}/{name}"] = value.numpy()
        after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        answers[f"{job['key']}/grown_kib"] = np.array(after - before)
    if loaded := BLOCKED & set(sys.modules):
        raise SystemExit(f"imported all the same: {loaded}")
    np.savez(answers_file, **answers)


if __name__ == "__main__":
    main(*sys.argv[1:])
