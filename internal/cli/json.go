package cli

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
)

// splitJSON takes a text with one or more JSON documents apart.
func splitJSON(raw []byte) ([][]byte, error) {
	decoder := json.NewDecoder(bytes.NewReader(raw))
	var documents [][]byte
	for {
		var document json.RawMessage
		err := decoder.Decode(&document)
		if errors.Is(err, io.EOF) {
			return documents, nil
		}
		if err != nil {
			return nil, errors.New("the input is no JSON")
		}
		documents = append(documents, document)
	}
}
