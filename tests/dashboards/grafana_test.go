// Package dashboards tests the Grafana dashboards and the Prometheus rules of
// deploy/ against a Prometheus that scrapes the built collector.
package dashboards

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// dashboard is what we use of Grafana's dashboard model.
// https://grafana.com/docs/grafana/latest/dashboards/build-dashboards/view-dashboard-json-model/
type dashboard struct {
	UID           string `json:"uid"`
	Title         string `json:"title"`
	Description   string `json:"description"`
	SchemaVersion int    `json:"schemaVersion"`
	Templating    struct {
		List []variable `json:"list"`
	} `json:"templating"`
	Panels []panel `json:"panels"`
}

type variable struct {
	Name  string          `json:"name"`
	Label string          `json:"label"`
	Type  string          `json:"type"`
	Query json.RawMessage `json:"query"` // a text, or an object with the member query
	All   string          `json:"allValue"`
}

type panel struct {
	ID          int         `json:"id"`
	Type        string      `json:"type"`
	Title       string      `json:"title"`
	Description string      `json:"description"`
	Datasource  *datasource `json:"datasource"`
	Grid        struct {
		H, W, X, Y int
	} `json:"gridPos"`
	Targets []struct {
		RefID  string `json:"refId"`
		Expr   string `json:"expr"`
		Legend string `json:"legendFormat"`
	} `json:"targets"`
	FieldConfig struct {
		Defaults struct {
			Unit string `json:"unit"`
		} `json:"defaults"`
	} `json:"fieldConfig"`
	Options map[string]any `json:"options"`
}

type datasource struct {
	Type string `json:"type"`
	UID  string `json:"uid"`
}

const folder = "../../deploy/dashboards"

// dashboards returns all of them by file name.
func dashboards(t *testing.T) map[string]dashboard {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(folder, "*.json"))
	require.NoError(t, err)
	require.NotEmpty(t, paths)
	found := map[string]dashboard{}
	for _, path := range paths {
		raw, err := os.ReadFile(path)
		require.NoError(t, err)
		var d dashboard
		require.NoError(t, json.Unmarshal(raw, &d), path)
		found[filepath.Base(path)] = d
	}
	return found
}

// query is the text of a variable's query.
func (v variable) query(t *testing.T) string {
	t.Helper()
	var query struct{ Query string }
	require.NoError(t, json.Unmarshal(v.Query, &query), v.Name)
	return query.Query
}

// variableOf finds variables in an expression.
var variableOf = regexp.MustCompile(`\$\{?(\w+)`)

// TestDashboards checks what Grafana would show badly without an error.
func TestDashboards(t *testing.T) {
	uids := map[string]string{}
	for file, d := range dashboards(t) {
		t.Run(file, func(t *testing.T) {
			assert.Empty(t, uids[d.UID], "two dashboards of one uid")
			uids[d.UID] = file
			assert.Equal(t, "otelcol-llm-"+strings.TrimSuffix(file, ".json"), d.UID)
			assert.NotEmpty(t, d.Title)
			assert.NotEmpty(t, d.Description)
			assert.GreaterOrEqual(t, d.SchemaVersion, 39, "before Grafana 11")

			known := map[string]bool{"__range": true, "__rate_interval": true}
			for _, v := range d.Templating.List {
				known[v.Name] = true
				assert.NotEmpty(t, v.Label, v.Name)
				if v.Type == "query" {
					assert.Equal(t, ".*", v.All, "%s: All takes series without the label too", v.Name)
				}
			}
			assert.Equal(t, "datasource", d.Templating.List[0].Type)

			ids, cells := map[int]bool{}, map[[2]int]string{}
			for _, p := range d.Panels {
				assert.False(t, ids[p.ID], "two panels of the id %d", p.ID)
				ids[p.ID] = true
				assert.NotEmpty(t, p.Title)
				for x := p.Grid.X; x < p.Grid.X+p.Grid.W; x++ {
					for y := p.Grid.Y; y < p.Grid.Y+p.Grid.H; y++ {
						assert.Less(t, x, 24, p.Title)
						assert.Empty(t, cells[[2]int{x, y}], "%s lies over another", p.Title)
						cells[[2]int{x, y}] = p.Title
					}
				}
				if p.Type != "row" {
					p.check(t, known)
				}
			}
		})
	}
}

func (p panel) check(t *testing.T, known map[string]bool) {
	t.Helper()
	assert.Equal(t, &datasource{Type: "prometheus", UID: "${datasource}"}, p.Datasource, p.Title)
	assert.True(t, strings.HasSuffix(p.Description, "."), "%s: the description is a sentence", p.Title)
	assert.NotEmpty(t, p.FieldConfig.Defaults.Unit, "%s has no unit", p.Title)
	assert.NotEmpty(t, p.Targets, p.Title)
	if p.Type == "timeseries" {
		assert.Contains(t, p.Options, "legend", p.Title)
	}
	refs := map[string]bool{}
	for _, target := range p.Targets {
		assert.False(t, refs[target.RefID], "%s: two targets %s", p.Title, target.RefID)
		refs[target.RefID] = true
		if p.Type != "table" {
			assert.NotEmpty(t, target.Legend, p.Title)
		}
		for _, used := range variableOf.FindAllStringSubmatch(target.Expr, -1) {
			assert.True(t, known[used[1]], "%s: there is no variable %s", p.Title, used[1])
		}
	}
}
