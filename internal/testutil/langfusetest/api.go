package langfusetest

import (
	"io"
	"net/http"
)

// projects tells which project a key belongs to.
func (s *Server) projects(w *recorder, r *http.Request) {
	if r.Method != http.MethodGet {
		w.json(http.StatusMethodNotAllowed, map[string]any{"message": "Method not allowed"})
		return
	}
	key, refused := s.check(r.Header.Get("Authorization"))
	if refused != nil {
		if refused.status == http.StatusForbidden {
			refused.message = projectsScope
		}
		w.json(refused.status, map[string]any{"message": refused.message})
		return
	}
	w.json(http.StatusOK, map[string]any{"data": []any{map[string]any{
		"id": "id-of-" + key.Project, "name": key.Project, "metadata": map[string]any{},
		"organization": map[string]any{"id": "org", "name": "Organization"},
	}}})
}

func (s *Server) health(w *recorder) {
	if s.options.Unhealthy {
		w.json(http.StatusServiceUnavailable, map[string]any{"status": "Database not available", "version": s.options.Version})
		return
	}
	w.json(http.StatusOK, map[string]any{"status": "OK", "version": s.options.Version})
}

// ingestion is the old batch API. Nobody should send spans there.
func (s *Server) ingestion(w *recorder, r *http.Request) {
	s.violate("the batch API /api/public/ingestion was called")
	if _, ok := s.authenticate(w, r); !ok {
		return
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		w.cut()
	}
	root, err := parse(body)
	envelope, _ := root.(map[string]any)
	batch, ok := envelope["batch"].([]any)
	if err != nil || !ok {
		w.json(http.StatusBadRequest, map[string]any{"message": "Invalid request data", "errors": []any{"batch: expected array"}})
		return
	}
	successes, errors := []any{}, []any{}
	for _, element := range batch {
		event, _ := element.(map[string]any)
		if kind := event["type"]; s.options.Mode == EventsOnly && kind != "score-create" && kind != "sdk-log" {
			errors = append(errors, map[string]any{"id": event["id"], "status": http.StatusBadRequest, "message": "Event type not accepted"})
			continue
		}
		successes = append(successes, map[string]any{"id": event["id"], "status": http.StatusCreated})
	}
	w.json(http.StatusMultiStatus, map[string]any{"successes": successes, "errors": errors})
}
