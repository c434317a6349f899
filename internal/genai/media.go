package genai

import (
	"strings"

	"go.opentelemetry.io/collector/pdata/pcommon"
)

// mediaKinds are types of parts that are no text, whole or in part.
var mediaKinds = []string{"image", "audio", "video"}

var mediaTypes = map[string]bool{"file": true, "blob": true, "uri": true, "document": true, "input_file": true, "media": true}

// mediaMembers are the members of parts without a type that are media: Google, Amazon.
var mediaMembers = []string{"inline_data", "inlineData", "file_data", "fileData", "image", "document", "video", "audio"}

func isMedia(o object, kind string) bool {
	for _, word := range mediaKinds {
		if strings.Contains(kind, word) {
			return true
		}
	}
	if mediaTypes[kind] {
		return true
	}
	if kind != "" {
		return false
	}
	_, ok := o.inner(mediaMembers...)
	return ok
}

// Names of members that say what media are, and hold them.
var (
	mediaTypeNames = []string{"mime_type", "mimeType", "mediaType", "media_type", "contentType"}
	mediaData      = []string{"data", "blob", "bytes", "content", "file_data", "image", "file", "url", "image_url", "uri"}
	mediaInner     = []string{"image_url", "input_audio", "source", "file", "audio", "inline_data", "inlineData", "file_data", "fileData", "image", "video", "document"}
)

// mediaPart says of media what they are and how long. Their content stays where it is.
func mediaPart(o object, kind string) Part {
	p := Part{Kind: PartMedia}
	format := ""
	for range 3 {
		if p.MediaType == "" {
			p.MediaType = o.str(mediaTypeNames...)
		}
		if p.Text == "" {
			p.Text = o.str("filename", "file_name", "name", "title")
		}
		if format == "" {
			format = o.str("modality", "format")
		}
		p.measure(o)
		inner, ok := o.inner(mediaInner...)
		if !ok {
			break
		}
		o = inner
	}
	if p.MediaType == "" {
		p.MediaType = format
	}
	if p.MediaType == "" {
		p.MediaType = strings.TrimSuffix(strings.TrimPrefix(kind, "input_"), "_url")
	}
	return p
}

// measure takes type and length from the data of media.
func (p *Part) measure(o object) {
	for _, name := range mediaData {
		v, ok := o.Get(name)
		if !ok || p.Bytes > 0 {
			continue
		}
		switch v.Type() {
		case pcommon.ValueTypeBytes:
			p.Bytes = int64(v.Bytes().Len())
		case pcommon.ValueTypeStr:
			p.measureText(name, v.Str())
		}
	}
}

func (p *Part) measureText(name, text string) {
	if head, data, ok := strings.Cut(text, ","); ok && strings.HasPrefix(head, "data:") {
		if p.MediaType == "" {
			p.MediaType, _, _ = strings.Cut(strings.TrimPrefix(head, "data:"), ";")
		}
		p.Bytes = base64Bytes(data)
		return
	}
	if strings.Contains(text, "://") || name == "url" || name == "image_url" || name == "uri" {
		return // it is elsewhere
	}
	p.Bytes = base64Bytes(text)
}

// base64Bytes is the length of what is written in base64.
func base64Bytes(text string) int64 {
	text = strings.TrimRight(text, "=")
	return int64(len(text)) * 3 / 4
}
