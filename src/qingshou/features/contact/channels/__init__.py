"""Adapters to the outside: each speaks one provider's protocol behind the same small interface. No Django, no clock."""
