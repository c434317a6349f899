// Package media finds files inside content, as base64 in data URIs, and puts
// something short in their place: a reference to a file in Langfuse's store, or a
// note (langfuse reference 4.5).
package media

import (
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"strings"
)

// File is a file that was found.
type File struct {
	Type    string // content type
	Content []byte
	Hash    string // SHA-256 in base64, as the store wants it
	ID      string // the store's, which follows from the hash
}

// types are the content types that Langfuse takes, by their groups.
var types = map[string]string{
	"image": "png jpeg jpg webp gif svg+xml tiff bmp avif heic",
	"audio": "mpeg mp3 wav ogg oga aac mp4 flac opus webm",
	"video": "mp4 webm ogg mpeg quicktime x-msvideo x-matroska",
	"text":  "plain html css csv markdown x-python x-typescript",
	"application": "javascript x-yaml pdf msword vnd.ms-excel zip json xml octet-stream rtf x-ndjson " +
		"vnd.openxmlformats-officedocument.spreadsheetml.sheet vnd.openxmlformats-officedocument.wordprocessingml.document " +
		"vnd.openxmlformats-officedocument.presentationml.presentation",
}

// allowed is the index of types.
var allowed = func() map[string]bool {
	all := map[string]bool{}
	for group, kinds := range types {
		for kind := range strings.FieldsSeq(kinds) {
			all[group+"/"+kind] = true
		}
	}
	return all
}()

// Allowed reports whether Langfuse takes files of a content type.
func Allowed(contentType string) bool { return allowed[contentType] }

// mark stands between the type of a data URI and its base64.
const mark = ";base64,"

// Replace puts what f returns in the place of each data URI in text whose base64
// is at least minSize bytes long. f gets the content type, in small letters and
// without parameters, and the base64; an empty answer leaves the URI as it is.
func Replace(text string, minSize int, f func(contentType string, encoded string) string) string {
	if !strings.Contains(text, mark) {
		return text
	}
	var out strings.Builder
	rest := text
	for {
		at := strings.Index(rest, mark)
		if at < 0 {
			break
		}
		start := strings.LastIndex(rest[:at], "data:")
		end := endOfBase64(rest, at+len(mark))
		encoded := plainSlashes(rest[at+len(mark) : end])
		contentType := ""
		if start >= 0 {
			contentType = typeOf(plainSlashes(rest[start+len("data:") : at]))
		}
		if contentType == "" || len(encoded) < minSize {
			out.WriteString(rest[:end])
			rest = rest[end:]
			continue
		}
		instead := f(contentType, encoded)
		if instead == "" {
			instead = rest[start:end]
		}
		out.WriteString(rest[:start])
		out.WriteString(instead)
		rest = rest[end:]
	}
	out.WriteString(rest)
	return out.String()
}

// endOfBase64 returns the index behind the base64 that begins at i. Some write a
// slash in JSON with a backslash before it (PHP does).
func endOfBase64(text string, i int) int {
	for i < len(text) {
		switch {
		case base64Byte[text[i]]:
			i++
		case strings.HasPrefix(text[i:], `\/`):
			i += 2
		default:
			return i
		}
	}
	return i
}

func plainSlashes(text string) string { return strings.ReplaceAll(text, `\/`, "/") }

var base64Byte = func() (table [256]bool) {
	for _, c := range "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=-_" {
		table[c] = true
	}
	return table
}()

// maxType is longer than any content type with its parameters.
const maxType = 200

// typeOf returns the content type of what stands before the mark, without its
// parameters and in small letters; "" where it is a text that only stands between
// two words.
func typeOf(text string) string {
	if len(text) > maxType || strings.ContainsAny(text, " \"'\\<>{}") {
		return ""
	}
	contentType, _, _ := strings.Cut(text, ";")
	if !strings.Contains(contentType, "/") {
		return ""
	}
	return strings.ToLower(contentType)
}

// Decode decodes a file.
func Decode(contentType, encoded string) (File, bool) {
	trimmed := strings.TrimRight(encoded, "=")
	encoding := base64.RawStdEncoding
	if strings.ContainsAny(trimmed, "-_") {
		encoding = base64.RawURLEncoding
	}
	content, err := encoding.DecodeString(trimmed)
	if err != nil || len(content) == 0 {
		return File{}, false
	}
	sum := sha256.Sum256(content)
	const idLength = 22
	return File{
		Type: contentType, Content: content, Hash: base64.StdEncoding.EncodeToString(sum[:]),
		ID: base64.URLEncoding.EncodeToString(sum[:])[:idLength],
	}, true
}

// Reference is the text that Langfuse shows the file for.
func (f *File) Reference() string {
	return "@@@langfuseMedia:type=" + f.Type + "|id=" + f.ID + "|source=base64_data_uri@@@"
}

// Note is the text in the place of a file that is not kept.
func Note(contentType string, encodedBytes int) string {
	return fmt.Sprintf("[%s of about %d bytes removed]", contentType, encodedBytes*3/4)
}
