"""Pictures of jets: of a boosted W boson, whose two quarks are in one jet, and of QCD.

Gluons are radiated at the leading logarithm, with the running coupling and ordered in
angle, as the Lund plane has them (Dasgupta, Fregoso, Marzani, Salam, "Towards an
Understanding of Jet Substructure", 2013), once from the quarks and once from those
gluons; recoil is left out, and what a W boson decays to is scaled to its mass. Hadrons
and the underlying event are drawn by rules of ours.
"""

from __future__ import annotations

import numpy as np

SIDE = 25  # pixels
PIXEL = 0.1  # of pseudorapidity and of azimuth
RADIUS = 1.0  # of a jet
MOMENTA = 250.0, 300.0  # GeV, transverse, of a jet
THRESHOLD = 0.3  # GeV, below which a pixel reads 0
W_MASS, W_WIDTH = 80.4, 2.085  # GeV
SUBJET = 0.3  # radius
_DRAWN = 235.0, 325.0  # GeV, of what the jet begins with
_LEAST = 1.0  # GeV, of the momentum of a gluon across its emitter
_SCALE = 0.2  # GeV, of the running coupling
_QUARK, _GLUON = 4 / 3, 3.0  # how much each radiates
_SOFT, _SOFT_MOMENTUM = 5.0, 0.5  # particles of the underlying event, and GeV of one
_ACROSS = 0.35  # GeV, of a hadron across its parton


def jets(boosted: np.ndarray, rng: np.random.RandomState) -> np.ndarray:
    """Draw pictures of jets.

    Args:
        boosted: whether each begins with a W boson, (n,); else with a quark or gluon.
        rng: of the random numbers.

    Returns:
        Transverse momenta in pixels of 0.1 x 0.1, in GeV, (n, 25, 25); of those 0 that
        are below 0.3 GeV. The subjet of the most momentum is in the middle, the second
        one below it, and the right half has more momentum than the left.
    """
    pictures = np.zeros((len(boosted), SIDE, SIDE))
    missing = np.arange(len(boosted))
    while len(missing):
        owner, momentum, places = _particles(boosted[missing], rng)
        owner, momentum, places = _in_jet(owner, momentum, places, len(missing))
        total = np.bincount(owner, momentum, len(missing))
        good = (total > MOMENTA[0]) & (total < MOMENTA[1])
        kept = good[owner]
        number = np.cumsum(good) - 1
        owner, count = number[owner[kept]], int(good.sum())
        oriented = _oriented(owner, momentum[kept], places[kept], count)
        pictures[missing[good]] = _pixels(owner, momentum[kept], oriented, count)
        missing = missing[~good]
    return np.where(pictures < THRESHOLD, 0.0, pictures)


def _particles(boosted, rng):
    """Draw the hadrons of jets: number of the jet, momentum, and place (n, 2)."""
    jet, momentum, places, reach, colour, mass = _prongs(boosted, rng)
    for emitter in (slice(None), slice(len(jet), None)):  # prongs, then their gluons
        old = [v[emitter] for v in (momentum, reach, colour)]
        owner, share, angle = _emitted(*old, rng)
        owner = np.arange(len(jet))[emitter][owner]
        taken, left = _shared(owner, share, angle, len(jet))
        direction = rng.uniform(0, 2 * np.pi, len(owner))
        step = angle[:, None] * np.stack([np.cos(direction), np.sin(direction)], 1)
        added = momentum[owner] * taken
        momentum = np.concatenate([momentum * left, added])
        places = np.concatenate([places, places[owner] + step])
        jet = np.concatenate([jet, jet[owner]])
        reach = np.concatenate([reach, angle])
        colour = np.concatenate([colour, np.full(len(owner), _GLUON)])
    owner, momentum, places = _hadrons(momentum, places, rng)
    places = _of_mass(jet[owner], momentum, places, mass)
    soft = np.repeat(np.arange(len(boosted)), rng.poisson(_SOFT, len(boosted)))
    around = RADIUS * np.sqrt(rng.uniform(size=len(soft)))
    angle = rng.uniform(0, 2 * np.pi, len(soft))
    beside = around[:, None] * np.stack([np.cos(angle), np.sin(angle)], 1)
    return (
        np.concatenate([jet[owner], soft]),
        np.concatenate([momentum, rng.exponential(_SOFT_MOMENTUM, len(soft))]),
        np.concatenate([places, beside]),
    )


