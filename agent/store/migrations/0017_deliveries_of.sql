-- What is delivered of a task goes with it when it is pruned; it was looked for from end to end, once for every task.
CREATE INDEX delivery_of ON delivery (task_id);
