"""Facts, by what they are about; `domain/event.py` holds the closed union of them."""
