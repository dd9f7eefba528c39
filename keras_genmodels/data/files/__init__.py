"""Files on disk: where they lie, and how pictures and clips are read from them."""
