package langfusetest

import (
	"cmp"
	"crypto/sha256"
	"encoding/base64"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"
)

// Media is a file that was announced, and perhaps uploaded.
type Media struct {
	ID, Project, TraceID, ObservationID, Field, ContentType string
	Length                                                  int64
	Content                                                 []byte // as put into the bucket
	UploadedAt                                              string // as patched
	UploadStatus                                            int
	UploadError                                             string
	hash                                                    string
}

// mediaKey is the place of a file: each project has a store of its own, in which the
// id follows from the content.
type mediaKey struct{ project, id string }

// Media returns the files, by project and id.
func (s *Server) Media() []Media {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := make([]Media, 0, len(s.media))
	for _, m := range s.media {
		out = append(out, *m)
	}
	slices.SortFunc(out, func(a, b Media) int { return cmp.Or(cmp.Compare(a.Project, b.Project), cmp.Compare(a.ID, b.ID)) })
	return out
}

const (
	mediaPath  = "/api/public/media/"
	bucketPath = "/bucket/"
	idLength   = 22
	hashLength = 44
)

func isMediaPath(path string) bool  { return strings.HasPrefix(path, mediaPath) }
func isBucketPath(path string) bool { return strings.HasPrefix(path, bucketPath) }

// mediaTypes are the content types that the server takes, by their groups.
var mediaTypes = map[string]string{
	"image": "png jpeg jpg webp gif svg+xml tiff bmp avif heic",
	"audio": "mpeg mp3 wav ogg oga aac mp4 flac opus webm",
	"video": "mp4 webm ogg mpeg quicktime x-msvideo x-matroska",
	"text":  "plain html css csv markdown x-python x-typescript",
	"application": "javascript x-yaml pdf msword vnd.ms-excel zip json xml octet-stream rtf x-ndjson " +
		"vnd.openxmlformats-officedocument.spreadsheetml.sheet vnd.openxmlformats-officedocument.wordprocessingml.document " +
		"vnd.openxmlformats-officedocument.presentationml.presentation",
}

func takesMedia(contentType string) bool {
	group, kind, ok := strings.Cut(contentType, "/")
	return ok && slices.Contains(strings.Fields(mediaTypes[group]), kind)
}

// SetNoMedia takes the bucket for media away, or gives it back (Options.NoMedia).
func (s *Server) SetNoMedia(without bool) { s.noMedia.Store(without) }

// mediaUpload announces a file.
func (s *Server) mediaUpload(w *recorder, r *http.Request) {
	if r.Method != http.MethodPost {
		w.json(http.StatusMethodNotAllowed, map[string]any{"message": "Method not allowed"})
		return
	}
	key, ok := s.authenticate(w, r)
	if !ok {
		return
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		w.cut()
	}
	w.in.Body = body
	root, _ := parse(body)
	in, _ := root.(map[string]any)
	text := func(name string) string { word, _ := in[name].(string); return word }
	length, _ := jsNumber(in["contentLength"]).(float64)
	field := text("field")
	valid := takesMedia(text("contentType")) && length > 0 && len(text("sha256Hash")) == hashLength && text("traceId") != "" &&
		(field == "input" || field == "output" || field == "metadata")
	if !valid {
		w.json(http.StatusBadRequest, map[string]any{"message": "Invalid request data", "error": []any{map[string]any{"code": "invalid"}}})
		return
	}
	if s.noMedia.Load() {
		w.json(http.StatusInternalServerError, map[string]any{"message": "Internal Server Error", "error": "Media upload not enabled"})
		return
	}
	hash := text("sha256Hash")
	raw, err := base64.StdEncoding.DecodeString(hash)
	if err != nil {
		w.json(http.StatusBadRequest, map[string]any{"message": "Invalid request data", "error": []any{map[string]any{"code": "invalid"}}})
		return
	}
	id := base64.URLEncoding.EncodeToString(raw)[:idLength]
	s.mu.Lock()
	at := mediaKey{key.Project, id}
	m, known := s.media[at]
	if !known {
		m = &Media{
			ID: id, Project: key.Project, TraceID: text("traceId"), ObservationID: text("observationId"), Field: field,
			ContentType: text("contentType"), Length: int64(length), hash: hash,
		}
		s.media[at] = m
	}
	uploaded := m.Content != nil
	s.mu.Unlock()
	var url any
	if !uploaded {
		url = s.URL + bucketPath + key.Project + "/" + id
	}
	w.json(http.StatusCreated, map[string]any{"mediaId": id, "uploadUrl": url})
}

// bucket is the object store behind the upload URL: it knows no API keys, and
// checks the checksum.
func (s *Server) bucket(w *recorder, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		w.cut()
	}
	w.in.Body = body
	if r.Header.Get("Authorization") != "" {
		s.violate("the object store was shown the API key")
	}
	project, id, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, bucketPath), "/")
	s.mu.Lock()
	m := s.media[mediaKey{project, id}]
	s.mu.Unlock()
	sum := sha256.Sum256(body)
	hash := base64.StdEncoding.EncodeToString(sum[:])
	switch {
	case r.Method != http.MethodPut || m == nil:
		w.write(http.StatusForbidden, []byte("<Error><Code>AccessDenied</Code></Error>"))
	case r.Header.Get("X-Amz-Checksum-Sha256") != hash || m.hash != hash || r.Header.Get("Content-Type") != m.ContentType:
		w.write(http.StatusBadRequest, []byte("<Error><Code>BadDigest</Code></Error>"))
	case s.options.BucketStatus != 0:
		w.write(s.options.BucketStatus, []byte("<Error><Code>InternalError</Code></Error>"))
	default:
		s.mu.Lock()
		m.Content = body
		s.mu.Unlock()
		w.write(http.StatusOK, nil)
	}
}

// mediaPatch hears how an upload went.
func (s *Server) mediaPatch(w *recorder, r *http.Request) {
	if r.Method != http.MethodPatch {
		w.json(http.StatusMethodNotAllowed, map[string]any{"message": "Method not allowed"})
		return
	}
	key, ok := s.authenticate(w, r)
	if !ok {
		return
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		w.cut()
	}
	root, _ := parse(body)
	in, _ := root.(map[string]any)
	uploadedAt, _ := in["uploadedAt"].(string)
	status, _ := jsNumber(in["uploadHttpStatus"]).(float64)
	_, dateErr := time.Parse(time.RFC3339, uploadedAt)
	s.mu.Lock()
	m := s.media[mediaKey{key.Project, strings.TrimPrefix(r.URL.Path, mediaPath)}]
	if m != nil && dateErr == nil && status > 0 {
		m.UploadedAt, m.UploadStatus = uploadedAt, int(status)
		m.UploadError, _ = in["uploadHttpError"].(string)
	}
	s.mu.Unlock()
	switch {
	case dateErr != nil || status <= 0:
		w.json(http.StatusBadRequest, map[string]any{"message": "Invalid request data", "error": []any{map[string]any{"code": "invalid"}}})
	case m == nil:
		w.json(http.StatusNotFound, map[string]any{"message": "Media asset not found", "error": "LangfuseNotFoundError"})
	default:
		w.json(http.StatusOK, map[string]any{"message": "OK"})
	}
}
