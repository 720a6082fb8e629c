"""How much a file may ask of us. Every limit has a reason; none depends on what the file claims about itself."""

FIELD_CHARS_MAX = 32_767  # a spreadsheet cell's own limit; the longest address is far below
LINE_CHARS_MAX = 1_048_576
RECORD_LINES_MAX = 100  # lines one quoted record may span before an unclosed quote is the likelier story
COLUMNS_MAX = 2_000
ROWS_MAX = 200_000_000
CHUNK_ROWS = 32_768
CHUNK_CHARS_MAX = 12_000_000

GZIP_RATIO_MAX = 100
GZIP_FREE_BYTES = 10_000_000  # small files may compress well without being bombs
ZIP_ENTRIES_MAX = 100
ZIP_BYTES_MAX = 200_000_000
ZIP_RATIO_MAX = 100
ZIP_RATIO_FREE_BYTES = 1_000_000
SHARED_STRINGS_CHARS_MAX = 40_000_000
SHEET_COLUMNS_MAX = 16_384

CHILD_MEMORY_EXTRA_BYTES = 224 * 1024 * 1024  # on top of what the interpreter and Arrow map at start
CHILD_CPU_SECONDS_BASE = 60
CHILD_CPU_SECONDS_PER_MB = 2
CHILD_STALL_SECONDS = 120
