package dashboards

import (
	"encoding/json"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

// api is a Prometheus.
type api struct {
	t   *testing.T
	url string
}

func (a api) get(path string, parameters url.Values, data any) {
	a.t.Helper()
	response, err := http.Get(a.url + "/api/v1/" + path + "?" + parameters.Encode())
	require.NoError(a.t, err)
	defer response.Body.Close()
	var answer struct {
		Status, Error string
		Data          json.RawMessage
	}
	require.NoError(a.t, json.NewDecoder(response.Body).Decode(&answer))
	require.Equal(a.t, "success", answer.Status, "%s: %s", parameters, answer.Error)
	require.NoError(a.t, json.Unmarshal(answer.Data, data))
}

// hasValue reports whether an expression has a value that is a number, of a series
// with all of some labels.
func (a api) hasValue(expression string, labels []string) bool {
	a.t.Helper()
	var answer struct {
		Result []struct {
			Metric map[string]string
			Value  [2]any
		}
	}
	a.get("query", url.Values{"query": {expression}}, &answer)
	for _, sample := range answer.Result {
		lacks := slices.ContainsFunc(labels, func(label string) bool { return sample.Metric[label] == "" })
		if sample.Value[1] != "NaN" && !lacks {
			return true
		}
	}
	return false
}

var labelValues = regexp.MustCompile(`^label_values\((.*), (\w+)\)$`)

// values are those of a Grafana query label_values(selector, label).
func (a api) values(query string) (values []string) {
	a.t.Helper()
	found := labelValues.FindStringSubmatch(query)
	require.NotNil(a.t, found, query)
	a.get("label/"+found[2]+"/values", url.Values{"match[]": {found[1]}}, &values)
	return values
}

type rule struct{ Name, Health, LastError, State string }

func (a api) rules() (all []rule) {
	a.t.Helper()
	var answer struct {
		Groups []struct{ Rules []rule }
	}
	a.get("rules", nil, &answer)
	for _, group := range answer.Groups {
		all = append(all, group.Rules...)
	}
	require.NotEmpty(a.t, all)
	return all
}

// activeAlerts are those whose expression has a value.
func (a api) activeAlerts() map[string]bool {
	a.t.Helper()
	active := map[string]bool{}
	for _, r := range a.rules() {
		if r.State == "pending" || r.State == "firing" {
			active[r.Name] = true
		}
	}
	return active
}
