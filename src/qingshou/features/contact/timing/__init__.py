"""When and by which channel: a response model, a bandit with a floor, a policy judged off-line. No Django."""
