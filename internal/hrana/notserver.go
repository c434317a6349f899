package hrana

import (
	"bytes"
	"net/http"
	"strconv"
	"strings"
)

// NotServerError says that what answered is no libSQL server: a page, or JSON of
// something else.
type NotServerError struct {
	Status int    // HTTP status
	What   string // such as "a page of HTML"; nothing of its content
}

func (e *NotServerError) Error() string {
	return "what answers there is not a libSQL server: HTTP " + strconv.Itoa(e.Status) + " with " + e.What
}

// isHTML reports whether a body is a page.
func isHTML(response *http.Response, body []byte) bool {
	return strings.Contains(response.Header.Get("Content-Type"), "html") || bytes.HasPrefix(bytes.TrimSpace(body), []byte("<"))
}

// kindOfBody is what a body is that is no answer.
func kindOfBody(response *http.Response, body []byte, isJSON bool) string {
	switch {
	case len(bytes.TrimSpace(body)) == 0:
		return "no content"
	case isHTML(response, body):
		return "a page of HTML"
	case isJSON:
		return "JSON that is not an answer to a pipeline"
	}
	return "text that is no JSON"
}
