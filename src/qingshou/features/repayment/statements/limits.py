"""How much a bank's file may ask of us. None of these depends on what the file says of itself."""

FILE_BYTES_MAX = 200_000_000  # packed or not; what unpacks to more is refused while it unpacks
CHILD_MEMORY_BYTES = 512 << 20  # 100,000 lines take some 300 MB
CHILD_CPU_SECONDS = 180  # 100,000 lines take some 15
CHILD_WALL_SECONDS = 600
DELIVERY_FILES_MAX = 50  # files of one zip: a bank sends one for each account and day
DELIVERY_BYTES_MAX = 400_000_000  # what a zip may unpack to, counted while it does
DELIVERY_RATIO_MAX = 100
DELIVERY_RATIO_FREE_BYTES = 10_000_000  # small files may pack well without being bombs
LINES_MAX = 100_000  # rows, good and bad: one day of a large lender has fewer
XML_DEPTH_MAX = 40  # camt.053 nests about fifteen deep
XML_NODES_MAX = 250_000  # elements of one entry: a batch of ten thousand payments has about as many
XML_CHARS_MAX = 20_000_000  # text of one entry
FIELD_CHARS_MAX = 20_000  # one field of MT940, continuation lines included
HEADER_LINES_MAX = 60  # so far down the line with the columns' names may stand

REFERENCE_CHARS_MAX = 140
ACCOUNT_CHARS_MAX = 64
NAME_CHARS_MAX = 200
REMITTANCE_CHARS_MAX = 2_000
WHOLE_DIGITS_MAX = 15
