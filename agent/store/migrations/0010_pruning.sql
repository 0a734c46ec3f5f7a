-- Events of ended tasks that were pruned: of each, the digest that the chain was made of, so that it still holds.
CREATE TABLE pruned_event (
    seq bigint PRIMARY KEY,
    digest bytea NOT NULL CHECK (octet_length(digest) = 32)
);
CREATE INDEX task_ended ON task (ended_at) WHERE ended_at IS NOT NULL;
-- What goes with an approval is found by it.
CREATE INDEX used_link_of ON used_link (approval_id);
CREATE INDEX preapproval_like ON preapproval ("like");
