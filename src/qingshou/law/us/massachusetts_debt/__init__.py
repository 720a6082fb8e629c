"""940 CMR 7.04(1)(f): two calls or texts in seven days; creditors are bound too."""
