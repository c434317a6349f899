package status

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"time"

	"go.opentelemetry.io/collector/component"
)

// Collector is the state of the collector now.
func (o *Observer) Collector(ctx context.Context) (*Collector, error) {
	m, err := o.metrics(ctx)
	o.mu.Lock()
	l := o.layout
	o.mu.Unlock()
	c := &Collector{
		Command: o.build.Command, Version: o.build.Version, Started: o.started.UTC().Truncate(time.Second), UptimeSeconds: int64(time.Since(o.started).Seconds()),
		Health: OK, Metered: err == nil, Pipelines: l.pipelines, Redactions: redactions(m), Warnings: []Warning{},
	}
	if err != nil {
		c.Note = err.Error()
	}
	for _, id := range l.receivers {
		c.Receivers = append(c.Receivers, o.receiver(l, m, id))
		c.Health = worst(c.Health, c.Receivers[len(c.Receivers)-1].Health)
	}
	for _, id := range l.processors {
		c.Processors = append(c.Processors, o.processor(m, id))
		c.Health = worst(c.Health, c.Processors[len(c.Processors)-1].Health)
	}
	for _, id := range l.exporters {
		c.Destinations = append(c.Destinations, o.destination(l, m, id))
		c.Health = worst(c.Health, c.Destinations[len(c.Destinations)-1].Health)
	}
	for _, id := range l.extensions {
		health, class := o.healthOf(component.KindExtension, id)
		c.Extensions = append(c.Extensions, Extension{ID: id, Health: health, Endpoints: l.endpoints("extensions", id), Error: class})
		c.Health = worst(c.Health, health)
	}
	if c.Health == Unknown { // of those that report nothing, none is bad
		c.Health = OK
	}
	c.Warnings = warnings(c)
	c.MemoryBytes = whole(m.sum("otelcol_process_memory_rss"))
	if c.MemoryBytes == nil {
		c.MemoryBytes = whole(m.sum("otelcol_process_memory_rss_bytes"))
	}
	if mib, err := strconv.ParseInt(l.text("processors::memory_limiter::limit_mib"), 10, 64); err == nil && mib > 0 {
		bytes := mib << 20
		c.MemoryLimitBytes = &bytes
	}
	return c, nil
}

func whole(value float64, ok bool) *int64 {
	if !ok {
		return nil
	}
	n := int64(value)
	return &n
}

// items reads the three counts of a metric's family. It is null where there are no metrics;
// a counter appears with its first count.
func items(m metrics, prefix string, labels ...string) *Items {
	if m == nil {
		return nil
	}
	count := func(name string) int64 {
		n, _ := m.sum(prefix+name, labels...)
		return int64(n)
	}
	return &Items{count("spans"), count("log_records"), count("metric_points")}
}

func (i *Items) any() bool { return i != nil && (i.Spans > 0 || i.LogRecords > 0 || i.DataPoints > 0) }

func (o *Observer) receiver(l *layout, m metrics, id string) Receiver {
	health, class := o.healthOf(component.KindReceiver, id)
	r := Receiver{
		ID: id, Health: health, Endpoints: l.endpoints("receivers", id), Error: class, RefusedRequests: []Refusal{},
		Accepted: items(m, "otelcol_receiver_accepted_", "receiver", id), Refused: items(m, "otelcol_receiver_refused_", "receiver", id),
	}
	for _, transport := range []string{"grpc", "http"} {
		reasons := m.by("otelcol_receiver_otlp_refused_requests", "reason", "receiver", id, "transport", transport)
		for _, reason := range slices.Sorted(maps.Keys(reasons)) {
			r.RefusedRequests = append(r.RefusedRequests, Refusal{transport, reason, int64(reasons[reason]), refusals[reason].sentence})
		}
	}
	return r
}

func (o *Observer) processor(m metrics, id string) Processor {
	health, class := o.healthOf(component.KindProcessor, id)
	p := Processor{ID: id, Health: health, Error: class, Findings: []Figure{}}
	if m == nil {
		return p
	}
	p.In, p.Out = signals(m, "otelcol_processor_incoming_items", id), signals(m, "otelcol_processor_outgoing_items", id)
	for _, f := range figures[kindOf(id)] {
		if figure, ok := f.read(m, id); ok {
			p.Findings = append(p.Findings, figure)
		}
	}
	return p
}

// signals are the items of a processor, which has a label for the signal.
func signals(m metrics, name, id string) *Items {
	by := m.by(name, "otel_signal", "processor", id)
	return &Items{int64(by["traces"]), int64(by["logs"]), int64(by["metrics"])}
}

