"""合同编通则解释 (2023): set-off follows the two orders of a payment."""
