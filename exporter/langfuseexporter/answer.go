package langfuseexporter

import (
	"bufio"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// rejection is why Langfuse does not accept spans, as the metric has it.
type rejection string

const (
	rejectedCredentials rejection = "credentials"
	rejectedForbidden   rejection = "forbidden"
	rejectedNotFound    rejection = "not_found"
	rejectedBadRequest  rejection = "bad_request"
	rejectedTooLarge    rejection = "too_large"
	rejectedRedirect    rejection = "redirect"
	rejectedNoProject   rejection = "no_project"
	rejectedOther       rejection = "other"
)

// answerError is an answer that is no acceptance.
type answerError struct {
	status     int
	who        string // answers; "" is Langfuse
	words      string // the server's, shortened
	hint       string
	retryAfter time.Duration
}

// Error says what was answered, and what to do.
func (e *answerError) Error() string {
	text := cmp.Or(e.who, "Langfuse") + " answers " + strconv.Itoa(e.status)
	if e.words != "" {
		text += ": " + strings.TrimRight(e.words, ".")
	}
	if e.hint != "" {
		text += " (" + e.hint + ")"
	}
	return text
}

// rejection classes the answer.
func (e *answerError) rejection() rejection {
	switch {
	case e.status == http.StatusUnauthorized:
		return rejectedCredentials
	case e.status == http.StatusForbidden:
		return rejectedForbidden
	case e.status == http.StatusNotFound:
		return rejectedNotFound
	case e.status == http.StatusBadRequest:
		return rejectedBadRequest
	case e.status == http.StatusRequestEntityTooLarge:
		return rejectedTooLarge
	case 300 <= e.status && e.status < 400:
		return rejectedRedirect
	}
	return rejectedOther
}

const suspended = "suspended"

// hints say what an answer means, by its status and by words in it; the first
// that fits counts (langfuse reference 1.1 and 5).
var hints = []struct {
	status int // 2 and 3 are all that begin so
	words  string
	hint   string
}{
	{2, "", "that is a page and no Langfuse, which answers in JSON: endpoint must be its base address"},
	{401, "no authorization", "something in between takes the header Authorization away"},
	{401, "", "the keys belong to another region or server than endpoint or region name, have been deleted, or were made less than five minutes ago"},
	{403, suspended, "the usage of the plan is used up"},
	{403, "", "these are no keys of a project: see the project's settings in Langfuse, not the organization's"},
	{404, "", "there is no Langfuse: endpoint must be its base address, and a server of one's own at least 3.22.0"},
	{405, "", "something in between changes the method of the request: see endpoint for http instead of https"},
	{400, "ingestion-version", "set ingestion_version: 0 for this server"},
	{400, "decompress", "something in between changes the body; try compression: none"},
	{400, "failed to parse", "something in between changes the body, or the server is older than 3.30.0 and reads no gzip: set compression: none"},
	{413, "", "a proxy in front of the server takes less than max_request_bytes: raise its limit (nginx: client_max_body_size) or lower ours"},
	{3, "", "endpoint is not the final address; requests are not sent on, since that would make a GET of a POST"},
}

const (
	// maxAnswer is how much of an answer is read.
	maxAnswer = 16 << 10
	// maxWords is how much of the server's words is repeated.
	maxWords = 300
)

// isAcceptance reports whether an answer says that spans are accepted. Langfuse says so
// in JSON (langfuse reference 8.9), and a collector in between in protobuf. A page is
// what a proxy, or an application at a wrong address, answers to anything.
func isAcceptance(response *http.Response) bool {
	if response.StatusCode/100 != 2 {
		return false
	}
	contentType := response.Header.Get("Content-Type")
	return strings.Contains(contentType, "json") || strings.Contains(contentType, "protobuf") || isEmpty(response)
}

// isEmpty reports whether an answer has no body, whether it says so or not. The body
// can be read afterwards.
func isEmpty(response *http.Response) bool {
	if response.ContentLength >= 0 {
		return response.ContentLength == 0
	}
	body := bufio.NewReader(response.Body)
	_, err := body.Peek(1)
	response.Body = struct {
		io.Reader
		io.Closer
	}{body, response.Body}
	return errors.Is(err, io.EOF)
}

// answerOf reads an answer that is no acceptance, of a request with some secrets.
func answerOf(response *http.Response, now time.Time, secrets []string) *answerError {
	body, err := io.ReadAll(io.LimitReader(response.Body, maxAnswer))
	e := &answerError{status: response.StatusCode, retryAfter: retryAfter(response.Header.Get("Retry-After"), now)}
	if err == nil {
		e.words = shorten(redact(wordsOf(response.Header.Get("Content-Type"), body), secrets))
	}
	if 300 <= e.status && e.status < 400 {
		e.words = shorten(redact(redirectWords(response), secrets))
	}
	words := strings.ToLower(e.words)
	for _, h := range hints {
		if (h.status == e.status || h.status == e.status/100) && strings.Contains(words, h.words) {
			e.hint = h.hint
			break
		}
	}
	return e
}

// wordsOf finds the server's own sentence: in one of Langfuse's two forms of
// JSON, or in the title of a proxy's page.
func wordsOf(contentType string, body []byte) string {
	if strings.Contains(contentType, "json") {
		var answer struct {
			Message any `json:"message"`
			Error   any `json:"error"`
		}
		if json.Unmarshal(body, &answer) != nil {
			return ""
		}
		message, _ := answer.Message.(string)
		if message == "" {
			message, _ = answer.Error.(string)
		}
		return message
	}
	text := string(body)
	if _, rest, ok := strings.Cut(text, "<title>"); ok {
		title, _, _ := strings.Cut(rest, "</title>")
		return title
	}
	return ""
}

// credentials are what stands in a header, or looks like one of Langfuse's keys.
var credentials = regexp.MustCompile(`(?i)\b(?:basic|bearer)\s+[a-z0-9+/=._~-]{8,}|\b[ps]k-lf-[a-z0-9-]+`)

// shortestSecret is the shortest text that is taken out as a secret: a header may
// be a word that says nothing.
const shortestSecret = 6

// redact takes out of a server's words what was sent to it: some repeat the headers
// that they do not like.
func redact(words string, secrets []string) string {
	for _, secret := range secrets {
		if len(secret) >= shortestSecret {
			words = strings.ReplaceAll(words, secret, "[REDACTED]")
		}
	}
	return credentials.ReplaceAllString(words, "[REDACTED]")
}

func redirectWords(response *http.Response) string {
	to, err := url.Parse(response.Header.Get("Location"))
	if err != nil || to.Host == "" {
		return "a redirect"
	}
	return fmt.Sprintf("a redirect to %s://%s", to.Scheme, to.Host)
}

// shorten makes one line of a sentence.
func shorten(text string) string {
	text = strings.Join(strings.Fields(strings.ToValidUTF8(text, "")), " ")
	if len(text) <= maxWords {
		return text
	}
	end := maxWords
	for !utf8.RuneStart(text[end]) {
		end--
	}
	return text[:end] + "..."
}

// maxRetryAfter bounds what a server may ask for.
const maxRetryAfter = time.Hour

// retryAfter reads the header: seconds, or a date.
func retryAfter(header string, now time.Time) time.Duration {
	if header == "" {
		return 0
	}
	if seconds, err := strconv.ParseInt(header, 10, 32); err == nil {
		return min(max(time.Duration(seconds)*time.Second, 0), maxRetryAfter)
	}
	at, err := http.ParseTime(header)
	if err != nil {
		return 0
	}
	return min(max(at.Sub(now), 0), maxRetryAfter)
}
