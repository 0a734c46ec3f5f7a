"""The running service: command line, HTTP, engine, store, gateway, models, telemetry."""
