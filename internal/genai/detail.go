package genai

// detailIndex finds what a path inside an object states. Built once from the
// table, and never written again.
var detailIndex = buildDetailIndex()

func buildDetailIndex() map[Field]map[string]Field {
	index := map[Field]map[string]Field{}
	for _, d := range Details() {
		if index[d.In] == nil {
			index[d.In] = map[string]Field{}
		}
		index[d.In][d.Path] = d.Field
	}
	return index
}

// usageObjects are the attributes with counts inside, in order of precedence.
var usageObjects = [...]Field{InputTokenDetails, OutputTokenDetails, LangSmithUsage, MLflowUsage, ADKResponse, UsageMetadata, ProviderUsage}

// leafReader takes what is wanted out of an object: counts, or one word, or one
// amount.
type leafReader struct {
	paths map[string]Field // of the table, or nil for Langfuse's buckets
	in    Field            // the attribute that holds the object

	counts  *counts          // where they go, if they are wanted
	buckets *langfuseBuckets // where Langfuse's go

	want   Field // the field of the amount that is wanted
	amount float64
	found  bool

	terms *priceTerms // where words about the price go
	bill  *gatewayBill
	raw   *rawReader

	unread *[]Unread // where counts go that nothing reads, with the key of the object
	key    string

	tierKeys *priceTerms

	item *listItem // where the label and the count of an object in a list go
}

func (r *leafReader) leaf(path []byte, l *leaf) {
	switch {
	case r.item != nil:
		r.item.leaf(path, l)
		return
	case r.unread != nil:
		r.keepUnread(string(path), l)
		return
	case r.buckets != nil:
		r.buckets.leaf(path, l)
		return
	case r.raw != nil:
		r.raw.leaf(path, l)
		return
	case r.tierKeys != nil:
		r.tierKeys.takeKey(path, l)
		return
	}
	field, ok := r.paths[string(path)]
	switch {
	case !ok:
	case r.counts != nil:
		r.count(field, l)
	case r.terms != nil:
		r.terms.take(field, l.word())
	case r.bill != nil:
		r.bill.leaf(path, field, l)
	case field == r.want && !r.found:
		r.amount, r.found = l.money()
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

// amountIn returns the amount that an object states for a field.
func (v *View) amountIn(in, field Field) (float64, bool) {
	if !v.Has(in) {
		return 0, false
	}
	r := leafReader{paths: detailIndex[in], in: in, want: field}
	walkObject(v.values[in], &r)
	return r.amount, r.found
}
