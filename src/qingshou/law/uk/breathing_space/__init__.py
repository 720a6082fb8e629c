"""SI 2020/1311: the dates and effects of a breathing space moratorium."""
