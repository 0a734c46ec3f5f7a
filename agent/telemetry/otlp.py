"""The tracer provider that sends spans to an OTLP/HTTP collector. Imported only where one is configured."""

from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor

EXPORT_S = 2.0


def provider(endpoint: str, *, version: str) -> TracerProvider:
    """`endpoint` is the collector's base URL, as OTEL_EXPORTER_OTLP_ENDPOINT has it."""
    made = TracerProvider(
        resource=Resource.create({"service.name": "orchestrator", "service.version": version}),
        # Whoever made it closes it; at the interpreter's exit a dead collector would hold it up.
        shutdown_on_exit=False,
    )
    exporter = OTLPSpanExporter(endpoint=f"{endpoint.rstrip('/')}/v1/traces", timeout=EXPORT_S)
    made.add_span_processor(BatchSpanProcessor(exporter))
    return made
