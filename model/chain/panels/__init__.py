"""Panels: integrals against the calendar within a bound that is proven (MODEL "Solvers")."""
