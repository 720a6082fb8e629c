"""Contact: every channel, one door. Nothing reaches a person unless the door says so, and what it says is kept."""
