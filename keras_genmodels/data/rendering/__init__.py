"""A renderer, the shapes of chairs, and the turns in which they are seen."""
