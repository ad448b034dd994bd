//! What a peer that keeps no rules can do: be told off, and nothing else.
