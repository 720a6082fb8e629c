"""The loan book: borrowers, loans, instalments, payments, guarantors, collateral, contact points, and intake."""
