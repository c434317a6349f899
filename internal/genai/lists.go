package genai

import (
	"strconv"
	"strings"

	"go.opentelemetry.io/collector/pdata/pcommon"
)

// listLabels are the members by which a list of objects says what each of them counts,
// listCounts those with the count: Gemini lists its tokens by modality
// (https://ai.google.dev/api/generate-content#ModalityTokenCount), Amazon Bedrock the
// writes to a cache by their lifetime
// (https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_CacheDetail.html).
var (
	listLabels = map[string]bool{"modality": true, "ttl": true}
	listCounts = map[string]bool{"tokenCount": true, "token_count": true, "tokens": true, "inputTokens": true, "input_tokens": true}
)

// modalityNumbers are the modalities as the enumeration of Google's protocol numbers
// them: https://docs.cloud.google.com/vertex-ai/generative-ai/docs/reference/rest/v1/Modality.
var modalityNumbers = map[string]string{"1": "text", "2": "image", "3": "video", "4": "audio", "5": "document"}

// listItem is an object in a list which says what it counts.
type listItem struct {
	label string
	count leaf
	has   bool // a count
}

func (i *listItem) leaf(path []byte, l *leaf) {
	switch {
	case listLabels[string(path)]:
		label := strings.ToLower(l.plain())
		label = label[strings.LastIndexByte(label, '.')+1:] // "MediaModality.AUDIO", as Python prints it
		if name, ok := modalityNumbers[label]; ok {
			label = name
		}
		i.label = label
	case listCounts[string(path)]:
		i.count, i.has = *l, true
	}
}

// listSums are the counts of a list, one for each label.
type listSums []listItem

// add adds an object of the list. Objects with one label make up one count; a count
// that cannot be believed stays.
func (s *listSums) add(item *listItem) {
	if item.label == "" || !item.has {
		return
	}
	for i := range *s {
		old := &(*s)[i]
		if old.label != item.label {
			continue
		}
		switch a, b := old.count.count(), item.count.count(); {
		case a.ok && b.ok:
			old.count = leaf{text: strconv.FormatInt(a.n+b.n, 10)}
		case !a.stated(), a.ok && b.stated():
			old.count = item.count
		}
		return
	}
	*s = append(*s, *item)
}

// give hands the counts to a reader as if the list were an object with a member for
// each label.
func (s listSums) give(path []byte, v *leafReader) {
	for i := range s {
		if at, ok := extend(path, s[i].label); ok {
			v.leaf(at, &s[i].count)
		}
	}
}

// walkList gives a reader what the objects of a list count.
func walkList(list pcommon.Slice, path []byte, v *leafReader) {
	if !v.takesLists() {
		return
	}
	var sums listSums
	for _, element := range list.All() {
		if element.Type() != pcommon.ValueTypeMap {
			return
		}
		var item listItem
		for key, value := range element.Map().All() {
			item.leaf([]byte(key), &leaf{value: value, isMap: true})
		}
		sums.add(&item)
	}
	sums.give(path, v)
}

// takesLists reports whether a reader has a use for labelled counts: those that know
// places by their path have, and Langfuse's buckets have not, whose names are free.
func (r *leafReader) takesLists() bool { return r.paths != nil || r.raw != nil }
