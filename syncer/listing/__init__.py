"""What a channel should show: render, pricing, allocation, readiness. Pure: no network, no clock, no session."""
