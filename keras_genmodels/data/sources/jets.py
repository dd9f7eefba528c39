"""Pictures of jets of W bosons and of QCD, by a parametric simulator."""

from __future__ import annotations

import numpy as np

from keras_genmodels.data.attributes import side_by_side
from keras_genmodels.data.request import SPLIT_SEED, Arrays, Request, check_split
from keras_genmodels.data.simulation.jets import SIDE
from keras_genmodels.data.simulation.jets import jets as pictures
from keras_genmodels.data.spec import DatasetSpec
from keras_genmodels.registry import register

VERSION = "1"  # raised when a picture would differ
COUNTS = {"train": 20_000, "test": 5_000}
KINDS = ("QCD", "W")
UNIT = 300.0  # GeV, of which x is a share
_CHUNK = 500


@register("jets", "dataset")
def jets(request: Request) -> Arrays:
    """Pictures of jets, 25x25x1: 20,000 for training, 5,000 for test, 2 classes; no
    download.

    A parametric simulator draws them, not one of every collision such as Pythia. The
    `kind` is "QCD", a jet of one quark or gluon, or "W", of the two quarks of a W boson
    that is so fast that both are in one jet. x is the transverse momentum in a pixel of
    0.1 x 0.1 of pseudorapidity and azimuth, in units of 300 GeV; the jet has 250 to 300
    GeV. Pixels below 0.3 GeV are 0. The subjet of the most momentum is in the middle,
    the second one below it, and the right half has more momentum than the left, as in
    de Oliveira, Paganini, Nachman, "Learning Particle Physics by Example", 2017; there
    Pythia makes the jets, which are trimmed, and turns pictures, where particles turn
    here. Pictures are made when they are first asked for, and kept on disk.
    """
    check_split(request.split, list(COUNTS))
    count = request.limit(COUNTS[request.split])
    x = request.allocate((count, SIDE, SIDE, 1), np.float32)
    labels = np.empty((count, 1), np.int32)
    for start in range(0, count, _CHUNK):
        place = list(COUNTS).index(request.split)
        rng = np.random.RandomState([SPLIT_SEED, place, start])
        kinds = rng.randint(len(KINDS), size=_CHUNK)
        kept = slice(start, min(start + _CHUNK, count))
        size = kept.stop - start
        x[kept, ..., 0] = np.clip(pictures(kinds, rng)[:size] / UNIT, 0.0, 1.0)
        labels[kept, 0] = kinds[:size]
    attributes = side_by_side({"kind": KINDS})
    return Arrays(x, labels, DatasetSpec("jets", x.shape[1:], attributes))


jets.fingerprint = lambda request: VERSION
jets.kept = True
jets.licence = "Apache-2.0, made by this package"
