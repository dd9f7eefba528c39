"""Parametric chairs as convex faces: styles of each part, and proportions.

Lengths are about the height of a seat; x is right, y up, z the direction in which a
sitter faces.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import astuple, dataclass

import numpy as np

SCALE = 0.79  # chairs of nearly all proportions fit into the unit sphere
MIDDLE = 0.87  # height of the point that stays where it is when a chair turns
SIDES = 12  # of what is round
ROUND = 1.12  # a round seat is so much wider than a square one
INSET = 0.62  # where on the radius of a round seat its legs stand
# Shares of the light that parts send back: frames are darker than what one sits on.
SEAT, BACK, FRAME = 1.0, 0.9, 0.68

# Least and largest of the measures from `width` to `arm`.
LOW = (0.90, 0.84, 0.80, 0.08, 0.76, 0.02, 0.09, 0.08, 0.34)
HIGH = (1.20, 1.08, 0.98, 0.20, 1.00, 0.24, 0.13, 0.16, 0.46)


@dataclass(frozen=True)
class Proportions:
    """Measures in which two chairs of one style differ."""

    width: float
    depth: float
    height: float  # of the seat's upper side
    thickness: float  # of the seat
    back: float  # height of the back above the seat
    tilt: float  # of the back, radians
    bar: float  # thickness of legs, posts and rails
    splay: float  # how far feet stand out
    arm: float  # height of the armrests above the seat
    bars: int  # of a back that has some

    @classmethod
    def draw(cls, rng: np.random.RandomState) -> Proportions:
        """Draw the proportions of one more chair at random."""
        return cls(*rng.uniform(LOW, HIGH), bars=int(rng.randint(2, 5)))

    def shares(self) -> np.ndarray:
        """Give the nine measures, each from its least, 0, to its largest, 1."""
        measures = np.array(astuple(self)[: len(LOW)])
        return (measures - LOW) / np.subtract(HIGH, LOW)


def loft(lower: np.ndarray, upper: np.ndarray) -> np.ndarray:
    """Make the convex body between two rings of corners (k, 3), as faces (n, 4, 3)."""
    k = len(lower)
    after = (np.arange(k) + 1) % k
    sides = np.stack([lower, lower[after], upper[after], upper], axis=1)
    fan = np.arange(1, k - 1, 2)  # quadrilaterals that share corner 0
    caps = np.stack([np.zeros_like(fan), fan, fan + 1, np.minimum(fan + 2, k - 1)], 1)
    faces = np.concatenate([sides, lower[caps], upper[caps]])
    normals = np.cross(faces[:, 2] - faces[:, 0], faces[:, 3] - faces[:, 1])
    outwards = faces.mean(axis=1) - np.concatenate([lower, upper]).mean(axis=0)
    inside_out = np.einsum("fk,fk->f", normals, outwards) < 0
    faces[inside_out] = faces[inside_out, ::-1]
    return faces


def ring(
    centre: Sequence[float], width: float, depth: float, sides: int = 4
) -> np.ndarray:
    """Make a level rectangle, or a polygon about an ellipse, as corners (sides, 3)."""
    angles = (np.arange(sides) + 0.5) * (2 * np.pi / sides)
    stretch = np.sqrt(0.5) if sides == 4 else 1.0
    x, z = (np.cos(angles), np.sin(angles)) / np.float64(2 * stretch)
    return np.stack([width * x, np.zeros(sides), depth * z], axis=1) + centre


def box(low: Sequence[float], high: Sequence[float]) -> np.ndarray:
    """Make a box between two opposite corners."""
    (x0, y0, z0), (x1, y1, z1) = low, high
    middle, size = ((x0 + x1) / 2, (z0 + z1) / 2), (x1 - x0, z1 - z0)
    rings = [ring((middle[0], y, middle[1]), *size) for y in (y0, y1)]
    return loft(*rings)


def post(
    foot: Sequence[float],
    head: Sequence[float],
    below: float,
    above: float,
    sides: int = 4,
) -> np.ndarray:
    """Make a leg from `foot` to `head`, `below` and `above` thick at its ends."""
    return loft(ring(foot, below, below, sides), ring(head, above, above, sides))


# --- seats ----------------------------------------------------------------------------


def square_seat(p: Proportions) -> np.ndarray:
    """Make a board or a cushion."""
    right, front = p.width / 2, p.depth / 2
    return box((-right, p.height - p.thickness, -front), (right, p.height, front))


def round_seat(p: Proportions) -> np.ndarray:
    """Make a disc."""
    size = ROUND * p.width, ROUND * p.depth, SIDES
    return loft(*(ring((0, p.height - t, 0), *size) for t in (p.thickness, 0.0)))


# --- legs: `reach` is where they meet the seat, (right, front) ------------------------


def straight_legs(p: Proportions, reach: np.ndarray) -> list[np.ndarray]:
    """Make four square posts."""
    return [
        post((x, 0, z), (x, p.height - p.thickness, z), p.bar, p.bar)
        for x, z in _corners(reach)
    ]


def splayed_legs(p: Proportions, reach: np.ndarray) -> list[np.ndarray]:
    """Make four round legs that stand out and grow thinner towards the floor."""
    top = p.height - p.thickness
    return [
        post(
            (x + np.sign(x) * p.splay, 0, z + np.sign(z) * p.splay),
            (0.8 * x, top, 0.8 * z),
            0.7 * p.bar,
            1.3 * p.bar,
            sides=6,
        )
        for x, z in _corners(reach)
    ]


def pedestal(p: Proportions, reach: np.ndarray) -> list[np.ndarray]:
    """Make one column on a round foot."""
    wide = 1.7 * reach.mean()
    foot = ring((0, 0, 0), wide, wide, SIDES), ring((0, 0.09, 0), 0.5, 0.5, SIDES)
    top = p.height - p.thickness
    return [loft(*foot), post((0, 0.05, 0), (0, top, 0), 0.2, 0.2, sides=8)]


def sled(p: Proportions, reach: np.ndarray) -> list[np.ndarray]:
    """Make two frames that stand on runners."""
    (right, front), half = reach, p.bar / 2
    top = p.height - p.thickness
    runners = [
        box((x - half, 0, -front - half), (x + half, p.bar, front + half))
        for x in (-right, right)
    ]
    return runners + [
        post((x, 0, z), (x, top, z), p.bar, p.bar) for x, z in _corners(reach)
    ]


def _corners(reach: np.ndarray) -> list[np.ndarray]:
    return [reach * signs for signs in ((-1, -1), (1, -1), (1, 1), (-1, 1))]


# --- backs, upright in a frame whose origin is the middle of the seat's rear edge -----


def panel_back(p: Proportions, half: float) -> list[np.ndarray]:
    """Make a board."""
    return [box((-half, 0, 0), (half, p.back, 0.7 * p.bar))]


def arched_back(p: Proportions, half: float) -> list[np.ndarray]:
    """Make a board with a round top."""
    angles = np.linspace(0, np.pi, SIDES - 1)
    low = p.back - half
    arch = np.stack([half * np.cos(angles), low + half * np.sin(angles)], axis=1)
    outline = np.concatenate([arch, [[-half, 0], [half, 0]]])
    return [loft(*(np.insert(outline, 2, z, axis=1) for z in (0.0, 0.7 * p.bar)))]


def ladder_back(p: Proportions, half: float) -> list[np.ndarray]:
    """Make boards between two posts."""
    step = p.back / p.bars
    rungs = [
        box((-half, top - 0.5 * step, 0.2 * p.bar), (half, top, 0.7 * p.bar))
        for top in step * (np.arange(p.bars) + 1)
    ]
    return _posts(p, half) + rungs


def spindle_back(p: Proportions, half: float) -> list[np.ndarray]:
    """Make thin rods between two posts, below a rail."""
    thin, rail = 0.35 * p.bar, p.back - 1.6 * p.bar
    rods = [
        box((x - thin, 0, 0.3 * p.bar), (x + thin, rail, 0.9 * p.bar))
        for x in np.linspace(-half, half, p.bars + 2)[1:-1]
    ]
    return [*_posts(p, half), *rods, box((-half, rail, 0), (half, p.back, p.bar))]


def _posts(p: Proportions, half: float) -> list[np.ndarray]:
    return [
        box((min(x, x - s * p.bar), 0, 0), (max(x, x - s * p.bar), p.back, p.bar))
        for s, x in ((-1, -half), (1, half))
    ]


# --- the whole ------------------------------------------------------------------------

SEATS = {"square": square_seat, "round": round_seat}
LEGS = {
    "straight": straight_legs,
    "splayed": splayed_legs,
    "pedestal": pedestal,
    "sled": sled,
}
BACKS = {
    "panel": panel_back,
    "arched": arched_back,
    "ladder": ladder_back,
    "spindles": spindle_back,
}


def chair(
    p: Proportions, legs: str, back: str, armrests: bool, seat: str
) -> tuple[np.ndarray, np.ndarray]:
    """Make a chair of the given styles in the unit sphere.

    Args:
        p: its proportions.
        legs: one of `LEGS`.
        back: one of `BACKS`.
        armrests: whether it has some.
        seat: one of `SEATS`.

    Returns:
        Faces (n, 4, 3) and their albedo (n,), as `renderer.render` takes them.
    """
    parts = bodies(p, legs, back, armrests, seat)
    albedo = [np.full(len(body), share) for body, share in parts]
    return np.concatenate([body for body, _ in parts]), np.concatenate(albedo)


def bodies(
    p: Proportions, legs: str, back: str, armrests: bool, seat: str
) -> list[tuple[np.ndarray, float]]:
    """Make the convex bodies that a chair consists of, with the arguments of `chair`.

    Returns:
        Faces (n, 4, 3) of each body, whose normals point outwards, and its albedo.
    """
    rounded = seat == "round"
    half = np.array([p.width, p.depth]) / 2
    reach = ROUND * INSET * half if rounded else half - 0.6 * p.bar
    behind = -half[1] * (0.85 if rounded else 1.0)
    side = half[0] * (0.85 if rounded else 1.0)
    parts = [
        (LEGS[legs](p, reach), FRAME),
        ([SEATS[seat](p)], SEAT),
        ([_leaning(p, f, behind) for f in BACKS[back](p, side)], BACK),
        (_arms(p, side, behind, reach[1]) if armrests else [], FRAME),
    ]
    return [
        ((faces - (0, MIDDLE, 0)) * SCALE, share)
        for found, share in parts
        for faces in found
    ]


def _leaning(p: Proportions, faces: np.ndarray, behind: float) -> np.ndarray:
    """Tilt a back, and move it to the rear edge of the seat."""
    cos, sin = np.cos(p.tilt), np.sin(p.tilt)
    turn = np.array([[1, 0, 0], [0, cos, sin], [0, -sin, cos]])
    return faces @ turn.T + (0, p.height - 0.5 * p.thickness, behind)


def _arms(p: Proportions, side: float, behind: float, front: float) -> list[np.ndarray]:
    """Make a rail on either side, from the back to a post at the front."""
    top, wide = p.height + p.arm, 0.6 * p.bar
    bodies = []
    for x in (-side + p.bar / 2, side - p.bar / 2):
        low = (x - wide, top - 0.7 * p.bar, behind - p.arm * np.tan(p.tilt))
        foot, head = (x, p.height, front - p.bar), (x, top, front - p.bar)
        bodies += [box(low, (x + wide, top, front)), post(foot, head, p.bar, p.bar)]
    return bodies
