// Package terminal writes what the query room answers to a terminal: lists, trees,
// chats and tables.
package terminal

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/mattn/go-runewidth"
	"golang.org/x/term"
)

// Screen is where answers are written.
type Screen struct {
	out   io.Writer
	width int // columns; 0: unbounded, nothing is cut
	color bool
	zone  *time.Location
	now   func() time.Time
}

// NewScreen returns a screen that writes to out. On a terminal lines are as wide as it
// is, and in colour unless the environment says otherwise (https://no-color.org).
// COLUMNS overrides the width.
func NewScreen(out io.Writer) *Screen {
	s := &Screen{out: out, zone: time.Local, now: time.Now}
	if columns, err := strconv.Atoi(os.Getenv("COLUMNS")); err == nil && columns > 0 {
		s.width = columns
	}
	file, ok := out.(*os.File)
	if !ok || !term.IsTerminal(int(file.Fd())) {
		return s
	}
	if width, _, err := term.GetSize(int(file.Fd())); err == nil && s.width == 0 {
		s.width = width
	}
	s.color = os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb"
	return s
}

// style is an SGR parameter of ECMA-48.
type style string

const (
	plain  style = ""
	bold   style = "1"
	dim    style = "2"
	red    style = "31"
	yellow style = "33"
	blue   style = "34"
	violet style = "35"
	teal   style = "36"
	ink    style = "7" // a redaction
)

func (s *Screen) paint(st style, text string) string {
	if !s.color || st == plain || text == "" {
		return text
	}
	return "\x1b[" + string(st) + "m" + text + "\x1b[0m"
}

func (s *Screen) printf(format string, args ...any) { fmt.Fprintf(s.out, format, args...) }

func (s *Screen) line(text string) { fmt.Fprintln(s.out, strings.TrimRight(text, " ")) }

// clean makes one line of a text that a stranger wrote: no control characters, which a
// terminal would obey, no marks that turn the direction of what follows, and single
// spaces.
func clean(text string) string {
	var b strings.Builder
	space := false
	for _, r := range text {
		switch {
		case unicode.IsSpace(r):
			space = b.Len() > 0
			continue
		case isControl(r):
			continue
		}
		if space {
			b.WriteByte(' ')
			space = false
		}
		b.WriteRune(r)
	}
	return b.String()
}

// cleanLines is clean for a text whose lines stay.
func cleanLines(text string) []string {
	text = strings.ReplaceAll(text, "\r\n", "\n")
	lines := strings.Split(strings.TrimRight(text, "\n"), "\n")
	for i, line := range lines {
		lines[i] = printable(line)
	}
	return lines
}

// printable takes out what a terminal would obey.
func printable(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\t':
			return ' '
		case isControl(r):
			return -1
		}
		return r
	}, text)
}

// isControl reports whether a terminal would do something else than show a character.
func isControl(r rune) bool {
	return unicode.IsControl(r) || r == utf8.RuneError ||
		r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069 || r == 0x200e || r == 0x200f || r == 0x061c
}

// Plain is a text, of several lines perhaps, without what a terminal would obey.
func Plain(text string) string {
	return strings.Map(func(r rune) rune {
		if r != '\n' && r != '\t' && isControl(r) {
			return -1
		}
		return r
	}, text)
}

// JSON is JSON in which what a terminal would obey is written as escapes, so that it says
// the same. encoding/json escapes control characters of ASCII only, and no DEL.
func JSON(text []byte) []byte {
	if !bytes.ContainsFunc(text, isObeyed) {
		return text
	}
	safe := make([]byte, 0, len(text)+64)
	for len(text) > 0 {
		r, n := utf8.DecodeRune(text)
		if isObeyed(r) {
			safe = fmt.Appendf(safe, "\\u%04x", r) // all of them are below 0x10000
		} else {
			safe = append(safe, text[:n]...)
		}
		text = text[n:]
	}
	return safe
}

// isObeyed is isControl of what stands in JSON: its own line ends stay, and the character
// for what is none.
func isObeyed(r rune) bool { return r != '\n' && r != '\t' && r != utf8.RuneError && isControl(r) }

// cut shortens a text to a number of columns, with an ellipsis.
func cut(text string, columns int) string {
	if columns <= 0 {
		return ""
	}
	return runewidth.Truncate(text, columns, "…")
}

func left(text string, columns int) string {
	return text + strings.Repeat(" ", max(0, columns-runewidth.StringWidth(text)))
}

func right(text string, columns int) string {
	return strings.Repeat(" ", max(0, columns-runewidth.StringWidth(text))) + text
}

// wrap breaks a line into lines of at most a number of columns, between words where
// there is one.
func wrap(line string, columns int) []string {
	if columns <= 0 || runewidth.StringWidth(line) <= columns {
		return []string{line}
	}
	var lines []string
	at := ""
	for word := range strings.SplitSeq(line, " ") {
		switch {
		case at == "":
			at = word
		case runewidth.StringWidth(at)+1+runewidth.StringWidth(word) <= columns:
			at += " " + word
		default:
			lines = append(lines, at)
			at = word
		}
		for runewidth.StringWidth(at) > columns {
			head := runewidth.Truncate(at, columns, "")
			if head == "" {
				break
			}
			lines = append(lines, head)
			at = at[len(head):]
		}
	}
	return append(lines, at)
}

// clock is a time of day in the zone of the screen, with the date where it is not today.
func (s *Screen) clock(t time.Time) string { return t.In(s.zone).Format("15:04:05") }

func (s *Screen) moment(t time.Time) string {
	t = t.In(s.zone)
	if t.Format(time.DateOnly) == s.now().In(s.zone).Format(time.DateOnly) {
		return t.Format("15:04:05")
	}
	return t.Format("2006-01-02 15:04")
}

// day is a head over the traces of a day.
func (s *Screen) day(t time.Time) string {
	t, now := t.In(s.zone), s.now().In(s.zone)
	switch text := t.Format("Monday 2 January"); t.Format(time.DateOnly) {
	case now.Format(time.DateOnly):
		return "Today, " + text
	case now.AddDate(0, 0, -1).Format(time.DateOnly):
		return "Yesterday, " + text
	default:
		return text + t.Format(" 2006")
	}
}
