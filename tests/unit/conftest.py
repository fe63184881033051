"""What all unit tests share."""

from hypothesis import settings

# A busy machine is slow, and no test may fail for that.
settings.register_profile("hostdeck", deadline=None)
settings.load_profile("hostdeck")