def _prongs(boosted, rng):
    """Draw what jets begin with: one parton, or the two quarks of a W boson.

    Returns:
        Number of the jet, momentum, place (n, 2), the angle of the first emission, and
        how much it radiates, (n,); and the mass of each jet's W boson, 0 without one.
    """
    count = len(boosted)
    momentum = rng.uniform(*_DRAWN, size=count)
    tangent = np.tan(np.pi * (rng.uniform(size=count) - 0.5))
    mass = np.clip(W_MASS + W_WIDTH / 2 * tangent, 60.0, 100.0)
    # Of a longitudinal boson the cosine c has the density 3/4 (1 - c^2).
    share = rng.beta(2.0, 2.0, size=count)
    apart = mass / (momentum * np.sqrt(share * (1 - share)))
    direction = rng.uniform(0, 2 * np.pi, count)
    along = np.stack([np.cos(direction), np.sin(direction)], 1)
    quark = np.where(rng.uniform(size=count) < 0.5, _QUARK, _GLUON)
    first = (apart * (1 - share))[:, None] * along
    second = -(apart * share)[:, None] * along
    two, where = boosted.astype(bool), np.flatnonzero(boosted)
    return (
        np.concatenate([np.arange(count), where]),
        np.concatenate(
            [
                momentum * np.where(two, share, 1.0),
                (momentum * (1 - share))[where],
            ]
        ),
        np.concatenate([np.where(two[:, None], first, 0.0), second[where]]),
        np.concatenate([np.where(two, apart, RADIUS), apart[where]]),
        np.concatenate([np.where(two, _QUARK, quark), np.full(len(where), _QUARK)]),
        np.where(two, mass, 0.0),
    )


def _emitted(momentum, reach, colour, rng):
    """Draw gluons: the number of the emitter, the share of its momentum, the angle.

    They are uniform in the logarithms of both, up to the coupling, where the momentum
    across is above the least one and the share below a half.
    """
    side = np.log(np.maximum(momentum * reach / (2 * _LEAST), 1.0))
    mean = 2 * colour * _coupling(_LEAST) / np.pi * side**2 / 2
    owner = np.repeat(np.arange(len(momentum)), rng.poisson(mean))
    one, other = rng.uniform(size=(2, len(owner)))
    over = one + other > 1
    one, other = np.where(over, 1 - one, one), np.where(over, 1 - other, other)
    across = _LEAST * np.exp(side[owner] * (1 - one - other))
    kept = rng.uniform(size=len(owner)) < _coupling(across) / _coupling(_LEAST)
    owner, one, other = owner[kept], one[kept], other[kept]
    share = 0.5 * np.exp(-side[owner] * other)
    return owner, share, reach[owner] * np.exp(-side[owner] * one)


def _coupling(momentum):
    """The strong coupling at one loop with five flavours, at a momentum in GeV."""
    return 12 * np.pi / (23 * np.log(momentum**2 / _SCALE**2))


def _shared(owner, share, angle, count):
    """Share momenta: gluons at large angles take theirs first.

    Returns:
        What each gluon takes of its emitter's momentum, and what is left of each.
    """
    order = np.lexsort((-angle, owner))
    kept = np.log1p(-share[order])
    running = np.concatenate([[0.0], np.cumsum(kept)])
    counts = np.bincount(owner, minlength=count)
    begin = np.concatenate([[0], np.cumsum(counts)])
    before = running[:-1] - running[begin[:-1]][owner[order]]
    taken = np.empty(len(owner))
    taken[order] = share[order] * np.exp(before)
    return taken, np.exp(running[begin[1:]] - running[begin[:-1]])


