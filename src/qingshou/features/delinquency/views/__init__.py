"""Pages of the portfolio: the cockpit, all figures of a date, the loans behind one."""

from qingshou.features.delinquency.views.pages import cockpit, drill, figures

__all__ = ["cockpit", "drill", "figures"]
