package redact

import "slices"

// extras returns the passes that the options ask for.
func extras(presets []string, o *Options) (out []extra) {
	if slices.Contains(presets, PresetPIINetwork) {
		out = append(out, network)
	}
	if slices.Contains(presets, PresetPIINational) {
		out = append(out, national)
	}
	if slices.Contains(presets, PresetHighEntropy) {
		out = append(out, highEntropy)
	}
	if o.DecodeBase64 > 0 {
		out = append(out, decoded(o.DecodeBase64))
	}
	return out
}