func (o *Observer) destination(l *layout, m metrics, id string) Destination {
	health, class := o.healthOf(component.KindExporter, id)
	d := Destination{
		ID: id, Type: kindOf(id), Health: health, Error: class, Signals: l.signals[id], Figures: []Figure{},
		Sent: items(m, "otelcol_exporter_sent_", "exporter", id), Failed: items(m, "otelcol_exporter_send_failed_", "exporter", id),
	}
	d.Address, d.Remote = l.address(id)
	if l.set("exporters::" + id + "::sending_queue") {
		d.Queue = o.queue(l, m, id)
	}
	for _, f := range figures[d.Type] {
		if figure, ok := f.read(m, id); ok {
			d.Figures = append(d.Figures, figure)
		}
	}
	if f, ok := o.failures.Of(id); ok {
		at := f.At.UTC()
		d.Error, d.ErrorAt = f.Class, &at
		if !f.Next.IsZero() && time.Since(f.Next) < time.Minute && (d.Queue == nil || d.Queue.Size > 0) {
			since := f.Since.UTC()
			d.RetryingSince, d.Health = &since, worst(d.Health, Waiting)
		}
		if f.Next.IsZero() && time.Since(f.At) < recent { // given up, or refused back to the client
			d.Health = worst(d.Health, Degraded)
		}
	}
	if o.lostRecently(id) {
		d.Health = worst(d.Health, Degraded)
	}
	if d.Health == Unknown && d.Sent.any() {
		d.Health = OK
	}
	return d
}

func (o *Observer) queue(l *layout, m metrics, id string) *Queue {
	const key = "::sending_queue::"
	size, ok := m.sum("otelcol_exporter_queue_size", "exporter", id)
	capacity, _ := m.sum("otelcol_exporter_queue_capacity", "exporter", id)
	if !ok {
		limit, _ := strconv.ParseInt(l.text("exporters::"+id+key+"queue_size"), 10, 64)
		capacity = float64(limit)
	}
	return &Queue{
		Size: int64(size), Capacity: int64(capacity), Unit: l.unit(id),
		OnDisk: l.text("exporters::"+id+key+"storage") != "", Refused: items(m, "otelcol_exporter_enqueue_failed_", "exporter", id),
	}
}

func redactions(m metrics) []RuleCount {
	counts := []RuleCount{}
	for rule, n := range m.by("otelcol_processor_sensitive_filter_findings", "rule") {
		counts = append(counts, RuleCount{rule, int64(n)})
	}
	slices.SortFunc(counts, func(a, b RuleCount) int { return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Rule, b.Rule)) })
	return counts
}

// queueNearlyFull is the share of a queue that is worth a warning, as that of the alert
// QueueNearlyFull.
const queueNearlyFull = 0.8

// warnings are what asks for something to be done.
func warnings(c *Collector) []Warning {
	found := []Warning{}
	for _, d := range c.Destinations {
		if d.RetryingSince != nil {
			found = append(found, Warning{"warning", d.ID, fmt.Sprintf("%s does not take what it is sent: %s", d.ID, d.Error), "what comes waits and is sent again; see docs/troubleshooting.md"})
		}
		if q := d.Queue; q != nil && q.Capacity > 0 && float64(q.Size) > queueNearlyFull*float64(q.Capacity) {
			found = append(found, Warning{"error", d.ID, fmt.Sprintf("the queue of %s is nearly full", d.ID), "when it is full, clients are told to send again; see why the destination does not take it"})
		}
		if d.Failed.any() {
			found = append(found, Warning{"error", d.ID, fmt.Sprintf("%s has given up or refused %d spans, %d log records and %d data points", d.ID, d.Failed.Spans, d.Failed.LogRecords, d.Failed.DataPoints), "the log has the reason: Exporting failed"})
		}
	}
	for _, p := range c.Processors {
		for _, f := range p.Findings {
			if f.Bad && f.Value > 0 {
				found = append(found, Warning{"warning", p.ID, fmt.Sprintf("%s: %s %s", p.ID, strconv.FormatFloat(f.Value, 'f', -1, 64), f.Name), ""})
			}
		}
	}
	for _, r := range c.Receivers {
		for _, refused := range r.RefusedRequests {
			found = append(found, Warning{"warning", r.ID, fmt.Sprintf("%d requests over %s: %s", refused.Requests, refused.Protocol, refused.Sentence), refusals[refused.Reason].remedy})
		}
	}
	return found
}
