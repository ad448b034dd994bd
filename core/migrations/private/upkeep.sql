-- Draws a little of the search index together, and does nothing where there is nothing to do. Not a
-- migration: it may change.
INSERT INTO entry_search (entry_search, rank) VALUES ('merge', 16);
