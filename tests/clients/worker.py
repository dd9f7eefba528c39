"""Train recipes by `model.fit` as one of the workers that TF_CONFIG names.

The arguments are a folder, which gets the weights and the history of each recipe, and
JSON: recipe to `dataset`, `options` of the data, `epochs` and `arguments`.
"""

import json
import pathlib
import sys

import numpy as np

from keras_genmodels.workers import find


def main(folder, tasks):
    own = find()
    strategy = own.strategy()
    import keras_genmodels as kgm  # and TensorFlow with it

    for recipe, task in tasks.items():
        data, spec = kgm.data.load(task["dataset"], **task["options"])
        with strategy.scope():
            model = kgm.zoo.build(recipe, spec, preset=False, **task["arguments"])
        options = {"epochs": task["epochs"], "validation_data": data, "verbose": 0}
        history = model.fit(data, **options).history
        arrays = {str(n): v.numpy() for n, v in enumerate(model.variables)}
        path = pathlib.Path(folder) / f"{recipe}-{own.index}.npz"
        np.savez(path, **arrays, **history)


if __name__ == "__main__":
    main(sys.argv[1], json.loads(sys.argv[2]))
