package genai

import (
	"encoding/base64"
	"encoding/json"
	"math"
	"strconv"
	"strings"
	"unicode/utf8"

	"go.opentelemetry.io/collector/pdata/pcommon"
)

// AppendJSON appends value to dst as one valid JSON value. A string that is
// itself a JSON text is appended as it stands, so that structured content which
// an SDK has put into a string attribute is structured again; any other string
// becomes a JSON string. Bytes become base64; NaN and infinities, which JSON
// does not have, become strings; invalid UTF-8 is replaced by U+FFFD.
func AppendJSON(dst []byte, value pcommon.Value) []byte {
	if value.Type() == pcommon.ValueTypeStr {
		text := value.Str()
		if !utf8.ValidString(text) {
			text = strings.ToValidUTF8(text, "\uFFFD")
		}
		if looksLikeJSON(text) && json.Valid([]byte(text)) {
			return append(dst, text...)
		}
		return appendJSONString(dst, text)
	}
	return appendJSONValue(dst, value)
}

// AppendJSONValue appends value to dst as AppendJSON does, but every string as a JSON
// string.
func AppendJSONValue(dst []byte, value pcommon.Value) []byte { return appendJSONValue(dst, value) }

// maxJSONDepth bounds how deep JSON may nest that is decoded.
const maxJSONDepth = 64

// decodeJSON reads text that is one JSON object or list into a value, members in
// their order. It reports false, and leaves the value as it is, where the text is
// neither.
func decodeJSON(text string, to pcommon.Value) bool {
	text = strings.TrimSpace(text)
	if text == "" || text[0] != '{' && text[0] != '[' || !json.Valid([]byte(text)) {
		return false
	}
	decoder := json.NewDecoder(strings.NewReader(text))
	decoder.UseNumber()
	decoded := pcommon.NewValueEmpty()
	if !decodeInto(decoder, decoded, 0) {
		return false
	}
	decoded.MoveTo(to)
	return true
}

func decodeInto(decoder *json.Decoder, to pcommon.Value, depth int) bool {
	token, err := decoder.Token()
	if err != nil || depth == maxJSONDepth {
		return false
	}
	switch token := token.(type) {
	case string:
		to.SetStr(token)
	case bool:
		to.SetBool(token)
	case json.Number:
		setNumber(to, token)
	case json.Delim:
		if token == '[' {
			list := to.SetEmptySlice()
			for decoder.More() {
				if !decodeInto(decoder, list.AppendEmpty(), depth+1) {
					return false
				}
			}
		} else {
			object := to.SetEmptyMap()
			for decoder.More() {
				key, err := decoder.Token()
				name, isName := key.(string)
				if err != nil || !isName || !decodeInto(decoder, object.PutEmpty(name), depth+1) {
					return false
				}
			}
		}
		_, err = decoder.Token() // what closes it
		return err == nil
	}
	return true
}

// setNumber takes a JSON number as an integer where one holds it, and as its text
// where no number does.
func setNumber(to pcommon.Value, number json.Number) {
	if n, err := number.Int64(); err == nil {
		to.SetInt(n)
	} else if f, err := number.Float64(); err == nil {
		to.SetDouble(f)
	} else {
		to.SetStr(number.String())
	}
}

// looksLikeJSON spares prose the full check.
func looksLikeJSON(text string) bool {
	text = strings.TrimLeft(text, " \t\r\n")
	if text == "" {
		return false
	}
	switch c := text[0]; {
	case c == '{', c == '[', c == '"', c == '-', '0' <= c && c <= '9', c == 't', c == 'f', c == 'n':
		return true
	}
	return false
}

// appendJSONValue appends value with its own type: a string is always a JSON
// string here.
func appendJSONValue(dst []byte, value pcommon.Value) []byte {
	switch value.Type() {
	case pcommon.ValueTypeEmpty:
		return append(dst, "null"...)
	case pcommon.ValueTypeStr:
		return appendJSONString(dst, value.Str())
	case pcommon.ValueTypeBool:
		return strconv.AppendBool(dst, value.Bool())
	case pcommon.ValueTypeInt:
		return strconv.AppendInt(dst, value.Int(), 10)
	case pcommon.ValueTypeDouble:
		return appendJSONDouble(dst, value.Double())
	case pcommon.ValueTypeBytes:
		dst = append(dst, '"')
		dst = base64.StdEncoding.AppendEncode(dst, value.Bytes().AsRaw())
		return append(dst, '"')
	case pcommon.ValueTypeSlice:
		dst = append(dst, '[')
		for i, element := range value.Slice().All() {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = appendJSONValue(dst, element)
		}
		return append(dst, ']')
	case pcommon.ValueTypeMap:
		dst = append(dst, '{')
		first := true
		for key, element := range value.Map().All() {
			if !first {
				dst = append(dst, ',')
			}
			first = false
			dst = appendJSONString(dst, key)
			dst = append(dst, ':')
			dst = appendJSONValue(dst, element)
		}
		return append(dst, '}')
	}
	return append(dst, "null"...)
}

func appendJSONDouble(dst []byte, d float64) []byte {
	if math.IsNaN(d) || math.IsInf(d, 0) {
		return strconv.AppendQuote(dst, strconv.FormatFloat(d, 'g', -1, 64))
	}
	return strconv.AppendFloat(dst, d, 'g', -1, 64)
}

const hexDigits = "0123456789abcdef"

func appendJSONString(dst []byte, text string) []byte {
	dst = append(dst, '"')
	start := 0
	for i := 0; i < len(text); {
		c := text[i]
		if c < utf8.RuneSelf {
			if c >= ' ' && c != '"' && c != '\\' {
				i++
				continue
			}
			dst = append(dst, text[start:i]...)
			switch c {
			case '"', '\\':
				dst = append(dst, '\\', c)
			case '\n':
				dst = append(dst, '\\', 'n')
			case '\r':
				dst = append(dst, '\\', 'r')
			case '\t':
				dst = append(dst, '\\', 't')
			default:
				dst = append(dst, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&15])
			}
			i++
			start = i
			continue
		}
		r, size := utf8.DecodeRuneInString(text[i:])
		if r == utf8.RuneError && size == 1 {
			dst = append(dst, text[start:i]...)
			dst = append(dst, "\uFFFD"...)
			i++
			start = i
			continue
		}
		i += size
	}
	dst = append(dst, text[start:]...)
	return append(dst, '"')
}
