"""One case per debtor over all loans, led by a process that is data; worklists."""
