"""15 USC 1673: the most that may be taken from wages."""
