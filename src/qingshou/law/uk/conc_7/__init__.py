"""CONC 7: contact at reasonable times, as the customer asks, with care for the vulnerable."""
