package trial

import (
	"context"
	"fmt"
	"net"
	"net/url"
	"path/filepath"
	"strconv"
	"strings"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/service/telemetry"
	"go.opentelemetry.io/collector/service/telemetry/otelconftelemetry"
	otelconf "go.opentelemetry.io/contrib/otelconf/v0.3.0"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
)

// nowhere is where a trial's own telemetry goes: a port that refuses connections.
const nowhere = "127.0.0.1:9"

// telemetry checks what the collector says of itself, and where, and keeps it from
// being said.
func (t *try) telemetry() {
	config, ok := t.Service.Telemetry.(*otelconftelemetry.Config)
	if !ok {
		return
	}
	const key = "service::telemetry::"
	for i := range config.Metrics.Readers {
		reader, at := &config.Metrics.Readers[i], fmt.Sprintf("%smetrics::readers::%d::", key, i)
		if reader.Pull != nil && reader.Pull.Exporter.Prometheus != nil {
			t.scraped(reader.Pull.Exporter.Prometheus, at+"pull::exporter::prometheus")
		}
		if reader.Periodic != nil && reader.Periodic.Exporter.OTLP != nil {
			t.silence(reader.Periodic.Exporter.OTLP.Endpoint, at+"periodic::exporter::otlp")
		}
	}
	for i, p := range config.Traces.Processors {
		if p.Batch != nil && p.Batch.Exporter.OTLP != nil {
			t.silence(p.Batch.Exporter.OTLP.Endpoint, fmt.Sprintf("%straces::processors::%d::batch::exporter::otlp", key, i))
		}
		if p.Simple != nil && p.Simple.Exporter.OTLP != nil {
			t.silence(p.Simple.Exporter.OTLP.Endpoint, fmt.Sprintf("%straces::processors::%d::simple::exporter::otlp", key, i))
		}
	}
	for i, p := range config.Logs.Processors {
		if p.Batch != nil && p.Batch.Exporter.OTLP != nil {
			t.silence(p.Batch.Exporter.OTLP.Endpoint, fmt.Sprintf("%slogs::processors::%d::batch::exporter::otlp", key, i))
		}
		if p.Simple != nil && p.Simple.Exporter.OTLP != nil {
			t.silence(p.Simple.Exporter.OTLP.Endpoint, fmt.Sprintf("%slogs::processors::%d::simple::exporter::otlp", key, i))
		}
	}
	for name, paths := range map[string][]string{"output_paths": config.Logs.OutputPaths, "error_output_paths": config.Logs.ErrorOutputPaths} {
		for i, path := range paths {
			t.logFile(path, fmt.Sprintf("%slogs::%s::%d", key, name, i))
		}
	}
}

func (t *try) scraped(p *otelconf.Prometheus, key string) {
	host, port := "localhost", 0
	if p.Host != nil {
		host = *p.Host
	}
	if p.Port != nil {
		port = *p.Port
	}
	address := net.JoinHostPort(host, strconv.Itoa(port))
	t.elsewhere("tcp", &address, key)
	loopback, free := "127.0.0.1", 0
	p.Host, p.Port = &loopback, &free
}

func (t *try) silence(endpoint *string, key string) {
	if endpoint == nil {
		return
	}
	scheme, _, ok := strings.Cut(*endpoint, "://")
	if !ok {
		*endpoint = nowhere
		return
	}
	if _, err := url.Parse(*endpoint); err != nil {
		t.report(key+"::endpoint", "is not an URL", "write one such as http://127.0.0.1:4318")
	}
	*endpoint = scheme + "://" + nowhere
}

// logFile checks a path of zap's, which is stdout, stderr, a path or an URL of one.
func (t *try) logFile(path, key string) {
	if path == "stdout" || path == "stderr" {
		return
	}
	if u, err := url.Parse(path); err == nil && u.Scheme != "" {
		if u.Scheme != "file" {
			return // the start says what is wrong
		}
		path = u.Path
	}
	t.move(&path, key, fileIn, false)
}

// quietTelemetry makes loggers that write nowhere, and providers that tell nobody
// when they stop.
func quietTelemetry(f telemetry.Factory) telemetry.Factory {
	return telemetry.NewFactory(f.CreateDefaultConfig,
		telemetry.WithCreateResource(f.CreateResource),
		telemetry.WithCreateLogger(func(ctx context.Context, set telemetry.LoggerSettings, config component.Config) (*zap.Logger, component.ShutdownFunc, error) {
			set.BuildZapLogger = func(c zap.Config, options ...zap.Option) (*zap.Logger, error) {
				c.OutputPaths, c.ErrorOutputPaths = noFiles(c.OutputPaths), noFiles(c.ErrorOutputPaths)
				return c.Build(append(options, zap.WrapCore(func(zapcore.Core) zapcore.Core { return zapcore.NewNopCore() }))...)
			}
			logger, _, err := f.CreateLogger(ctx, set, config)
			return logger, nil, err
		}),
		telemetry.WithCreateMeterProvider(func(ctx context.Context, set telemetry.MeterSettings, config component.Config) (telemetry.MeterProvider, error) {
			p, err := f.CreateMeterProvider(ctx, set, config)
			return quietMeters{p}, err
		}),
		telemetry.WithCreateTracerProvider(func(ctx context.Context, set telemetry.TracerSettings, config component.Config) (telemetry.TracerProvider, error) {
			p, err := f.CreateTracerProvider(ctx, set, config)
			return quietTracers{p}, err
		}),
	)
}

// noFiles drops the paths of files, and keeps what zap may refuse.
func noFiles(paths []string) []string {
	var kept []string
	for _, path := range paths {
		if u, err := url.Parse(path); err == nil && u.Scheme != "" && u.Scheme != "file" && !filepath.IsAbs(path) && strings.Contains(path, ":") {
			kept = append(kept, path)
		}
	}
	return kept
}

type quietMeters struct{ telemetry.MeterProvider }

// Shutdown leaves the provider, whose readers would send their last metrics.
func (quietMeters) Shutdown(context.Context) error { return nil }

type quietTracers struct{ telemetry.TracerProvider }

// Shutdown leaves the provider, which would send its last spans.
func (quietTracers) Shutdown(context.Context) error { return nil }
