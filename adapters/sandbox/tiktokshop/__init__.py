"""A shop of Tokopedia & TikTok Shop behind its Partner API: two fronts, one stock, an audit, and SKUs that get lost."""
