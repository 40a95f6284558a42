"""Making it so: diff, plan, guard (pure) · push, run, lease, read-back, orders."""
