package genai

// ServiceTier returns the tier that was served, or else the one that was asked
// for; "" where the span names none. "auto" names none: it leaves the choice
// to the provider.
func (v *View) ServiceTier() string {
	if tier := v.ServedTier(); tier != "" {
		return tier
	}
	if tier := v.Str(RequestTier); tier != "auto" {
		return tier
	}
	return ""
}

// ServedTier returns the tier that was served, in the provider's own word: from
// an attribute, or from the provider's metadata that the Vercel AI SDK passes
// on. "" where the span names none.
func (v *View) ServedTier() string {
	if tier := v.Str(ResponseTier); tier != "" {
		return tier
	}
	tier, _, _ := v.detail(UsageMetadata, ResponseTier)
	return tier
}
