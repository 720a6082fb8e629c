"""What an event does to limitation: whether the period starts again, whether its expiry is given up."""
