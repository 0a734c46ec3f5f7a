-- The log, chained: each block covers the next events in their order, and says for each of them what the chain came
-- to with it. A block is signed with a key that is not in this database; `key` is its
-- public half.
CREATE TABLE audit_block (
    number bigint PRIMARY KEY CHECK (number > 0),
    seqs bigint[] NOT NULL CHECK (cardinality(seqs) > 0),
    heads bytea NOT NULL,
    at timestamptz NOT NULL,
    key text NOT NULL CHECK (length(key) = 44),
    signature bytea NOT NULL,
    CHECK (octet_length(heads) = 32 * cardinality(seqs))
);
