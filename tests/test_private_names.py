"""Private names of other libraries that the package relies on, in one list: where one
of them is gone after an update, this file says so, and nothing else has to be searched.
"""

import ast
from pathlib import Path

import keras
import tensorflow as tf

PACKAGE = Path(__file__).parents[1] / "keras_genmodels"
# File to the private names of others that it reads.
RELIED_ON = {
    "models/ema.py": {"_model_variables_moving_average"},  # of a Keras optimiser
    "data/pipeline.py": {"_inputs"},  # of a tf.data.Dataset
}
# Methods of `keras.Model` that the package overrides.
OVERRIDDEN = {"_maybe_symbolic_build"}
PUBLIC = {"_replace", "_asdict", "_fields"}  # of a namedtuple, whose names they guard


def trees():
    for file in sorted(PACKAGE.rglob("*.py")):
        yield file, ast.parse(file.read_text(encoding="utf-8"))


def defined_here():
    """Every private name that the package defines: functions, methods, attributes."""
    names = set()
    for _, tree in trees():
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef | ast.ClassDef):
                names.add(node.name)
            elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
                names.add(node.attr)
    return names


def test_no_other_private_name_is_used():
    own, found = defined_here(), {}
    for file, tree in trees():
        for node in ast.walk(tree):
            private = isinstance(node, ast.Attribute) and node.attr.startswith("_")
            if (
                private
                and not node.attr.endswith("__")
                and node.attr not in own | PUBLIC
            ):
                name = file.relative_to(PACKAGE).as_posix()
                found.setdefault(name, set()).add(node.attr)
    assert found == RELIED_ON


def test_nothing_is_imported_from_inside_keras():
    for file, tree in trees():
        for node in ast.walk(tree):
            names = [a.name for a in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom):
                names = [node.module or ""]
            assert not any(name.startswith("keras.src") for name in names), file


def test_an_optimiser_keeps_its_averages_under_that_name():
    variable = keras.Variable(tf.ones((2,)))
    optimizer = keras.optimizers.SGD(1.0, use_ema=True, ema_momentum=0.5)
    optimizer.build([variable])
    for _ in range(2):
        optimizer.apply([tf.ones((2,))], [variable])
    [average] = optimizer._model_variables_moving_average
    assert float(average[0]) != float(variable[0])


def test_keras_has_the_methods_that_are_overridden():
    assert all(hasattr(keras.Model, name) for name in OVERRIDDEN)


def test_a_dataset_knows_what_it_was_made_of():
    base = tf.data.Dataset.range(3)
    assert base.map(lambda x: x)._inputs() == [base]
