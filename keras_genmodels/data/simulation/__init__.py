"""Parametric simulators of particle physics: showers in a calorimeter, and jets."""
