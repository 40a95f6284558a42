"""What we sell: producers, products, variants, pictures and the stock ledger."""
