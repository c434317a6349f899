package hrana

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strconv"
)

// Answer is what a server says to one pipeline, request by request.
type Answer struct {
	results []streamResult
	words   words
}

type streamResult struct {
	Type     string          `json:"type"` // ok or error
	Response json.RawMessage `json:"response"`
	Error    *Error          `json:"error"`
}

// Error is a failure of one request or step, in the words of the server.
type Error struct {
	Message string `json:"message"`
	Code    string `json:"code"` // SQLITE_BUSY, SQL_PARSE_ERROR, TRANSACTION_TIMEOUT, …; "" where the server gives none
}

func (e *Error) Error() string {
	if e.Code == "" {
		return "server: " + e.Message
	}
	return "server: " + e.Code + ": " + e.Message
}

// StepResult is what became of one step of a batch.
type StepResult struct {
	Ran      bool  // false where its condition did not hold
	Err      error // *Error
	Affected int64
	Rows     [][]any // nil, int64, float64, string or []byte
}

// Err returns the first failure of a request. Failures of the steps of a batch
// are not among them; see Batch.
func (a *Answer) Err() error {
	for i := range a.results {
		if err := a.results[i].Error; err != nil {
			return a.words.err(err)
		}
	}
	return nil
}

// Rows returns the rows of the i-th request, an Execute.
func (a *Answer) Rows(i int) ([][]any, error) {
	var response struct {
		Result statementResult `json:"result"`
	}
	if err := a.decode(i, &response); err != nil {
		return nil, err
	}
	return response.Result.rows()
}

// Batch returns the steps of the i-th request, a batch of so many steps.
func (a *Answer) Batch(i, steps int) ([]StepResult, error) {
	var response struct {
		Result struct {
			Results []*statementResult `json:"step_results"`
			Errors  []*Error           `json:"step_errors"`
		} `json:"result"`
	}
	if err := a.decode(i, &response); err != nil {
		return nil, err
	}
	results, errs := response.Result.Results, response.Result.Errors
	if len(results) != steps || len(errs) != steps {
		return nil, fmt.Errorf("server answered %d results and %d errors to a batch of %d steps", len(results), len(errs), steps)
	}
	out := make([]StepResult, steps)
	for i := range out {
		if errs[i] != nil {
			out[i] = StepResult{Ran: true, Err: a.words.err(errs[i])}
			continue
		}
		if results[i] == nil {
			continue
		}
		rows, err := results[i].rows()
		if err != nil {
			return nil, err
		}
		out[i] = StepResult{Ran: true, Affected: results[i].Affected, Rows: rows}
	}
	return out, nil
}

func (a *Answer) decode(i int, into any) error {
	if i >= len(a.results) {
		return fmt.Errorf("server answered %d requests of a longer pipeline", len(a.results))
	}
	if err := a.results[i].Error; err != nil {
		return a.words.err(err)
	}
	if err := json.Unmarshal(a.results[i].Response, into); err != nil {
		return fmt.Errorf("server answered with something other than a result: %w", err)
	}
	return nil
}

type statementResult struct {
	Rows     [][]value `json:"rows"`
	Affected int64     `json:"affected_row_count"`
}

func (s *statementResult) rows() ([][]any, error) {
	if len(s.Rows) == 0 {
		return nil, nil
	}
	out := make([][]any, len(s.Rows))
	for i, row := range s.Rows {
		out[i] = make([]any, len(row))
		for j, v := range row {
			var err error
			if out[i][j], err = v.decode(); err != nil {
				return nil, err
			}
		}
	}
	return out, nil
}

type value struct {
	Type   string          `json:"type"`
	Value  json.RawMessage `json:"value"`
	Base64 string          `json:"base64"`
}

func (v value) decode() (any, error) {
	switch v.Type {
	case "null":
		return nil, nil
	case "integer":
		var text string
		if err := json.Unmarshal(v.Value, &text); err != nil {
			return nil, err
		}
		return strconv.ParseInt(text, 10, 64)
	case "float":
		var f float64
		err := json.Unmarshal(v.Value, &f)
		return f, err
	case "text":
		var text string
		err := json.Unmarshal(v.Value, &text)
		return text, err
	case "blob":
		// Servers leave out the padding.
		raw, err := base64.RawStdEncoding.DecodeString(trimPadding(v.Base64))
		return raw, err
	}
	return nil, fmt.Errorf("server answered a value of type %q", v.Type)
}

func trimPadding(text string) string {
	for len(text) > 0 && text[len(text)-1] == '=' {
		text = text[:len(text)-1]
	}
	return text
}
