package langfuseexporter

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"time"

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

func (e *langfuseExporter) checkAll(ctx context.Context) error {
	for _, p := range e.router.projects {
		if err := e.check(ctx, p); err != nil {
			if p.name != "" {
				return fmt.Errorf("projects::%s: %w", p.name, err)
			}
			return err
		}
	}
	return nil
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
