"""How much a file from outside may ask of us. None of these depends on what the file says of itself."""

PIXELS_MAX = 60_000_000  # a telephone's finest photograph has 50 million; four bytes each while it is drawn anew
SIDE_MAX = 5_000  # A4 at 400 dots an inch: what is finer is made smaller
QUALITY = 90
PAGES_MAX = 500
OBJECTS_MAX = 500_000
DEPTH_MAX = 60
CHILD_MEMORY_BYTES = 512 << 20
CHILD_CPU_SECONDS = 30
CHILD_WALL_SECONDS = 60
SCANNER_SECONDS = 30