def _hadrons(momentum, places, rng):
    """Divide partons into hadrons: number of the parton, momentum, place."""
    counts = 1 + rng.poisson(1.5 * np.log1p(momentum))
    owner = np.repeat(np.arange(len(momentum)), counts)
    share = rng.exponential(size=len(owner))
    share /= np.bincount(owner, share)[owner]
    own = momentum[owner] * share
    across = rng.normal(scale=_ACROSS, size=(len(owner), 2))
    return owner, own, places[owner] + across / np.maximum(own, 1.0)[:, None]


def _of_mass(owner, momentum, places, mass):
    """Scale the places of a W boson's hadrons about their centre to its mass.

    At small angles its square is the momentum times the sum of p r^2.
    """
    count = len(mass)
    centre = _centroid(owner, momentum, places, count)
    square = ((places - centre[owner]) ** 2).sum(axis=1)
    total = np.bincount(owner, momentum, count)
    found = np.sqrt(total * np.bincount(owner, momentum * square, count))
    scale = np.where(mass > 0, mass / np.maximum(found, 1e-9), 1.0)
    return centre[owner] + scale[owner, None] * (places - centre[owner])


def _in_jet(owner, momentum, places, count):
    """Leave out what is farther from the axis than a jet reaches."""
    axis = _centroid(owner, momentum, places, count)
    near = np.hypot(*(places - axis[owner]).T) < RADIUS
    return owner[near], momentum[near], places[near]


def _centroid(owner, momentum, places, count):
    """The mean place of each jet's particles by momentum, (count, 2)."""
    total = np.maximum(np.bincount(owner, momentum, count), 1e-9)
    return np.stack(
        [np.bincount(owner, momentum * place, count) / total for place in places.T], 1
    )


def _oriented(owner, momentum, places, count):
    """Move, turn and mirror the particles of each jet, as `jets` says."""
    first, near = _subjet(owner, momentum, places, count)
    places = places - first[owner]
    rest = np.where(near, 0.0, momentum)
    second, _ = _subjet(owner, rest, places, count)
    length = np.maximum(np.hypot(*second.T), 1e-9)
    down = (second / length[:, None])[owner]
    x, y = places.T
    turned = np.stack(
        [y * down[:, 0] - x * down[:, 1], -(x * down[:, 0] + y * down[:, 1])], 1
    )
    side = np.sign(turned[:, 0]) * (abs(turned[:, 0]) > PIXEL / 2)
    balance = np.bincount(owner, momentum * side, count)
    turned[:, 0] *= np.where(balance < 0, -1.0, 1.0)[owner]
    return turned


def _subjet(owner, momentum, places, count):
    """Find the cone about each jet's particle of the most momentum.

    Returns:
        The mean place by momentum, (count, 2), and which particles are in it.
    """
    order = np.lexsort((-momentum, owner))
    begin = np.searchsorted(owner[order], np.arange(count))
    seed = places[order[begin]]
    near = np.hypot(*(places - seed[owner]).T) < SUBJET
    return _centroid(owner[near], momentum[near], places[near], count), near


def _pixels(owner, momentum, places, count):
    """Add up momenta in pixels, (count, 25, 25); the first row is the upper one."""
    column = np.floor(places[:, 0] / PIXEL + SIDE / 2).astype(int)
    row = np.floor(SIDE / 2 - places[:, 1] / PIXEL).astype(int)
    inside = (column >= 0) & (column < SIDE) & (row >= 0) & (row < SIDE)
    flat = ((owner * SIDE + row) * SIDE + column)[inside]
    total = np.bincount(flat, momentum[inside], count * SIDE * SIDE)
    return total.reshape(count, SIDE, SIDE)
