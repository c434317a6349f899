package pricing

import (
	_ "embed"
	"fmt"
	"slices"
	"sync"
)

//go:embed data/catalog.json
var embeddedCatalog []byte

//go:embed data/overlay.yaml
var embeddedOverlay []byte

// EmbeddedLayers returns the price lists in the binary: the one generated from genai-prices, and the overlay. They are
// parsed once: building a catalogue does not change them.
func EmbeddedLayers() ([]*Layer, error) {
	layers, err := embeddedLayers()
	return slices.Clone(layers), err
}

var embeddedLayers = sync.OnceValues(parseEmbedded)

func parseEmbedded() ([]*Layer, error) {
	list, err := ParseLayer(embeddedCatalog, SourceEmbedded)
	if err != nil {
		return nil, fmt.Errorf("embedded price list: %w", err)
	}
	overlay, err := ParseLayer(embeddedOverlay, SourceOverlay)
	if err != nil {
		return nil, fmt.Errorf("embedded overlay: %w", err)
	}
	return []*Layer{list, overlay}, nil
}

// Embedded builds the catalogue of the price lists in the binary.
func Embedded() (*Catalog, error) {
	layers, err := EmbeddedLayers()
	if err != nil {
		return nil, err
	}
	return Build(layers...)
}
