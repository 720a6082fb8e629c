"""貸金業法 21: not from 21:00 to 08:00, not at the workplace without reason."""
