package hrana

import (
	"bytes"
	"strings"
)

// words keep a server's messages from telling what it was sent: a server, or a proxy before
// it, may repeat a token, SQL or values, and messages reach logs.
type words struct {
	request []byte
	token   string
}

const (
	// withheld stands for a message that repeats what was sent.
	withheld = "(its message repeats what it was sent)"
	// run is how many bytes in common are a repetition, looked for at each stride.
	run, stride = 32, 8
	// shortest is the length of a value that is looked for: less may be a word.
	shortest = 6
)

// of returns a message, cut, or withheld where it repeats something.
func (w words) of(message string) string {
	if len(message) > maxMessage {
		message = strings.ToValidUTF8(message[:maxMessage], "") + "…"
	}
	if message != "" && (w.token != "" && strings.Contains(message, w.token) || w.repeatsRun(message) || w.repeatsValue(message)) {
		return withheld
	}
	return message
}

func (w words) repeatsRun(message string) bool {
	for at := 0; at+run <= len(message); at += stride {
		if bytes.Contains(w.request, []byte(message[at:at+run])) {
			return true
		}
	}
	return false
}

// repeatsValue looks for the arguments of statements.
func (w words) repeatsValue(message string) bool {
	const before = `"value":"`
	for rest := w.request; ; {
		_, after, ok := bytes.Cut(rest, []byte(before))
		if !ok {
			return false
		}
		value, _, _ := bytes.Cut(after, []byte{'"'}) // up to the first quote of its own, if it has one
		if len(value) >= shortest && strings.Contains(message, string(value)) {
			return true
		}
		rest = after
	}
}

// err is an error without what it repeats.
func (w words) err(e *Error) *Error { return &Error{w.of(e.Message), w.of(e.Code)} }
