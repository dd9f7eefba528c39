"""Run a SavedModel through TensorFlow's C API, as a server does: no Python of it.

    python c_api.py JOBS.json REQUESTS.npz ANSWERS.npz

A job is {"key", "model", "signature", "inputs": {name: tensor}, "outputs": ...}, the
tensors as the SavedModel's signature names them ("serving_default_x:0"); the arrays are
in REQUESTS under "<key>/<name>", and the answers go under the same keys.
"""

import ctypes
import importlib.util
import json
import os
import pathlib
import sys

import numpy as np

P = ctypes.c_void_p
TYPES = {1: np.dtype("float32"), 3: np.dtype("int32")}
CODES = {dtype: code for code, dtype in TYPES.items()}
POINTERS = (
    "TF_NewStatus",
    "TF_NewGraph",
    "TF_NewSessionOptions",
    "TF_LoadSessionFromSavedModel",
    "TF_GraphOperationByName",
    "TF_AllocateTensor",
    "TF_TensorData",
)


class Output(ctypes.Structure):
    """TF_Output: one end of an operation."""

    _fields_ = [("operation", P), ("index", ctypes.c_int)]


def library():
    """The C API inside the wheel, found without importing TensorFlow."""
    [folder] = importlib.util.find_spec("tensorflow").submodule_search_locations
    for name in ("framework", "cc"):
        file = pathlib.Path(folder, f"libtensorflow_{name}.so.2")
        loaded = ctypes.CDLL(str(file), mode=ctypes.RTLD_GLOBAL)
    for name in POINTERS:
        getattr(loaded, name).restype = P
    loaded.TF_Message.restype = ctypes.c_char_p
    loaded.TF_Dim.restype = ctypes.c_int64
    loaded.TF_TensorByteSize.restype = ctypes.c_size_t
    return loaded


class Model:
    """A session on a SavedModel."""

    def __init__(self, tf, folder):
        self.tf, self.status = tf, P(tf.TF_NewStatus())
        self.graph = P(tf.TF_NewGraph())
        tags = (ctypes.c_char_p * 1)(b"serve")
        options, nothing = P(tf.TF_NewSessionOptions()), None
        self.session = P(
            tf.TF_LoadSessionFromSavedModel(
                options,
                nothing,
                os.fsencode(folder),
                tags,
                1,
                self.graph,
                nothing,
                self.status,
            )
        )
        self.check()

    def check(self):
        if self.tf.TF_GetCode(self.status):
            raise SystemExit(self.tf.TF_Message(self.status).decode())

    def end(self, tensor):
        name, _, index = tensor.partition(":")
        operation = self.tf.TF_GraphOperationByName(self.graph, name.encode())
        if not operation:
            raise SystemExit(f"no operation {name!r} in the graph")
        return Output(operation, int(index or 0))

    def tensor(self, array):
        dims = (ctypes.c_int64 * array.ndim)(*array.shape)
        size = ctypes.c_size_t(array.nbytes)
        made = P(self.tf.TF_AllocateTensor(CODES[array.dtype], dims, array.ndim, size))
        data = np.ascontiguousarray(array)
        ctypes.memmove(self.tf.TF_TensorData(made), data.ctypes.data, array.nbytes)
        return made

    def array(self, tensor):
        shape = [self.tf.TF_Dim(tensor, i) for i in range(self.tf.TF_NumDims(tensor))]
        data = ctypes.string_at(
            self.tf.TF_TensorData(tensor), self.tf.TF_TensorByteSize(tensor)
        )
        dtype = TYPES[self.tf.TF_TensorType(tensor)]
        return np.frombuffer(data, dtype).reshape(shape).copy()

    def run(self, inputs, outputs):
        """`inputs`: tensor name to array; `outputs`: tensor names. Gives arrays."""
        ends = (Output * len(inputs))(*map(self.end, inputs))
        values = (P * len(inputs))(*map(self.tensor, inputs.values()))
        wanted = (Output * len(outputs))(*map(self.end, outputs))
        results = (P * len(outputs))()
        self.tf.TF_SessionRun(
            *(self.session, None),
            *(ends, values, len(inputs)),
            *(wanted, results, len(outputs)),
            *(None, 0, None, self.status),
        )
        self.check()
        arrays = [self.array(P(result)) for result in results]
        for tensor in (*values, *results):
            self.tf.TF_DeleteTensor(P(tensor))
        return arrays


def main(jobs_file, requests_file, answers_file):
    tf = library()
    with open(jobs_file, encoding="utf-8") as file:
        jobs = json.load(file)
    requests, answers, models = np.load(requests_file), {}, {}
    for job in jobs:
        if job["model"] not in models:
            models[job["model"]] = Model(tf, job["model"])
        given = {t: requests[f"{job['key']}/{n}"] for n, t in job["inputs"].items()}
        arrays = models[job["model"]].run(given, job["outputs"].values())
        for name, array in zip(job["outputs"], arrays, strict=True):
            answers[f"{job['key']}/{name}"] = array
    if "tensorflow" in sys.modules:
        raise SystemExit("Python's TensorFlow was imported")
    np.savez(answers_file, **answers)


if __name__ == "__main__":
    main(*sys.argv[1:])
