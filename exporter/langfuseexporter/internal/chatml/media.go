package chatml

import (
	"slices"
	"strings"

	"github.com/otelcol-llm/otelcol-llm/exporter/langfuseexporter/internal/jsonraw"
	"github.com/otelcol-llm/otelcol-llm/internal/tracestore/jsontext"
)

// medium is a picture, a recording or a file inside a part.
type medium struct {
	mime, modality string
	base64         string        // of the content, or else
	url            jsonraw.Value // a link to it, or else
	id             jsonraw.Value // its id at the provider
	read           []string      // members of the part that this comes from
}

// mediumOf reads a part of the GenAI conventions, of Google, Anthropic, OpenAI,
// OpenInference or the Vercel AI SDK that holds a medium. It reports false where it
// holds none, or more about it than can be said.
func mediumOf(part jsonraw.Value) (medium, bool) {
	if key, inline := part.Find("inlineData", "inline_data"); inline.IsObject() && part.Get("type").IsNone() { // Google
		mimeKey, mime := inline.Find("mimeType", "mime_type")
		m := medium{mime: mime.Text(), base64: inline.Get("data").Text(), read: []string{key}}
		return m, inline.Get("data").IsString() && hasOnly(inline, mimeKey, "data")
	}
	switch part.Get("type").Text() {
	case "blob":
		key, data := part.Find("content", "data")
		m := medium{mime: part.Get("mime_type").Text(), modality: part.Get("modality").Text(), base64: data.Text(), read: []string{"mime_type", "modality", key}}
		return m, data.IsString() && slices.Contains(modalities, m.modality)
	case "uri":
		key, uri := part.Find("uri", "url")
		m := medium{mime: part.Get("mime_type").Text(), modality: part.Get("modality").Text(), url: uri, read: []string{key}}
		if m.modality == "image" {
			m.read = append(m.read, "modality")
		}
		return m, uri.IsString()
	case "file":
		if isBase64(part.Get("data")) { // Vercel AI SDK
			key, mime := part.Find("mediaType", "mimeType")
			return medium{mime: mime.Text(), base64: part.Get("data").Text(), read: []string{key, "data"}}, true
		}
		id := part.Get("file_id")
		return medium{id: id, read: []string{"file_id"}}, id.IsString()
	case "input_audio": // OpenAI: base64 alone
		audio := part.Get("input_audio")
		m := medium{mime: "audio/" + audio.Get("format").Text(), base64: audio.Get("data").Text(), read: []string{"input_audio"}}
		return m, isBase64(audio.Get("data")) && hasOnly(audio, "format", "data")
	case "document":
		return anthropicMedium(part, "")
	case "image":
		return imageOf(part)
	}
	return medium{}, false
}

// modalities are those of the GenAI conventions.
var modalities = []string{"", "image", "audio", "video"}

// anthropicMedium reads {"source":{"type":"base64","media_type":"...","data":"..."}}.
func anthropicMedium(part jsonraw.Value, modality string) (medium, bool) {
	source := part.Get("source")
	m := medium{mime: source.Get("media_type").Text(), modality: modality, base64: source.Get("data").Text(), read: []string{"source"}}
	return m, source.Get("type").Text() == "base64" && source.Get("data").IsString() && hasOnly(source, "type", "media_type", "data")
}

func imageOf(part jsonraw.Value) (medium, bool) {
	if m, ok := anthropicMedium(part, "image"); ok {
		return m, true
	}
	image := part.Get("image")
	if isBase64(image) { // Vercel AI SDK
		key, mime := part.Find("mediaType", "mimeType")
		return medium{mime: mime.Text(), modality: "image", base64: image.Text(), read: []string{key, "image"}}, true
	}
	// OpenInference: {"type":"image","image":{"image":{"url":"..."}}}
	url := image.Get("image").Get("url")
	m := medium{modality: "image", url: url, read: []string{"image"}}
	return m, url.IsString() && hasOnly(image, "image") && hasOnly(image.Get("image"), "url")
}

// isBase64 tells a file that stands alone from a URL of one.
func isBase64(v jsonraw.Value) bool {
	raw := v.Raw()
	return v.IsString() && len(raw) > 2 && !strings.Contains(raw[:min(len(raw), 16)], ":") && !strings.Contains(raw, ".")
}

// other writes a part that is neither text nor of tools: a medium as in chat
// messages, and all else as it is.
func (w *writer) other(part jsonraw.Value) {
	m, ok := mediumOf(part)
	if !ok {
		w.raw(part.Raw())
		return
	}
	o := w.open()
	m.write(&o)
	o.rest(part, append(m.read, "type")...)
	o.close()
}

// write writes the medium in the form of chat messages.
func (m *medium) write(o *object) {
	group, format, _ := strings.Cut(m.mime, "/")
	if m.mime == "" {
		group = m.modality
	}
	switch isLink := m.base64 == ""; {
	case group == "image" || isLink && m.modality == "image":
		o.word("type", "image_url")
		o.key("image_url")
		o.w.raw(`{"url":`)
	case group == "audio" && !isLink:
		o.word("type", "input_audio")
		o.key("input_audio")
		o.w.raw(`{"format":`)
		o.w.dst = jsontext.AppendString(o.w.dst, format)
		o.w.raw(`,"data":`)
	default:
		o.word("type", "file")
		o.key("file")
		if m.id.IsNone() {
			o.w.raw(`{"file_data":`)
		} else {
			o.w.raw(`{"file_id":`)
		}
	}
	m.writeData(o.w)
	o.w.raw("}")
}

func (m *medium) writeData(w *writer) {
	switch {
	case !m.id.IsNone():
		w.raw(m.id.Raw())
	case !m.url.IsNone():
		w.raw(m.url.Raw())
	case strings.HasPrefix(m.base64, "data:"):
		w.dst = jsontext.AppendString(w.dst, m.base64)
	default:
		mime := m.mime
		if mime == "" {
			mime = "application/octet-stream"
		}
		w.dst = jsontext.AppendString(w.dst, "data:"+mime+";base64,"+m.base64)
	}
}
