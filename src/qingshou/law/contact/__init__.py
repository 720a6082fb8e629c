"""Who may be contacted, when, how often and by whom: what every place's texts are put into, and how they are asked."""
