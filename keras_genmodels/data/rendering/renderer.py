"""A renderer of convex faces: perspective, a depth buffer and flat shading."""

from __future__ import annotations

import numpy as np

CAMERA = 5.0  # distance from the origin; a scene fits into a sphere of radius 1
# From the origin to the light, which stays where it is while things turn: right, up,
# towards the camera.
LIGHT = np.array([-0.45, 0.70, 0.55]) / np.linalg.norm([-0.45, 0.70, 0.55])
AMBIENT, SKY, DIFFUSE = 0.48, 0.10, 0.42  # of which no face can get more than 1
LEVELS = 255  # of light that a face may send


def render(
    faces: np.ndarray,
    albedo: np.ndarray,
    azimuths: np.ndarray,
    elevations: np.ndarray,
    size: int,
    supersampling: int = 2,
) -> tuple[np.ndarray, np.ndarray]:
    """Render pictures of one object from several sides, in grey.

    The object turns about its vertical axis, and the camera looks down on it. Of all
    faces that a sample meets the nearest is seen; its light is `albedo * (ambient + sky
    * up + diffuse * max(0, cos(normal, light)))`, the same all over the face.

    Args:
        faces: convex polygons of four corners, (n, 4, 3) in right, up and towards the
            camera, within a sphere of radius 1; counter-clockwise as seen from outside.
            A triangle repeats its last corner.
        albedo: (n,) in [0, 1], the share of the light that a face sends back.
        azimuths: (views,) degrees of the turn, counter-clockwise as seen from above.
        elevations: (views,) degrees of the camera above the horizon.
        size: edge of a picture in pixels, >= 1.
        supersampling: samples along each edge of a pixel, >= 1.

    Returns:
        `light` and `cover`, float32 (views, size, size) in [0, 1]: the light that a
        pixel receives, and the share of it that the object covers. On white, a
        material of one colour is `colour * light + 1 - cover`.
    """
    wide = size * supersampling
    corners, normals = _turned(faces, azimuths)
    codes = np.rint(LEVELS * albedo * _light(normals))  # (views, faces)
    corners, normals = _tilted(corners, elevations), _tilted(normals, elevations)
    offset = np.einsum("vfk,vfk->vf", normals, corners[:, :, 0])  # normal . p = offset
    facing = normals[..., 2] * CAMERA - offset
    view, face = np.nonzero(facing > 1e-9)  # the others are seen from behind, so hidden
    points, planes = _projected(
        corners[view, face], normals[view, face], facing[view, face], wide
    )
    buffer = np.zeros(len(azimuths) * wide * wide, np.uint64)
    _fill(buffer, points, planes, codes[view, face].astype(np.uint64), view, wide)
    samples = buffer.reshape(len(azimuths), wide, wide)
    light = _mean((samples & np.uint64(LEVELS)).astype(np.float32), supersampling)
    cover = _mean((samples > 0).astype(np.float32), supersampling)
    return light / np.float32(LEVELS), cover


