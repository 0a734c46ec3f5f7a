"""The door to OpenTelemetry and Prometheus: metrics, traces, logs, and wrappers that put them around ports."""
