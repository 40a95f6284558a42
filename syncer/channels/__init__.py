"""Which shops there are: adapters, authorisations, facts, life cycle."""