def _turned(faces: np.ndarray, azimuths: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Turn corners, to (views, faces, 4, 3), and normals, to (views, faces, 3)."""
    angle = np.radians(np.mod(azimuths, 360.0))
    cos, sin, zero = np.cos(angle), np.sin(angle), np.zeros(len(angle))
    turn = np.array([[cos, zero, sin], [zero, zero + 1, zero], [-sin, zero, cos]])
    # The diagonals' product is a normal of triangles with a repeated corner, too.
    normals = np.cross(faces[:, 2] - faces[:, 0], faces[:, 3] - faces[:, 1])
    normals /= np.linalg.norm(normals, axis=-1, keepdims=True)
    return (
        np.einsum("ijv,fkj->vfki", turn, faces),
        np.einsum("ijv,fj->vfi", turn, normals),
    )


def _light(normals: np.ndarray) -> np.ndarray:
    """Return the light that a face of albedo 1 sends, in (0, 1]."""
    direct = np.maximum(0.0, normals @ LIGHT)
    return AMBIENT + SKY * normals[..., 1] + DIFFUSE * direct


def _tilted(vectors: np.ndarray, elevations: np.ndarray) -> np.ndarray:
    """Turn (views, ..., 3) into the frame of a camera that points downwards."""
    angle = np.radians(elevations)
    cos, sin, zero = np.cos(angle), np.sin(angle), np.zeros(len(angle))
    tilt = np.array([[zero + 1, zero, zero], [zero, cos, -sin], [zero, sin, cos]])
    return np.einsum("ijv,v...j->v...i", tilt, vectors)


def _projected(
    corners: np.ndarray, normals: np.ndarray, facing: np.ndarray, wide: int
) -> tuple[np.ndarray, np.ndarray]:
    """Project corners to samples, (n, 4, 2) as (column, row), and planes, (n, 3).

    The nearness 1 / distance is affine on the picture of a plane: column * planes[0] +
    row * planes[1] + planes[2].
    """
    zoom = np.sqrt(CAMERA**2 - 1.0)  # the unit sphere touches the picture's edges
    half = wide / 2
    scale = half * zoom / (CAMERA - corners[..., 2])
    points = np.stack(
        [half + scale * corners[..., 0], half - scale * corners[..., 1]], axis=-1
    )
    right, down = -normals[:, 0] / zoom / half, normals[:, 1] / zoom / half
    middle = normals[:, 2] - (right + down) * half
    return points, np.stack([right, down, middle], axis=-1) / facing[:, None]


def _fill(
    buffer: np.ndarray,
    points: np.ndarray,
    planes: np.ndarray,
    codes: np.ndarray,
    view: np.ndarray,
    wide: int,
) -> None:
    """Put (nearness, code) into every sample that a face covers, if it is nearest."""
    face, row = _rows(points[..., 1], wide)
    left, right = _span(points[face], row + 0.5)
    first = np.clip(np.ceil(left - 0.5), 0, wide).astype(np.int64)
    stop = np.clip(np.ceil(right - 0.5), 0, wide).astype(np.int64)
    counts = np.maximum(stop - first, 0)
    across, down, middle = planes[face].T
    # Every sample of a row of a face, from the row's first: how near, and where.
    steps = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
    start = middle + down * (row + 0.5) + across * (first + 0.5)
    nearness = np.repeat(start.astype(np.float32), counts)
    nearness += np.repeat(across.astype(np.float32), counts) * steps.astype(np.float32)
    place = np.repeat((view[face] * wide + row) * wide + first, counts) + steps
    # Positive floats are ordered as their bits are.
    keys = nearness.view(np.uint32).astype(np.uint64) << np.uint64(32)
    keys |= np.repeat(codes[face], counts)
    np.maximum.at(buffer, place, keys)


def _mean(samples: np.ndarray, by: int) -> np.ndarray:
    """Average squares of `by` times `by` samples, (views, wide, wide), to pixels."""
    parts = [samples[:, i::by, j::by] for i in range(by) for j in range(by)]
    return sum(parts[1:], parts[0]) / np.float32(by**2)


def _rows(heights: np.ndarray, wide: int) -> tuple[np.ndarray, np.ndarray]:
    """Find every (face, row) whose middle lies within the face; `heights` is (n, 4)."""
    first = np.clip(np.ceil(heights.min(axis=1) - 0.5), 0, wide).astype(np.int64)
    stop = np.clip(np.ceil(heights.max(axis=1) - 0.5), 0, wide).astype(np.int64)
    counts = stop - first
    face = np.repeat(np.arange(len(counts)), counts)
    return face, np.arange(len(face)) + (first - np.cumsum(counts) + counts)[face]


def _span(points: np.ndarray, height: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Find where lines at `height` (n,) enter and leave convex polygons (n, 4, 2)."""
    left = np.full(len(points), np.inf)
    right = np.full(len(points), -np.inf)
    for a in range(4):
        x0, y0 = points[:, a].T
        x1, y1 = points[:, (a + 1) % 4].T
        crosses = (y0 <= height) != (y1 <= height)
        slope = (x1 - x0) / np.where(crosses, y1 - y0, 1.0)
        x = x0 + (height - y0) * slope
        left = np.where(crosses, np.minimum(left, x), left)
        right = np.where(crosses, np.maximum(right, x), right)
    return left, right
