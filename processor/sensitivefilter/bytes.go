package sensitivefilter

import (
	"strings"
	"unicode/utf8"
	"unsafe"

	"go.opentelemetry.io/collector/pdata/pcommon"

	"github.com/otelcol-llm/otelcol-llm/internal/redact"
)

// blob looks at a byte value as text, when it is text.
func (w *walker) blob(v pcommon.Value, k redact.Key) {
	b := v.Bytes()
	w.scratch = w.scratch[:0]
	for i := range b.Len() {
		w.scratch = append(w.scratch, b.At(i))
	}
	if len(w.scratch) == 0 {
		return
	}
	if !utf8.Valid(w.scratch) {
		w.brokenBlob(v, k)
		return
	}
	// A view of scratch: nothing keeps it beyond this call, and a changed text is a new string.
	text := unsafe.String(unsafe.SliceData(w.scratch), len(w.scratch)) //nolint:gosec // see above
	if out, changed := w.keyed(k, text); changed {
		b.FromRaw([]byte(out))
	}
}

// brokenBlob looks at a byte value, in scratch, that is no valid text: as a whole under a sensitive key, else as the text that it mostly is.
func (w *walker) brokenBlob(v pcommon.Value, k redact.Key) {
	switch {
	case k.Covers():
		if out, found := w.leaf(k, v.AsString()); w.note(found) {
			v.SetStr(out)
		}
	case mostlyText(w.scratch):
		if out, changed := w.keyed(k, strings.ToValidUTF8(string(w.scratch), string(utf8.RuneError))); changed {
			v.Bytes().FromRaw([]byte(out))
		}
	case !w.again:
		w.values++
	}
}

// mostlyText reports bytes of which three in five or more are characters of a text. Of random bytes, as in media, it is less than one in two.
func mostlyText(b []byte) bool {
	text := 0
	for i := 0; i < len(b); {
		r, size := utf8.DecodeRune(b[i:])
		if r >= ' ' && r != 0x7F && (r != utf8.RuneError || size > 1) || r == '\n' || r == '\r' || r == '\t' {
			text += size
		}
		i += size
	}
	return 5*text >= 3*len(b)
}
