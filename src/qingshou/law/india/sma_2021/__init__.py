"""RBI circular of 2021-11-12: SMA-0/1/2 and NPA by day-end."""
