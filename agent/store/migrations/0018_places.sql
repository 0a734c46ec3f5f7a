-- leaves behind: programs before 0018
-- Steps of plans hold from now on where they act (`environment`), and templates find it beside the brief. Earlier
-- programs refuse a plan that says more than they know, and could not fill such a template in.
SELECT 1;
