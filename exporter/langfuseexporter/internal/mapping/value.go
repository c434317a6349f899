package mapping

import (
	"encoding/base64"
	"math"
	"strconv"
	"strings"
	"unicode/utf8"

	"go.opentelemetry.io/collector/pdata/pcommon"

	"github.com/otelcol-llm/otelcol-llm/internal/genai"
)

// maxSafeInteger is the largest integer that JavaScript, and with it the
// server, keeps exact.
const maxSafeInteger = 1 << 53

func isExact(n int64) bool { return -maxSafeInteger <= n && n <= maxSafeInteger }

// Clean copies attributes in the form that the server stores as it is
// (langfuse reference 2.1): maps and lists of maps as JSON text, bytes as
// base64, no empty lists, no values that JavaScript does not have.
func (m *Mapper) Clean(dst, src pcommon.Map) {
	dst.EnsureCapacity(src.Len())
	for key, value := range src.All() {
		m.putValue(dst, key, value)
	}
}

// putValue puts one value, cleaned.
func (m *Mapper) putValue(dst pcommon.Map, key string, value pcommon.Value) {
	key = m.Text(key)
	switch value.Type() {
	case pcommon.ValueTypeEmpty:
	case pcommon.ValueTypeStr:
		dst.PutStr(key, m.Text(value.Str()))
	case pcommon.ValueTypeBool:
		dst.PutBool(key, value.Bool())
	case pcommon.ValueTypeInt:
		if n := value.Int(); !isExact(n) {
			m.count(ReasonValue)
			dst.PutStr(key, strconv.FormatInt(n, 10))
			return
		}
		putInt(dst.PutEmpty(key), value.Int())
	case pcommon.ValueTypeDouble:
		if d := value.Double(); math.IsNaN(d) || math.IsInf(d, 0) {
			m.count(ReasonValue)
			dst.PutStr(key, strconv.FormatFloat(d, 'g', -1, 64))
			return
		}
		dst.PutDouble(key, value.Double())
	case pcommon.ValueTypeBytes:
		m.count(ReasonValue)
		dst.PutStr(key, base64.StdEncoding.EncodeToString(value.Bytes().AsRaw()))
	case pcommon.ValueTypeMap:
		m.count(ReasonValue)
		dst.PutStr(key, jsonOf(value))
	case pcommon.ValueTypeSlice:
		m.putList(dst, key, value)
	}
}

func (m *Mapper) putList(dst pcommon.Map, key string, value pcommon.Value) {
	list := value.Slice()
	if list.Len() == 0 {
		m.count(ReasonValue)
		return
	}
	for _, element := range list.All() {
		switch element.Type() {
		case pcommon.ValueTypeStr:
			if utf8.ValidString(element.Str()) {
				continue
			}
		case pcommon.ValueTypeBool:
			continue
		case pcommon.ValueTypeInt:
			if isExact(element.Int()) {
				continue
			}
		case pcommon.ValueTypeDouble:
			if d := element.Double(); !math.IsNaN(d) && !math.IsInf(d, 0) {
				continue
			}
		}
		m.count(ReasonValue)
		dst.PutStr(key, jsonOf(value))
		return
	}
	out := dst.PutEmptySlice(key)
	list.CopyTo(out)
	for _, element := range out.All() {
		if element.Type() == pcommon.ValueTypeInt {
			putInt(element, element.Int())
		}
	}
}

// putInt sets an integer, as a double where the server would read another number:
// of 64 bits it takes the lower 32 for signed.
func putInt(dst pcommon.Value, n int64) {
	if 0 <= n && n <= math.MaxInt32 {
		dst.SetInt(n)
		return
	}
	dst.SetDouble(float64(n))
}

// Text makes text valid UTF-8, which protobuf asks for.
func (m *Mapper) Text(text string) string {
	if utf8.ValidString(text) {
		return text
	}
	m.count(ReasonUTF8)
	return strings.ToValidUTF8(text, "\uFFFD")
}

// jsonOf is a value that has structure as JSON text.
func jsonOf(value pcommon.Value) string { return string(genai.AppendJSON(nil, value)) }

// scalarText is a value as text: strings as they are, others as JSON.
func scalarText(value pcommon.Value) string {
	switch value.Type() {
	case pcommon.ValueTypeStr:
		return value.Str()
	case pcommon.ValueTypeEmpty:
		return ""
	case pcommon.ValueTypeMap, pcommon.ValueTypeSlice:
		return jsonOf(value)
	}
	return value.AsString()
}

// maxField is the longest trace field, in characters: what Langfuse's SDKs
// hold themselves to.
const maxField = 200

// Field cuts text to the length of a trace field.
func (m *Mapper) Field(text string) string { return m.limit(text, maxField) }

// Name cuts text to the length of a name.
func (m *Mapper) Name(text string) string { return m.limit(text, maxName) }

// limit cuts text to a number of characters.
func (m *Mapper) limit(text string, characters int) string {
	text = m.Text(text)
	if len(text) <= characters || utf8.RuneCountInString(text) <= characters {
		return text
	}
	m.count(ReasonLength)
	n := 0
	for at := range text {
		if n == characters {
			return text[:at]
		}
		n++
	}
	return text
}

// environmentOf makes a valid environment of any text: lower case, other
// characters as "-", no leading "langfuse", at most 40 bytes.
func (m *Mapper) environmentOf(text string) string {
	const maxEnvironment = 40
	valid := true
	out := make([]byte, 0, maxEnvironment)
	for _, r := range strings.ToLower(text) {
		switch {
		case 'a' <= r && r <= 'z', '0' <= r && r <= '9', r == '-', r == '_':
			out = append(out, byte(r))
		default:
			out = append(out, '-')
			valid = false
		}
	}
	word := string(out)
	for strings.HasPrefix(word, "langfuse") {
		word = strings.TrimLeft(strings.TrimPrefix(word, "langfuse"), "-_")
		valid = false
	}
	if len(word) > maxEnvironment {
		word = word[:maxEnvironment]
		valid = false
	}
	if !valid {
		word = strings.Trim(word, "-")
		m.count(ReasonEnvironment)
	}
	return word
}

// CleanResource copies the attributes of a resource. The server reads
// service.version and langfuse.release there, and wants text.
func (m *Mapper) CleanResource(dst, src pcommon.Map) {
	m.Clean(dst, src)
	for _, key := range [...]string{"service.version", keyRelease} {
		if value, ok := dst.Get(key); ok && value.Type() != pcommon.ValueTypeStr {
			m.count(ReasonType)
			value.SetStr(value.AsString())
		}
	}
}
