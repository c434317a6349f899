package langfusetest

import (
	"encoding/json"
	"fmt"
	"net/http"
)

// recorder writes answers in the forms that Langfuse and proxies have, and
// keeps the status.
type recorder struct {
	http.ResponseWriter
	in     *Request
	status int
}

func (w *recorder) json(status int, body any) {
	raw, err := json.Marshal(body)
	if err != nil {
		panic(err) // a map of ours
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.write(status, raw)
}

// html is how a proxy answers, and Langfuse itself where it has no route.
func (w *recorder) html(status int, title string) {
	w.Header().Set("Content-Type", "text/html")
	w.write(status, fmt.Appendf(nil, "<html>\r\n<head><title>%s</title></head>\r\n<body>\r\n<center><h1>%s</h1></center>\r\n"+
		"<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n", title, title))
}

func (w *recorder) write(status int, body []byte) {
	w.status = status
	w.WriteHeader(status)
	_, _ = w.Write(body) // a client that is gone
}

// cut ends the connection without an answer.
func (w *recorder) cut() {
	panic(http.ErrAbortHandler)
}
