"""Charts as pure functions on named tables, and the tables behind them."""
