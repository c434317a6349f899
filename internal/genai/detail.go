package genai

// detailIndex finds what a path inside an object states. Built once from the
// table, and never written again.
var detailIndex = buildDetailIndex()

func buildDetailIndex() map[Field]map[string]Field {
	index := map[Field]map[string]Field{}
	for _, d := range detailNames {
		if index[d.In] == nil {
			index[d.In] = map[string]Field{}
		}
		index[d.In][d.Path] = d.Field
	}
	return index
}

// usageObjects are the attributes with counts inside, in order of precedence.
var usageObjects = [...]Field{InputTokenDetails, OutputTokenDetails, LangSmithUsage, MLflowUsage, ADKResponse, UsageMetadata}

// leafReader takes what is wanted out of an object: counts, or one word, or one
// amount.
type leafReader struct {
	paths map[string]Field // of the table, or nil for Langfuse's buckets
	in    Field            // the attribute that holds the object

	counts  *counts          // where they go, if they are wanted
	buckets *langfuseBuckets // where Langfuse's go

	want   Field // the field of the word or amount that is wanted
	word   string
	amount float64
	found  bool
}

func (r *leafReader) leaf(path []byte, l *leaf) {
	if r.buckets != nil {
		r.buckets.leaf(path, l)
		return
	}
	field, ok := r.paths[string(path)]
	switch {
	case !ok:
	case r.counts != nil:
		r.count(field, l)
	case field == r.want && !r.found:
		r.word = l.word()
		r.amount, r.found = l.money()
		r.found = r.found || r.word != ""
	}
}

// count fills a count that neither the span's own attributes nor an object
// before this one state.
func (r *leafReader) count(field Field, l *leaf) {
	to := r.counts.of(field)
	if to == nil || to.ok || to.wrong {
		return
	}
	if *to = l.count(); to.ok && (field == CacheReadTokens || field == CacheWriteTokens) {
		r.counts.cacheIn = r.in
	}
}

// readDetails reads all objects of the span that hold counts.
func (v *View) readDetails(c *counts) {
	for _, in := range usageObjects {
		if v.Has(in) {
			// What breaks off or is no object says no more than what came before.
			walkObject(v.values[in], &leafReader{paths: detailIndex[in], counts: c, in: in})
		}
	}
}

// detail returns what an object states for a field: as text, and as an amount
// where it is one.
func (v *View) detail(in, field Field) (word string, amount float64, ok bool) {
	if !v.Has(in) {
		return "", 0, false
	}
	r := leafReader{paths: detailIndex[in], in: in, want: field}
	walkObject(v.values[in], &r)
	return r.word, r.amount, r.found
}
