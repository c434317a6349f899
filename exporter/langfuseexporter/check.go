package langfuseexporter

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"go.opentelemetry.io/collector/config/configcompression"
	"go.uber.org/zap"
)

// checkTimeout bounds the check of one project.
const checkTimeout = 10 * time.Second

// checkOnStart asks Langfuse which project the keys belong to. With warn it is
// done beside the start, which must not wait for a server.
func (e *langfuseExporter) checkOnStart(ctx context.Context) error {
	switch e.config.CheckOnStart {
	case checkOff:
		return nil
	case checkFail:
		return e.checkAll(ctx)
	}
	ctx, e.cancel = context.WithCancel(context.WithoutCancel(ctx))
	e.background.Go(func() {
		if err := e.checkAll(ctx); err != nil && ctx.Err() == nil {
			e.logger().Warn("The check on start failed; spans are sent all the same", zap.Error(err))
		}
	})
	return nil
}

// checkAll checks the projects beside each other, so that one whose server does
// not answer hides and delays no other's.
func (e *langfuseExporter) checkAll(ctx context.Context) error {
	return e.router.each(func(p *project) error {
		err := e.check(ctx, p)
		if err != nil && p.name != "" {
			return fmt.Errorf("projects::%s: %w", p.name, err)
		}
		return err
	})
}

// check logs the project and the version of the server.
func (e *langfuseExporter) check(ctx context.Context, p *project) error {
	ctx, cancel := context.WithTimeout(ctx, checkTimeout)
	defer cancel()
	var projects struct {
		Data []struct{ ID, Name string }
	}
	if err := e.get(ctx, p, projectsPath, &projects); err != nil {
		return err
	}
	var health struct{ Status, Version string }
	version := "unknown"
	// The version is of use in a log, and no reason not to start.
	if err := e.get(ctx, p, healthPath, &health); err == nil && health.Version != "" {
		version = shorten(redact(health.Version, p.secrets))
	}
	name := "unknown"
	if len(projects.Data) > 0 {
		name = shorten(redact(projects.Data[0].Name, p.secrets))
	}
	e.logger().Info("Sending traces to Langfuse", zap.String("server", p.base), zap.String("version", version),
		zap.String("langfuse_project", name), zap.String("project", p.label()))
	return e.canTake(version)
}

// canTake says why a server takes nothing of what is sent, as far as its version
// tells.
func (e *langfuseExporter) canTake(version string) error {
	var major, minor int
	if n, _ := fmt.Sscanf(strings.TrimPrefix(version, "v"), "%d.%d", &major, &minor); n != 2 || major > 3 {
		return nil
	}
	switch {
	case major < 3 || minor < 22:
		return fmt.Errorf("the server is Langfuse %s, which takes no OTLP: update it, to 3.22.0 at least", version)
	case minor < 30 && e.config.ClientConfig.Compression == configcompression.TypeGzip:
		return fmt.Errorf("the server is Langfuse %s, which reads no gzip: set compression: none, or update it, to 3.30.0 at least", version)
	}
	return nil
}

func (e *langfuseExporter) get(ctx context.Context, p *project, path string, into any) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, p.base+path, http.NoBody)
	if err != nil {
		return err
	}
	response, err := e.do(e.api, request, p)
	if err != nil {
		return err
	}
	defer drain(response)
	if response.StatusCode != http.StatusOK {
		return answerOf(response, time.Now(), p.secrets)
	}
	if err := json.NewDecoder(io.LimitReader(response.Body, maxDrain)).Decode(into); err != nil {
		return fmt.Errorf("%s does not answer as Langfuse does: endpoint must be its base address", request.URL.Host)
	}
	return nil
}
